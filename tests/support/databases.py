from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.adapters.sql.store import open_store


def sqlite_at(file: Path) -> str:
    """Return the URL of a SQLite truth, which is made if it is not there: a copy, quicker than every migration."""
    if not file.exists():
        file.write_bytes(_migrated())
    return f"sqlite:///{file}"


def is_open(file: Path) -> bool:
    """Tell whether this process holds a file open."""
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # one that is closed meanwhile, such as that of this very look
            if handle.readlink() == file:
                return True
    return False


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "desk.db"
        open_store(f"sqlite:///{file}").close()
        return file.read_bytes()
