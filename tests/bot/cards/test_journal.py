"""What a week taught, as its report says it."""

from decimal import Decimal

import pytest

from bot.cards.report import report
from bot.messages import Texts
from engine.model.journal import GradeSum, JournalReview, ReviewNote
from engine.model.json_values import plain, valued
from engine.model.report import Report, ReportKind
from tests.bot.cards.examples import BOTH, ENGLISH, KOREAN
from tests.support.fakes.reports import a_report

NOTHING = JournalReview(
    good=GradeSum(trades=0, mean=None),
    poor=GradeSum(trades=0, mean=None),
    ungraded=3,
    notes=(),
    more_notes=0,
    missed=0,
    missed_dollars=Decimal(0),
)
TAUGHT = JournalReview(
    good=GradeSum(trades=4, mean=Decimal("0.8")),
    poor=GradeSum(trades=1, mean=Decimal(-1)),
    ungraded=2,
    notes=(ReviewNote(symbol="AAPL", by="U0TRADER", text="chased it <!channel> *twice*"),),
    more_notes=3,
    missed=2,
    missed_dollars=Decimal("-310.40"),
)


def week(journal: JournalReview | None, texts: Texts) -> str:
    return report(a_report(kind=ReportKind.WEEK, journal=journal), texts).text


def test_grades_stand_beside_results_and_what_was_not_taken_beside_both() -> None:
    said = week(TAUGHT, ENGLISH)
    assert "Process good: 4 trades, +0.8R on average" in said
    assert "Process poor: 1 trade, −1.0R on average" in said
    assert "Not graded: 2" in said
    assert "Not taken: 2 proposals would have come to" in said
    assert "… and 3 more notes" in said
    assert "과정 좋음: 4건" in week(TAUGHT, KOREAN)


def test_a_note_is_shown_as_it_was_written_and_calls_nobody() -> None:
    assert "<!channel>" not in week(TAUGHT, ENGLISH)
    assert "chased it" in week(TAUGHT, ENGLISH)


@pytest.mark.parametrize("texts", BOTH)
@pytest.mark.parametrize("journal", [None, NOTHING])
def test_a_week_without_grades_and_notes_says_nothing_of_a_journal(texts: Texts, journal: JournalReview | None) -> None:
    assert texts("journal-title").replace("*", "") not in week(journal, texts)


def test_a_report_with_a_journal_is_read_as_it_was_written_and_one_of_before_has_none() -> None:
    told = a_report(kind=ReportKind.WEEK, journal=TAUGHT)
    written = plain(told)
    assert valued(Report, written) == told
    del written["journal"]
    assert valued(Report, written).journal is None
