"""What the commands share: an error in one line, signals that stop in order, the log."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from threading import Event, Thread

import typer
from pydantic_settings import BaseSettings

from bot.logs.setup import log_to_stderr, secrets_of
from bot.messages import Texts
from bot.settings import LogSettings
from engine.errors import DeskError


@contextmanager
def told_in_one_line() -> Generator[None]:
    """Turn an error of the desk, or of the machine, into one line and exit code 1."""
    try:
        yield
    except (DeskError, OSError) as error:
        typer.echo(f"trading-bot: {' '.join(str(error).split())}", err=True)
        raise typer.Exit(1) from error


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
