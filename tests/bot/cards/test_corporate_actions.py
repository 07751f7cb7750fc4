from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.cards.message import Message
from bot.cards.notices import render
from bot.messages import Texts
from engine.model.corporate_action import ActionKind, MissingTerm
from engine.model.notices.base import Notice
from engine.model.notices.corporate_actions import ActionDue, ActionLate, CashInLieu, SpinOffWaits, TradeRestated
from engine.model.trade import Trade
from tests.bot.cards.examples import ENGLISH, KOREAN, buttons, ended, opened
from tests.support.fakes.notices import AFTER, BEFORE, SPLIT, SPUN_OFF, a_notice
from tests.support.fakes.slack_limits import check_message

SPIN_OFF: dict[str, Any] = {
    "action": ActionKind.SPIN_OFF,
    "new_shares": Decimal("0.5"),
    "before": replace(BEFORE, target=Decimal("154.75")),
    "after": replace(BEFORE, stop=Decimal("133.18"), target=Decimal("139.27")),
    "spun_off": replace(SPUN_OFF, symbol="SPUN", shares=256, cost=Decimal("7695.36")),
}


def told(kind: type[Notice], texts: Texts = ENGLISH, *, trade: Trade | None = None, **facts: Any) -> Message:
    message = render(a_notice(kind, **facts), trade or opened(), texts)
    check_message(message.payload())
    return message


@pytest.mark.parametrize(
    ("kind", "new", "old", "symbol", "cash", "english", "korean"),
    [
        (
            "split",
            "2",
            "1",
            "",
            "0",
            "2-for-1 split, ex-date Aug 20, 2025",
            "주식분할(1주 → 2주), 권리락일 2025년 8월 20일",
        ),
        ("split", "1", "10", "", "0", "1-for-10 reverse split", "주식병합(10주 → 1주)"),
        ("split", "1.5", "1", "", "0", "1.5-for-1 split", "주식분할(1주 → 1.5주)"),
        ("rename", "1", "1", "APPL", "0", "symbol change to APPL", "종목 코드 변경(APPL)"),
        ("spin_off", "1", "4", "NEWCO", "0", "spin-off of NEWCO (1 new for 4 held)", "기업분할(4주당 NEWCO 1주)"),
        ("spin_off", "0", "1", "NEWCO", "0", "spin-off of NEWCO, ex-date", "기업분할(NEWCO), 권리락일"),
        ("spin_off", "0", "1", "", "0", "AAPL: spin-off, ex-date", "AAPL: 기업분할, 권리락일"),
        ("merger", "0", "1", "", "42.5", "merger ($42.50 a share)", "합병(주당 $42.50)"),
        ("merger", "1", "2", "MSFT", "3", "merger into MSFT (1 new for 2 held, and $3.00 a share)", "주당 $3.00"),
        ("merger", "1", "2", "MSFT", "0", "merger into MSFT (1 new for 2 held)", "합병(2주당 MSFT 1주)"),
        ("removal", "0", "1", "", "0", "delisting", "상장폐지"),
    ],
)
def test_a_corporate_action_is_told_the_evening_before(
    kind: str, new: str, old: str, symbol: str, cash: str, english: str, korean: str
) -> None:
    action = replace(
        SPLIT,
        kind=ActionKind(kind),
        new_shares=Decimal(new),
        old_shares=Decimal(old),
        new_symbol=symbol,
        cash=Decimal(cash),
    )
    said = told(ActionDue, action=action).text
    assert english in said
    assert "No new entries in AAPL until it's done." in said
    assert korean in told(ActionDue, KOREAN, action=action).text


def test_a_restated_trade_is_told_with_before_and_after() -> None:
    assert told(TradeRestated).text.splitlines() == [
        "🔁 AAPL: adjusted for a corporate action (2-for-1 split).",
        "Shares 512 → 1,024",
        "Stop $147.99 → $74.00",
        "Target $154.78 → $77.39",
        "No effect on P&L. Trade ID: AAPL_20250819_234515",
    ]


def test_what_a_trade_is_short_of_is_told_as_a_short() -> None:
    facts: dict[str, Any] = {"before": replace(BEFORE, shares=-512), "after": replace(AFTER, shares=-1024)}
    assert "Short 512 → 1,024" in told(TradeRestated, **facts).text
    assert "공매도 512 → 1,024" in told(TradeRestated, KOREAN, **facts).text


def test_a_rate_that_tells_people_nothing_is_left_out() -> None:
    endless: dict[str, Any] = {"new_shares": Decimal(10**12 + 1), "old_shares": Decimal(10**12)}
    assert "(spin-off of SPUN)" in told(TradeRestated, **SPIN_OFF | endless).text


def test_a_trade_restated_for_a_spin_off_says_what_came_beside_it() -> None:
    assert told(TradeRestated, **SPIN_OFF).text.splitlines() == [
        "🔁 AAPL: adjusted for a corporate action (spin-off of SPUN (0.5 new for 1 held)).",
        "Stop $147.99 → $133.18",
        "Target $154.75 → $139.27",
        "Outside the trade: 256 shares of SPUN, cost basis $7,695.36",
        "No effect on P&L. Trade ID: AAPL_20250819_234515",
    ]
    assert "거래 외 SPUN 256주, 취득원가 $7,695.36" in told(TradeRestated, KOREAN, **SPIN_OFF).text


@pytest.mark.parametrize(
    ("shares", "english", "korean"),
    [(1, "1 share of SPUN, cost basis", "SPUN 1주,"), (0, "less than a share of SPUN", "SPUN 1주 미만")],
)
def test_few_shares_of_what_was_spun_off_are_counted_right(shares: int, english: str, korean: str) -> None:
    facts: dict[str, Any] = SPIN_OFF | {"spun_off": replace(SPUN_OFF, symbol="SPUN", shares=shares)}
    assert english in told(TradeRestated, **facts).text
    assert korean in told(TradeRestated, KOREAN, **facts).text


@pytest.mark.parametrize(
    ("facts", "english", "korean"),
    [
        ({}, "NEWCO has no usable quote yet", "NEWCO의 유효한 시세가 아직 없습니다"),
        (
            {"missing": MissingTerm.RATE, "new_shares": None, "old_shares": None},
            "The ratio is not known",
            "분할 비율이",
        ),
        (
            {"missing": MissingTerm.CHILD, "new_symbol": "", "unpriced": ""},
            "spun-off company is not known",
            "분할 신설 종목이",
        ),
    ],
)
def test_a_spin_off_that_cannot_be_valued_asks_and_offers_to_close(
    facts: dict[str, Any], english: str, korean: str
) -> None:
    message = told(SpinOffWaits, **facts)
    assert message.text.startswith("🚨 AAPL: no stop.")
    assert english in message.text
    assert "/close AAPL" in message.text
    assert buttons(message) == ["close_trade"]
    assert korean in told(SpinOffWaits, KOREAN, **facts).text
    assert buttons(told(SpinOffWaits, trade=ended(), **facts)) == []


@pytest.mark.parametrize(
    ("new", "english", "korean"),
    [
        ("2", "Its 2-for-1 split is due", "주식분할(1주 → 2주) 적용일이 되었지만"),
        ("0.1", "Its 0.1-for-1 reverse split is due", "주식병합(1주 → 0.1주) 적용일이 되었지만"),
        ("0", "Its split is due", "주식분할·병합 적용일이 되었지만"),
    ],
)
def test_an_action_that_the_broker_does_not_show_says_what_it_waits_for_and_offers_to_close(
    new: str, english: str, korean: str
) -> None:
    facts: dict[str, Any] = {"action": replace(SPLIT, new_shares=Decimal(new)), "bare": 512}
    message = told(ActionLate, **facts)
    assert message.text.startswith("🚨 AAPL: no stop on 512 shares.")
    assert english in message.text
    assert "the broker doesn't show it yet" in message.text
    assert "/close AAPL" in message.text
    assert buttons(message) == ["close_trade"]
    assert korean in told(ActionLate, KOREAN, **facts).text
    assert buttons(told(ActionLate, trade=ended(), **facts)) == []


def test_what_the_account_tells_of_and_nobody_can_place_promises_no_stop() -> None:
    facts: dict[str, Any] = {"action": replace(SPLIT, new_shares=Decimal(0)), "bare": 512, "is_told": True}
    text = told(ActionLate, **facts).text
    assert "The account reports its split, but the bot can't match it to the position" in text
    assert "The stop won't come back by itself unless the position changes." in text
    assert "15 minutes" not in text
    korean = told(ActionLate, KOREAN, **facts).text
    assert "보유 포지션과 맞춰 볼 수 없어" in korean
    assert "개장 15분 뒤" not in korean


def test_cash_in_lieu_is_told() -> None:
    assert "$37.54 in lieu of fractional shares" in told(CashInLieu, dollars=Decimal("37.54")).text


def test_cash_for_what_was_spun_off_is_none_of_the_trade_s() -> None:
    facts: dict[str, Any] = {"dollars": Decimal("30.06"), "spun_off": "SPUN"}
    said = told(CashInLieu, **facts).text
    assert "$30.06 in lieu of fractional shares of SPUN" in said
    assert "not part of the trade" in said
    assert "SPUN의 단주 대금 $30.06" in told(CashInLieu, KOREAN, **facts).text


def test_a_renamed_trade_is_told_with_both_symbols() -> None:
    renamed: dict[str, Any] = {
        "action": ActionKind.RENAME,
        "new_shares": Decimal(1),
        "before": replace(AFTER, symbol="FB"),
    }
    assert "Symbol FB → META" in told(TradeRestated, **renamed, after=replace(AFTER, symbol="META")).text
