"""Exits leave as soon as it is sure that nobody else came in, however slow the database is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import AlreadyDecided, Fenced, LookedTooLongAgo
from engine.execution.exit_gate import REASON_HOLDS, ExitGate, whatever_is_stored
from engine.model.trade import TradeState
from engine.ports.store import LOOK_HOLDS, Reader, Store
from tests.support.databases import sqlite_at
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.fencing_store import impatient

TOO_LONG = LOOK_HOLDS * 2


class SlowStore:
    """A database of which each read, however short, takes some seconds: these ones, and from then on the last."""

    def __init__(self, store: SqlStore, clock: ManualClock, *seconds: float) -> None:
        self.order_lock = store.order_lock
        self._store = store
        self._clock = clock
        self._seconds = list(seconds)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        with self._store.reading() as reader:
            yield reader
            self._clock.advance(self._seconds.pop(0) if len(self._seconds) > 1 else self._seconds[0])


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2025, 8, 19, 14, 45, tzinfo=UTC))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_at(tmp_path / "desk.db")


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture
def other(url: str) -> Iterator[SqlStore]:
    """Another process, which does not wait for long."""
    store = impatient(url)
    yield store
    store.close()


def come_in(other: SqlStore) -> None:
    """Take the way to the broker from whoever has it, as a halt does."""
    with other.order_lock(urgent=True):
        pass


def test_an_exit_leaves_though_its_reason_takes_longer_to_read_than_a_look_holds(
    store: SqlStore, clock: ManualClock
) -> None:
    with ExitGate(store=store, clock=clock).open(lambda _reader: clock.advance(TOO_LONG)) as last_look:
        last_look()


def test_an_exit_does_not_leave_if_somebody_came_in_while_its_reason_was_read(
    store: SqlStore, other: SqlStore, clock: ManualClock
) -> None:
    looks = list[float]()

    def slow(_reader: Reader) -> None:
        if looks:
            come_in(other)
        looks.append(clock.steady())
        clock.advance(TOO_LONG)

    with ExitGate(store=store, clock=clock).open(slow) as last_look, pytest.raises(Fenced):
        last_look()


def test_an_exit_whose_reason_is_gone_does_not_leave_however_long_it_took_to_read(
    store: SqlStore, clock: ManualClock
) -> None:
    looks = list[float]()

    def gone(_reader: Reader) -> None:
        if looks:
            raise AlreadyDecided("AAPL_20250819_234515", TradeState.CLOSED, "")
        looks.append(clock.steady())
        clock.advance(TOO_LONG)

    with ExitGate(store=store, clock=clock).open(gone) as last_look, pytest.raises(AlreadyDecided):
        last_look()


def test_an_exit_does_not_leave_if_not_even_the_term_can_be_read_in_time(store: SqlStore, clock: ManualClock) -> None:
    slow = cast(Store, SlowStore(store, clock, TOO_LONG))
    with ExitGate(store=slow, clock=clock).open(whatever_is_stored) as last_look, pytest.raises(LookedTooLongAgo):
        last_look()


def test_an_exit_does_not_leave_if_the_process_slept_since_its_reason_was_read(
    store: SqlStore, clock: ManualClock
) -> None:
    sleeping = cast(Store, SlowStore(store, clock, TOO_LONG, REASON_HOLDS * 2, 0))
    with ExitGate(store=sleeping, clock=clock).open(whatever_is_stored) as last_look, pytest.raises(LookedTooLongAgo):
        last_look()
