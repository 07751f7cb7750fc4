from datetime import datetime, timedelta


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime, speed: float = 1.0) -> None:
        self.speed = speed
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    def set(self, now: datetime) -> None:
        self._now = now
