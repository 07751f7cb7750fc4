from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bot.cards import answers
from bot.cards.message import Message
from bot.cards.notices import OF_THE_NOTICE, render
from bot.cards.proposal import proposal
from bot.delivery.report_threads import EVENTS
from bot.messages import Texts
from engine.model.notice import Notice, NoticeKind
from engine.model.portfolio import AssetKind
from engine.model.report import Holding
from engine.model.trade import Restatement, Trade, TradeState
from tests.bot.cards.examples import BOTH, ENGLISH, KOREAN, a_portfolio, buttons, ended, opened
from tests.fakes.slack_limits import check_message
from tests.fakes.trades import PROPOSED_AT

NEW = (
    NoticeKind.OVERSOLD,
    NoticeKind.COVERING,
    NoticeKind.EXIT_MOVED,
    NoticeKind.EXIT_SENSELESS,
    NoticeKind.ACTION_DUE,
    NoticeKind.RESTATED,
    NoticeKind.SPIN_OFF_WAITS,
    NoticeKind.CASH_IN_LIEU,
    NoticeKind.UNEXPLAINED,
    NoticeKind.ADOPTED,
    NoticeKind.FILLED_LATE,
    NoticeKind.MONEY_MOVED,
    NoticeKind.CANCEL_STUCK,
    NoticeKind.SOLD_BY_HAND,
)
SPLIT = "split 2 1 512 1024 147.99 73.995 154.78 77.39 AAPL AAPL"


def told(kind: NoticeKind, detail: str, texts: Texts = ENGLISH, *, trade: Trade | None = None, **facts: Any) -> Message:
    notice = Notice(key="k", kind=kind, at=PROPOSED_AT, detail=detail, **facts)
    message = render(notice, None if kind in OF_THE_NOTICE else trade or opened(), texts)
    check_message(message.payload())
    return message


def test_an_oversold_trade_is_an_alarm_that_says_what_happens_next() -> None:
    said = told(NoticeKind.OVERSOLD, "2212 both_exits").text
    assert said.startswith("🚨 AAPL: more shares sold than held. Stop and target both filled.")
    assert "short 2,212 shares" in said
    assert "Exits only. The bot is buying the shares back" in said


def test_an_oversold_trade_that_is_not_bought_back_says_how_to() -> None:
    said = told(NoticeKind.OVERSOLD, "1 late_fill asks").text
    assert "short 1 share." in said
    assert "COVER_SHORTS is off" in said
    assert "/close AAPL" in said


def test_shares_bought_back_are_told() -> None:
    assert told(NoticeKind.COVERING, "512").text == "🔁 AAPL: buying back 512 shares at the market."
    assert "512주를 시장가로 환매수 중" in told(NoticeKind.COVERING, "512", KOREAN).text


@pytest.mark.parametrize(("subject", "english", "korean"), [("stop", "stop", "손절가"), ("target", "target", "목표가")])
def test_an_exit_moved_by_hand_is_told_with_before_after_and_risk(subject: str, english: str, korean: str) -> None:
    detail = "147.99 1.00 0.0051 0.33"
    said = told(NoticeKind.EXIT_MOVED, detail, subject=subject).text
    assert f": {english} moved by hand at the broker, $147.99 → $1.00" in said
    assert "Risk 0.51% → 33.0% of equity" in said
    assert korean in told(NoticeKind.EXIT_MOVED, detail, KOREAN, subject=subject).text


def test_an_exit_that_makes_no_sense_is_not_sent_and_offers_to_close() -> None:
    message = told(NoticeKind.EXIT_SENSELESS, "147.99 75.10", subject="stop")
    assert "stop $147.99 not sent: it is above the market ($75.10)" in message.text
    assert buttons(message) == ["close_trade"]
    assert "below the market" in told(NoticeKind.EXIT_SENSELESS, "70 75.10", subject="target").text


def test_a_trade_that_is_over_is_not_offered_to_be_closed() -> None:
    assert buttons(told(NoticeKind.EXIT_SENSELESS, "147.99 75.10", trade=ended(), subject="stop")) == []


@pytest.mark.parametrize(
    ("detail", "english", "korean"),
    [
        (
            "split 2 1 2026-12-01 - -",
            "2-for-1 split, ex-date Dec 1, 2026",
            "주식분할(1주 → 2주), 권리락일 2026년 12월 1일",
        ),
        ("split 1 10 2026-12-01 - -", "1-for-10 reverse split", "주식병합(10주 → 1주)"),
        ("split 1.5 1 2026-12-01 - -", "1.5-for-1 split", "주식분할(1주 → 1.5주)"),
        ("rename 1 1 2026-12-01 APPL -", "symbol change to APPL", "종목 코드 변경(APPL)"),
        ("spin_off 1 4 2026-12-01 NEWCO -", "spin-off of NEWCO (1 new for 4 held)", "기업분할(4주당 NEWCO 1주)"),
        ("spin_off - - 2026-12-01 NEWCO -", "spin-off of NEWCO, ex-date", "기업분할(NEWCO), 권리락일"),
        ("spin_off - - 2026-12-01 - -", "AAPL: spin-off, ex-date", "AAPL: 기업분할, 권리락일"),
        ("merger 0 1 2026-12-01 - 42.5", "merger ($42.50 a share)", "합병(주당 $42.50)"),
        ("merger 1 2 2026-12-01 MSFT 3", "merger into MSFT (1 new for 2 held, and $3.00 a share)", "주당 $3.00"),
        ("merger 1 2 2026-12-01 MSFT 0", "merger into MSFT (1 new for 2 held)", "합병(2주당 MSFT 1주)"),
        ("removal 0 1 2026-12-01 - -", "delisting", "상장폐지"),
    ],
)
def test_a_corporate_action_is_told_the_evening_before(detail: str, english: str, korean: str) -> None:
    said = told(NoticeKind.ACTION_DUE, detail, subject="AAPL").text
    assert english in said
    assert "No new entries in AAPL until it's done." in said
    assert korean in told(NoticeKind.ACTION_DUE, detail, KOREAN, subject="AAPL").text


def test_a_restated_trade_is_told_with_before_and_after() -> None:
    assert told(NoticeKind.RESTATED, SPLIT).text.splitlines() == [
        "🔁 AAPL: adjusted for a corporate action (2-for-1 split).",
        "Shares 512 → 1,024",
        "Stop $147.99 → $74.00",
        "Target $154.78 → $77.39",
        "No effect on P&L. Trade ID: AAPL_20250819_234515",
    ]


def test_a_trade_restated_for_a_spin_off_says_what_came_beside_it() -> None:
    facts = "spin_off 0.5 1 512 512 147.99 133.18 154.75 139.27 AAPL AAPL SPUN 256 7695.36 0.89996672"
    assert told(NoticeKind.RESTATED, facts).text.splitlines() == [
        "🔁 AAPL: adjusted for a corporate action (spin-off of SPUN (0.5 new for 1 held)).",
        "Stop $147.99 → $133.18",
        "Target $154.75 → $139.27",
        "Outside the trade: 256 shares of SPUN, cost basis $7,695.36",
        "No effect on P&L. Trade ID: AAPL_20250819_234515",
    ]
    assert "거래 외 SPUN 256주, 취득원가 $7,695.36" in told(NoticeKind.RESTATED, facts, KOREAN).text


@pytest.mark.parametrize(
    ("shares", "english", "korean"),
    [("1", "1 share of SPUN, cost basis", "SPUN 1주,"), ("0", "less than a share of SPUN", "SPUN 1주 미만")],
)
def test_few_shares_of_what_was_spun_off_are_counted_right(shares: str, english: str, korean: str) -> None:
    facts = f"spin_off 1 20 19 19 147.99 133.18 154.75 139.27 AAPL AAPL SPUN {shares} 76.95 0.9"
    assert english in told(NoticeKind.RESTATED, facts).text
    assert korean in told(NoticeKind.RESTATED, facts, KOREAN).text


@pytest.mark.parametrize(
    ("detail", "english", "korean"),
    [
        ("0.5 1 SPUN price SPUN", "SPUN has no usable quote yet", "SPUN의 유효한 시세가 아직 없습니다"),
        ("- - SPUN rate SPUN", "The ratio is not known", "분할 비율이"),
        ("0.5 1 - child -", "spun-off company is not known", "분할 신설 종목이"),
        ("", "The details are not known yet", "분할 내용이 아직 확인되지 않았습니다"),
    ],
)
def test_a_spin_off_that_cannot_be_valued_asks_and_offers_to_close(detail: str, english: str, korean: str) -> None:
    message = told(NoticeKind.SPIN_OFF_WAITS, detail)
    assert message.text.startswith("🚨 AAPL: no stop.")
    assert english in message.text
    assert "/close AAPL" in message.text
    assert buttons(message) == ["close_trade"]
    assert korean in told(NoticeKind.SPIN_OFF_WAITS, detail, KOREAN).text
    assert buttons(told(NoticeKind.SPIN_OFF_WAITS, detail, trade=ended())) == []


def test_cash_for_what_was_spun_off_is_none_of_the_trade_s() -> None:
    said = told(NoticeKind.CASH_IN_LIEU, "30.06 SPUN").text
    assert "$30.06 in lieu of fractional shares of SPUN" in said
    assert "not part of the trade" in said
    assert "SPUN의 단주 대금 $30.06" in told(NoticeKind.CASH_IN_LIEU, "30.06 SPUN", KOREAN).text


def test_a_renamed_trade_is_told_with_both_symbols() -> None:
    said = told(NoticeKind.RESTATED, "rename 1 1 512 512 147.99 147.99 - - FB META").text
    assert "Symbol FB → META" in said
    assert "Target" not in said


def test_money_that_came_or_went_is_no_result() -> None:
    said = told(NoticeKind.MONEY_MOVED, "-30000 -", subject="withdrawal").text
    assert said == "💵 Withdrawal: $30,000.00. Not counted as trading P&L."
    assert "배당 (AAPL): $12.50" in told(NoticeKind.MONEY_MOVED, "12.5 AAPL", KOREAN, subject="dividend").text


def test_shares_that_changed_without_a_reason_are_an_alarm() -> None:
    said = told(NoticeKind.UNEXPLAINED, "512 1024 150.25 75.1", subject="AAPL").text
    assert "512 → 1,024, with no matching execution" in said
    assert "Price $150.25 → $75.10" in said
    assert "Orders and bookings in AAPL are on hold, and the desk is exits-only." in said
    assert "is now 1,024" in told(NoticeKind.UNEXPLAINED, "- 1024 - -", subject="AAPL").text


def test_cash_in_lieu_is_told() -> None:
    assert "$37.54 in lieu of fractional shares" in told(NoticeKind.CASH_IN_LIEU, "37.54").text


def test_orders_that_surfaced_are_told_with_their_stop() -> None:
    assert "512 shares at $150.28, stop $147.99" in told(NoticeKind.ADOPTED, "").text
    said = told(NoticeKind.FILLED_LATE, "512 150.28").text
    assert "late fill, 512 shares at $150.28" in said
    assert "stop $147.99" in said


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("212", "212 shares were sold outside the bot. Booked at about the last price."),
        ("212 6.79 exact", "212 shares were sold outside the bot at $6.79."),
        ("1 6.79 exact", "1 share was sold outside"),
        ("212 147.99 estimate", "booked at about $147.99 (estimate: no execution found)."),
        ("212 - estimate", "Booked at about the last price."),
    ],
)
def test_a_sale_by_hand_calls_a_guess_one(detail: str, said: str) -> None:
    text = told(NoticeKind.SOLD_BY_HAND, detail).text
    assert said in text
    assert "The trade now holds 512 shares." in text


@pytest.mark.parametrize("kind", NEW)
@settings(max_examples=30, deadline=None)
@given(
    detail=st.text(max_size=80) | st.sampled_from(["", "-", "- - - -", "nan inf 1e9 -0", "9" * 500, "a " * 60, "  1"])
)
def test_a_detail_that_cannot_be_read_costs_its_figures_and_never_the_notice(kind: NoticeKind, detail: str) -> None:
    for texts in BOTH:
        message = told(kind, detail, texts, subject="stop")
        assert len(message.text) > 10


def test_no_alarm_can_be_silenced() -> None:
    assert EVENTS & set(NEW) == {NoticeKind.MONEY_MOVED, NoticeKind.CASH_IN_LIEU}


@pytest.mark.parametrize(
    ("detail", "english", "korean"),
    [
        ("oversold", "more shares sold than held", "보유량보다 많이 매도됨"),
        ("prices_stale 130", "no usable quotes for 2 min 10 s", "2분 10초 동안 유효한 시세 없음"),
        ("prices_stale", "no usable quotes", "유효한 시세 없음"),
        ("clock_differs 5400", "bot and broker clocks differ by 1 h 30 min", "1시간 30분 차이"),
        ("spin_off", "no stop until its spin-off is valued", "손절 주문이 없는 포지션"),
        ("unexplained", "no matching execution", "체결 내역 없이"),
    ],
)
def test_why_the_desk_takes_exits_only_is_told(detail: str, english: str, korean: str) -> None:
    assert english in told(NoticeKind.REDUCING, detail, subject="engine").text
    assert korean in told(NoticeKind.REDUCING, detail, KOREAN, subject="engine").text


@pytest.mark.parametrize("reason", ["database_went_back", "database_replaced", "memory_unreadable"])
def test_a_halt_for_a_lost_database_says_what_to_check(reason: str) -> None:
    assert "check orders and positions before /resume" in told(NoticeKind.HALTED, reason, subject="engine").text
    assert "주문과 포지션을 확인" in told(NoticeKind.HALTED, reason, KOREAN, subject="engine").text


def test_a_signal_before_a_corporate_action_says_so() -> None:
    for detail in ("corporate_action", "corporate_action 1 0 count"):
        assert "corporate action pending" in told(NoticeKind.SIGNAL, detail, subject="AAPL").text


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
