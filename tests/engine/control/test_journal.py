"""Notes and grades of trades, and what a week's reports and exports make of them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.errors import NotGradable
from engine.model.journal import Grade, GradeSum, JournalEntry, JournalKind
from engine.model.notices.base import Posted
from engine.model.notices.trades import TradeGraded
from engine.model.report import ReportKind
from engine.model.trade import ExitReason, Trade, TradeState
from engine.views.journal import journal_lines, lot_lines
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

CARD = Posted(channel="C0DESK", ts="1755614715.000100")


@pytest.fixture(name="desk")
def _desk(harness: EngineHarness) -> EngineHarness:
    return harness


def posted(desk: EngineHarness) -> None:
    """Let the card of the example's trade stand in Slack."""
    with desk.store.writing() as transaction:
        [waiting] = [each for each in transaction.waiting(100) if each.notice.key == f"{TRADE_ID}:card"]
        transaction.delivered(waiting.number, CARD)


def closed(desk: EngineHarness) -> Trade:
    """Let the example's trade be bought, and sold at its target."""
    desk.play_the_signal()
    posted(desk)
    desk.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    desk.engine.jobs.reconcile()
    desk.clock.advance(60)
    desk.market.price("AAPL", "156.00")
    desk.engine.jobs.reconcile()
    return desk.trade()


def a_note(desk: EngineHarness, text: str = "chased it", number: int = 1) -> JournalEntry:
    now = desk.clock.now()
    return JournalEntry(
        key=f"note:C0DESK:{number}",
        trade_id="",
        kind=JournalKind.NOTE,
        at=now,
        by="U0TRADER",
        text=text,
        version=Decimal(str(now.timestamp())),
    )


def test_a_note_in_the_thread_of_a_card_is_kept_with_its_trade_and_audited(desk: EngineHarness) -> None:
    closed(desk)
    assert desk.engine.commands.journal.note(CARD, a_note(desk))
    with desk.store.reading() as reader:
        [entry] = reader.journal([TRADE_ID])
        [row] = [row for row in reader.audit(subject=TRADE_ID, limit=100) if row.action == "note"]
    assert (entry.text, entry.by) == ("chased it", "U0TRADER")
    assert (row.actor, row.outcome) == ("U0TRADER", "kept")
    desk.close()


def test_a_message_in_any_other_thread_is_no_note(desk: EngineHarness) -> None:
    closed(desk)
    assert not desk.engine.commands.journal.note(replace(CARD, ts="2.0"), a_note(desk))
    with desk.store.reading() as reader:
        assert reader.journal() == ()
    desk.close()


def test_a_closed_trade_is_graded_apart_from_its_result_and_the_last_grade_counts(desk: EngineHarness) -> None:
    assert closed(desk).state is TradeState.CLOSED
    desk.engine.commands.journal.grade(TRADE_ID, Grade.GOOD, EngineHarness.TRADER)
    desk.clock.advance(5)
    desk.engine.commands.journal.grade(TRADE_ID, Grade.POOR, EngineHarness.ADMIN)
    with desk.store.reading() as reader:
        [entry] = reader.journal([TRADE_ID])
    assert (entry.kind, entry.text, entry.by) == (JournalKind.GRADE, Grade.POOR, "U0ADMIN")
    assert [(told.grade, told.by) for told in desk.told_of(TradeGraded)] == [
        (Grade.GOOD, "U0TRADER"),
        (Grade.POOR, "U0ADMIN"),
    ]
    desk.close()


def test_a_trade_that_is_not_over_is_not_graded(desk: EngineHarness) -> None:
    desk.play_the_signal()
    with pytest.raises(NotGradable):
        desk.engine.commands.journal.grade(TRADE_ID, Grade.GOOD, EngineHarness.TRADER)
    with desk.store.reading() as reader:
        assert reader.journal() == ()
    desk.close()


def test_the_weeks_report_says_what_was_learned(desk: EngineHarness) -> None:
    trade = closed(desk)
    assert trade.multiple is not None
    desk.engine.commands.journal.grade(TRADE_ID, Grade.GOOD, EngineHarness.TRADER)
    for number in range(7):
        desk.engine.commands.journal.note(CARD, a_note(desk, f"lesson {number}", number))
        desk.clock.advance(1)
    told = desk.engine.queries.report(ReportKind.WEEK).journal
    assert told is not None
    assert (told.good, told.poor, told.ungraded) == (
        GradeSum(trades=1, mean=trade.multiple),
        GradeSum(trades=0, mean=None),
        0,
    )
    assert [note.text for note in told.notes] == [f"lesson {number}" for number in range(2, 7)]
    assert (told.notes[0].symbol, told.more_notes) == ("AAPL", 2)
    assert desk.engine.queries.report(ReportKind.DAY).journal is None
    desk.clock.advance(timedelta(days=14).total_seconds())
    later = desk.engine.queries.report(ReportKind.WEEK).journal
    assert later is not None
    assert (later.good.trades, later.notes) == (0, ())
    desk.close()


def test_the_export_has_each_trade_that_is_over_with_all_that_was_written_down(desk: EngineHarness) -> None:
    trade = closed(desk)
    desk.engine.commands.journal.grade(TRADE_ID, Grade.POOR, EngineHarness.TRADER)
    desk.engine.commands.journal.note(CARD, a_note(desk, "chased it", 1))
    desk.engine.commands.journal.note(CARD, a_note(desk, "moved the stop", 2))
    with desk.store.reading() as reader:
        [line] = list(journal_lines(reader))
    assert (line.id, line.state, line.exit_reason) == (TRADE_ID, TradeState.CLOSED, ExitReason.TARGET)
    assert (line.process, line.graded_by) == (Grade.POOR, "U0TRADER")
    assert line.notes == "U0TRADER: chased it\nU0TRADER: moved the stop"
    assert (line.result, line.multiple) == (trade.result, trade.multiple)
    desk.close()


def test_a_rejected_proposal_is_exported_with_its_reason(desk: EngineHarness) -> None:
    desk.play_the_signal()
    desk.engine.commands.reject(TRADE_ID, EngineHarness.TRADER, "too close to earnings")
    with desk.store.reading() as reader:
        [line] = list(journal_lines(reader))
    assert (line.state, line.reason, line.decided_by) == ("rejected", "too close to earnings", "U0TRADER")
    assert (line.result, line.would_have_made) == (None, None)
    desk.close()


def test_the_lots_of_a_trade_come_to_its_result(desk: EngineHarness) -> None:
    trade = closed(desk)
    with desk.store.reading() as reader:
        lots = [lot for lot in lot_lines(reader) if lot.trade_id == TRADE_ID]
    assert sum(lot.result for lot in lots) == trade.result
    assert sum(lot.shares for lot in lots) == trade.exit_shares
    desk.close()
