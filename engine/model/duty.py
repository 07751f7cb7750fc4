"""Who is on duty, who is away, and how each person wants to be called.

Times of day are minutes after midnight in the desk's time zone, 0 to 1440. A span whose end is not after its begin ends
on the next day: an end is kept as up to 2880 minutes, so that it is always after its begin.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

MINUTES_A_DAY = 1440
DAYS_A_WEEK = 7


class DutyLine(StrEnum):
    """Who is called first, and who is called where the first line does not decide in time."""

    FIRST = "first"
    SECOND = "second"


class CallWay(StrEnum):
    """Where somebody is called: by a mention in the channel, by direct message, or both."""

    CHANNEL = "channel"
    DIRECT = "direct"
    BOTH = "both"


class CallKind(StrEnum):
    """What somebody is called for."""

    PROPOSAL = "proposal"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    EXPIRY = "expiry"
    RESULT = "result"
    HANDOVER = "handover"
    HALT = "halt"
    UNPROTECTED = "unprotected"
    LOSS = "loss"

    @property
    def is_alarm(self) -> bool:
        """Whether it reaches people on holiday and in their quiet hours too."""
        return self in ALARMS


ALARMS = frozenset({CallKind.HALT, CallKind.UNPROTECTED, CallKind.LOSS})
"""What no quiet hours and no holiday hold back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyTurn:
    """People (ids of users and user groups) who are on duty in a line each week: on these weekdays, Monday being 0."""

    line: DutyLine
    who: tuple[str, ...]
    days: tuple[int, ...]
    begins: int
    ends: int

    @property
    def minutes_of_week(self) -> tuple[tuple[int, int], ...]:
        """Each day's span as minutes after Monday's midnight; the last may reach into the next week."""
        return tuple((day * MINUTES_A_DAY + self.begins, day * MINUTES_A_DAY + self.ends) for day in self.days)

    def overlaps(self, other: "DutyTurn") -> bool:
        """Tell whether two turns of a line meet, whatever the week."""
        week = DAYS_A_WEEK * MINUTES_A_DAY
        return self.line is other.line and any(
            a < d + shift and c + shift < b
            for a, b in self.minutes_of_week
            for c, d in other.minutes_of_week
            for shift in (-week, 0, week)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyHandover:
    """Somebody who is on duty in a line until an instant, whoever the rota names; times are aware UTC."""

    line: DutyLine
    who: str
    since: datetime
    until: datetime
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Holiday:
    """The days on which a person is away, the first and the last included, in the desk's time zone."""

    who: str
    first: date
    last: date


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """Hours in which a person is not called for some kinds, each day."""

    begins: int
    ends: int
    kinds: tuple[CallKind, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NotifyChoice:
    """How a person wants to be called; `way` is None for the desk's usual way."""

    who: str
    way: CallWay | None = None
    quiet: tuple[QuietHours, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """All that says who is called: the weekly rota, hand-overs, holidays and each person's choice."""

    turns: tuple[DutyTurn, ...] = ()
    handovers: tuple[DutyHandover, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    choices: tuple[NotifyChoice, ...] = ()

    def choice_of(self, who: str) -> NotifyChoice:
        """Return a person's choice, the usual one where they made none."""
        return next((each for each in self.choices if each.who == who), NotifyChoice(who=who))


@dataclass(frozen=True, kw_only=True, slots=True)
class OnDuty:
    """Who is on duty in a line until an instant (aware UTC), by the rota or by a hand-over; holidays are no matter."""

    who: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyGap:
    """From when to when nobody is on duty in the first line (aware UTC)."""

    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyCover:
    """Who is on duty in the first line over a stretch of time: when nobody is, and whether the desk has a rota."""

    gaps: tuple[DutyGap, ...]
    has_rota: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LineView:
    """A line now: who is on duty, until when, who of them is on holiday, and who comes next and when."""

    line: DutyLine
    who: tuple[str, ...]
    until: datetime | None
    away: tuple[str, ...]
    following: tuple[str, ...] = ()
    since: datetime | None = None

    @property
    def there(self) -> tuple[str, ...]:
        """Those who are on duty and not on holiday."""
        return tuple(each for each in self.who if each not in self.away)


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyView:
    """Both lines at an instant, the first one first, and all that the roster says; `today` is the desk's date."""

    at: datetime
    today: date
    lines: tuple[LineView, ...]
    roster: Roster


@dataclass(frozen=True, kw_only=True, slots=True)
class NotifyView:
    """What one person gets: their choice, the way that holds for them, their holidays, and the lines they are in."""

    choice: NotifyChoice
    way: CallWay
    holidays: tuple[Holiday, ...]
    turns: tuple[DutyTurn, ...]
    on_duty: tuple[DutyLine, ...]
