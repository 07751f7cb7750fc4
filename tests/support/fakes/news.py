from collections.abc import Sequence
from datetime import datetime

from engine.errors import NewsUnavailable
from engine.model.market import Headline
from engine.ports.clock import Clock


class FakeNews:
    """News that a test writes; nothing at all while `is_down`."""

    def __init__(self, clock: Clock) -> None:
        self.is_down = False
        self._clock = clock
        self.lines: list[Headline] = []

    def headlines(self, symbols: Sequence[str], since: datetime) -> tuple[Headline, ...]:
        if self.is_down:
            raise NewsUnavailable("the fake news are down")
        wanted, now = set(symbols), self._clock.now()
        return tuple(line for line in self.lines if since < line.at <= now and wanted & set(line.symbols))
