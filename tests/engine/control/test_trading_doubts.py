"""The desk takes exits only while a reason for that holds, and trades again by itself when none does."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.control.broker_sync import MISSES
from engine.model.desk import DeskState
from engine.model.notices.desk import DeskReducing, DeskResumed
from tests.support.engine_harness import EngineHarness


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[EngineHarness]:
    harness = EngineHarness.at_the_example(tmp_path)
    harness.play_the_signal()
    yield harness
    harness.close()


def kinds(harness: EngineHarness) -> list[str]:
    """Return what was told of the desk's state, a reason for taking exits only by its words."""
    return [
        str(notice.reason) if isinstance(notice, DeskReducing) else "again"
        for notice in harness.told()
        if isinstance(notice, DeskReducing | DeskResumed)
    ]


def rounds(harness: EngineHarness, minutes: int, *, good: bool = False) -> None:
    """Let minutes pass with two looks at the prices and one at the broker in each; prices are fresh or none is."""
    for _ in range(2 * minutes):
        harness.clock.advance(30)
        for symbol in ("AAPL", "MSFT", "TSLA") if good else ():
            harness.market.price(symbol, "150.25")
        harness.engine.jobs.tick()
        if harness.clock.now().second < 30:
            harness.engine.jobs.reconcile()


def differ(harness: EngineHarness, seconds: int) -> None:
    harness.line.skew = timedelta(seconds=seconds)
    harness.clock.advance(60)
    harness.engine.jobs.reconcile()


def test_two_minutes_without_a_good_price_make_the_desk_take_exits_only_until_one_comes(desk: EngineHarness) -> None:
    rounds(desk, 1, good=True)
    rounds(desk, 5)
    assert (desk.engine.queries.desk().state, desk.engine.queries.desk().reason) == (DeskState.REDUCING, "prices_stale")
    rounds(desk, 2, good=True)
    assert desk.engine.queries.desk().state is DeskState.ACTIVE
    assert kinds(desk) == ["prices_stale", "again"]


def test_one_good_price_is_enough(desk: EngineHarness) -> None:
    for _ in range(10):
        desk.clock.advance(30)
        desk.market.price("TSLA", "150.25")
        desk.engine.jobs.tick()
        desk.engine.jobs.reconcile()
    assert kinds(desk) == []


def test_outside_regular_hours_and_in_a_sessions_first_minutes_no_price_is_missed(desk: EngineHarness) -> None:
    desk.clock.set(desk.clock.now().replace(hour=21, minute=0))
    rounds(desk, 10)
    desk.clock.set(desk.clock.now().replace(hour=13, minute=20) + timedelta(days=1))
    rounds(desk, 11)
    assert kinds(desk) == []
    rounds(desk, 2)
    assert kinds(desk) == ["prices_stale"]


def test_a_clock_that_differs_by_more_than_the_price_age_makes_the_desk_take_exits_only(desk: EngineHarness) -> None:
    differ(desk, 89)
    assert kinds(desk) == []
    for seconds in (-120, -121, 120):
        differ(desk, seconds)
    assert desk.engine.queries.desk().reason == "clock_differs 120"
    differ(desk, 1)
    assert kinds(desk) == ["clock_differs 120", "again"]


def test_the_brokers_clock_is_asked_for_once_a_minute_and_no_answer_says_nothing(desk: EngineHarness) -> None:
    differ(desk, 120)
    desk.line.skew = timedelta(0)
    desk.engine.jobs.reconcile()
    desk.line.is_away = True
    for _ in range(MISSES):
        desk.clock.advance(60)
        desk.engine.jobs.reconcile()
    assert kinds(desk) == ["clock_differs 120", "truth_unknown"]


def test_the_end_of_one_reason_does_not_undo_another(desk: EngineHarness) -> None:
    differ(desk, 120)
    desk.line.is_away = True
    for _ in range(MISSES):
        desk.clock.advance(60)
        desk.engine.jobs.reconcile()
    desk.line.is_away = False
    differ(desk, 0)
    assert desk.engine.queries.desk().state is DeskState.ACTIVE
    differ(desk, 120)
    rounds(desk, 1, good=True)
    assert desk.engine.queries.desk().state is DeskState.REDUCING
    rounds(desk, 5)
    differ(desk, 0)
    assert (desk.engine.queries.desk().state, desk.engine.queries.desk().reason) == (DeskState.REDUCING, "prices_stale")


def test_a_reason_holds_over_a_restart(desk: EngineHarness) -> None:
    differ(desk, 120)
    engine = desk.born_again()
    engine.jobs.start()
    assert engine.queries.desk().reason == "clock_differs 120"
    desk.line.skew = timedelta(0)
    desk.clock.advance(60)
    engine.jobs.reconcile()
    assert engine.queries.desk().state is DeskState.ACTIVE


def test_what_a_person_set_stays_when_a_reason_begins_and_when_it_is_over(desk: EngineHarness) -> None:
    desk.engine.commands.halt(EngineHarness.TRADER, "lunch")
    differ(desk, 120)
    differ(desk, 0)
    assert (desk.engine.queries.desk().state, desk.engine.queries.desk().by) == (DeskState.HALTED, "U0TRADER")
    assert kinds(desk) == []


def test_who_resumes_although_the_clocks_differ_is_not_overruled(desk: EngineHarness) -> None:
    differ(desk, 120)
    desk.engine.commands.resume(EngineHarness.ADMIN)
    differ(desk, 120)
    assert desk.engine.queries.desk().state is DeskState.ACTIVE


def test_a_reason_that_began_during_a_halt_is_told_when_trading_is_resumed(desk: EngineHarness) -> None:
    desk.engine.commands.halt(EngineHarness.TRADER, "lunch")
    differ(desk, 120)
    desk.engine.commands.resume(EngineHarness.ADMIN)
    differ(desk, 120)
    assert kinds(desk) == ["again", "clock_differs 120"]
