"""What holds of the paper broker whatever happens."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine.errors import OrderExists, OrderRefused
from engine.model.fees import USUAL_FEES
from engine.model.signal import Side
from engine.model.trade import Entry, Order, OrderRole, OrderState
from tests.engine.adapters.paper import REGULAR, Paper

IDS = st.sampled_from([f"id-{number}" for number in range(12)])
CENTS, LOW, HIGH = (
    st.decimals(min_value=low, max_value=high, places=2) for low, high in ((90, 110), (88, 98), (102, 112))
)
SHARES = st.integers(min_value=1, max_value=300)


class Trading(RuleBasedStateMachine):
    """A broker that is asked for anything, in any order, on a market that goes anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.paper = Paper(cash=20_000, margin=False, participation="0.5", fees=USUAL_FEES)
        self.taken: list[str] = []
        self.market_goes_on(Decimal(100), 1_000)

    @rule(price=CENTS, volume=st.integers(min_value=0, max_value=1_000))
    def market_goes_on(self, price: Decimal, volume: int) -> None:
        self.paper.price(str(price), volume=volume)

    @rule(hours=st.integers(min_value=1, max_value=30))
    def time_passes(self, hours: int) -> None:
        self.paper.clock.advance(hours * 3600)

    @rule(client_order_id=IDS, shares=SHARES, stop=LOW, goal=HIGH, limit=st.none() | CENTS)
    def buy(self, client_order_id: str, shares: int, stop: Decimal, goal: Decimal, limit: Decimal | None) -> None:
        entry = Entry(
            client_order_id=client_order_id, symbol="AAPL", shares=shares, stop=stop, target=goal, limit=limit
        )
        self.try_to_send(client_order_id, lambda: self.paper.broker.submit(entry))

    @rule(client_order_id=IDS, shares=SHARES)
    def close(self, client_order_id: str, shares: int) -> None:
        self.try_to_send(client_order_id, lambda: self.paper.broker.close(client_order_id, "AAPL", shares))

    @rule(client_order_id=IDS, shares=SHARES, stop=CENTS)
    def protect(self, client_order_id: str, shares: int, stop: Decimal) -> None:
        self.try_to_send(client_order_id, lambda: self.paper.broker.protect(client_order_id, "AAPL", shares, stop))

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if orders := self.everything():
            self.paper.broker.cancel(data.draw(st.sampled_from(orders)))

    @rule(data=st.data(), price=CENTS)
    def replace(self, data: st.DataObject, price: Decimal) -> None:
        if orders := self.everything():
            with suppress(OrderRefused):
                self.paper.broker.replace(data.draw(st.sampled_from(orders)), price)

    @invariant()
    def the_account_balances(self) -> None:
        self.paper.market.is_down = True  # nothing is filled meanwhile, so that all is read as of one instant
        orders = self.everything()
        self.no_money_appears(orders)
        self.what_was_bought_is_held_or_was_sold(orders)
        self.no_more_can_be_sold_than_is_held(orders)
        self.paper.market.is_down = False

    def no_money_appears(self, orders: list[Order]) -> None:
        paid = sum((cash_flow(order) for order in orders), Decimal(0))
        cash = self.paper.broker.account().cash
        fees = sum(activity.dollars for activity in self.paper.broker.activities(REGULAR))
        assert fees <= 0
        assert abs(20_000 + paid + fees - cash) < Decimal("1E-15")
        assert cash >= 0

    def what_was_bought_is_held_or_was_sold(self, orders: list[Order]) -> None:
        bought = sum(order.filled_shares for order in orders if order.side is Side.BUY)
        sold = sum(order.filled_shares for order in orders if order.side is Side.SELL)
        assert self.paper.held == bought - sold >= 0

    def no_more_can_be_sold_than_is_held(self, orders: list[Order]) -> None:
        # A target stands beside a stop, and only one of the two ever sells.
        resting = {OrderState.ACCEPTED, OrderState.PARTLY_FILLED}
        selling = [
            order for order in orders if order.state in resting and order.role in {OrderRole.STOP, OrderRole.EXIT}
        ]
        assert sum(order.shares - order.filled_shares for order in selling) <= self.paper.held

    def everything(self) -> list[Order]:
        orders = [self.paper.order(client_order_id) for client_order_id in self.taken]
        return [*orders, *(leg for order in orders for leg in order.legs)]

    def try_to_send(self, client_order_id: str, send: Callable[[], Order]) -> None:
        with suppress(OrderRefused, OrderExists):
            send()
            assert client_order_id not in self.taken, "an id has at most one order"
            self.taken.append(client_order_id)

    def teardown(self) -> None:
        self.paper.broker.stop()


def cash_flow(order: Order) -> Decimal:
    """Return the dollars that an order brought, negative where it cost them."""
    dollars = order.filled_shares * (order.fill_price or Decimal(0))
    return dollars if order.side is Side.SELL else -dollars


TestTrading = Trading.TestCase
TestTrading.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
