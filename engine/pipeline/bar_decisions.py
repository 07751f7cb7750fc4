import json
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from engine.model.json_values import plain, valued
from engine.model.reason import EndReason
from engine.model.signal import Side, Signal
from engine.ports.clock import Clock
from engine.ports.store import Store

log = structlog.get_logger()

BROKER_AWAY: Final = "truth_unknown"
"""Why a signal brought nothing whose price was there: it waited for the broker."""
DESK_AWAY: Final = "desk_away"
"""Why a signal brought nothing that waited as the desk ended: it was too old when the desk began again."""
WAITING: Final = "signals_waiting"
"""The setting that has the buys that wait, as JSON."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Waiting:
    """A signal of a bar, named by its start, that waits, and what is missing."""

    bar: datetime
    signal: Signal
    why: str


class BarDecisions:
    """Remembers which bar was decided on last, and which of its signals wait: for a price, or for the broker.

    The next runs look at these alone, until the next bar closes. What was decided is in memory: who begins to lead
    decides anew on a bar that still stands, and finds taken what was proposed. The buys that wait are in the database
    too, so that a later life says what became of them.
    """

    def __init__(self, *, store: Store, clock: Clock, bar_length: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._bar_length = bar_length
        self._last: datetime | None = None
        self._trailed: datetime | None = None
        self._waiting: tuple[_Waiting, ...] = ()
        self._kept: tuple[_Waiting, ...] = ()

    @property
    def last(self) -> datetime | None:
        """The start of the newest bar that was decided on, though a signal of it may wait; None before the first."""
        return self._last

    def forget(self) -> None:
        """Know of no decision, as another process may have led meanwhile; what waited then is taken over."""
        self._last, self._trailed = None, None
        with self._store.reading() as reader:
            self._kept = _read(reader.setting(WAITING))
        self._waiting = tuple(
            replace(each, why=DESK_AWAY) if self._is_too_old(each.bar) else each for each in self._kept
        )

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
            _Waiting(bar=bar, signal=signal, why=BROKER_AWAY if signal.symbol in priced else EndReason.NO_PRICE)
            for signal in waiting
        )
        self._keep()

    def outlived(self) -> tuple[tuple[Signal, str], ...]:
        """Return the buys that waited until their bar was too old to act on, each with what was missing."""
        over = [each for each in self._waiting if self._is_too_old(each.bar)]
        return tuple((each.signal, each.why) for each in over if each.signal.side is Side.BUY)

    def give_up(self) -> None:
        """Let nothing wait any more whose bar is too old to act on."""
        self._waiting = tuple(each for each in self._waiting if not self._is_too_old(each.bar))
        self._keep()

    def _is_too_old(self, bar: datetime) -> bool:
        return self._clock.now() >= bar + 2 * self._bar_length

    def _keep(self) -> None:
        """Keep the buys that wait, if they are others than those that are kept."""
        buys = tuple(each for each in self._waiting if each.signal.side is Side.BUY)
        if buys == self._kept:
            return
        with self._store.writing() as transaction:
            transaction.set_setting(WAITING, json.dumps(plain(buys), ensure_ascii=False) if buys else "")
        self._kept = buys


def _read(written: str | None) -> tuple[_Waiting, ...]:
    """Return the buys that wait as they were kept; those that cannot be read hold up nothing."""
    try:
        kept: list[Any] = json.loads(written or "[]")
        return tuple(valued(_Waiting, each) for each in kept)
    except ValueError:
        log.exception("waiting_signals_unreadable")
        return ()
