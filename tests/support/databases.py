from collections.abc import MutableMapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.event import listens_for

from engine.adapters.sql.store import open_store


class CompiledStatements(dict[Any, Any]):
    """What statements became, by the kind of their dialect: an engine of its own would compile them all again.

    A program has one engine; a run of tests has thousands, each with a dialect that was made like the one before.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_a_kind(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_of_a_kind(key), compiled)


def compile_once() -> None:
    """Let every engine of this process use what another one has compiled already."""
    known: MutableMapping[Any, Any] = CompiledStatements()

    @listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=known)


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


def _of_a_kind(key: Any) -> tuple[Any, ...]:
    dialect, *rest = key
    return (type(dialect), *rest)


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "desk.db"
        open_store(f"sqlite:///{file}").close()
        return file.read_bytes()
