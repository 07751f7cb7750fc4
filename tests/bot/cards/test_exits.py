"""What people read of the exits of a trade, in both languages, within Slack's limits."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.cards import exits, ids, refusals, trade_thread
from bot.cards.closing import close_modal
from bot.cards.notices import render
from bot.cards.proposal import proposal
from bot.messages import Texts
from engine.errors import MoveRefused
from engine.model.exit_plan import ExitMove, ExitPlan
from engine.model.notices.corporate_actions import TradeRestated
from engine.model.notices.trades import ExitChanged, ExitNotMoved, PartSold, StopSold, SymbolHaltBegan, SymbolHaltEnded
from engine.model.trade import OrderRole, Restatement, Trade, TradeState
from tests.bot.cards.examples import BOTH, ENGLISH, HALF, half_sold
from tests.support.fakes.notices import a_notice
from tests.support.fakes.slack_limits import check_message
from tests.support.fakes.trades import PROPOSED_AT, a_trade

PLANS = (
    ExitPlan(trail=Decimal("0.02")),
    ExitPlan(trail_atr=Decimal("2.5"), breakeven=Decimal(1)),
    ExitPlan(longest_bars=1),
    ExitPlan(partial=Decimal("0.5"), trail=Decimal("0.02")),
    ExitPlan(stop=ExitMove(price=Decimal("149.20"), before=Decimal("147.99"), by="U0TRADER", at=PROPOSED_AT)),
)


def an_open_trade(**changes: Any) -> Trade:
    held = {"state": TradeState.OPEN, "filled_shares": 512, "fill_price": Decimal("150.28"), "decided_by": "U0TRADER"}
    return a_trade(**held | changes)


def words(card: object) -> str:
    return str(card)


@pytest.mark.parametrize("texts", BOTH)
@pytest.mark.parametrize("plan", PLANS)
def test_a_card_of_an_open_trade_says_by_which_rules_it_is_left(plan: ExitPlan, texts: Texts) -> None:
    card = proposal(an_open_trade(exit_plan=plan), texts)
    check_message(card.payload())
    (line,) = exits.plan_line(an_open_trade(exit_plan=plan), texts)
    assert line in words(card.payload())
    assert "none" not in line


@pytest.mark.parametrize("state", [TradeState.PROPOSED, TradeState.CLOSING, TradeState.CLOSED])
def test_only_an_open_trade_has_exits_that_can_be_moved(state: TradeState) -> None:
    closed = an_open_trade(state=state, exit_plan=PLANS[0])
    assert ids.MOVE_STOP not in words(proposal(closed, ENGLISH).payload())
    assert exits.plan_line(closed, ENGLISH) == ()


def test_the_risk_is_that_of_the_live_stop_before_and_after() -> None:
    before = an_open_trade()
    told = exits.moved(before, replace(before, stop=Decimal("149.20")), OrderRole.STOP, ENGLISH).text
    assert "$147.99 → $149.20" in told
    assert "$1,173 (0.51%) → $553 (0.24%)" in told


def test_a_move_without_an_answer_is_not_told_as_done() -> None:
    before = an_open_trade()
    told = exits.moved(before, replace(before, exit_plan=PLANS[4]), OrderRole.STOP, ENGLISH).text
    assert "requested" in told
    assert "Until then it stays at $147.99" in told


def test_a_stop_that_was_loosened_says_that_its_trail_ended() -> None:
    before = an_open_trade(exit_plan=PLANS[0], stop=Decimal("149.00"))
    after = replace(before, exit_plan=ExitPlan(), stop=Decimal("148.00"))
    assert "type /trail" in exits.moved(before, after, OrderRole.STOP, ENGLISH).text


@pytest.mark.parametrize("texts", BOTH)
def test_the_thread_says_that_a_trail_ended_with_a_lower_stop_and_only_then(texts: Texts) -> None:
    kept = ExitChanged(
        key="k",
        at=PROPOSED_AT,
        trade_id="T",
        role=OrderRole.STOP,
        by="U0ADMIN",
        before=Decimal("150.48"),
        after=Decimal("149.60"),
        risk_before=Decimal(0),
        risk_after=Decimal("0.0015"),
    )
    ended = replace(kept, is_trail_ended=True)
    said = texts("exit-trail-ended")
    assert "/trail" in said
    assert [said in exits.changed(told, an_open_trade(), texts).text for told in (ended, kept)] == [True, False]


@pytest.mark.parametrize(
    ("field", "texts", "said"),
    [
        ("stop", ENGLISH, "The broker rejected the change: too late. The stop stays where it is."),
        ("target", ENGLISH, "The broker rejected the change: too late. The target stays where it is."),
        ("stop", BOTH[1], "브로커가 변경을 거부했습니다: too late. 손절가는 그대로입니다."),
        ("target", BOTH[1], "브로커가 변경을 거부했습니다: too late. 목표가는 그대로입니다."),
    ],
)
def test_a_move_that_the_broker_refuses_is_answered_as_a_move_and_not_as_a_purchase(
    field: str, texts: Texts, said: str
) -> None:
    assert refusals.refusal(MoveRefused(field, "too late"), texts).text == said


@pytest.mark.parametrize("texts", BOTH)
def test_a_stop_that_may_not_be_loosened_any_more_is_not_put_down_to_the_broker(texts: Texts) -> None:
    told = ExitNotMoved(
        key="k",
        at=PROPOSED_AT,
        trade_id="T",
        role=OrderRole.STOP,
        wanted=Decimal("146.00"),
        trouble="",
        is_too_loose=True,
    )
    loose, lost = (
        exits.not_moved(each, an_open_trade(), texts).text for each in (told, replace(told, is_too_loose=False))
    )
    assert all(part in loose for part in ("146.00", "147.99", "/stop"))
    assert loose != lost
    assert "too-loose" not in loose


@pytest.mark.parametrize("texts", BOTH)
@pytest.mark.parametrize("role", [OrderRole.STOP, OrderRole.TARGET])
def test_a_move_that_a_stop_set_by_hand_keeps_from_its_shares_says_what_to_do(role: OrderRole, texts: Texts) -> None:
    told = ExitNotMoved(
        key="k", at=PROPOSED_AT, trade_id="T", role=role, wanted=Decimal("146.00"), trouble="", is_by_hand=True
    )
    said = exits.not_moved(told, an_open_trade(), texts).text
    assert "146.00" in said
    assert "147.99" not in said


SOLD = PartSold(key="k", at=PROPOSED_AT, trade_id="T", shares=256, price=Decimal("154.78"))


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (ENGLISH, "sold 256 of 512 at the target, $154.78 (+$1,152). The rest trails: 256 left, stop $147.99."),
        (BOTH[1], "목표가에서 512주 중 256주 매도, $154.78 (+$1,152). 나머지 256주는 손절가가 가격을 따라갑니다."),
    ],
)
def test_the_sale_of_a_part_says_what_it_brought_and_how_the_rest_is_left(texts: Texts, said: str) -> None:
    told = exits.part_sold(SOLD, half_sold(), texts)
    check_message(told.payload())
    assert said in told.text


def test_a_rest_whose_trail_was_ended_is_not_said_to_trail() -> None:
    told = exits.part_sold(SOLD, half_sold(replace(HALF, trail=None)), ENGLISH).text
    assert "The rest keeps its stop: 256 left, stop $147.99." in told


def test_a_trade_says_what_its_target_sells_has_sold_or_cannot_split() -> None:
    trades = (an_open_trade(exit_plan=HALF), half_sold(), an_open_trade(exit_plan=HALF, filled_shares=1))
    whole, sold, one = (exits.plan_line(trade, ENGLISH)[0] for trade in trades)
    assert "target sells 256 of 512, the rest runs" in whole
    assert "256 of 512 sold at the target" in sold
    assert "too few shares to split: the target sells all" in one


@pytest.mark.parametrize("texts", BOTH)
def test_once_its_part_is_sold_no_target_is_shown_as_standing_or_offered_to_be_moved(texts: Texts) -> None:
    card = words(proposal(half_sold(), texts).payload())
    assert texts("target-part-sold", price="$154.78") in card
    assert ids.MOVE_TARGET not in card
    assert ids.MOVE_STOP in card
    closed = replace(half_sold(), state=TradeState.CLOSED)
    assert texts("part-sold-before") in trade_thread.closed(closed, texts).text


@pytest.mark.parametrize("texts", BOTH)
def test_of_a_rest_that_has_only_its_stop_no_target_is_said_to_stand_or_end(texts: Texts) -> None:
    for both, rest in zip(what_stands(an_open_trade(), texts), what_stands(half_sold(), texts), strict=True):
        assert re.search(r"[Tt]arget|익절|목표", both)
        assert not re.search(r"[Tt]arget|익절|목표", rest)


def what_stands(trade: Trade, texts: Texts) -> list[str]:
    """Return every text that says of an open trade what stands of its exits, or stood."""
    notices = (SymbolHaltBegan, SymbolHaltEnded, TradeRestated)
    told = [render(a_notice(kind), trade, texts).text for kind in notices]
    view: dict[str, object] = close_modal(trade, texts).to_dict()
    return [*told, trade_thread.kept(trade, texts, "U0TRADER").text, str(view)]


@pytest.mark.parametrize("texts", BOTH)
def test_what_a_stop_sold_of_a_trade_that_was_restated_since_is_told_without_what_that_brought(texts: Texts) -> None:
    told, split = a_notice(StopSold), Restatement(bought_shares=512)
    assert isinstance(told, StopSold)
    assert "(−$476). " in exits.stop_sold(told, an_open_trade(), texts).text
    assert "$147.90. " in exits.stop_sold(told, an_open_trade(restated=split), texts).text
