"""`make digests`: pin the images of others by digest, to what their tags name today, in every file that names one.

A tag may be given other bytes at any time; a digest names these bytes, on every architecture that the tag has. Nothing
is written unless every digest was learned.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FILES: Final = ("Dockerfile", "compose.yaml", "compose.scale.yaml")
NAMED: Final = re.compile(
    r"(?P<before>^ARG PYTHON=|^ *image: )(?P<name>[a-z0-9./-]+:[\w.-]+)(?:@sha256:[0-9a-f]{64})?$", re.MULTILINE
)
OURS: Final = "trading-bot:"
"""What is built here, and has no digest before."""
READERS: Final[Mapping[str, Sequence[str]]] = {
    "skopeo": ("skopeo", "inspect", "--raw", "docker://{}"),
    "docker": ("docker", "buildx", "imagetools", "inspect", "--raw", "{}"),
}
"""Programs that print the list of an image's manifests as the registry has it, without fetching the image."""


class NoDigest(Exception):
    """A digest cannot be learned here; the text says why, and what to do."""


def pinned(text: str, digest_of: Callable[[str], str]) -> str:
    """Return a file's text with the digest beside each image of others that it names."""

    def pin(found: re.Match[str]) -> str:
        name = found["name"]
        return found[0] if name.startswith(OURS) else f"{found['before']}{name}@{digest_of(name)}"

    return NAMED.sub(pin, text)


def renew(folder: Path, digest_of: Callable[[str], str]) -> Mapping[str, str]:
    """Pin every image in a folder's files, and return what each is pinned to; raises NoDigest and changes nothing."""
    known: dict[str, str] = {}

    def once(name: str) -> str:
        return known.setdefault(name, known.get(name) or digest_of(name))

    changed = {folder / name: pinned((folder / name).read_text(encoding="utf-8"), once) for name in FILES}
    for file, text in changed.items():
        file.write_text(text, encoding="utf-8")
    return known


def ask(name: str) -> str:
    """Ask the registry for an image's digest; raises NoDigest."""
    reader = next((command for program, command in READERS.items() if shutil.which(program)), None)
    if reader is None:
        raise NoDigest(f"nothing here can ask a registry: install one of {', '.join(READERS)}")
    command = [part.format(name) for part in reader]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 (the commands above)
    if done.returncode or not done.stdout:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise NoDigest(f"{name}: {told[-1] if told else 'no answer'}")
    return f"sha256:{hashlib.sha256(done.stdout).hexdigest()}"


def main() -> int:
    """Pin all; 0 where that was done, 1 where the registry cannot be asked."""
    try:
        known = renew(ROOT, ask)
    except NoDigest as why:
        sys.stderr.write(f"no digest was renewed, and no file changed: {why}\n")
        return 1
    for name, digest in known.items():
        sys.stdout.write(f"{name}@{digest}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
