"""A bar's volume over what is usual at its time of day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.calendar import ExchangeCalendar
from engine.model.market import BarHistory
from engine.model.technical_rules import SEED_RULES
from engine.signals.board import board_of
from engine.signals.indicators import Indicators
from engine.signals.slots import SESSIONS, Slots, instant
from engine.signals.technical import technical_scores
from tests.engine.adapters.alpaca.access import access_to
from tests.engine.signals.prices import A_DAY, after, changed, history_of, part, played, walks
from tests.support.fakes.alpaca.market import Bar
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock

CALENDAR = ExchangeCalendar()
SLOTS = Slots(CALENDAR, 300)
U_SHAPE = 100_000 + 3_000 * (np.arange(A_DAY) - 39) ** 2
FULL, AFTER_HALF_DAYS, HALF = date(2025, 8, 19), date(2024, 12, 26), date(2024, 12, 24)


def steady(on: date, *, scale: float = 1) -> BarHistory:
    """Return a session and the 20 before it whose volume has the same shape each day, of a price that moves."""
    starts = SLOTS.of(on)
    every = SLOTS.between(SLOTS.opened(int(starts[0]), SESSIONS), instant(int(starts[-1]) + 300))
    slot = np.array([(start - SLOTS.opened(int(start)).timestamp()) // 300 for start in every], int)
    close = walks(len(every), 1, seed=3).close
    volume = U_SHAPE[slot][:, np.newaxis].astype(float)
    volume[-len(starts) :] *= scale
    values = np.array([close, close * 1.001, close * 0.999, close, np.rint(volume)])
    return BarHistory.of(("A",), every, values)


def ratios(history: BarHistory, on: date) -> list[float]:
    """Return the volume ratio after each bar of a session."""
    return [float(seen.volume_ratio[0]) for seen in after_each_bar(history, on)]


def after_each_bar(history: BarHistory, on: date) -> Iterator[Indicators]:
    """Yield the indicators after each bar of a session, on a board that takes in one after the other."""
    first = len(history.starts) - len(SLOTS.of(on))
    board = board_of(part(history, slice(first + 1)))
    yield board.indicators()
    for bar in range(first + 1, len(history.starts)):
        yield played(board, history, range(bar, bar + 1)).indicators()


@pytest.mark.parametrize(("on", "slots"), [(FULL, 78), (AFTER_HALF_DAYS, 78), (HALF, 42)])
def test_exactly_the_usual_volume_is_one_in_every_slot_on_half_days_too(on: date, slots: int) -> None:
    assert ratios(steady(on), on) == [1.0] * slots


def test_the_usual_volume_gives_no_point_in_any_slot_of_the_day() -> None:
    points = [int(technical_scores(seen).volume[0]) for seen in after_each_bar(steady(FULL), FULL)]
    assert points == [0] * A_DAY


def test_120_percent_of_it_is_120_percent_in_every_slot() -> None:
    assert ratios(steady(FULL, scale=1.2), FULL) == pytest.approx([1.2] * A_DAY)
    assert SEED_RULES.volume.tenths == 1


@pytest.mark.parametrize("before_the_open", [0, 500_000])
def test_what_trades_before_the_open_has_no_part_in_it(before_the_open: int) -> None:
    history = steady(FULL)
    bars = [
        Bar(at=instant(int(start)), open=close, high=close * 1.001, low=close * 0.999, close=close, volume=int(volume))
        for start, close, volume in zip(history.starts, history.close[:, 0], history.volume[:, 0], strict=True)
    ]
    early = [
        Bar(at=instant(int(start) - 300 * back), open=7.0, high=8.0, low=6.0, close=7.0, volume=before_the_open)
        for start in sorted({int(SLOTS.opened(int(start)).timestamp()) for start in history.starts})
        for back in range(60, 0, -1)
        if before_the_open
    ]
    clock = ManualClock(datetime(2025, 8, 19, 20, 0, 5, tzinfo=UTC))
    with FakeAlpaca(clock) as fake:
        fake.bars("A", sorted(bars + early, key=lambda bar: bar.at))
        market = AlpacaMarket(access_to(fake), clock, CALENDAR)
        served = market.bars(("A",), instant(int(history.starts[0])))
        market.stop()
    assert ratios(served, FULL) == [1.0] * A_DAY
    assert served.flaws == {}


def test_it_is_over_the_average_of_the_same_slot_in_the_sessions_before() -> None:
    volume = np.full((7 * A_DAY, 1), 100.0)
    volume[3::A_DAY] = 1_000.0
    volume[-A_DAY + 3 - 2 * A_DAY] = 1_600.0
    history = history_of(["A"], walks(7 * A_DAY, 1).close, volume=volume)
    assert after(history.until(int(history.starts[-A_DAY + 3]))).volume_ratio[0] == pytest.approx(1_000 / 1_100)


def test_a_session_without_trade_in_the_slot_counts_as_nothing_traded() -> None:
    close = walks(11 * A_DAY, 1).close.copy()
    close[5 : 5 * A_DAY : A_DAY] = np.nan  # in five of ten sessions nobody traded in the sixth slot
    history = history_of(["A"], close)
    assert after(history.until(int(history.starts[-A_DAY + 5]))).volume_ratio[0] == 2.0


def test_a_session_in_which_the_symbol_did_not_trade_at_all_does_not_count() -> None:
    close = walks(11 * A_DAY, 1).close.copy()
    close[: 5 * A_DAY] = np.nan
    history = history_of(["A"], close)
    assert after(history.until(int(history.starts[-A_DAY + 5]))).volume_ratio[0] == 1.0


@pytest.mark.parametrize(("sessions", "valid"), [(4, False), (5, True)])
def test_fewer_than_five_sessions_tell_no_usual_volume_and_give_no_score(sessions: int, valid: bool) -> None:
    close = walks(21 * A_DAY, 1).close.copy()
    close[: (20 - sessions) * A_DAY] = np.nan
    assert bool(after(history_of(["A"], close)).valid[0]) == valid


def test_a_slot_in_which_nothing_ever_trades_gives_no_score() -> None:
    close = walks(11 * A_DAY, 1).close.copy()
    close[A_DAY - 1 : -1 : A_DAY] = np.nan
    assert not after(history_of(["A"], close)).valid[0]


def test_a_half_day_has_no_part_in_the_slots_that_it_does_not_have() -> None:
    history = steady(AFTER_HALF_DAYS)
    halved = [day for day in range(40) if len(SLOTS.of(AFTER_HALF_DAYS - timedelta(days=day))) == 42]
    assert len(halved) == 2  # the day after Thanksgiving, and Christmas Eve
    volume = history.volume.copy()
    for day in halved:
        volume[np.isin(history.starts, SLOTS.of(AFTER_HALF_DAYS - timedelta(days=day)))] = 1.0
    other = changed(history, volume=volume)
    found = ratios(other, AFTER_HALF_DAYS)
    assert found[42:] == [1.0] * 36
    assert min(found[:42]) > 1.1
    assert board_of(other).last == history.starts[-1]
