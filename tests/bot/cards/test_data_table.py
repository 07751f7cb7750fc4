"""Positions, trades and signals are tables that people can sort; in words, and without tables, they say the same."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.cards import answers, signal_views
from bot.cards.message import Message
from bot.cards.mrkdwn import why
from bot.cards.newer_blocks import older
from bot.local_slack.limits import check_message
from bot.messages import NO_FIGURE, Texts
from engine.model.reason import Reason
from engine.model.signal_outcome import SignalOutcome
from engine.model.trade import TradeState
from tests.bot.cards.examples import BOTH, ENGLISH, KOREAN, a_line, a_portfolio, ended, opened
from tests.support.fakes.trades import a_signal, a_trade

SIGNALS = (
    SignalOutcome(signal=a_signal(), trade_id="AAPL_20250819_234515", state=TradeState.OPEN),
    SignalOutcome(signal=a_signal(symbol="FB", components=()), why_not="halted"),
)
Show = Callable[[Texts], Message]
TABLES: dict[str, Show] = {
    "positions": lambda texts: answers.positions(a_portfolio(), texts),
    "trades": lambda texts: answers.trades([ended(), opened()], "trades-all", texts),
    "pending": lambda texts: answers.trades([a_trade()], "trades-pending", texts),
    "signals": lambda texts: signal_views.signals(SIGNALS, "", texts),
}
EMPTY: dict[str, Show] = {
    "positions": lambda texts: answers.positions(a_portfolio(lines=()), texts),
    "trades": lambda texts: answers.trades([], "trades-all", texts),
    "signals": lambda texts: signal_views.signals((), "", texts),
}


def table_of(message: Message) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = (block for block in message.payload()["blocks"] if block["type"] == "data_table")
    return found


def rows_of(message: Message) -> list[list[str]]:
    return [[cell["text"] for cell in row] for row in table_of(message)["rows"]]


def test_positions_are_a_table_with_what_is_won_and_risked_first() -> None:
    assert rows_of(TABLES["positions"](ENGLISH)) == [
        ["Symbol", "Open P&L", "Stop", "Risk", "Held", "Last", "Today", "Value", "Trade"],
        ["AAPL", "+$369", "$147.99", "$1,173", "512 shares", "$151.00", "–", "$77,312", "AAPL_20250819_234515"],
        ["MSFT", "$0", "–", "$1,894", "300 shares", "$420.80", "–", "$126,240", "not this bot's"],
    ]


def test_shares_that_came_in_a_moment_ago_are_under_no_stop_and_nobodys_yet() -> None:
    came = a_line(symbol="AAPL", shares=5, cost=Decimal(1), price=Decimal(1), beside_a_trade=True, is_unclear=True)
    shown = answers.positions(a_portfolio(lines=(came,)), ENGLISH)
    assert shown.text.endswith("New shares; checking whether this bot bought them.")
    cells = rows_of(shown)[-1]
    assert (cells[3], cells[-1]) == ("–", "checking")


def test_shares_that_wait_for_their_corporate_action_or_count_are_under_no_stop() -> None:
    line = replace(a_portfolio().lines[0], awaits=True)
    shown = answers.positions(a_portfolio(lines=(line,)), ENGLISH)
    assert "No stop until its corporate action or share count is settled, risk" in shown.text
    assert rows_of(shown)[-1][2] == "none yet"


def test_a_stop_that_was_moved_stands_beside_the_planned_one_and_the_day_s_change_beside_the_price() -> None:
    line = replace(a_portfolio().lines[0], trade=opened(stop=Decimal("149.50")), previous_close=Decimal(100))
    _, row = rows_of(answers.positions(a_portfolio(lines=(line,)), ENGLISH))
    assert (row[2], row[6]) == ("$149.50 (planned $147.99)", "+51%")


def test_trades_are_a_table_and_so_is_what_waits() -> None:
    assert rows_of(TABLES["trades"](ENGLISH))[:2] == [
        ["Symbol", "State", "Result", "Shares", "Entry", "Source", "Trade"],
        ["AAPL", "closed", "+$2,304", "512", "$150.28", "strategy", "AAPL_20250819_234515"],
    ]
    assert rows_of(TABLES["pending"](KOREAN)) == [
        ["종목", "위험", "만료", "수량", "진입가", "손절가", "목표가", "출처", "거래"],
        ["AAPL", "$1,158", "23:50 KST", "512", "$150.25", "$147.99", "$154.75", "전략", "AAPL_20250819_234515"],
    ]


def test_signals_are_a_table_with_what_became_of_them() -> None:
    reason = why(Reason.read("halted"), ENGLISH)
    at = "Aug 19, 2025, 23:45 KST"
    parts = "RSI +0.3 · bands +0.2 · MACD +0.4 · volume +0.1 · news +0.5"
    assert rows_of(TABLES["signals"](ENGLISH)) == [
        ["Symbol", "Score", "Signal", "Outcome", "Time", "Points"],
        ["AAPL", "+1.5", "strong buy", "open · AAPL_20250819_234515", at, parts],
        ["FB", "0.0", "no trade", f"not proposed: {reason}", at, "–"],
    ]


def test_figures_are_sorted_as_figures() -> None:
    first = table_of(TABLES["positions"](ENGLISH))["rows"][1]
    assert [(cell["type"], cell.get("value")) for cell in first[1:5]] == [
        ("raw_number", 368.64),
        ("raw_number", 147.99),
        ("raw_number", 1172.48),
        ("raw_number", 512.0),
    ]


@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
@pytest.mark.parametrize("show", TABLES.values(), ids=TABLES)
def test_every_table_is_taken_by_old_and_new_workspaces(show: Show, texts: Texts) -> None:
    blocks = show(texts).payload()["blocks"]
    check_message(blocks)
    check_message(older(blocks), takes_newer=False)


@pytest.mark.parametrize("show", TABLES.values(), ids=TABLES)
def test_without_tables_every_cell_is_still_said(show: Show) -> None:
    message = show(ENGLISH)
    said = "\n".join(
        block["text"]["text"] for block in older(message.payload()["blocks"]) if block["type"] == "section"
    )
    names, *rows = rows_of(message)
    for row in rows:
        assert f"*{row[0]}* " in said
        for name, cell in zip(names[1:], row[1:], strict=True):
            assert cell == NO_FIGURE or f"{name} {cell}".replace("&", "&amp;") in said


@pytest.mark.parametrize("texts", BOTH, ids=lambda texts: texts.locale)
@pytest.mark.parametrize("show", EMPTY.values(), ids=EMPTY)
def test_nothing_is_no_table(show: Show, texts: Texts) -> None:
    kinds = [block["type"] for block in show(texts).payload()["blocks"]]
    assert "data_table" not in kinds
    assert kinds[-1] == "section"


@pytest.mark.parametrize("count", [30, 150, 500])
def test_what_does_not_fit_is_counted(count: int) -> None:
    line = a_portfolio().lines[0]
    lines = [replace(line, price=Decimal(number + 1)) for number in range(count)]
    message = answers.positions(a_portfolio(lines=tuple(lines)), ENGLISH)
    check_message(message.payload()["blocks"])
    shown = len(rows_of(message)) - 1
    assert 20 < shown <= 100
    assert message.text.count("AAPL_2025") == shown
    if shown < count:
        assert message.text.splitlines()[-1] == f"… and {count - shown} more"
