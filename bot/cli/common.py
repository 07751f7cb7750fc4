"""What the commands share: an error in one line, signals that stop in order, the log."""

import errno
import signal
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

import typer
from pydantic_settings import BaseSettings

from bot.logs.setup import log_to_stderr, secrets_of
from bot.messages import Texts
from bot.settings import LogSettings
from engine.errors import DeskError

LONGEST: Final = 300
"""Characters of an error that are told: a database's own words go on with the statement."""
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
CLOSED: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
SQLITE_FULL: Final = ("disk is full", "disk i/o error")
"""What SQLite says where it cannot write any more."""


@contextmanager
def told_in_one_line() -> Generator[None]:
    """Turn an error of the desk, or of the machine, into one line and exit code 1."""
    try:
        yield
    except (DeskError, OSError, sqlite3.Error) as error:
        typer.echo(f"trading-bot: {' '.join(str(error).split())[:LONGEST]}{_advice(error)}", err=True)
        raise typer.Exit(1) from error


def _advice(error: BaseException | None) -> str:
    """Say what to do where a disk is full or cannot be written, whatever the error came wrapped in; '' for others."""
    while error is not None:
        number = error.errno if isinstance(error, OSError) else None
        if number in FULL or any(word in str(error).lower() for word in SQLITE_FULL):
            return "; the disk may be full: free some space, or use another folder (DATA_DIR, or --data for the demo)"
        is_of_a_file = isinstance(error, OSError) and error.filename is not None
        if (is_of_a_file and number in CLOSED) or "readonly database" in str(error):
            return "; it cannot be written: name a folder that can (DATA_DIR, or --data for the demo)"
        error = error.__cause__ or error.__context__
    return ""


def until_told_to_stop() -> Event:
    """Return an event that Ctrl-C and SIGTERM set, from now on: what is half started then still stops in order."""
    stopping = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # In a thread: the main one, which a signal interrupts, may hold the event's lock just then.
        signal.signal(number, lambda *_: Thread(target=stopping.set).start())
    return stopping


def log_as_set(texts: Texts, *groups: BaseSettings) -> None:
    """Begin to log as the settings say, in the desk's language, without any secret of the other settings."""
    log = LogSettings.read()
    log_to_stderr(log.log_level, log.log_format, texts=texts, secrets=secrets_of(*groups))
