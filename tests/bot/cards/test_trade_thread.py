from decimal import Decimal

import pytest

from bot.cards import trade_thread
from bot.cards.notices import render
from engine.model.notices.trades import TradeUnprotected
from engine.model.trade import ExitReason, TradeState
from tests.bot.cards.examples import ENGLISH, KOREAN, TRADER, approved, buttons, ended, opened, shown
from tests.support.fakes.notices import a_notice
from tests.support.fakes.trades import a_trade

FILL_IN_KOREAN = """\
✅ 거래 체결 완료
📊 AAPL BUY 512주
💰 체결가: $150.28
💵 거래금액: $76,943
🛡️ 위험: 0.51% ($1,173)
🎯 목표가: $154.78 (+3%)
🛑 손절가: $147.99 (−1.5%)
🆔 거래ID: AAPL_20250819_234515"""

FILL_IN_ENGLISH = """\
✅ Trade filled
📊 AAPL BUY 512 shares
💰 Fill price: $150.28
💵 Amount: $76,943
🛡️ Risk: 0.51% ($1,173)
🎯 Target: $154.78 (+3%)
🛑 Stop: $147.99 (−1.5%)
🆔 Trade ID: AAPL_20250819_234515"""


def test_the_fill_notice_is_the_promised_one_line_for_line() -> None:
    message = trade_thread.filled(opened(), KOREAN)
    assert message.text == FILL_IN_KOREAN
    assert shown(message) == [FILL_IN_KOREAN]


def test_the_fill_notice_has_an_english_twin() -> None:
    message = trade_thread.filled(opened(), ENGLISH)
    assert message.text == FILL_IN_ENGLISH
    assert shown(message) == [FILL_IN_ENGLISH]


def test_a_fill_notice_stays_true_after_the_close() -> None:
    assert trade_thread.filled(ended(), KOREAN).text == FILL_IN_KOREAN


def test_a_partial_fill_is_told_with_its_own_money() -> None:
    text = trade_thread.filled(opened(filled_shares=300), ENGLISH).text
    assert text.startswith("⏳ Partly filled (300 of 512)\n📊 AAPL BUY 300 shares")
    assert "Amount: $45,084\n" in text
    assert "Risk: 0.30% ($687)\n" in text
    assert "일부 체결 (512주 중 300주)" in trade_thread.filled(opened(filled_shares=300), KOREAN).text


def test_a_resize_names_the_new_number_and_who_wanted_it() -> None:
    text = trade_thread.resized(a_trade(shares=400), ENGLISH, TRADER).text
    assert text == "Resized by <@U0TRADER1>: AAPL 400 shares, cost $60,100, risk $904 (0.39%)."
    assert trade_thread.resized(a_trade(shares=400), ENGLISH).text.startswith("Resized: AAPL 400 shares")


def test_an_order_on_its_way_is_told_with_its_exits() -> None:
    text = trade_thread.submitted(approved(state=TradeState.SUBMITTED), KOREAN).text
    assert text == "주문 전송: AAPL 512주 매수, 손절가 $147.99, 목표가 $154.75."


def test_a_decision_is_told_with_its_trade_and_its_reason() -> None:
    rejected = approved(state=TradeState.REJECTED, reason="실적 발표 임박")
    assert trade_thread.decided(rejected, KOREAN).text.splitlines() == [
        "AAPL 512주, $150.25: 거절",
        "거절: <@U0TRADER1>, 2025년 8월 19일 23:45 KST. 주문은 나가지 않았습니다.",
        "사유: 실적 발표 임박",
    ]


def test_a_new_target_is_told_with_its_distance_from_the_fill() -> None:
    text = trade_thread.target_set(opened(), ENGLISH).text
    assert text == "AAPL is protected: target $154.78 (+3%), stop $147.99 (−1.5%)."


def test_an_opposite_signal_asks_whether_to_close() -> None:
    message = trade_thread.exit_asked(opened(), ENGLISH, "−0.9")
    assert message.text.startswith("Close AAPL? Sell signal (−0.9) while holding 512 shares.")
    assert buttons(message) == ["close_trade", "keep_trade"]
    close = message.payload()["blocks"][-1]["elements"][0]
    assert (
        close["confirm"]["text"]["text"]
        == "Sells 512 shares at the market. If the market is closed, the order waits for the open."
    )


def test_a_trade_that_is_no_longer_open_is_not_asked_about() -> None:
    message = trade_thread.exit_asked(ended(), ENGLISH)
    assert message.text == "AAPL: nothing left to decide; the trade is closed."
    assert buttons(message) == []


@pytest.mark.parametrize("reason", ExitReason)
def test_a_close_says_why_and_what_came_of_it(reason: ExitReason) -> None:
    lines = trade_thread.closed(ended(exit_reason=reason), ENGLISH).text.splitlines()
    assert len(lines[0].split()) > 2
    assert lines[1:4] == [
        "📊 AAPL SELL 512 shares",
        "💵 P&L: +$2,304 · +3% · +2.0R",
        "💰 Exit price: $154.78 (entry $150.28)",
    ]
    assert lines[4] == "⏱ Held: 1 h 59 min"


def test_a_loss_is_written_as_one() -> None:
    assert (
        "💵 손익: −$1,172 · −1.5% · −1.0R\n💰 청산가: $147.99 (진입가 $150.28)\n⏱ 보유 시간: 1시간 59분\n"
        in trade_thread.closed(ended(exit_price=Decimal("147.99")), KOREAN).text
    )


def test_a_close_at_an_unknown_price_says_so() -> None:
    assert "P&L: unknown" in trade_thread.closed(ended(exit_price=None), ENGLISH).text


def test_shares_that_had_no_stop_are_a_warning() -> None:
    text = render(a_notice(TradeUnprotected, trouble=""), opened(), ENGLISH).text
    assert text == "⚠️ AAPL: no live stop on 512 shares. The bot sent a new one at $147.99; check it at the broker."


def test_a_position_that_is_kept_names_who_keeps_it() -> None:
    text = trade_thread.kept(opened(), ENGLISH, TRADER).text
    assert text == "<@U0TRADER1> keeps AAPL. Stop and target stay in place."
