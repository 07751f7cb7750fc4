from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from engine.model.account import Account, CloseFailure, Position
from engine.model.activity import Activity
from engine.model.trade import Entry, Order

LastLook = Callable[[], None]
"""What is called at the last moment before a request's first byte leaves; where it raises, nothing was sent."""
RequestGate = Callable[[], AbstractContextManager[LastLook]]
"""What opens the way to the broker for one request of several, and gives its last look."""

POSITIONS_LAG = timedelta(seconds=5)
"""Real time after which the account's positions show every sale."""


def nothing_more() -> None:
    """Look at nothing before an order leaves."""


@contextmanager
def open_gate() -> Iterator[LastLook]:
    """Keep nobody out."""
    yield nothing_more


class BrokerAccount(Protocol):
    """The account: money, positions, what happened in it. Raises BrokerUnavailable."""

    @property
    def label(self) -> str:
        """Name the broker: 'paper', 'alpaca-paper', 'alpaca-live'."""
        ...

    def account(self) -> Account:
        """Return the account's money."""
        ...

    def positions(self) -> tuple[Position, ...]:
        """Return every position."""
        ...

    def position(self, symbol: str) -> Position | None:
        """Return the position in a symbol, None where nothing of it is held."""
        ...

    def activities(self, since: datetime) -> tuple[Activity, ...]:
        """Return what happened in the account since an instant, oldest first."""
        ...

    def is_tradable(self, symbol: str) -> bool:
        """Tell whether the broker knows a symbol and takes orders in it."""
        ...

    def clock_skew(self) -> timedelta:
        """Return how far the broker's clock is ahead of ours."""
        ...


class BrokerOrders(Protocol):
    """Orders as the broker has them. Raises BrokerUnavailable."""

    def order(self, client_order_id: str) -> Order | None:
        """Return an order with its legs by our own id, None if the broker does not have it."""
        ...

    def order_of(self, broker_id: str) -> Order | None:
        """Return an order with its legs by the broker's own id, None if the broker does not have it."""
        ...

    def orders(self) -> tuple[Order, ...]:
        """Return every order that is not over, with its legs."""
        ...

    def find_orders(self, client_order_ids: Collection[str]) -> Mapping[str, Order]:
        """Return as many of these orders as few requests show, with their legs, by our own ids.

        Of an order that is missing nothing is said: `order` tells whether the broker has it.
        """
        ...


class Broker(BrokerAccount, BrokerOrders, Protocol):
    """Orders, positions, money. Raises BrokerUnavailable, OrderUnclear and OrderRefused.

    Whatever changes something takes a last look: called right before the first byte leaves, once for each request.
    Where it raises, nothing was sent, and its error is raised.
    """

    def check(self, entry: Entry, price: Decimal) -> None:
        """Raise OrderRefused for an entry that would be refused for its shape; asks nobody.

        `price` is the symbol's last one. What only the broker can know (money, halted symbols) it refuses itself.
        """
        ...

    def submit(self, entry: Entry, last_look: LastLook = nothing_more) -> Order:
        """Send an entry; raises OrderExists for an id that the broker already has."""
        ...

    def replace(self, order: Order, price: Decimal, last_look: LastLook = nothing_more) -> Order:
        """Ask for another price of a stop or target; the answer carries the broker's new id."""
        ...

    def protect(
        self,
        client_order_id: str,
        symbol: str,
        shares: int,
        stop: Decimal,
        target: Decimal | None = None,
        last_look: LastLook = nothing_more,
    ) -> Order:
        """Send a stop for shares that have none, and with it a target that the stop ends, and that ends the stop."""
        ...

    def cancel(self, order: Order, last_look: LastLook = nothing_more) -> None:
        """Cancel an order; one that is over already is no error."""
        ...

    def close(self, client_order_id: str, symbol: str, shares: int, gate: RequestGate = open_gate) -> Order:
        """Cancel what protects a position and sell shares of it at the market.

        Each of the requests opens the gate for itself, so that nobody waits while a cancel takes its time.
        """
        ...

    def buy_back(self, client_order_id: str, symbol: str, shares: int, last_look: LastLook = nothing_more) -> Order:
        """Buy shares at the market that are sold short; refuses more than the account is short of."""
        ...

    def close_all(self, last_look: LastLook = nothing_more) -> tuple[CloseFailure, ...]:
        """Cancel every order and sell every position at the market; return what was refused.

        An order that was taken is no sale yet: ask for orders and positions until there are none.
        """
        ...

    def listen(self, on_update: Callable[[str], None]) -> None:
        """Call back with the entry's client order id after each change of an order or its legs."""
        ...

    def stop_listening(self) -> None:
        """Call back no more, and leave the stream to another process: the broker lets one at a time hear it."""
        ...
