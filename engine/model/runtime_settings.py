"""What people change while the desk runs: the symbols that are watched, and some settings."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from engine.model.risk import LimitUnit

SETTING_PREFIX = "setting:"
"""How the names of changed settings begin in the database; an empty one was put back."""
WATCHLIST = "watchlist"
"""The row that has the watched symbols once the desk changed them; before that the environment rules."""
SYMBOL = re.compile(r"[A-Z][A-Z0-9]{0,5}(\.[A-Z]{1,2})?")
"""What can be a ticker at all: nobody is asked about anything else."""


class WatchOutcome(StrEnum):
    """What became of one symbol of a change of the watch list."""

    ADDED = "added"
    COLD = "cold"  # added, but there are too few bars for a score yet
    REMOVED = "removed"
    KNOWN = "known"  # it was watched already
    ABSENT = "absent"  # it was not watched
    UNKNOWN = "unknown"  # the broker takes no orders in it
    FULL = "full"  # as many are watched as may be
    TAKEN = "taken"  # a trade in it is under way
    LAST = "last"  # nothing would be watched without it


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchChange:
    """The symbols that are watched after a change, and what became of each one that it named."""

    symbols: tuple[str, ...]
    outcomes: tuple[tuple[str, WatchOutcome], ...]


class SettingUnit(StrEnum):
    """What the figure of a setting counts; the first few are units of the risk rules too."""

    PART = LimitUnit.SHARE_OF_EQUITY.value
    SECONDS = LimitUnit.SECONDS.value
    BASIS_POINTS = LimitUnit.BASIS_POINTS.value
    DOLLARS = LimitUnit.PRICE.value
    COUNT = LimitUnit.COUNT.value
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    SWITCH = "switch"
    TEXT = "text"


NO_FIGURE = "none"
"""How the database and the audit write that nothing is set."""


def written_figure(figure: Decimal | None) -> str:
    """Return the figure of a setting as the database and the audit keep it."""
    return NO_FIGURE if figure is None else f"{figure.normalize():f}"


def read_figure(text: str) -> Decimal | None:
    """Return the figure that `written_figure` wrote; raises ValueError."""
    try:
        return None if text == NO_FIGURE else Decimal(text)
    except ArithmeticError as error:
        raise ValueError(f"{text!r} is no figure") from error


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingLine:
    """A setting as it stands. Figures are None where nothing is set; a switch is 1 or 0, a text is in `text`.

    `least` and `most` bound the figure, where it has bounds. `is_changeable` says that it can be changed at run time,
    `is_changed` that it was.
    """

    name: str
    unit: SettingUnit
    value: Decimal | None
    default: Decimal | None
    least: Decimal | None = None
    most: Decimal | None = None
    text: str = ""
    default_text: str = ""
    is_changeable: bool = False
    is_changed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingChange:
    """A change of a setting that waits for a second person, until it expires, or to take effect once confirmed.

    `kept` is the new value as the database keeps it; `before` and `after` are the figures, None for no limit. Times are
    aware UTC; `effective_at` is None before somebody confirmed.
    """

    name: str
    kept: str
    before: Decimal | None
    after: Decimal | None
    unit: SettingUnit
    by: str
    asked_at: datetime
    expires_at: datetime
    confirmed_by: str = ""
    effective_at: datetime | None = None

    @property
    def number(self) -> str:
        """What tells it from every other change of the same setting."""
        return f"{self.asked_at.timestamp():.6f}"


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingChange:
    """A setting before and after a change; `pending` where it waits first."""

    before: SettingLine
    after: SettingLine
    pending: PendingChange | None = None
