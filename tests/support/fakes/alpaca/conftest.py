from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import pytest
from alpaca.data.historical.news import NewsClient
from alpaca.data.historical.stock import StockHistoricalDataClient
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderClass, OrderSide, TimeInForce
from alpaca.trading.models import Order
from alpaca.trading.requests import (
    GetOrderByIdRequest,
    LimitOrderRequest,
    MarketOrderRequest,
    StopLossRequest,
    TakeProfitRequest,
)

from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock

NOW = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)
"""A Tuesday at 10:45 in New York."""


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Alpaca's own clients, unchanged, at the fake; AAPL stands at 150.25.

    The clients are Any, because their answers may each be a raw dictionary too, says their typing.
    """

    server: FakeAlpaca
    clock: ManualClock
    trading: Any
    stocks: Any
    news: Any

    @classmethod
    def of(cls, server: FakeAlpaca, clock: ManualClock) -> Self:
        return cls(
            server=server,
            clock=clock,
            trading=TradingClient(server.key, server.secret, url_override=server.trading_url),
            stocks=StockHistoricalDataClient(server.key, server.secret, url_override=server.data_url),
            news=NewsClient(server.key, server.secret, url_override=server.data_url),
        )

    def buy(self, shares: float = 100, **given: Any) -> Order:
        """Send an order at the market, or at a limit where one is given."""
        terms = {"symbol": "AAPL", "qty": shares, "side": OrderSide.BUY, "time_in_force": TimeInForce.GTC} | given
        request = LimitOrderRequest if "limit_price" in terms else MarketOrderRequest
        order: Order = self.trading.submit_order(request(**terms))
        return order

    def sell(self, shares: float, **given: Any) -> Order:
        return self.buy(shares, side=OrderSide.SELL, **given)

    def bracket(self, shares: float = 100, *, stop: float = 147.99, target: float = 154.75, **given: Any) -> Order:
        return self.buy(
            shares,
            order_class=OrderClass.BRACKET,
            stop_loss=StopLossRequest(stop_price=stop),
            take_profit=TakeProfitRequest(limit_price=target),
            **given,
        )

    def now(self, order: Order) -> Order:
        """Return an order with its legs as it is now."""
        found: Order = self.trading.get_order_by_id(order.id, GetOrderByIdRequest(nested=True))
        return found

    def legs(self, order: Order) -> dict[str, str]:
        """Return the states of the legs that were not replaced, by their type."""
        legs = self.now(order).legs or []
        return {leg.type.value: leg.status.value for leg in legs if leg.status.value != "replaced" and leg.type}

    def leg(self, order: Order, kind: str) -> Order:
        legs = self.now(order).legs or []
        return next(leg for leg in reversed(legs) if leg.type and leg.type.value == kind)

    def shares(self) -> dict[str, str]:
        return {position.symbol: position.qty for position in self.trading.get_all_positions()}


@pytest.fixture
def customer() -> Iterator[Customer]:
    clock = ManualClock(NOW)
    with FakeAlpaca(clock) as server:
        server.price("AAPL", "150.25")
        yield Customer.of(server, clock)
        assert server.violations == ()
