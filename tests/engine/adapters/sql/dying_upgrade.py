import os
import signal
from itertools import count

from sqlalchemy import Engine
from sqlalchemy.event import listen

from engine.adapters.sql.store import SqlStore


def upgrade_until(url: str, statement: int | None) -> None:
    """Bring a database up to date, in a process that is killed before its nth statement, or its commit if sooner.

    With None it is killed before its commit.
    """
    statements = count(1)

    def execute(*_given: object) -> None:
        if next(statements) == statement:
            _die()

    def commit(*_given: object) -> None:
        if statement is None or next(statements) <= statement:
            _die()

    listen(Engine, "before_cursor_execute", execute)
    listen(Engine, "commit", commit)
    SqlStore(url).upgrade()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
