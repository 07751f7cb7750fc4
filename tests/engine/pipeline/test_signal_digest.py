from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.model.notices.proposals import SignalsKept
from engine.pipeline.signal_digest import PATIENCE
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.trades import SIGNAL

MINUTE = timedelta(minutes=1)


def keep(harness: EngineHarness, symbol: str, why_not: str, at: datetime) -> None:
    with harness.store.writing() as transaction:
        transaction.add_signal(replace(SIGNAL, symbol=symbol, at=at), why_not)


def told(harness: EngineHarness) -> list[list[tuple[str, tuple[str, ...]]]]:
    harness.engine.jobs.tell_reports()
    return [[(str(group.why_not), group.symbols) for group in each.groups] for each in harness.told_of(SignalsKept)]


def test_nine_signals_of_a_halted_desk_in_nine_minutes_are_told_once(harness: EngineHarness) -> None:
    began = harness.clock.now()
    symbols = [f"S{number}" for number in range(9)]
    for number, symbol in enumerate(symbols):
        keep(harness, symbol, "desk_halted", began + number * MINUTE)
        harness.clock.set(began + number * MINUTE)
        assert told(harness) == []
    harness.clock.set(began + PATIENCE)
    assert told(harness) == [[("desk_halted", tuple(symbols))]]
    [notice] = harness.told_of(SignalsKept)
    assert notice.since == began


def test_signals_are_told_by_their_reasons_with_the_newest_figures(harness: EngineHarness) -> None:
    began = harness.clock.now()
    keep(harness, "AAPL", "spread 80 50 basis_points", began)
    keep(harness, "MSFT", "no_price", began)
    keep(harness, "TSLA", "spread 95 50 basis_points", began + MINUTE)
    harness.clock.set(began + PATIENCE)
    assert told(harness) == [[("spread 95 50 basis_points", ("AAPL", "TSLA")), ("no_price", ("MSFT",))]]


def test_what_was_told_is_not_told_again_on_the_same_day_and_is_on_the_next(harness: EngineHarness) -> None:
    began = harness.clock.now()
    for hours in (0, 1, 2, 24):
        keep(harness, "AAPL", "desk_halted", began + timedelta(hours=hours))
        harness.clock.set(began + timedelta(hours=hours) + PATIENCE)
        harness.engine.jobs.tell_reports()
    assert [notice.at for notice in harness.told_of(SignalsKept)] == [
        began + PATIENCE,
        began + timedelta(hours=24) + PATIENCE,
    ]


@pytest.mark.parametrize("why_not", ["", "symbol_taken", "symbol_rests", "nothing_to_sell", "exit_signal"])
def test_what_is_everyday_makes_no_noise(harness: EngineHarness, why_not: str) -> None:
    keep(harness, "AAPL", why_not, harness.clock.now())
    harness.clock.advance(PATIENCE.total_seconds())
    assert told(harness) == []


def test_what_was_kept_as_the_desk_ended_is_told_on_the_day_on_which_it_is_back(harness: EngineHarness) -> None:
    began = harness.clock.now()
    keep(harness, "AAPL", "desk_halted", began)
    harness.clock.set(began + PATIENCE)
    assert len(told(harness)) == 1
    keep(harness, "MSFT", "no_price", began + PATIENCE + MINUTE)
    harness.clock.set(began + timedelta(days=3))
    assert told(harness)[1:] == [[("no_price", ("MSFT",))]]
    assert len(told(harness)) == 2


def test_a_next_life_tells_what_the_last_one_gathered_and_nothing_twice(harness: EngineHarness) -> None:
    keep(harness, "AAPL", "desk_halted", harness.clock.now())
    harness.clock.advance(PATIENCE.total_seconds())
    harness.born_again().jobs.tell_reports()
    harness.born_again().jobs.tell_reports()
    assert len(harness.told_of(SignalsKept)) == 1


def test_what_was_kept_as_the_desk_ended_is_told_where_nothing_was_told_before(harness: EngineHarness) -> None:
    keep(harness, "MSFT", "no_price", harness.clock.now())
    harness.clock.advance(timedelta(days=1).total_seconds())
    assert told(harness) == [[("no_price", ("MSFT",))]]
