"""What an approval changed is said on the card and in the thread, and the price of the fill beside what people saw."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.cards import trade_thread
from bot.cards.details import trade_blocks
from bot.cards.message import message
from bot.cards.proposal import proposal
from engine.model.risk import BindingLimit
from engine.model.trade import Approved, Trade
from tests.bot.cards.examples import ENGLISH, KOREAN, approved, opened
from tests.support.fakes.trades import a_sizing

MOVED = Approved(shares=467, entry=Decimal("71.08"), shown_shares=472, shown_entry=Decimal("70.62"))
EN_WAS, KO_WAS = "Was 472 at $70.62, now 467 at $71.08: ", "제안 472주 $70.62 → 승인 467주 $71.08: "


def changed(cap: BindingLimit = BindingLimit.RISK, **differs: object) -> Trade:
    """Return a trade whose price moved within tolerance between its card and its approval."""
    sizing = a_sizing(shares=467, entry=Decimal("71.08"), stop=Decimal("70.01"), target=Decimal("73.21"), cap=cap)
    return approved(sizing=sizing, shares=467, approved=replace(MOVED, **differs))  # type: ignore[arg-type]


def filled() -> Trade:
    """Return the same, filled four cents over the price approved."""
    return replace(opened(filled_shares=467, fill_price=Decimal("71.12")), sizing=changed().sizing, approved=MOVED)


@pytest.mark.parametrize(
    ("trade", "english", "korean"),
    [
        (
            changed(),
            EN_WAS + "price moved within tolerance, resized to risk per trade.",
            KO_WAS + "허용 범위 내 가격 변동, 거래당 위험 한도에 맞춰 수량 조정",
        ),
        (
            changed(BindingLimit.BUYING_POWER),
            EN_WAS + "capped by buying power.",
            KO_WAS + "매수 가능 금액에 맞춰 수량 조정",
        ),
        (
            changed(BindingLimit.DESK, shares=472),
            "Was 472 at $70.62, now 472 at $71.08: price moved within tolerance, same size.",
            "제안 472주 $70.62 → 승인 472주 $71.08: 허용 범위 내 가격 변동, 수량 동일",
        ),
        (
            changed(entry=Decimal("70.62")),
            "Was 472 at $70.62, now 467 at $70.62: equity changed, resized to risk per trade.",
            "제안 472주 $70.62 → 승인 467주 $70.62: 순자산 변동, 거래당 위험 한도에 맞춰 수량 조정",
        ),
    ],
)
def test_card_thread_and_details_say_what_the_approval_changed_and_why(trade: Trade, english: str, korean: str) -> None:
    for texts, said in ((ENGLISH, english), (KOREAN, korean)):
        assert said in trade_thread.decided(trade, texts).text
        assert said in proposal(trade, texts).text
        assert said in message(*trade_blocks(trade, texts)).text


def test_an_approval_that_changed_nothing_says_nothing() -> None:
    as_shown = replace(MOVED, shares=472, entry=Decimal("70.62"))
    for trade in (approved(), approved(approved=as_shown)):
        assert "Was " not in proposal(trade, ENGLISH).text
        assert "Was " not in trade_thread.decided(trade, ENGLISH).text


def test_card_details_and_fill_tell_three_prices_and_the_slippage_over_both() -> None:
    prices = "*Proposed* $70.62 · *Approved* $71.08 · *Filled* $71.12"
    slippage = "*Slippage* $234 worse than proposed, $19 worse than approved"
    for shown in (
        proposal(filled(), ENGLISH),
        trade_thread.filled(filled(), ENGLISH),
        message(*trade_blocks(filled(), ENGLISH)),
    ):
        assert shown.text.count(prices.replace("*", "")) + shown.text.count(prices) == 1
        assert shown.text.count(slippage.replace("*", "")) + shown.text.count(slippage) == 1
    korean = proposal(filled(), KOREAN).text.replace("*", "")
    assert "제안가 $70.62 · 승인가 $71.08 · 체결가 $71.12" in korean
    assert "슬리피지 제안가보다 $234 불리, 승인가보다 $19 불리" in korean


def test_a_better_fill_and_none_are_told_as_such() -> None:
    better = replace(filled(), fill_price=Decimal("70.60"))
    assert "$9 better than proposed, $224 better than approved" in proposal(better, ENGLISH).text
    same = replace(filled(), fill_price=Decimal("71.08"))
    assert "$215 worse than proposed, none vs. approved" in proposal(same, ENGLISH).text
