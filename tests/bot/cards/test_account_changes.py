from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.cards import answers
from bot.cards.message import Message
from bot.cards.notices import render
from bot.cards.proposal import proposal
from bot.messages import Texts
from engine.model.account import AssetKind
from engine.model.notices import account, corporate_actions, trades
from engine.model.notices.account import (
    EntryChanged,
    ExitMoved,
    ForeignPosition,
    ForeignProtected,
    ForeignUnprotected,
    MoneyMove,
    MoneyMoved,
    SoldByHand,
    StopByHand,
    UnexplainedChange,
)
from engine.model.notices.base import NO_REASON, Notice
from engine.model.notices.corporate_actions import ActionLate, CashInLieu, SpinOffWaits
from engine.model.notices.desk import DeskHalted, DeskReducing, FlattenStuck
from engine.model.notices.kinds import CLASSES
from engine.model.notices.proposals import SignalKept
from engine.model.notices.trades import (
    CoveringShort,
    CoverRefused,
    ExitSenseless,
    FilledLate,
    OversoldCause,
    StopTrailed,
    TargetSet,
    TradeAdopted,
    TradeGraded,
    TradeOversold,
    TradeSubmitted,
    TradeUnprotected,
)
from engine.model.reason import Reason
from engine.model.report import Holding
from engine.model.trade import OrderRole, Restatement, Trade, TradeState
from tests.bot.cards.examples import ENGLISH, KOREAN, a_portfolio, buttons, ended, opened
from tests.support.fakes.notices import a_notice
from tests.support.fakes.slack_limits import check_message


def told(kind: type[Notice], texts: Texts = ENGLISH, *, trade: Trade | None = None, **facts: Any) -> Message:
    notice = a_notice(kind, **facts)
    message = render(notice, (trade or opened()) if kind.is_of_trade else None, texts)
    check_message(message.payload())
    return message


def test_an_oversold_trade_is_an_alarm_that_says_what_happens_next() -> None:
    said = told(TradeOversold, shares=2212, cause=OversoldCause.BOTH_EXITS, is_bought_back=True).text
    assert said.startswith("🚨 AAPL: more shares sold than held. Stop and target both filled.")
    assert "short 2,212 shares" in said
    assert "Exits only. The bot buys the shares back at the market in regular hours, even if the desk is halted" in said
    assert "if the exchange has halted AAPL, once that halt ends." in said


def test_an_oversold_trade_that_is_not_bought_back_says_how_to() -> None:
    said = told(TradeOversold, shares=1, cause=OversoldCause.LATE_FILL, is_bought_back=False).text
    assert "short 1 share." in said
    assert "COVER_SHORTS is off" in said
    assert "/close AAPL" in said


def test_shares_bought_back_are_told() -> None:
    assert told(CoveringShort, shares=512).text == "🔁 AAPL: buying back 512 shares at the market."
    assert "512주를 시장가로 환매수 중" in told(CoveringShort, KOREAN, shares=512).text


def test_a_buy_back_that_the_broker_rejects_says_what_to_do_while_the_account_is_short() -> None:
    short = replace(opened(), exit_shares=1024)
    said = told(CoverRefused, trade=short, shares=512, trouble=NO_REASON).text
    assert said.startswith(
        "⛔ AAPL: the broker rejects buying back 512 shares: no reason given. The account stays short."
    )
    assert "buy them back at the broker" in said
    assert "512주 환매수 주문을 거부" in told(CoverRefused, KOREAN, trade=short, shares=512).text
    assert "nothing to do" in told(CoverRefused).text


def test_a_rejected_stop_on_shares_of_others_is_told_in_words() -> None:
    assert "The broker rejected it: no reason given." in told(ForeignUnprotected, trouble=NO_REASON).text


def test_a_sale_that_is_rejected_while_everything_is_sold_is_told_in_words() -> None:
    assert "the broker accepted the sale, then rejected it" in told(FlattenStuck, trouble=NO_REASON).text


@pytest.mark.parametrize(
    ("shares", "english", "korean"),
    [
        (512, "moves no stop and has no target", "익절 주문도 브로커에 없습니다"),
        (200, "for the rest (312)", "나머지 312주"),
    ],
)
def test_a_stop_set_by_hand_says_what_it_leaves_to_the_bots(shares: int, english: str, korean: str) -> None:
    assert english in told(StopByHand, shares=shares).text
    assert korean in told(StopByHand, KOREAN, shares=shares).text


@pytest.mark.parametrize(
    ("role", "english", "korean"), [(OrderRole.STOP, "stop", "손절가"), (OrderRole.TARGET, "target", "목표가")]
)
def test_an_exit_moved_by_hand_is_told_with_before_after_and_risk(role: OrderRole, english: str, korean: str) -> None:
    said = told(ExitMoved, role=role).text
    assert f": {english} moved by hand at the broker, $147.99 → $1.00" in said
    assert "Risk 0.51% → 33.0% of equity" in said
    assert korean in told(ExitMoved, KOREAN, role=role).text


def test_an_entry_changed_by_hand_is_told_with_before_after_and_risk() -> None:
    said = told(EntryChanged).text
    assert "entry changed by hand at the broker, 512 shares, limit $150.25 → 600 shares, limit $150.75." in said
    assert "Risk 0.5% → 0.72% of equity" in said
    assert "512주 지정가 $150.25 → 600주 지정가 $150.75" in told(EntryChanged, KOREAN).text


def test_an_entry_at_the_market_has_no_limit_to_tell() -> None:
    said = told(EntryChanged, shares_before=1, limit_before=None, limit_after=None)
    assert "1 share at the market → 600 shares at the market." in said.text


def test_an_exit_that_makes_no_sense_is_not_sent_and_offers_to_close() -> None:
    message = told(ExitSenseless)
    assert "stop $147.99 not sent: it is above the market ($75.10)" in message.text
    assert buttons(message) == ["close_trade"]
    assert "below the market" in told(ExitSenseless, role=OrderRole.TARGET, price=Decimal(70)).text


LOCK_SCREEN = 110
"""Characters of a message that a phone shows without being opened."""
LONG_WORDS = "the order was refused by the venue, which gives reasons that are as long as this one, and longer"


@pytest.mark.parametrize(
    ("kind", "facts", "english", "korean"),
    [
        (ExitSenseless, {"bare": 512}, "no stop on 512 shares", "512주에 손절 주문이 없"),
        (TradeUnprotected, {"trouble": LONG_WORDS}, "no live stop on 512 shares", "512주에 유효한 손절 주문이 없"),
        (TradeUnprotected, {"is_on_hold": True}, "no live stop on 512 shares", "512주에 유효한 손절 주문이 없"),
        (SpinOffWaits, {}, "no stop", "손절 주문 없음"),
        (ActionLate, {}, "no stop on 512 shares", "512주에 손절 주문이 없"),
        (ForeignUnprotected, {"trouble": LONG_WORDS}, "no stop", "손절 주문이 없"),
    ],
)
def test_shares_without_a_stop_are_the_first_that_a_phone_shows(
    kind: type[Notice], facts: dict[str, Any], english: str, korean: str
) -> None:
    assert english in told(kind, **facts).text[:LOCK_SCREEN]
    assert korean in told(kind, KOREAN, **facts).text[:LOCK_SCREEN]


def test_shares_without_a_stop_are_told_with_what_to_do_and_what_the_bot_does() -> None:
    message = told(ExitSenseless, bare=512)
    assert "The market ($75.10) has already reached the stop at $147.99" in message.text
    assert "press Close or type /close AAPL" in message.text
    assert "above $147.99, the bot sends the stop by itself" in message.text
    assert "$147.99 위로 올라오면 봇이 손절 주문을 자동으로 냅니다" in told(ExitSenseless, KOREAN, bare=512).text
    assert "To hold on, set a lower stop at the broker." in message.text
    assert "/stop" not in message.text  # which the desk's limits, or its halt, would refuse
    assert buttons(message) == ["close_trade"]


def test_a_trade_that_is_over_is_not_offered_to_be_closed() -> None:
    assert buttons(told(ExitSenseless, trade=ended())) == []


def test_money_that_came_or_went_is_no_result() -> None:
    said = told(MoneyMoved, move=MoneyMove.WITHDRAWAL, dollars=Decimal(-30000), symbol="").text
    assert said == "💵 Withdrawal: $30,000.00. Not counted as trading P&L."
    assert "배당 (AAPL): $12.50" in told(MoneyMoved, KOREAN, dollars=Decimal("12.5")).text


def test_shares_that_changed_without_a_reason_are_an_alarm() -> None:
    said = told(UnexplainedChange, before=512, found=1024, price_now=Decimal("75.1")).text
    assert "512 → 1,024, with no matching execution" in said
    assert "Price $150.25 → $75.10" in said
    assert "Orders and bookings in AAPL are on hold, and the desk is exits-only." in said
    assert "Price" not in told(UnexplainedChange, price_now=None).text


def test_orders_that_surfaced_are_told_with_their_stop() -> None:
    assert "512 shares at $150.28, stop $147.99" in told(TradeAdopted).text
    said = told(TradeAdopted, by="U0ADMIN", shares=500).text
    assert "<@U0ADMIN> adopted AAPL, bought outside the bot: 500 shares at $150.28, stop $147.99" in said
    said = told(FilledLate, shares=512, price=Decimal("150.28")).text
    assert "late fill, 512 shares at $150.28" in said
    assert "stop $147.99" in said


@pytest.mark.parametrize(
    ("shares", "price", "is_estimate", "said"),
    [
        (212, "6.79", False, "212 shares were sold outside the bot at $6.79."),
        (1, "6.79", False, "1 share was sold outside"),
        (212, "147.99", True, "booked at about $147.99 (estimate: no execution found)."),
        (212, "", True, "212 shares were sold outside the bot. Booked at about the last price."),
    ],
)
def test_a_sale_by_hand_calls_a_guess_one(shares: int, price: str, is_estimate: bool, said: str) -> None:
    sold_at = Decimal(price) if price else None
    text = told(SoldByHand, shares=shares, price=sold_at, is_estimate=is_estimate).text
    assert said in text
    assert "The trade now holds 512 shares." in text


@pytest.mark.parametrize(
    ("shares", "english", "korean"),
    [
        (1, "TSLA: 1 share in the account that the bot didn't buy", "봇이 매수하지 않은 1주가"),
        (1536, "TSLA: 1,536 shares in the account that the bot didn't buy", "봇이 매수하지 않은 1,536주가"),
        (-1, "TSLA: the account is short 1 share that the bot didn't sell", "봇이 매도하지 않은 공매도 1주가"),
        (
            -2000,
            "TSLA: the account is short 2,000 shares that the bot didn't sell",
            "봇이 매도하지 않은 공매도 2,000주가",
        ),
        (0, "TSLA: the shares the bot didn't buy are gone", "봇이 매수하지 않은 보유분이 없어졌습니다"),
    ],
)
def test_shares_of_others_are_counted_and_a_short_is_called_one(shares: int, english: str, korean: str) -> None:
    assert english in told(ForeignPosition, symbol="TSLA", shares=shares).text
    assert korean in told(ForeignPosition, KOREAN, symbol="TSLA", shares=shares).text


@pytest.mark.parametrize(
    ("shares", "stop", "english", "korean"),
    [
        (1, "98.5", "stop set at $98.50 on 1 share the bot didn't buy.", "1주에 손절 주문을 냈습니다. 손절가 $98.50."),
        (
            1536,
            "1147.99",
            "stop set at $1,147.99 on 1,536 shares the bot didn't buy.",
            "1,536주에 손절 주문을 냈습니다. 손절가 $1,147.99.",
        ),
        (40, "", "stop set on 40 shares the bot didn't buy.", "40주에 손절 주문을 냈습니다."),
    ],
)
def test_a_stop_for_shares_of_others_is_told_as_a_price(shares: int, stop: str, english: str, korean: str) -> None:
    facts: dict[str, Any] = {"shares": shares, "stop": Decimal(stop) if stop else None}
    assert told(ForeignProtected, **facts).text.endswith(english)
    assert told(ForeignProtected, KOREAN, **facts).text.endswith(korean)


def test_of_what_changes_at_the_broker_only_what_moves_no_position_can_be_silenced() -> None:
    rooms = {account.__name__, corporate_actions.__name__, trades.__name__}
    silenced = {kind for kind in CLASSES if kind.is_event and kind.__module__ in rooms}
    assert silenced == {MoneyMoved, CashInLieu, TradeSubmitted, TargetSet, TradeGraded, StopTrailed}


@pytest.mark.parametrize(
    ("kept", "english", "korean"),
    [
        ("oversold", "more shares sold than held", "보유량보다 많이 매도됨"),
        ("prices_stale 130", "no usable quotes for 2 min 10 s", "2분 10초 동안 유효한 시세 없음"),
        ("prices_stale", "no usable quotes", "유효한 시세 없음"),
        ("clock_differs 5400", "bot and broker clocks differ by 1 h 30 min", "1시간 30분 차이"),
        ("spin_off", "no stop until its spin-off is valued", "손절 주문이 없는 포지션"),
        ("unexplained", "no matching execution", "체결 내역 없이"),
        ("trade_fault", "the bot can't handle a trade", "봇 내부 오류로 처리하지 못하는 거래 있음"),
    ],
)
def test_why_the_desk_takes_exits_only_is_told(kept: str, english: str, korean: str) -> None:
    assert english in told(DeskReducing, by="engine", reason=Reason.read(kept)).text
    assert korean in told(DeskReducing, KOREAN, by="engine", reason=Reason.read(kept)).text


@pytest.mark.parametrize("reason", ["database_went_back", "database_replaced", "memory_unreadable"])
def test_a_halt_for_a_lost_database_says_what_to_check(reason: str) -> None:
    facts: dict[str, Any] = {"by": "engine", "reason": Reason(word=reason)}
    assert "check orders and positions before /resume" in told(DeskHalted, **facts).text
    assert "주문과 포지션을 확인" in told(DeskHalted, KOREAN, **facts).text


def test_a_signal_before_a_corporate_action_says_so() -> None:
    for kept in ("corporate_action", "corporate_action 1 0 count"):
        assert "corporate action pending" in told(SignalKept, why_not=Reason.read(kept)).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stop": Decimal("1.00")}, "Live stop $1.00 (planned $147.99)"),
        ({"restated": Restatement(bought_shares=512), "filled_shares": 1024}, "Adjusted for a corporate action: 1,024"),
        ({"exit_shares": 1024}, "Short 512 shares: more shares sold than held"),
    ],
)
def test_a_card_shows_what_is_no_longer_as_planned(changes: dict[str, Any], said: str) -> None:
    for message in (proposal(opened(**changes), ENGLISH), answers.trade_detail(opened(**changes), ENGLISH)):
        assert said in message.text


def test_a_card_as_planned_says_nothing_of_it() -> None:
    assert "Live stop" not in proposal(opened(), ENGLISH).text
    assert "Live stop" not in proposal(replace(ended(), stop=Decimal(1), state=TradeState.CLOSED), ENGLISH).text


@pytest.mark.parametrize(
    ("changes", "english", "korean"),
    [
        (
            {"shares": 0, "quantity": Decimal(2), "kind": AssetKind.OPTION, "multiplier": 100},
            "2 option contracts at $420.80 = $84,160",
            "옵션 2계약",
        ),
        ({"shares": 0, "quantity": Decimal("0.25"), "kind": AssetKind.CRYPTO}, "0.250000 (crypto)", "(암호화폐)"),
        ({"shares": -300}, "300 shares short at $420.80", "300주 공매도"),
        ({"shares": 0, "quantity": Decimal(-3), "kind": AssetKind.OPTION}, "3 option contracts short", "3계약 공매도"),
    ],
)
def test_what_is_no_share_is_shown_by_what_it_is(changes: dict[str, Any], english: str, korean: str) -> None:
    line = replace(a_portfolio().lines[1], **changes)
    for texts, said in ((ENGLISH, english), (KOREAN, korean)):
        text = answers.positions(a_portfolio(lines=(line,)), texts).text
        assert said in text
        assert " 0 shares" not in text


def test_a_report_written_before_kinds_were_known_is_of_shares() -> None:
    held = Holding(symbol="AAPL", shares=1, price=Decimal(1), unrealised=Decimal(0))
    assert (held.kind, held.quantity) == (AssetKind.STOCK, None)
