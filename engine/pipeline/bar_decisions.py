from collections.abc import Container, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from engine.model.reason import EndReason
from engine.model.signal import Side, Signal
from engine.ports.clock import Clock

BROKER_AWAY = "truth_unknown"
"""Why a signal brought nothing whose price was there: it waited for the broker."""


class _Waiting(NamedTuple):
    signal: Signal
    why: str


class BarDecisions:
    """Remembers which bar was decided on last, and which of its signals wait: for a price, or for the broker.

    The next runs look at these alone, until the next bar closes. It is in memory: who begins to lead decides anew on a
    bar that still stands, and finds taken what was proposed.
    """

    def __init__(self, *, clock: Clock, bar_length: timedelta) -> None:
        self._clock = clock
        self._bar_length = bar_length
        self._last: datetime | None = None
        self._trailed: datetime | None = None
        self._waiting: tuple[_Waiting, ...] = ()

    @property
    def last(self) -> datetime | None:
        """The start of the newest bar that was decided on, though a signal of it may wait; None before the first."""
        return self._last

    def forget(self) -> None:
        """Know of no decision, as another process may have led meanwhile."""
        self._last, self._trailed, self._waiting = None, None, ()

    def undecided(self, bar: datetime) -> tuple[str, ...] | None:
        """Return the symbols of a bar that are still to be decided on; None stands for all."""
        return tuple(each.signal.symbol for each in self._waiting) if bar == self._last else None

    def has_trailed(self, bar: datetime) -> bool:
        """Tell whether the stops followed a bar, which takes reading bars and is done once."""
        return bar == self._trailed

    def note_trailed(self, bar: datetime) -> None:
        """Note that the stops followed a bar."""
        self._trailed = bar

    def note(self, bar: datetime, waiting: Iterable[Signal], priced: Container[str]) -> None:
        """Note that a bar was decided on but for some signals; `priced` are the symbols whose price is there."""
        self._last = bar
        self._waiting = tuple(
            _Waiting(signal, BROKER_AWAY if signal.symbol in priced else EndReason.NO_PRICE) for signal in waiting
        )

    def outlived(self) -> tuple[tuple[Signal, str], ...]:
        """Return the buys that waited until their bar was too old to act on, each with what was missing."""
        if self._last is None or self._clock.now() < self._last + 2 * self._bar_length:
            return ()
        return tuple((each.signal, each.why) for each in self._waiting if each.signal.side is Side.BUY)

    def give_up(self) -> None:
        """Let nothing of the last bar wait any more."""
        self._waiting = ()
