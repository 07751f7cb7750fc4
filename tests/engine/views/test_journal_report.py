"""/report journal: process beside result, reasons beside what came of them, what was not taken, and notes."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.cards.journal import journal
from bot.messages import Texts
from engine.model.desk import Request
from engine.model.journal import Grade, JournalEntry, JournalKind
from engine.model.journal_report import Act, JournalReport
from engine.model.market import exchange_date
from engine.model.performance import Period
from engine.model.shadow import Cause, ShadowState
from engine.model.trade import ExitReason, Trade, TradeState
from tests.support.ended_trades import ENTRY, moved, simulated
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.trades import PROPOSED_AT

LIFE = (TradeState.APPROVED, TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSED)
ENGLISH, KOREAN = (Texts(locale, ZoneInfo("Asia/Seoul")) for locale in ("en", "ko"))
WON, LOST = Decimal("154.75"), Decimal("147.99")


def written(desk: EngineHarness, trade: Trade, kind: JournalKind, text: str) -> None:
    with desk.store.writing() as transaction:
        entry = JournalEntry(
            key=f"{kind}:{trade.id}:{text}",
            trade_id=trade.id,
            kind=kind,
            at=PROPOSED_AT + timedelta(hours=2),
            by="U0TRADER",
            text=text,
            version=Decimal(1),
        )
        assert transaction.save_journal(entry)


def closed_for(desk: EngineHarness, trade: Trade, why: str) -> None:
    with desk.store.writing() as transaction:
        transaction.write_audit(Request(by="U0TRADER").entry(PROPOSED_AT, "close", trade.id, "10 shares", why))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[EngineHarness]:
    """A desk with every kind of end in its week, and one of each the week before."""
    made = EngineHarness.build(tmp_path)
    made.clock.set(PROPOSED_AT + timedelta(days=1))
    for number, (exit_price, grade) in enumerate(
        [(WON, Grade.GOOD), (LOST, Grade.GOOD), (WON, Grade.POOR), (LOST, Grade.POOR), (LOST, Grade.POOR), (WON, None)]
    ):
        trade = moved(made, number, *LIFE, exit_price=exit_price)
        if grade:
            written(made, trade, JournalKind.GRADE, grade)
    news = moved(made, 10, *LIFE, exit_price=LOST, exit_reason=ExitReason.DESK)
    closed_for(made, news, "for_news CPI at 8:30")
    written(made, news, JournalKind.NOTE, "the number was out early")
    for number, (reason, would) in enumerate([("for_chart", WON), ("for_chart", LOST), ("looks toppy", None)]):
        trade = moved(made, 20 + number, TradeState.REJECTED, reason=reason)
        if would:
            at = PROPOSED_AT + timedelta(hours=3)
            simulated(made, trade, would, ShadowState.CLOSED, exited_at=at)
    before = -60 * 24 * 7
    moved(made, before, *LIFE, exit_price=WON)
    moved(made, before + 1, TradeState.REJECTED, reason="for_risk")
    yield made
    made.close()


def this_week(desk: EngineHarness) -> JournalReport:
    return desk.engine.queries.review(Period.WEEK.span(exchange_date(desk.clock.now())))


def test_the_grade_of_the_process_stands_beside_the_result(desk: EngineHarness) -> None:
    told = this_week(desk)
    counts = {line.grade: (line.won.trades, line.lost.trades) for line in told.process}
    assert counts == {Grade.GOOD: (1, 1), Grade.POOR: (1, 2), None: (1, 1)}
    assert told.closed == 7
    assert told.line(Grade.POOR).lost.dollars == 2 * 10 * (LOST - ENTRY)


def test_a_trade_that_came_to_nothing_neither_won_nor_lost(desk: EngineHarness) -> None:
    written(desk, moved(desk, 30, *LIFE, exit_price=ENTRY), JournalKind.GRADE, Grade.GOOD)
    told = this_week(desk)
    good = told.line(Grade.GOOD)
    assert (good.won.trades, good.lost.trades, good.flat.trades, told.closed) == (1, 1, 1, 8)
    assert "· 1 lost (" in (said := journal(told, ENGLISH).text)
    assert "· 1 breakeven" in said
    assert "1 loss after a good process" in said


def test_reasons_stand_beside_what_came_of_them(desk: EngineHarness) -> None:
    lines = {(line.act, line.word): (line.count, line.known.trades) for line in this_week(desk).reasons}
    assert lines == {(Act.REJECT, "for_chart"): (2, 2), (Act.REJECT, ""): (1, 0), (Act.CLOSE, "for_news"): (1, 1)}


def test_what_was_not_taken_is_summed_by_why(desk: EngineHarness) -> None:
    told = this_week(desk).not_taken
    counts = {cause: each.trades for cause, each in told.items()}
    assert counts == {Cause.REJECTED: 2, Cause.EXPIRED: 0, Cause.REFUSED: 0}
    assert told[Cause.REJECTED].dollars == 20 * (WON + LOST - 2 * ENTRY)


def test_the_answer_says_what_is_to_be_learned_first(desk: EngineHarness) -> None:
    said = journal(this_week(desk), ENGLISH).text
    assert said.startswith("📝 Journal: 7 trades closed")
    for words in (
        "1 win after a good process: do that again",
        "1 loss after a good process: part of the business",
        "1 win after a poor process: luck",
        "2 losses after a poor process: the ones to learn from",
        "2 proposals not taken would have made $45",
        "2 trades have no grade",
        "Rejected, the chart doesn't look right: 2, would have come to",
        "Rejected, other or none: 1 (no result yet)",
        "Closed, news: 1, came to",
        "the number was out early",
    ):
        assert words in said
    assert "좋은 과정: 수익 1건" in journal(this_week(desk), KOREAN).text


def test_days_in_which_nothing_happened_say_so(desk: EngineHarness) -> None:
    desk.clock.advance(14 * 24 * 3600)
    said = journal(this_week(desk), ENGLISH).text
    assert "Nothing closed, turned down or graded in these days yet." in said
    assert "Process" not in said


def test_the_week_before_can_be_looked_at_too(desk: EngineHarness) -> None:
    told = desk.engine.queries.review(Period.LAST_WEEK.span(exchange_date(desk.clock.now())))
    assert (told.closed, [line.word for line in told.reasons]) == (1, ["for_risk"])
