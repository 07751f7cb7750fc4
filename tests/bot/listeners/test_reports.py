import pytest

from engine.model.market import exchange_date
from engine.model.performance import Period
from engine.model.report import ReportKind
from tests.bot.listeners.conftest import CHANNEL, TRADER, VIEWER, Room


@pytest.mark.parametrize(
    ("typed", "period", "symbol"),
    [
        ("", Period.TODAY, ""),
        ("week", Period.WEEK, ""),
        ("Month aapl", Period.MONTH, "AAPL"),
        ("$AAPL all", Period.ALL, "AAPL"),
    ],
)
def test_pnl_takes_a_period_and_a_symbol_in_any_order(room: Room, typed: str, period: Period, symbol: str) -> None:
    room.engine.begin()
    assert "+$1,436" in room.says(VIEWER, f"/pnl {typed}")
    assert room.engine.calls[0] == ("performance", period.span(exchange_date(room.engine.queries.now())), symbol)


def test_pnl_of_a_mistyped_period_is_told_how_it_is_written(room: Room) -> None:
    room.engine.begin()
    assert "Didn't understand “weke”. Did you mean week?" in room.says(VIEWER, "/pnl weke")
    assert "Didn't understand “AAPL yestreday”. Did you mean yesterday?" in room.says(VIEWER, "/pnl AAPL yestreday")


def test_pnl_of_a_symbol_that_the_desk_never_knew_is_refused_and_not_told_as_nothing(room: Room) -> None:
    said = room.says(VIEWER, "/pnl zzqx")
    assert said == "“ZZQX” isn't on the watchlist. /watch lists the symbols. Type one, e.g. /pnl last week AAPL."


def test_pnl_of_days_to_come_says_which_day_it_is_in_new_york(room: Room) -> None:
    assert "“2031” is still to come; today is 2025-08-19 in New York." in room.says(VIEWER, "/pnl 2031")


def test_what_one_person_asked_goes_to_that_person_with_its_chart(room: Room) -> None:
    room.person(VIEWER).command(CHANNEL, "/pnl")
    room.answer(VIEWER)
    room.quiet()
    seen = [message for message in room.person(TRADER).messages(CHANNEL) if float(message["ts"]) >= room.since]
    assert [message for message in seen if "Realised" in message["text"] or message["files"]] == []


@pytest.mark.parametrize(
    ("typed", "period"),
    [("journal", Period.WEEK), ("Journal last week", Period.LAST_WEEK), ("journal 지난달", Period.LAST_MONTH)],
)
def test_the_journal_is_of_this_week_or_of_any_period(room: Room, typed: str, period: Period) -> None:
    room.engine.begin()
    assert "Journal: 0 trades closed" in room.says(VIEWER, f"/report {typed}")
    assert room.engine.calls[0] == ("review", period.span(exchange_date(room.engine.queries.now())))


@pytest.mark.parametrize("typed", ["jornal", "journal AAPL", "journal last weke"])
def test_a_mistyped_journal_is_told_how_it_is_written(room: Room, typed: str) -> None:
    room.engine.begin()
    assert "Didn't understand" in room.says(VIEWER, f"/report {typed}")


@pytest.mark.parametrize(("typed", "kind"), [("", ReportKind.DAY), *((kind.value, kind) for kind in ReportKind)])
def test_report_shows_any_report_as_of_now(room: Room, typed: str, kind: ReportKind) -> None:
    room.engine.begin()
    assert "As of" in room.says(VIEWER, f"/report {typed}")
    assert room.engine.calls == [("report", kind)]


def test_report_of_an_unknown_kind_is_told_which_there_are(room: Room) -> None:
    room.engine.begin()
    assert "premarket" in room.says(VIEWER, "/report premarkt")
    assert not room.engine.calls
