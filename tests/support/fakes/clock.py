from datetime import datetime, timedelta


class ManualClock:
    """A clock that stands still until a test moves it; `jump` sets its hands, while no time passes."""

    def __init__(self, now: datetime, speed: float = 1.0) -> None:
        self.speed = speed
        self._now = now
        self._steady = 0.0

    def now(self) -> datetime:
        return self._now

    def steady(self) -> float:
        return self._steady

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._steady += seconds / self.speed

    def set(self, now: datetime) -> None:
        self.advance((now - self._now).total_seconds())

    def jump(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class Watch:
    """A clock that only a test moves, in seconds."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds
