import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NoReturn, TypeVar

import typer
from rich.console import Console

from bot.cli.common import told_in_one_line
from bot.cli.env_file import DEFAULT, EnvFile, take_in
from bot.diagnostics.checks import CheckFailed, Default, examine, healthy, show
from bot.diagnostics.http import listening
from bot.diagnostics.runner import Probes, Revision, all_checks
from bot.settings import LogSettings
from engine import diagnostics
from engine.errors import SettingsInvalid

Found = TypeVar("Found")
OTHERS = 0o077
"""What anybody but a file's owner may do."""
NARROWEST = 160
"""Columns of the table where standard output is no terminal."""


def doctor(env_file: Path | None) -> None:
    """Examine everything, draw what was found, and end with 1 unless all is well."""
    with told_in_one_line():
        file = take_in(env_file)
    diagnoses = examine(all_checks(probes(file)))
    console = Console()
    show(diagnoses, console if console.is_terminal else Console(width=NARROWEST))
    raise typer.Exit(0 if healthy(diagnoses) else 1)


def probes(file: EnvFile) -> Probes:
    """Return the ways to look at what the settings name; `file` is that from which they were read."""
    revision = _ready(diagnostics.revision)
    return Probes(
        settings={**diagnostics.GROUPS, "log": LogSettings.read},
        env_file=partial(_env_file, file),
        from_file=file.given,
        folder=diagnostics.folder,
        http=_listening,
        alpaca=_ready(diagnostics.alpaca),
        prices=_ready(diagnostics.prices),
        claude=_ready(diagnostics.claude),
        redis=_ready(diagnostics.redis_server),
        task_broker=_ready(diagnostics.task_broker),
        revision=partial(_revision, revision) if revision else None,
        calendar_end=lambda: diagnostics.CALENDAR_END,
    )


def _ready(make: Callable[[], Callable[[], Found] | None]) -> Callable[[], Found] | None:
    """Make a look ready, or one that says that its settings, which another line tells of, are wrong."""
    try:
        return make()
    except SettingsInvalid:
        return _not_looked_at


def _not_looked_at() -> NoReturn:
    raise CheckFailed("not checked: its settings are invalid", "Fix its settings first")


def _listening() -> str:
    try:
        host, port, token = diagnostics.address()
    except SettingsInvalid:
        _not_looked_at()
    return listening(host, port, token)


def _revision(read: Callable[[], tuple[str, tuple[str, ...]]]) -> Revision:
    found, known = read()
    return Revision(current=found, newest=known[0], known=frozenset(known))


def _env_file(file: EnvFile) -> str:
    """Say which file the settings were read from; raises Unwell where others may read it, or it was passed over."""
    if file.passed_over:
        raise CheckFailed(
            f"{file.passed_over} is not read: no file in the current folder is, unless it is named",
            f"Name it (--env-file {file.passed_over}, or ENV_FILE), or move it to {DEFAULT}",
        )
    if file.path is None:
        raise Default(f"the environment alone; {DEFAULT} is not there")
    if file.path.is_file() and (mode := stat.S_IMODE(file.path.stat().st_mode)) & OTHERS:
        raise CheckFailed(f"others may read or write {file.path} ({mode:04o})", f"chmod 600 {file.path}")
    unknown = f"; no settings of ours: {', '.join(file.unknown)}" if file.unknown else ""
    return f"{file.path}{unknown}"
