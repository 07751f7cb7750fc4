"""How many shares which exit sells, by what was bought and held; on numbers alone."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, strategies as st

from engine.common.orders import Orders
from engine.execution.oversized import excess
from engine.execution.parted_exits import next_exit, target_to_reduce, wanted_at_target, with_part_sold
from engine.model.exit_plan import ExitPlan, running_shares
from engine.model.signal import Side
from engine.model.trade import PENDING_CANCEL, Order, OrderRole, OrderState, Trade
from tests.support.fakes.trades import a_trade

parts = st.decimals("0.01", "0.99", places=2)


def a_bought_trade(part: Decimal | None, *, is_part_sold: bool = False) -> Trade:
    plan = ExitPlan(partial=part, trail=Decimal("0.02"), is_part_sold=is_part_sold)
    return replace(a_trade(), exit_plan=plan)


def order(role: OrderRole, shares: int, *, filled: int = 0, legs: tuple[Order, ...] = (), key: str = "leg") -> Order:
    is_over = filled == shares
    return Order(
        broker_id=f"{role}-{shares}-{filled}-{key}",
        client_order_id=key,
        role=role,
        symbol="AAPL",
        side=Side.BUY if role is OrderRole.ENTRY else Side.SELL,
        shares=shares,
        state=OrderState.FILLED if is_over else OrderState.PARTLY_FILLED if filled else OrderState.ACCEPTED,
        price=Decimal(150),
        filled_shares=filled,
        fill_price=Decimal(150) if filled else None,
        legs=legs,
    )


def bracket(bought: int, sold: int = 0, stopped: int = 0) -> Orders:
    legs = order(OrderRole.STOP, bought, filled=stopped), order(OrderRole.TARGET, bought, filled=sold)
    return Orders(entry=order(OrderRole.ENTRY, bought, filled=bought, legs=legs), lone=())


@given(part=parts, bought=st.integers(1, 3000))
def test_part_and_rest_are_whole_shares_and_all_of_them(part: Decimal, bought: int) -> None:
    running = running_shares(part, bought)
    assert 0 <= running < bought
    assert running == 0 or abs(bought - running - bought * part) < 1


@given(part=parts, bought=st.integers(1, 3000), sold=st.integers(0, 2999))
def test_the_two_exits_that_take_a_bracket_s_place_sell_what_is_held_and_no_more(
    part: Decimal, bought: int, sold: int
) -> None:
    trade, bare = a_bought_trade(part), max(1, bought - min(sold, bought - 1))
    done = replace(order(OrderRole.TARGET, bought, filled=bought - bare), state=OrderState.CANCELLED)
    entry = order(OrderRole.ENTRY, bought, filled=bought, legs=(done,))
    orders, sent = Orders(entry=entry, lone=()), list[int]()
    while bare and len(sent) < 3:
        shares, has_target = next_exit(trade, orders, bare)
        kind = OrderRole.TARGET if has_target else OrderRole.STOP
        stop = (order(OrderRole.STOP, shares),) if has_target else ()
        sent.append(shares)
        orders = replace(orders, lone=(*orders.lone, order(kind, shares, legs=stop, key=f"T-stop-{len(sent)}")))
        bare -= shares
    assert (bare, sum(sent)) == (0, orders.held_shares(trade))
    assert sum(each.shares for each in orders.live(OrderRole.TARGET)) == wanted_at_target(trade, orders)
    assert excess(trade, orders, orders.held_shares(trade)) == 0


@given(part=st.none() | parts, bought=st.integers(2, 3000), data=st.data(), sells=st.booleans())
def test_a_stop_whose_cancel_hangs_leaves_the_rest_whole_whether_it_sells_or_not(
    part: Decimal | None, bought: int, data: st.DataObject, *, sells: bool
) -> None:
    hanging = data.draw(st.integers(1, bought - 1))
    trade, entry = a_bought_trade(part), order(OrderRole.ENTRY, bought, filled=bought)
    old = replace(order(OrderRole.STOP, hanging, key="T-stop-1"), reason=PENDING_CANCEL)
    orders = with_exits(trade, Orders(entry=entry, lone=(old,)))
    state = OrderState.FILLED if sells else OrderState.CANCELLED
    over = replace(old, state=state, filled_shares=hanging if sells else 0)
    orders = with_exits(trade, replace(orders, lone=(over, *orders.lone[1:])))
    assert orders.covered == orders.held_shares(trade)
    assert sum(each.shares for each in orders.live(OrderRole.TARGET)) == wanted_at_target(trade, orders)


def with_exits(trade: Trade, orders: Orders) -> Orders:
    """Return a trade's orders once all of its shares have exits."""
    while bare := orders.bare_shares(trade):
        shares, has_target = next_exit(trade, orders, bare)
        stop, key = order(OrderRole.STOP, shares), f"T-stop-{len(orders.lone) + 1}"
        sent = (
            order(OrderRole.TARGET, shares, legs=(stop,), key=key) if has_target else replace(stop, client_order_id=key)
        )
        orders = replace(orders, lone=(*orders.lone, sent))
    return orders


def test_a_bracket_is_parted_unless_its_entry_still_buys_or_something_else_sells() -> None:
    trade = a_bought_trade(Decimal("0.5"))
    assert target_to_reduce(trade, bracket(100)) is not None
    assert target_to_reduce(trade, bracket(100, sold=20)) is not None
    assert target_to_reduce(trade, bracket(100, stopped=20)) is None
    buying = order(OrderRole.ENTRY, 200, filled=100, legs=bracket(100).exits)
    assert target_to_reduce(trade, Orders(entry=buying, lone=())) is None
    assert target_to_reduce(a_bought_trade(None), bracket(100)) is None
    assert target_to_reduce(trade, bracket(1)) is None


def test_a_target_that_counts_shares_that_were_sold_by_hand_is_reduced_unless_a_stop_sells() -> None:
    trade, bought = a_bought_trade(Decimal("0.5")), order(OrderRole.ENTRY, 100, filled=100)
    part = order(OrderRole.TARGET, 50, legs=(order(OrderRole.STOP, 50),), key="T-stop-1")
    by_hand = replace(order(OrderRole.EXIT, 20, filled=20, key=f"{trade.id}-hand-1"), reason="hand")
    assert target_to_reduce(trade, Orders(entry=bought, lone=(part,))) is None
    assert target_to_reduce(trade, Orders(entry=bought, lone=(part, by_hand))) == part
    sold = order(OrderRole.STOP, 20, filled=20, key="T-stop-2")
    assert target_to_reduce(trade, Orders(entry=bought, lone=(part, by_hand, sold))) is None


def test_a_part_is_sold_once_the_target_has_nothing_left_to_sell_and_shares_are_held() -> None:
    trade = a_bought_trade(Decimal("0.5"))
    bought, rest = order(OrderRole.ENTRY, 100, filled=100), order(OrderRole.STOP, 50, key="T-stop-2")
    for sold, is_sold in ((0, False), (20, False), (50, True)):
        part = order(OrderRole.TARGET, 50, filled=sold, key="T-stop-1")
        after = with_part_sold(trade, Orders(entry=bought, lone=(part, rest)))
        assert after.exit_plan.is_part_sold is is_sold
    by_hand = order(OrderRole.EXIT, 50, filled=50, key="T-hand-1")
    assert not with_part_sold(trade, Orders(entry=bought, lone=(by_hand, rest))).exit_plan.is_part_sold
    flagged = a_bought_trade(Decimal("0.5"), is_part_sold=True)
    assert next_exit(flagged, Orders(entry=bought, lone=()), 50) == (50, False)
