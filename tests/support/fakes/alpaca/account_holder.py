"""What somebody does in Alpaca's own pages, and what an exchange may do on its own."""

import uuid
from collections.abc import Mapping
from decimal import Decimal

from tests.support.fakes.alpaca.memory import Memory
from tests.support.fakes.alpaca.orders import Order


class Hands(Memory):
    """Sales, purchases, moves and cancels that the desk did not ask for; orders are named by either of their ids."""

    def sell_by_hand(self, symbol: str, shares: int, price: str | None = None) -> str:
        """Sell shares at a price, the last one unless told, whatever protects them; return the order's id."""
        return self._deal(symbol, "sell", shares, price)

    def leave_by_hand(self, symbol: str, most: int) -> bool:
        """Cancel what sells a position, and sell as many of its shares as there are; False where there are none."""
        with self._exchange.open():
            held = int(self._exchange.portfolio.shares(symbol))
            if held <= 0:
                return False
            for order in self._exchange.alive(symbol):
                if order.side == "sell" and order.is_alive:
                    self._exchange.end(order, "canceled")
            self.sell_by_hand(symbol, min(held, most))
            return True

    def buy_by_hand(self, symbol: str, shares: int, price: str | None = None) -> str:
        """Buy shares at a price, the last one unless told; return the order's id."""
        return self._deal(symbol, "buy", shares, price)

    def offer_by_hand(self, symbol: str, shares: int, limit: str) -> str:
        """Offer shares at a limit, good until it is cancelled; return the order's id."""
        terms = {"type": "limit", "limit_price": limit, "time_in_force": "gtc"}
        told = self._desk.submit({"symbol": symbol, "side": "sell", "qty": str(shares), **terms})
        return str(told["id"])

    def move_by_hand(self, order: str, *, stop: str | None = None, limit: str | None = None) -> str:
        """Give an order another price; return the id of what replaces it."""
        return self._replaced(order, {"stop_price": stop, "limit_price": limit})

    def resize_by_hand(self, order: str, shares: int, *, limit: str | None = None) -> str:
        """Give an order another quantity, and another limit if told; return the id of what replaces it."""
        return self._replaced(order, {"qty": str(shares), "limit_price": limit})

    def cancel_by_hand(self, order: str) -> None:
        """Cancel an order, and what is left of its bracket."""
        with self._exchange.open():
            self._exchange.end(self._desk.known(order), "canceled")

    def fill_both_legs(self, entry: str, shares: int | None = None) -> None:
        """Fill both exits of a bracket, or of a stop and target, so many shares each, all that is left unless told."""
        with self._exchange.open():
            first = self._desk.known(entry)
            legs = [leg for leg in self._exchange.group(first) if leg.side == "sell" and leg.is_alive]
            for leg in legs:
                price = leg.limit_price or leg.stop_price or self._exchange.prices[leg.symbol]
                wanted = leg.remaining if shares is None else Decimal(shares)
                self._exchange.fill(leg, wanted, price, alone=True)

    def hold_cancels(self) -> None:
        """Leave every order that is cancelled from now on in `pending_cancel`; it can still be filled."""
        self._exchange.ways.holds_cancels = True

    def release_cancels(self) -> None:
        """Carry out the cancels that are pending, and those to come."""
        with self._exchange.open():
            self._exchange.ways.holds_cancels = False
            for order in self._exchange.alive():
                if order.status == "pending_cancel":
                    self._exchange.end(order, "canceled")

    def _replaced(self, order: str, changes: Mapping[str, str | None]) -> str:
        found = self._desk.known(order)
        told = self._desk.replace(found.id, {name: change for name, change in changes.items() if change is not None})
        return str(told["id"])

    def _deal(self, symbol: str, side: str, shares: int, price: str | None) -> str:
        with self._exchange.open() as now:
            at = self._exchange.prices[symbol] if price is None else Decimal(price)
            order = Order(
                symbol=symbol,
                side=side,
                kind="market",
                qty=Decimal(shares),
                tif="day",
                order_class="simple",
                status="held",  # nobody else fills it
                at=now,
                expires_at=self._exchange.expiry("day"),
                client_order_id=str(uuid.uuid4()),
            )
            self._desk.take(order)
            self._exchange.fill(order, order.qty, at, alone=True)
            return order.id
