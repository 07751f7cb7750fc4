import threading
from datetime import datetime, timedelta
from typing import Final, Self

import numpy as np

from engine.ports.clock import Clock
from engine.signals.slots import SESSIONS, Slots, instant
from tests.support.fakes.alpaca.market import Bar
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.worked_example import BAR_VOLUME, closes

BAR: Final = timedelta(minutes=1)
SLOTS: Final = Slots(WeekdayCalendar(), int(BAR.total_seconds()))
IDLE: Final = "149.90"
"""What a symbol trades at before it has a signal; nobody trades enough of it for a bar."""
SIGNAL: Final = "150.25"
OVER_THE_TARGET: Final = "156.00"
UNDER_THE_STOP: Final = "147.50"
OPENING: Final = 1_000_000
EVERY: Final = 0.1
"""Seconds between two trades of a symbol."""


class Tape:
    """A market that goes on whatever the desk sees of it: every symbol trades ten times a second, at its last price."""

    def __init__(self, alpaca: FakeAlpaca, symbols: tuple[str, ...], clock: Clock) -> None:
        self._alpaca = alpaca
        self._clock = clock
        self._before = bars_before(clock.now())
        for symbol in symbols:
            alpaca.bars(symbol, self._before, "1Min")
        self._quotes = dict.fromkeys(symbols, (IDLE, OPENING))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tape")

    def signal(self, *symbols: str) -> None:
        """Let symbols trade from the bar on that forms now, as in the example's: each one is a signal to buy."""
        for symbol in symbols:
            self._alpaca.bars(symbol, [*self._before, *signals_from(self._clock.now())], "1Min")
            self._quotes[symbol] = (SIGNAL, OPENING + BAR_VOLUME * 6 // 5)

    def rise(self, symbol: str) -> None:
        """Let a symbol rise over the target of whoever bought it at the signal."""
        self._quotes[symbol] = (OVER_THE_TARGET, self._quotes[symbol][1])

    def fall(self, symbol: str) -> None:
        """Let a symbol fall under the stop of whoever bought it at the signal."""
        self._quotes[symbol] = (UNDER_THE_STOP, self._quotes[symbol][1])

    def __enter__(self) -> Self:
        self._trade()
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(EVERY):
            self._trade()

    def _trade(self) -> None:
        for symbol, (price, volume) in tuple(self._quotes.items()):
            self._alpaca.price(symbol, price, volume=volume)


def bars_before(end: datetime) -> list[Bar]:
    """Return the bars of a window that ends at an instant: those of the example, but for its last one."""
    last = SLOTS.last(end)
    starts = SLOTS.between(SLOTS.opened(last or 0, SESSIONS), end)
    return [_bar(int(start), close) for start, close in zip(starts, closes(len(starts) + 1)[:-1], strict=True)]


def signals_from(now: datetime) -> list[Bar]:
    """Return bars from the one that forms now to the end of the session, each of which speaks for a purchase."""
    starts = SLOTS.of(now.date())
    starts = starts[starts > now.timestamp() - BAR.total_seconds()]
    return [_bar(int(start), 150.25 - 0.02 * number, dip=0.5) for number, start in enumerate(starts)]


def _bar(start: int, close: float, dip: float = 0.05) -> Bar:
    volume = BAR_VOLUME if dip < 0.1 else BAR_VOLUME * 6 // 5
    price = float(np.round(close, 4))
    return Bar(at=instant(start), open=price, high=price + 0.05, low=price - dip, close=price, volume=volume)
