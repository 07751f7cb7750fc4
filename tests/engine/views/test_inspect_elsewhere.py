"""Only the process that leads takes bars onto its board; people are answered by any, with the same score."""

from datetime import timedelta
from pathlib import Path

import pytest

from engine.bootstrap import Engine
from engine.model.desk import Request
from engine.model.runtime_settings import WatchOutcome
from engine.model.signal import Signal
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example

ADMIN = Request(by="U0ADMIN", said="/watch")
CODE = "tests.support.code_strategies:Busy"


def scored(engine: Engine) -> Signal | None:
    return engine.queries.inspect("AAPL").signal


def test_a_process_that_never_led_shows_the_leaders_score_bit_for_bit(harness: EngineHarness) -> None:
    elsewhere = harness.born_again()
    proposed = harness.play_the_signal()
    assert proposed is not None
    shown = scored(elsewhere)
    assert shown is not None
    assert shown == scored(harness.engine)
    assert (shown.bar, shown.tenths) == (proposed.signal.bar, proposed.signal.tenths)


def test_a_process_that_led_before_shows_the_score_of_now(harness: EngineHarness) -> None:
    harness.play_the_signal()
    led_before, earlier = harness.engine, scored(harness.engine)
    harness.market.recorded = worked_example.history(worked_example.AT + timedelta(hours=3))
    harness.clock.set(worked_example.AT + timedelta(hours=2, seconds=15))
    harness.market.price("AAPL", "150.25")
    leads_now = harness.born_again()
    leads_now.jobs.start()
    shown = scored(led_before)
    assert shown is not None
    assert earlier is not None
    assert shown == scored(leads_now)
    assert shown.bar != earlier.bar


def test_a_symbol_that_is_added_through_any_process_is_warm_where_its_bars_are_enough(harness: EngineHarness) -> None:
    elsewhere = harness.born_again()
    harness.market.price("AAPL", "150.25")
    for engine in (harness.engine, elsewhere):
        harness.engine.commands.change_watchlist(("AAPL",), ADMIN, more=False)
        elsewhere.follow_changes()
        change = engine.commands.change_watchlist(("AAPL",), ADMIN, more=True)
        assert change.outcomes == (("AAPL", WatchOutcome.ADDED),)
        harness.engine.follow_changes()
        elsewhere.follow_changes()


def test_the_leader_shows_its_codes_last_score_until_the_next_bar_is_taken_in(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, strategy=CODE)
    harness.play_the_signal()
    before = harness.engine.queries.inspect("AAPL").signal
    harness.market.recorded = worked_example.history(worked_example.AT + timedelta(hours=1))
    harness.clock.set(worked_example.AT + timedelta(minutes=5, seconds=30))
    harness.market.price("AAPL", "150.25")
    waiting = harness.engine.queries.inspect("AAPL")
    assert waiting.is_scored
    assert waiting.signal is not None
    assert before is not None
    assert before.bar is not None
    assert (waiting.signal.bar, waiting.signal.technical_tenths) == (before.bar, before.technical_tenths)
    harness.engine.jobs.process_bars()
    taken_in = harness.engine.queries.inspect("AAPL")
    assert taken_in.signal is not None
    assert (taken_in.is_scored, taken_in.signal.bar) == (True, before.bar + timedelta(minutes=5))
    harness.clock.advance(600)  # two bars that it did not take in, as one that lost the lead
    harness.market.price("AAPL", "150.25")
    assert not harness.engine.queries.inspect("AAPL").is_scored
    harness.close()


@pytest.mark.parametrize(("strategy", "is_scored"), [("seed", True), (CODE, False)])
def test_a_score_that_only_the_leaders_code_can_give_is_said_to_be_there(
    tmp_path: Path, strategy: str, *, is_scored: bool
) -> None:
    harness = EngineHarness.at_the_example(tmp_path, strategy=strategy)
    elsewhere = harness.born_again()
    harness.play_the_signal()
    leaders, others = harness.engine.queries.inspect("AAPL"), elsewhere.queries.inspect("AAPL")
    assert leaders.is_scored
    assert leaders.signal is not None
    assert (others.is_scored, others.signal is not None) == (is_scored, is_scored)
    harness.close()
