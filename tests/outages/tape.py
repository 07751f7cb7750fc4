import threading
from typing import Final, Self

from tests.fakes.alpaca.server import FakeAlpaca
from tests.fakes.worked_example import BAR_VOLUME

IDLE: Final = "149.90"
"""Where the example's last bar dips to: nothing speaks for a trade yet."""
SIGNAL: Final = "150.25"
OVER_THE_TARGET: Final = "156.00"
UNDER_THE_STOP: Final = "147.50"
OPENING: Final = 1_000_000
EVERY: Final = 0.1
"""Seconds between two trades of a symbol."""


class Tape:
    """A market that goes on whatever the desk sees of it: every symbol trades ten times a second, at its last price."""

    def __init__(self, alpaca: FakeAlpaca, symbols: tuple[str, ...]) -> None:
        self._alpaca = alpaca
        self._quotes = dict.fromkeys(symbols, (IDLE, OPENING))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tape")

    def signal(self, *symbols: str) -> None:
        """Let symbols come back from their dip on the example's volume: a signal to buy for as long as it lasts."""
        for symbol in symbols:
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
