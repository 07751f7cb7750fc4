"""Files that are the bot's alone: nobody else may read them, and no link that somebody planted is followed."""

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Final

from engine.errors import SettingsInvalid

OWN: Final = (
    *("desk.db", "paper.db", "desk-state.json", "audit-anchors.jsonl"),
    *("valkey", "archive", "variants", "findings"),
)
"""What the bot writes into DATA_DIR begins so."""
PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600
OTHERS: Final = 0o077
"""What anybody but the owner may do."""
BETWEEN_LOOKS: Final = 0.005
"""Seconds between two attempts to lock a folder that another process has locked."""


def private(path: str, flags: int) -> int:
    """Open a file as `open(opener=...)` wants it: made for its owner alone, and no link; raises OSError."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)


def read(path: Path) -> str:
    """Return the text of a file that is no link; raises OSError and ValueError."""
    with open(path, encoding="utf-8", opener=private) as file:
        return file.read()


def replace(path: Path, text: str) -> None:
    """Put a text in the place of a file, which is whole at every moment, also after a power cut; raises OSError."""
    put(path.with_name(f"{path.name}-{os.getpid()}"), (text,), lambda: path)


def replace_bytes(path: Path, content: bytes) -> None:
    """Put bytes in the place of a file, which is whole at every moment, also after a power cut; raises OSError."""
    put(path.with_name(f"{path.name}-{os.getpid()}"), (content,), lambda: path)


def put(beside: Path, parts: Iterable[str | bytes], place: Callable[[], Path]) -> Path:
    """Write texts, or bytes, into a file of one's own beside, and put it into its place, named once all is written.

    It is whole at every moment, also after a power cut. Returns its place; raises OSError.
    """
    beside.unlink(missing_ok=True)  # of a life that ended in the middle, or planted
    try:
        with open(beside, "xb", opener=private) as file:
            file.writelines(part.encode() if isinstance(part, str) else part for part in parts)
            file.flush()
            os.fsync(file.fileno())
        path = beside.replace(place())
    finally:
        beside.unlink(missing_ok=True)
    sync(path.parent)
    return path


@contextmanager
def alone_in(folder: Path, patience: float | None = None) -> Iterator[None]:
    """Let no other process that asks the same change a file of the folder meanwhile; raises OSError.

    After `patience` seconds it goes on beside one that keeps it, as a process does that is stopped.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if patience is None:
            flock(handle, LOCK_EX)
        else:
            _wait_for(handle, time.monotonic() + patience)
        yield
    finally:
        os.close(handle)


def _wait_for(handle: int, until: float) -> None:
    while time.monotonic() < until:
        with suppress(BlockingIOError):
            flock(handle, LOCK_EX | LOCK_NB)
            return
        time.sleep(BETWEEN_LOOKS)


def make_private(path: Path) -> None:
    """Make a file for its owner alone where there is none, so that a library that opens it makes none for everybody.

    Raises OSError, for a link too. SQLite gives what it writes beside its file the rights of the file.
    """
    os.close(private(str(path), os.O_RDWR | os.O_CREAT))


def make_own_private(folder: Path) -> None:
    """Take the bot's files in its folder, of an earlier version, from everybody but their owner; raises OSError."""
    for path in _own(folder):
        found = path.lstat()
        if stat.S_IMODE(found.st_mode) & OTHERS and found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode):
            path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)


def refuse_links(folder: Path) -> None:
    """Raise SettingsInvalid where a link stands in the place of a file of the bot's in its folder."""
    for path in _own(folder):
        if path.is_symlink():
            raise SettingsInvalid(
                f"DATA_DIR: {path} is a link, which is not followed; look who put it there, then take it away"
            )


def wider(folder: Path) -> Iterator[str]:
    """Name what others may read or write, a folder and the files of the bot in it, with the mode of each."""
    for path in (folder, *_own(folder)):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & OTHERS and not stat.S_ISSOCK(mode):
            named = path if path == folder else path.relative_to(folder)
            yield f"{named} ({stat.S_IMODE(mode):04o})"


def _own(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(OWN):
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from sorted(path.rglob("*"))


def sync(folder: Path) -> None:
    """Bring a folder's list of files to the disk; raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
