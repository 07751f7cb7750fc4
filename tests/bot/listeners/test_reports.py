import pytest

from engine.model.performance import Period
from engine.model.report import ReportKind
from tests.bot.listeners.conftest import VIEWER, Room


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
    assert room.engine.calls == [("performance", period, symbol)]


def test_pnl_of_a_mistyped_period_is_told_how_it_is_written(room: Room) -> None:
    room.engine.begin()
    assert "/pnl [today|week|month|all] [SYMBOL]" in room.says(VIEWER, "/pnl today week")
    room.engine.is_idle = True
    assert "week" in room.says(VIEWER, "/pnl weke")


@pytest.mark.parametrize(("typed", "kind"), [("", ReportKind.DAY), *((kind.value, kind) for kind in ReportKind)])
def test_report_shows_any_report_as_of_now(room: Room, typed: str, kind: ReportKind) -> None:
    room.engine.begin()
    assert "As of" in room.says(VIEWER, f"/report {typed}")
    assert room.engine.calls == [("report", kind)]


def test_report_of_an_unknown_kind_is_told_which_there_are(room: Room) -> None:
    room.engine.begin()
    assert "premarket" in room.says(VIEWER, "/report premarkt")
    assert not room.engine.calls
