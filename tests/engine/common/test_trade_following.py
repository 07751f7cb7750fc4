"""What a trade is as its orders make it: since when the rules of its exit count."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from engine.common.orders import Orders
from engine.common.trade_following import follow, is_as_known
from engine.model.exit_plan import AS_SENT, ExitPlan
from engine.model.signal import Side
from engine.model.trade import ExitReason, Order, OrderRole, OrderState, Trade, TradeState
from tests.support.fakes.trades import a_trade

RULES = [ExitPlan(trail=Decimal("0.02")), ExitPlan(breakeven=Decimal(1)), ExitPlan(longest_bars=5)]
DECIDED = a_trade().proposed_at + timedelta(minutes=1)
LATER = DECIDED + timedelta(hours=3)


def submitted(plan: ExitPlan) -> Trade:
    return replace(a_trade(state=TradeState.SUBMITTED), exit_plan=plan, decided_at=DECIDED)


def entry(trade: Trade, state: OrderState, filled: int = 40) -> Order:
    """Return the entry of a trade as Alpaca shows it: the time of its fills comes with the last of them."""
    return Order(
        broker_id="entry",
        client_order_id=trade.id,
        role=OrderRole.ENTRY,
        symbol=trade.symbol,
        side=Side.BUY,
        shares=trade.shares,
        state=state,
        filled_shares=filled,
        fill_price=trade.sizing.entry if filled else None,
        filled_at=LATER if state is OrderState.FILLED else None,
    )


@pytest.mark.parametrize("plan", RULES)
@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.EXPIRED, OrderState.PARTLY_FILLED])
def test_rules_count_from_the_decision_where_nothing_tells_when_a_part_was_bought(
    plan: ExitPlan, state: OrderState
) -> None:
    trade = submitted(plan)
    followed, became = follow(trade, Orders(entry=entry(trade, state), lone=()))
    assert (became, followed.held_shares) == (TradeState.OPEN, 40)
    assert followed.exit_plan == replace(plan, bought_at=DECIDED)


@pytest.mark.parametrize("plan", RULES)
def test_rules_count_from_the_first_fill_where_somebody_knows_it_and_it_stays(plan: ExitPlan) -> None:
    trade = submitted(plan)
    first = LATER - timedelta(hours=1)
    part = Orders(entry=entry(trade, OrderState.PARTLY_FILLED), lone=())
    followed, _ = follow(trade, part, first)
    assert followed.exit_plan.bought_at == first
    done = Orders(entry=entry(trade, OrderState.FILLED, trade.shares), lone=())
    assert follow(followed, done, LATER)[0].exit_plan.bought_at == first


@pytest.mark.parametrize("plan", RULES)
def test_rules_count_from_the_fill_of_an_entry_that_was_filled(plan: ExitPlan) -> None:
    trade = submitted(plan)
    followed, _ = follow(trade, Orders(entry=entry(trade, OrderState.FILLED, trade.shares), lone=()))
    assert followed.exit_plan.bought_at == LATER


def test_without_rules_or_without_shares_nothing_counts() -> None:
    for plan, filled in ((AS_SENT, 40), (RULES[0], 0)):
        trade = submitted(plan)
        orders = Orders(entry=entry(trade, OrderState.CANCELLED, filled), lone=())
        assert follow(trade, orders, LATER)[0].exit_plan == plan


@pytest.mark.parametrize(("bought_at", "known"), [(None, False), (DECIDED, True)])
def test_a_trade_whose_rules_do_not_count_yet_is_looked_at_again(*, bought_at: datetime | None, known: bool) -> None:
    trade = submitted(RULES[2])
    order = entry(trade, OrderState.CANCELLED)
    followed, became = follow(trade, Orders(entry=order, lone=()))
    followed = replace(followed, state=became, exit_plan=replace(RULES[2], bought_at=bought_at))
    assert is_as_known(followed, [order], []) is known


def sale(trade: Trade, role: OrderRole, shares: int, hour: int) -> Order:
    return replace(
        entry(trade, OrderState.FILLED, shares),
        broker_id=f"{role}-{hour}",
        client_order_id=f"{trade.id}-{role}-{hour}",
        role=role,
        side=Side.SELL,
        filled_at=LATER + timedelta(hours=hour),
    )


@pytest.mark.parametrize("first", [OrderRole.TARGET, OrderRole.STOP])
@pytest.mark.parametrize("reason", [ExitReason.BEFORE_CLOSE, ExitReason.SIGNAL, ExitReason.CORPORATE_ACTION])
def test_a_trade_tells_why_its_rest_was_sold_and_not_the_sale_of_a_part_before(
    first: OrderRole, reason: ExitReason
) -> None:
    trade = submitted(AS_SENT)
    bought, part = entry(trade, OrderState.FILLED, trade.shares), sale(trade, first, 100, 1)
    opened, _ = follow(trade, Orders(entry=bought, lone=(part,)))
    decided = replace(opened, state=TradeState.CLOSING, exit_reason=reason)
    waiting, _ = follow(decided, Orders(entry=bought, lone=(part,)))  # before the sale was sent
    rest = sale(trade, OrderRole.EXIT, trade.shares - 100, 2)
    closed, state = follow(waiting, Orders(entry=bought, lone=(part, rest)))
    assert (waiting.exit_reason, closed.exit_reason, state) == (reason, reason, TradeState.CLOSED)


@pytest.mark.parametrize(("last", "reason"), [(OrderRole.EXIT, ExitReason.DESK), (OrderRole.STOP, ExitReason.STOP)])
def test_a_rest_that_nobody_decided_to_sell_was_sold_by_hand_or_by_its_stop(
    last: OrderRole, reason: ExitReason
) -> None:
    trade = submitted(AS_SENT)
    bought, part = entry(trade, OrderState.FILLED, trade.shares), sale(trade, OrderRole.TARGET, 100, 1)
    opened, state = follow(trade, Orders(entry=bought, lone=(part,)))
    rest = sale(trade, last, trade.shares - 100, 2)
    closed, _ = follow(replace(opened, state=state), Orders(entry=bought, lone=(part, rest)))
    assert (opened.exit_reason, closed.exit_reason) == (ExitReason.TARGET, reason)
