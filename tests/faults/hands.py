"""What somebody does at the broker beside the desk, and what an exchange may do on its own."""

from decimal import Decimal
from random import Random

from engine.stages.orders import is_own
from tests.fakes.alpaca.orders import LIVE, Json
from tests.fakes.alpaca.server import FakeAlpaca

MOVED_TO = (Decimal("0.98"), Decimal("0.975"))
"""Where a stop is moved to, as shares of the price at which a symbol normally stands; a fall still reaches it."""


class Hands:
    """Hands at a broker that act by dice; `normal` is where each symbol stands when nobody pushes it."""

    def __init__(self, alpaca: FakeAlpaca, dice: Random, normal: dict[str, str]) -> None:
        self._alpaca = alpaca
        self._dice = dice
        self._normal = normal
        self._acts = (self.lose_a_stop, self.move_a_stop, self.sell_some, self.fill_both_legs, self.hold_cancels)

    def act(self) -> None:
        """Do one thing or another, where there is something to do it to."""
        self._dice.choice(self._acts)()

    def lose_a_stop(self) -> None:
        """Somebody cancels a stop by hand."""
        stops = [order["id"] for order in self._stops()]
        if stops:
            self._alpaca.expire(self._dice.choice(stops))

    def move_a_stop(self) -> None:
        """Somebody moves a stop down."""
        stops = [order for order in self._stops() if not order["replaced_by"]]
        if stops:
            order = self._dice.choice(stops)
            price = round(Decimal(self._normal[order["symbol"]]) * self._dice.choice(MOVED_TO), 2)
            self._alpaca.move_by_hand(order["id"], stop=str(price))

    def sell_some(self) -> None:
        """Somebody sells some shares of a position, or all, having cancelled what protects them."""
        symbols = self._dice.sample(sorted(self._normal), len(self._normal))
        most = self._dice.choice((1_000_000, self._dice.randint(1, 200)))
        any(self._alpaca.leave_by_hand(symbol, most) for symbol in symbols)

    def fill_both_legs(self) -> None:
        """Stop and target of a bracket are filled, both of them."""
        orders = self._alpaca.orders
        groups = {order.get("group_id") for order in orders if order["side"] == "sell" and order["status"] in LIVE}
        entries = [
            order["client_order_id"]
            for order in orders
            if is_own(order["client_order_id"]) and order["status"] == "filled" and order.get("group_id") in groups
        ]
        if entries:
            self._alpaca.fill_both_legs(self._dice.choice(entries))

    def hold_cancels(self) -> None:
        """Cancels stay pending, until something else happens."""
        self._alpaca.hold_cancels()

    def _stops(self) -> list[Json]:
        stops = [order for order in self._alpaca.orders if order["side"] == "sell" and order["type"] == "stop"]
        return [order for order in stops if order["status"] in {"held", "new"}]
