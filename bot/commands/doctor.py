from collections.abc import Callable
from functools import partial
from typing import NoReturn, TypeVar

import typer
from rich.console import Console

from bot.doctor.exams import Unwell, examine, healthy, show
from bot.doctor.listening import listening
from bot.doctor.round import Probes, Revision, all_exams
from bot.settings import LogSettings
from engine import checkup
from engine.errors import SettingsInvalid

Found = TypeVar("Found")
NARROWEST = 160
"""Columns of the table where standard output is no terminal."""


def doctor() -> None:
    """Examine everything, draw what was found, and end with 1 unless all is well."""
    diagnoses = examine(all_exams(probes()))
    console = Console()
    show(diagnoses, console if console.is_terminal else Console(width=NARROWEST))
    raise typer.Exit(0 if healthy(diagnoses) else 1)


def probes() -> Probes:
    """Return the ways to look at what the settings name."""
    revision = _ready(checkup.revision)
    return Probes(
        settings={**checkup.GROUPS, "log": LogSettings.read},
        folder=checkup.folder,
        http=_listening,
        alpaca=_ready(checkup.alpaca),
        claude=_ready(checkup.claude),
        redis=_ready(checkup.redis_server),
        revision=partial(_revision, revision) if revision else None,
        calendar_end=lambda: checkup.CALENDAR_END,
    )


def _ready(make: Callable[[], Callable[[], Found] | None]) -> Callable[[], Found] | None:
    """Make a look ready, or one that says that its settings, which another line tells of, are wrong."""
    try:
        return make()
    except SettingsInvalid:
        return _not_looked_at


def _not_looked_at() -> NoReturn:
    raise Unwell("not looked at: its settings are wrong", "Mend its settings first")


def _listening() -> str:
    try:
        host, port, token = checkup.address()
    except SettingsInvalid:
        _not_looked_at()
    return listening(host, port, token)


def _revision(read: Callable[[], tuple[str, tuple[str, ...]]]) -> Revision:
    found, known = read()
    return Revision(current=found, newest=known[0], known=frozenset(known))
