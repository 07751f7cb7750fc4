"""A stand-in for the base image, for a machine that reaches no registry of images.

Debian's smallest system by debootstrap, and this machine's own Python of the version that the Dockerfile asks for: near
enough to try the image and to see what it weighs, and never what a desk should run.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

STAND_IN: Final = "localhost/python-stand-in:3.12"
LIBRARIES: Final = ("ca-certificates", "tzdata", "netbase", "libsqlite3-0", "libreadline8", "libncursesw6", "libffi8")
"""The libraries that Python needs and Debian's smallest system lacks."""
NOT_NEEDED: Final = ("var/cache/apt", "var/lib/apt/lists", *(f"usr/share/{name}" for name in ("doc", "man", "locale")))
LEFT_OUT: Final = frozenset({"__pycache__", "test", "tests", "idle_test"})
CERTIFICATES: Final = Path("etc/ssl/certs/ca-certificates.crt")


class NoBaseImage(Exception):
    """There is no base to build on; the text says why, and what to do."""


def stand_in(folder: Path) -> str:
    """Make the stand-in in a folder, unless there is one, and return its name; raises NoBaseImage."""
    if shutil.which("podman") and subprocess.run(["podman", "image", "exists", STAND_IN], check=False).returncode == 0:  # noqa: S603, S607
        return STAND_IN
    if os.geteuid() != 0:
        raise NoBaseImage("a stand-in for the base image is made by debootstrap, which only root may run")
    for program in ("debootstrap", "podman"):
        if shutil.which(program) is None:
            raise NoBaseImage(f"a stand-in for the base image needs {program}: apt-get install {program}")
    python, root = _python(), folder / "root"
    _run(["debootstrap", "--variant=minbase", f"--include={','.join(LIBRARIES)}", _suite(), str(root)])
    for name in NOT_NEEDED:
        shutil.rmtree(root / name, ignore_errors=True)
    for name in ("bin", "lib", "include"):
        shutil.copytree(python / name, root / "usr/local" / name, symlinks=True, dirs_exist_ok=True, ignore=_leave_out)
    shutil.copy(Path("/") / CERTIFICATES, root / CERTIFICATES)  # where this machine trusts more than Debian does
    _run(["chroot", str(root), "sh", "-c", "ldconfig && python3 -m ensurepip && ln -sf python3 /usr/local/bin/python"])
    settings = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
    settings |= dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE"), f"/{CERTIFICATES}")
    changes = [part for name, value in settings.items() for part in ("--change", f"ENV {name}={value}")]
    archive = folder / "root.tar"
    _run(["tar", "-C", str(root), "-cf", str(archive), "."])
    _run(["podman", "import", "--quiet", *changes, str(archive), STAND_IN])
    return STAND_IN


def _leave_out(folder: str, names: list[str]) -> set[str]:
    """Return what the slim images of Python leave out of its folder as well: its own tests, and other packages."""
    kind = Path(folder).name
    return {
        name
        for name in names
        if kind == "site-packages"
        or name in LEFT_OUT
        or name.endswith(".a")
        or (kind == "bin" and name.startswith("pip"))
    }


def _python() -> Path:
    """Return where a Python is installed that the image needs."""
    found = shutil.which("python3.12")
    others = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv").glob("versions/3.12.*/bin/python3.12")
    for program in [*([Path(found)] if found else []), *sorted(others)]:
        told = subprocess.run([program, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True)  # noqa: PLW1510, S603 (judged below)
        if told.returncode == 0 and not told.stdout.startswith("/usr\n"):  # Debian's own is spread over the system
            return Path(told.stdout.strip())
    raise NoBaseImage("a stand-in for the base image needs a Python 3.12 of its own folder on this machine")


def _suite() -> str:
    """Return this machine's Debian, with whose libraries its Python was built."""
    told = dict(line.partition("=")[::2] for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines())
    if told.get("ID") != "debian":
        raise NoBaseImage("a stand-in for the base image is only made on Debian")
    return told["VERSION_CODENAME"].strip('"')


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (the commands above)
    if done.returncode:
        raise NoBaseImage(f"{command[0]} failed: {(done.stderr or done.stdout)[-300:]}")
