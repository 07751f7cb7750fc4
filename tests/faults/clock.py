"""The time at a campaign's exchange."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from engine.adapters.clock import boottime
from tests.support.fakes.calendar import NEW_YORK

OPENING: Final = time(10)
LAST_HOUR: Final = time(15)


@dataclass
class MovingClock:
    """The system's clock, moved into the hours of an exchange; the timetable's speed is nobody's business here."""

    shift: timedelta
    speed: float = 1.0
    jumped: float = 0.0

    @classmethod
    def starting(cls, at: datetime) -> "MovingClock":
        """Return a clock on which it is such a time now."""
        return cls(shift=at - datetime.now(UTC))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def steady(self) -> float:
        return boottime() + self.jumped

    def advance(self, seconds: float) -> None:
        """Let time pass in a leap, by every clock."""
        self.shift += timedelta(seconds=seconds)
        self.jumped += seconds

    def jump(self, seconds: float) -> None:
        """Let time pass, and the night and the weekend with it."""
        self.advance(seconds)
        local = self.now().astimezone(NEW_YORK)
        if local.time() >= LAST_HOUR:
            days = 3 if local.isoweekday() == 5 else 1
            self.shift += datetime.combine(local.date() + timedelta(days=days), OPENING, NEW_YORK) - local
