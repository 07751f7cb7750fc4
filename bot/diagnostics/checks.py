from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic_settings import BaseSettings
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from engine.errors import DeskError

NO_CAUSES: Final = ("not checked", "missing", "not valid")
"""How the words begin that tell no cause: of what could not be looked at, and of each setting by itself."""


class CheckResult(StrEnum):
    """How a part was found."""

    GOOD = "good"
    DEFAULT = "default"
    WRONG = "wrong"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """What was found of one part, and what to do about it where it is wrong."""

    name: str
    verdict: CheckResult
    said: str
    advice: str = ""


class Default(Exception):
    """A part runs on the built-in default; the text says which."""


class CheckFailed(Exception):
    """A check failed; `advice` replaces the check's own."""

    def __init__(self, said: str, advice: str = "") -> None:
        super().__init__(said)
        self.advice = advice


@dataclass(frozen=True, kw_only=True, slots=True)
class DiagnosticCheck:
    """One check: `run` returns what it found; it raises Default, CheckFailed, DeskError or OSError."""

    name: str
    run: Callable[[], str]
    advice: str


def examine(checks: Sequence[DiagnosticCheck]) -> tuple[Diagnosis, ...]:
    """Run one check after the other; one that fails for the very cause of an earlier one only says which."""
    found, causes = list[Diagnosis](), dict[str, str]()
    for check in checks:
        diagnosis = _look(check)
        if diagnosis.verdict is CheckResult.WRONG and not diagnosis.said.startswith(NO_CAUSES):
            first = causes.setdefault(diagnosis.said, diagnosis.name)
            if first != diagnosis.name:
                said = f"not checked: the same cause as “{first}”"
                diagnosis = Diagnosis(name=diagnosis.name, verdict=CheckResult.SKIPPED, said=said)
        found.append(diagnosis)
    return tuple(found)


def healthy(diagnoses: Sequence[Diagnosis]) -> bool:
    """Tell whether nothing is wrong."""
    return all(diagnosis.verdict is not CheckResult.WRONG for diagnosis in diagnoses)


def show(diagnoses: Sequence[Diagnosis], console: Console) -> None:
    """Draw the diagnoses as a table."""
    table = Table("part", "", title="trading-bot doctor")
    for column in ("found", "what to do"):
        table.add_column(column, overflow="fold")  # else a long path loses its end
    marks = {
        CheckResult.GOOD: "[green]ok[/]",
        CheckResult.DEFAULT: "[blue]default[/]",
        CheckResult.WRONG: "[bold red]WRONG[/]",
        CheckResult.SKIPPED: "[dim]skipped[/]",
    }
    for diagnosis in diagnoses:
        table.add_row(
            escape(diagnosis.name), marks[diagnosis.verdict], escape(diagnosis.said), escape(diagnosis.advice)
        )
    console.print(table)


def raiser(error: Exception) -> Callable[[], str]:
    """Return a check's `run` that raises an error."""

    def run() -> str:
        raise error

    return run


def origins(settings: BaseSettings, from_file: frozenset[str]) -> str:
    """Say where each of a group's settings came from, in one line without any value."""
    names = sorted(name.upper() for name in settings.model_fields_set)
    told = {
        "from the file": [name for name in names if name in from_file],
        "from the environment": [name for name in names if name not in from_file],
    }
    parts = [f"{where}: {', '.join(some)}" for where, some in told.items() if some]
    return "; ".join([*parts, "the rest are defaults"] if len(names) < len(type(settings).model_fields) else parts)


def one_line(error: Exception) -> str:
    """Return what an error says, in one line."""
    return " ".join(str(error).split()) or type(error).__name__


def _look(check: DiagnosticCheck) -> Diagnosis:
    try:
        return Diagnosis(name=check.name, verdict=CheckResult.GOOD, said=check.run())
    except Default as default:
        return Diagnosis(name=check.name, verdict=CheckResult.DEFAULT, said=str(default))
    except CheckFailed as unwell:
        return Diagnosis(
            name=check.name, verdict=CheckResult.WRONG, said=str(unwell), advice=unwell.advice or check.advice
        )
    except (DeskError, OSError) as error:
        return Diagnosis(name=check.name, verdict=CheckResult.WRONG, said=one_line(error), advice=check.advice)
