"""What somebody does at the broker beside the desk, and what an exchange may do on its own."""

from collections import Counter
from contextlib import suppress
from decimal import Decimal
from random import Random

from engine.common.order_ids import is_own, trade_id_of
from tests.support.fakes.alpaca.orders import LIVE, Json
from tests.support.fakes.alpaca.rules import Refusal
from tests.support.fakes.alpaca.server import FakeAlpaca

MOVED_TO = (Decimal("0.98"), Decimal("0.975"))
"""Where a stop is moved to, as shares of the price at which a symbol normally stands; a fall still reaches it."""


FIRST = {"filled", "new", "partially_filled"}
"""Of the first of a bracket: an entry that is done, or a target that was sent by itself with its stop."""


class Hands:
    """Hands at a broker that act by dice; `normal` is where each symbol stands when nobody pushes it."""

    def __init__(self, alpaca: FakeAlpaca, dice: Random, normal: dict[str, str]) -> None:
        self._alpaca = alpaca
        self._dice = dice
        self._normal = normal
        self.done = Counter[str]()

    def act(self) -> None:
        """Do one thing or another, where there is something to do it to."""
        acts = {
            "stops cancelled by hand": self._lose_a_stop,
            "stops moved by hand": self._move_a_stop,
            "sales by hand": self._sell_some,
            "brackets with both legs filled": self._fill_both_legs,
            "cancels that stayed pending": self._hold_cancels,
        }
        name = self._dice.choice(sorted(acts))
        self.done[name] += acts[name]()

    def _lose_a_stop(self) -> bool:
        """Somebody cancels a stop by hand."""
        stops = self._stops()
        if stops:
            self._alpaca.expire(self._dice.choice(stops)["id"])
        return bool(stops)

    def _move_a_stop(self) -> bool:
        """Somebody moves a stop down."""
        stops = self._stops()
        if stops:
            order = self._dice.choice(stops)
            price = round(Decimal(self._normal[order["symbol"]]) * self._dice.choice(MOVED_TO), 2)
            with suppress(Refusal):  # it was filled, or cancelled, in between
                self._alpaca.move_by_hand(order["id"], stop=str(price))
        return bool(stops)

    def _sell_some(self) -> bool:
        """Somebody sells some shares of a position, or all, having cancelled what protects them."""
        symbols = self._dice.sample(sorted(self._normal), len(self._normal))
        most = self._dice.choice((1_000_000, self._dice.randint(1, 200)))
        return any(self._alpaca.leave_by_hand(symbol, most) for symbol in symbols)

    def _fill_both_legs(self) -> bool:
        """Stop and target of a bracket are filled, both of them."""
        orders = self._alpaca.orders
        groups = {order.get("group_id") for order in orders if order["side"] == "sell" and order["status"] in LIVE}
        entries = [
            order["client_order_id"]
            for order in orders
            if is_own(trade_id_of(order["client_order_id"]))
            and order["status"] in FIRST
            and order.get("group_id") in groups
        ]
        if entries:
            self._alpaca.fill_both_legs(self._dice.choice(entries))
        return bool(entries)

    def _hold_cancels(self) -> bool:
        """Cancels stay pending, until something else happens."""
        self._alpaca.hold_cancels()
        return True

    def _stops(self) -> list[Json]:
        stops = [order for order in self._alpaca.orders if order["side"] == "sell" and order["type"] == "stop"]
        return [order for order in stops if order["status"] in {"held", "new"}]
