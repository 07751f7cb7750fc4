from dataclasses import replace
from decimal import Decimal

import pytest

from bot.app import COMMANDS
from bot.cards import answers
from engine.model.desk import Desk, DeskState
from engine.model.view import MissingShares, PortfolioView, PositionLine
from tests.bot.cards.examples import (
    BOTH,
    ENGLISH,
    KOREAN,
    TRADER,
    a_line,
    a_portfolio,
    an_inspection,
    ended,
    opened,
)
from tests.support.fakes.slack_limits import check_message


def test_positions_show_stop_and_risk_of_ours_and_say_which_are_not() -> None:
    assert answers.positions(a_portfolio(), ENGLISH).text.splitlines() == [
        "Open risk 1.51% of 2.0%",
        "Equity $231,368 · Cash $66,788 · Buying power $66,788",
        "Overnight risk 2.0% ($4,628), worst 1% of nights",
        "Positions",
        "AAPL 512 shares at $151.00 = $77,312 · +$369",
        "Stop $147.99, risk $1,173 · AAPL_20250819_234515",
        "MSFT 300 shares at $420.80 = $126,240 · $0",
        "Not this bot's trade; no known stop. Assumed risk $1,894",
    ]


def both() -> PortfolioView:
    """Return an account with 850 AAPL, of which a trade bought 500, and an order that waits."""
    ours = a_line(symbol="AAPL", shares=500, cost=Decimal("149.45"), price=Decimal("149.45"), trade=opened())
    others = a_line(symbol="AAPL", shares=350, cost=Decimal("150.25"), price=Decimal("149.45"), beside_a_trade=True)
    return a_portfolio(lines=(replace(ours, risk=Decimal(1_100)), others), waiting_risk=Decimal("600.5"))


def test_of_a_position_that_is_not_all_ours_only_what_is_ours_stands_under_the_stop() -> None:
    assert answers.positions(both(), ENGLISH).text.splitlines()[3:] == [
        "⏳ Not bought yet $601 at risk in approved and waiting orders",
        "Positions",
        "AAPL 500 shares at $149.45 = $74,725 · $0",
        "Stop $147.99, risk $1,100 · AAPL_20250819_234515",
        "AAPL 350 shares at $149.45 = $52,308 · −$280",
        "Not this bot's trade; no known stop. Assumed risk $785",
    ]
    assert "⏳ 미체결 승인·대기 중인 주문의 위험 $601" in answers.positions(both(), KOREAN).text


def test_what_the_account_no_longer_shows_is_named_and_not_called_still_to_be_bought() -> None:
    gone = replace(
        both(), waiting_risk=Decimal(0), missing=MissingShares(symbols=("AAPL", "MSFT"), risk=Decimal(1_100))
    )
    english, korean = answers.positions(gone, ENGLISH).text, answers.positions(gone, KOREAN).text
    assert "❓ Missing AAPL, MSFT: the account no longer shows these shares. $1,100 still counts as risk" in english
    assert "❓ 확인 필요 AAPL, MSFT: 계좌에 이 주식이 더 이상 보이지 않습니다." in korean
    assert "Not bought yet" not in english


def test_nothing_can_be_adopted_beside_a_trade() -> None:
    shown = str(answers.positions(both(), ENGLISH, may_adopt=True).payload())
    assert "Adopt" not in shown


def test_positions_warn_from_the_warning_on() -> None:
    assert "⚠️ Above the 1.6%" in answers.positions(a_portfolio(open_risk=Decimal("0.016")), ENGLISH).text


def test_no_positions_are_told_as_none() -> None:
    assert answers.positions(a_portfolio(lines=()), KOREAN).text.endswith("보유 종목이 없습니다.")


def test_more_positions_than_a_message_takes_are_counted() -> None:
    line: PositionLine = a_portfolio().lines[0]
    message = answers.positions(a_portfolio(lines=(line,) * 500), ENGLISH)
    check_message(message.payload())
    assert message.text.splitlines()[-1].startswith("… and ")


def test_trades_are_listed_under_their_heading() -> None:
    message = answers.trades((opened(), ended()), "trades-all", ENGLISH)
    assert message.text.splitlines() == [
        "Latest trades",
        "AAPL_20250819_234515 open · 512 at $150.28",
        "AAPL_20250819_234515 closed · 512 at $150.28 · +$2,304",
    ]


@pytest.mark.parametrize("which", ["alive", "pending", "open", "closed", "today", "all"])
def test_every_list_of_trades_has_a_heading(which: str) -> None:
    for texts in BOTH:
        assert len(answers.trades((), f"trades-{which}", texts).text.splitlines()) == 2


def test_a_trade_is_shown_from_proposal_to_close() -> None:
    message = answers.trade_detail(ended(), ENGLISH)
    check_message(message.payload())
    for said in ("Approved by", "✅ Trade filled", "🎯 Closed: target hit", "RSI 35.0", "→ 512 shares"):
        assert said in message.text


def test_a_symbol_is_shown_with_price_score_and_indicators() -> None:
    message = answers.inspection(an_inspection(), ENGLISH)
    check_message(message.payload())
    assert message.text.startswith(
        "AAPL\n$150.25 · bid $150.24 · ask $150.25 · spread 1 bp\nVolume 2,500,000 · Aug 19, 2025, 23:45:15 KST"
    )
    assert "Score +1.5" in message.text
    assert message.text.endswith("Indicators\nRSI 14 35.00")


def test_a_symbol_without_price_or_score_says_so() -> None:
    text = answers.inspection(an_inspection(snapshot=None, signal=None, panel=(), trades=()), ENGLISH).text
    assert text == "AAPL\nNo usable quote · regular hours\nNot enough bars for a score."


def test_where_a_process_has_no_score_of_the_newest_bar_it_is_said_where_and_when_there_is_one() -> None:
    view = an_inspection(signal=None, is_scored=False, panel=(), trades=())
    text = answers.inspection(view, ENGLISH).text
    assert text.endswith(
        "No score of the newest bar in this process: the strategy's code runs once a bar, in the leader."
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_begins_with_the_command(command: str) -> None:
    for texts in BOTH:
        assert answers.command_help(command, texts).text.startswith(command)


def test_a_halt_is_told_with_who_and_why() -> None:
    desk = Desk(state=DeskState.HALTED, auto=False, by=TRADER, reason="CPI")
    assert answers.halted(desk, ENGLISH).text.splitlines()[-1] == "Reason: CPI"
    assert answers.halted(desk, ENGLISH).text.startswith("⛔ Trading halted by <@U0TRADER1>.")


def test_a_resume_is_told() -> None:
    desk = Desk(state=DeskState.ACTIVE, auto=False, by=TRADER)
    told = answers.resumed(desk, 5, Decimal("0.0105"), KOREAN).text
    assert told.startswith("✅ 거래 재개: <@U0TRADER1>.")
    assert "5개 종목. 현재 총 위험: 1.05%" in told


def test_a_resume_while_the_broker_is_silent_says_that_the_risk_is_unknown() -> None:
    desk = Desk(state=DeskState.ACTIVE, auto=False, by=TRADER)
    assert answers.resumed(desk, 5, None, ENGLISH).text.endswith("Open risk is unknown: the broker isn't responding.")
    assert "총 위험을 알 수 없습니다." in answers.resumed(desk, 5, None, KOREAN).text


@pytest.mark.parametrize(("auto", "word"), [(True, "on"), (False, "off")])
def test_auto_mode_is_told(auto: bool, word: str) -> None:
    assert answers.auto(Desk(state=DeskState.ACTIVE, auto=auto), ENGLISH).text.startswith(f"Auto-trading {word}:")
