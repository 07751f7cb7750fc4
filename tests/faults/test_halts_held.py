"""The judge of halts is held to what it must tell right from wrong."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.faults.copies import Loss
from tests.faults.halts_held import after_halt, halts_lost
from tests.faults.kill_points import Note
from tests.support.fakes.alpaca.desk import Accepted

NOON = datetime(2025, 8, 19, 16, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def entry(seconds: float) -> Accepted:
    name = f"AAPL_20250819_{at(seconds):%H%M%S}"
    return Accepted(at=at(seconds), id=name, client_order_id=name, symbol="AAPL", side="buy", shares=Decimal(1))


def note(what: str, seconds: float) -> Note:
    return Note(what=what, at=at(seconds), detail=at(seconds + 0.01).isoformat())


def loss(seconds: float) -> Loss:
    return Loss(since=at(seconds - 10), began=at(seconds), ended=at(seconds + 0.1), notices={}, while_it_ran=False)


def test_an_entry_between_a_halt_and_its_resume_is_one_after_a_halt() -> None:
    notes = [note("halted", 0), note("resumed", 20)]
    assert len(list(after_halt([entry(-1), entry(10), entry(21)], notes))) == 1
    assert not list(halts_lost([entry(10)], notes, []))


def test_where_the_database_fell_back_in_between_the_halt_is_lost() -> None:
    notes = [note("halted", 0), note("resumed", 20)]
    assert len(list(halts_lost([entry(10)], notes, [loss(5)]))) == 1
    assert not list(after_halt([entry(10)], notes, [loss(5)]))


def test_a_desk_that_begins_active_after_a_lost_halt_has_lost_it_though_it_bought_nothing() -> None:
    assert len(list(halts_lost([], [note("halted", 0), note("began", 8)], [loss(5)]))) == 1


def test_a_desk_that_runs_has_a_moment_to_find_out_that_its_database_fell_back() -> None:
    notes = [note("halted", 0), note("stands", 6), note("stands", 9)]
    (line,) = halts_lost([], notes, [loss(5)])
    assert str(at(9)) in line


def test_a_desk_that_somebody_resumed_stands_active_rightly() -> None:
    notes = [note("halted", 0), note("resumed", 7), note("began", 8), note("stands", 20)]
    assert not list(halts_lost([entry(9)], notes, [loss(5)]))
