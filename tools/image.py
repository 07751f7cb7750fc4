"""`make image`: build the image without a daemon, try it as its own user, and report its size and time to start.

Where that cannot be done, it says so and why. The image is built and run by buildah with chroot isolation, which needs
no daemon and no rights that a container has not. Limits, capabilities and a root that nobody writes are what the
compose files ask of an engine, and are not tried here.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bot.local_slack.launch import ADMIN, CHANNEL, demo_slack
from tools.base_image import NoBaseImage, stand_in

ROOT: Final = Path(__file__).parents[1]
DOCKERFILE: Final = ROOT / "Dockerfile"
BASE: Final = re.compile(r"^ARG PYTHON=(\S+)$", re.MULTILINE)
MOST: Final = 600_000_000
"""Bytes that the image may have."""
PACKAGES: Final = "opt/trading-bot/lib/python3.*/site-packages"
PATIENCE: Final = 120.0
"""Seconds within which a started bot is well."""
SHOWN: Final = 10
PORT: Final = "18000"
IMPORTS_ALL: Final = """
import importlib, io, pkgutil, bot, engine, pyarrow.parquet
for package in (bot, engine):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.endswith("__main__") and ".versions" not in found.name and ".env" not in found.name:
            importlib.import_module(found.name)
from matplotlib.figure import Figure
figure = Figure()
figure.subplots().plot([1, 2])
figure.savefig(io.BytesIO(), format="png")
"""


class CannotBeDone(Exception):
    """This machine cannot build or run the image; the text says why, and what to do."""


class Unwell(Exception):
    """The image was built, and is not as it should be."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, measure and try the image; 0 where all went well, 2 where this machine cannot, 1 else."""
    parser = argparse.ArgumentParser(prog="tools.image", description=__doc__)
    parser.add_argument("--base", default="", help="the image to build on in place of the Dockerfile's")
    parser.add_argument("--tag", default="trading-bot:try", help="the name of what is built")
    given = parser.parse_args(arguments)
    try:
        base = _base(given.base)
        _buildah(
            "bud",
            "--isolation",
            "chroot",
            "--format",
            "docker",
            "--build-arg",
            f"PYTHON={base}",
            "--tag",
            given.tag,
            str(ROOT),
        )
        with _container(given.tag) as name:
            _tell_the_size(given.tag, name, base)
            _try(name, given.tag)
    except (CannotBeDone, NoBaseImage) as why:
        sys.stderr.write(f"the image cannot be built or run here: {why}\n")
        return 2
    except Unwell as why:
        sys.stderr.write(f"{why}\n")
        return 1
    return 0


def _base(wanted: str) -> str:
    """Return the image to build on: the one asked for, else the Dockerfile's, or a stand-in if that is out of reach."""
    if shutil.which("buildah") is None:
        raise CannotBeDone("there is no buildah, which builds images without a daemon: apt-get install buildah")
    (named,) = BASE.findall(DOCKERFILE.read_text(encoding="utf-8"))
    base = wanted or named
    pulled = _run(["buildah", "pull", "--quiet", "--policy", "missing", base])
    if pulled.returncode == 0:
        return base
    if wanted:
        raise CannotBeDone(f"{wanted} cannot be had: {_last(pulled)}")
    sys.stdout.write(
        f"{base} cannot be had here ({_last(pulled)}); a stand-in is made, whose size is not quite its own\n"
    )
    with tempfile.TemporaryDirectory(prefix="base-image-") as folder:
        return stand_in(Path(folder))


@contextmanager
def _container(tag: str) -> Iterator[str]:
    name = _buildah("from", tag)
    try:
        yield name
    finally:
        _run(["buildah", "rm", name])


def _tell_the_size(tag: str, name: str, base: str) -> None:
    whole = _bytes(tag)
    root = Path(_buildah("mount", name))
    try:
        parts = parts_of(root)
    finally:
        _buildah("umount", name)
    sys.stdout.write(f"{tag}: {whole / 1e6:,.0f} MB on {base}; the ten largest parts, MB:\n")
    for part, size in parts.most_common(SHOWN):
        sys.stdout.write(f"  {size / 1e6:6.1f}  {part}\n")
    if whole > MOST:
        raise Unwell(f"{tag} has {whole / 1e6:,.0f} MB; at most {MOST / 1e6:,.0f} were promised")


def parts_of(root: Path) -> Counter[str]:
    """Return the bytes of each package in an image's files, its libraries with it, and of all else as one."""
    parts: Counter[str] = Counter()
    packages = next((found.relative_to(root) for found in root.glob(PACKAGES)), Path(PACKAGES))
    for folder, _, files in os.walk(root):
        below = Path(folder).relative_to(root)
        size = sum((Path(folder) / name).lstat().st_size for name in files)
        inside = below.relative_to(packages).parts if below.is_relative_to(packages) else ()
        part = inside[0].split("-")[0].removesuffix(".libs") if inside else "Python and the system"
        parts[{"PIL": "pillow"}.get(part, part)] += size
    return parts


def _try(name: str, tag: str) -> None:
    """Run the doctor, a bot and its health check in a container, as the image's own user."""
    user = _said(name, {}, "id", "-un").strip()
    if user != "desk":
        raise Unwell(f"the image runs as {user}")
    _said(name, {}, "python", "-c", IMPORTS_ALL)
    sys.stdout.write("every module is there, and draws and writes what it should\n")
    _said(name, {}, "trading-bot", "demo", "--port", "0", "--no-browser", "--seconds", "5")
    sys.stdout.write("demo: ran for five seconds and stopped\n")
    with demo_slack(port=0, note="", clock=str) as slack:
        settings = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "SLACK_CHANNEL": CHANNEL.id,
            "ADMINS": ADMIN.id,
            "HTTP_PORT": PORT,
        }
        began = time.monotonic()
        _said(name, settings, "trading-bot", "doctor")
        sys.stdout.write(f"doctor: all is well, after {time.monotonic() - began:.1f} s\n")
        _run_and_look(name, settings, _health_check(tag))


def _run_and_look(name: str, settings: Mapping[str, str], check: Sequence[str]) -> None:
    """Start a bot, wait until the image's health check finds it well, and stop it as an engine does."""
    began = time.monotonic()
    # With this isolation its process ids are this machine's.
    start = _in(name, settings, "sh", "-c", "echo $$ > /data/pid && exec trading-bot run 2>&1")
    with subprocess.Popen(start, stdout=subprocess.PIPE, text=True) as bot:  # noqa: S603 (ours)
        try:
            while _run(_in(name, settings, *check)).returncode:
                if bot.poll() is not None or time.monotonic() - began > PATIENCE:
                    bot.kill()
                    raise Unwell(f"the bot did not get well: {bot.communicate()[0][-2000:]}")
            sys.stdout.write(f"run: well by the image's health check, after {time.monotonic() - began:.1f} s\n")
            _said(name, settings, "trading-bot", "export", "trades", "/data/trades.parquet")
            os.kill(int(_said(name, {}, "cat", "/data/pid")), signal.SIGTERM)
            bot.communicate(timeout=PATIENCE)
        finally:
            bot.kill()
    if bot.returncode:
        raise Unwell(f"told to stop, the bot ended with {bot.returncode}")
    sys.stdout.write("told to stop, it stopped in order\n")


def _health_check(tag: str) -> Sequence[str]:
    told: Any = json.loads(_buildah("inspect", "--type", "image", tag))
    check: Sequence[str] = told["Docker"]["config"]["Healthcheck"]["Test"]
    return check[1:]


def _bytes(tag: str) -> int:
    (found,) = json.loads(_buildah("images", "--json", tag))
    number, unit = found["size"].split()
    return int(float(number) * {"KB": 1e3, "MB": 1e6, "GB": 1e9}[unit])


def _in(name: str, settings: Mapping[str, str], *command: str) -> Sequence[str]:
    told = [part for key, value in settings.items() for part in ("--env", f"{key}={value}")]
    return ["buildah", "run", "--isolation", "chroot", *told, name, "--", *command]


def _said(name: str, settings: Mapping[str, str], *command: str) -> str:
    """Run a command in a container, and return what it wrote; raises Unwell where it fails."""
    done = _run(_in(name, settings, *command))
    if done.returncode:
        raise Unwell(f"{' '.join(command[:2])} ended with {done.returncode}: {(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def _buildah(*command: str) -> str:
    """Run buildah, and return what it wrote; raises CannotBeDone where it fails."""
    done = _run(["buildah", *command])
    if done.returncode:
        raise CannotBeDone(f"buildah {command[0]}: {_last(done)}")
    return done.stdout.strip()


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (the commands above)


def _last(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"exit code {done.returncode}"


if __name__ == "__main__":
    sys.exit(main())
