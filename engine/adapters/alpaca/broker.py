from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import structlog

from engine.adapters.alpaca import orders
from engine.adapters.alpaca.closing import Closing, close_everything, end_order, is_whole, newest_orders, open_orders
from engine.adapters.alpaca.failures import NONSENSE, reading, sending
from engine.adapters.alpaca.groups import Groups
from engine.adapters.alpaca.orders import order_of
from engine.adapters.alpaca.stream import TradeUpdates
from engine.adapters.alpaca.teller import Teller
from engine.adapters.alpaca.wire import Access, Wire
from engine.errors import BrokerUnavailable, OrderRefused
from engine.model.market import Session
from engine.model.portfolio import Account, NotClosed, Position
from engine.model.trade import Entry, Order
from engine.ports import Calendar, Clock, nothing_more

log = structlog.get_logger()

MOST_REPLACEMENTS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """What can be traded: its ticker, name and exchange, and whether Alpaca takes orders for it."""

    symbol: str
    name: str
    exchange: str
    tradable: bool


class AlpacaBroker:
    """The port Broker at Alpaca.

    Orders are checked completely before they leave, and leave once. `patience` is how many seconds a sale waits for
    the orders that protect the shares to be over.
    """

    def __init__(self, access: Access, clock: Clock, calendar: Calendar, *, patience: float = 5.0) -> None:
        self.label = "alpaca-live" if access.live else "alpaca-paper"
        self._clock = clock
        self._calendar = calendar
        self._wire = Wire(access.trading, "v2", access)
        self._closing = Closing(self._wire, patience=patience)
        self._groups = Groups()
        self._teller = Teller()
        self._updates = TradeUpdates(access, on_update=self._updated, on_return=self._returned)

    def stop(self) -> None:
        """Hang up, let the listeners finish, and close the connections."""
        self._updates.stop()
        self._closing.stop()
        self._teller.stop()
        self._wire.stop()

    def account(self) -> Account:
        """Return the account's money; an account has margin where it can buy for more than it holds."""
        with reading(BrokerUnavailable):
            raw = self._wire.read("/account")
            return Account(
                equity=Decimal(raw["equity"]),
                cash=Decimal(raw["cash"]),
                buying_power=Decimal(raw["buying_power"]),
                margin=Decimal(raw["multiplier"]) > 1,
            )

    def positions(self) -> tuple[Position, ...]:
        """Return every position in whole shares; parts of a share are no business of the desk."""
        with reading(BrokerUnavailable):
            positions = [_position_of(raw) for raw in self._wire.read("/positions")]
        return tuple(position for position in positions if position.shares)

    def is_tradable(self, symbol: str) -> bool:
        """Tell whether Alpaca knows a symbol and takes orders in it."""
        asset = self.asset(symbol)
        return asset is not None and asset.tradable

    def check(self, entry: Entry, price: Decimal) -> None:
        """Raise OrderRefused for an entry that Alpaca would refuse for its shape, at the symbol's last price."""
        orders.check(entry, price)

    def submit(self, entry: Entry, last_look: Callable[[], None] = nothing_more) -> Order:
        """Send a bracket, in regular hours only, or a lone limit order for extended ones; an id is never sent twice."""
        last_look()
        orders.check(entry)
        if entry.extended:
            return self._send(orders.extended(entry))
        if self._calendar.session(self._clock.now()) is not Session.REGULAR:
            raise OrderRefused("outside regular hours no bracket is sent")  # Alpaca would keep it for the open
        return self._send(orders.bracket(entry))

    def order(self, client_order_id: str) -> Order | None:
        """Return an order with its legs, where one was replaced its replacements too."""
        with reading(BrokerUnavailable):
            raw = self._find(client_order_id)
            return None if raw is None else self._keep(raw)

    def orders(self) -> tuple[Order, ...]:
        """Return every order that is not over, with its legs."""
        with reading(BrokerUnavailable):
            return tuple(self._listed(raw) for raw in open_orders(self._wire))

    def look_up(self, client_order_ids: Collection[str]) -> Mapping[str, Order]:
        """Return those of the orders that are among the newest, a page of them for every few that are looked for."""
        with reading(BrokerUnavailable):
            listed = newest_orders(self._wire, frozenset(client_order_ids))
        found = dict[str, Order]()
        for raw in filter(is_whole, listed):
            with suppress(*NONSENSE):  # it is asked for by itself, and fails for itself
                found[raw["client_order_id"]] = self._listed(raw)
        return found

    def replace(self, order: Order, price: Decimal) -> Order:
        """Ask for another price of a stop or target; the answer carries the broker's new id, and is no promise.

        Alpaca would take the original number of shares for the replacement of a partly filled order.
        """
        orders.check_price("price", price)
        body = orders.change(order, price)
        with reading(BrokerUnavailable):
            now = self._by_id(order.broker_id)
            if now is None or order_of(now).filled_shares:
                raise OrderRefused("order is not open for a replacement")
        with sending(order.client_order_id):
            new = order_of(self._wire.patch(f"/orders/{order.broker_id}", body))
        self._groups.replaced(order.broker_id, new.broker_id)
        return new

    def protect(
        self, client_order_id: str, symbol: str, shares: int, stop: Decimal, target: Decimal | None = None
    ) -> Order:
        """Send a stop for shares that have none; with a target it is the leg of that. Both wait for regular hours."""
        orders.check_id(client_order_id)
        orders.check_symbol(symbol)
        orders.check_shares(shares)
        orders.check_price("stop_price", stop)
        if target is None:
            return self._send(orders.lone_stop(client_order_id, symbol, shares, stop))
        orders.check_price("take_profit.limit_price", target)
        return self._send(orders.stop_and_target(client_order_id, symbol, shares, stop, target))

    def cancel(self, order: Order) -> None:
        """Ask to cancel an order; one that is over already, or unknown, is no error."""
        with sending(order.client_order_id):
            end_order(self._wire, order.broker_id)

    def close(self, client_order_id: str, symbol: str, shares: int) -> Order:
        """Cancel what protects the shares, wait until that is over, and sell them at the market."""
        orders.check_id(client_order_id)
        orders.check_symbol(symbol)
        orders.check_shares(shares)
        with reading(BrokerUnavailable):
            if self._find(client_order_id, urgent=True) is not None:
                raise OrderRefused("client_order_id must be unique")
            self._closing.free(symbol, shares)
        return self._send(orders.exit_order(client_order_id, symbol, shares))

    def close_all(self) -> tuple[NotClosed, ...]:
        """Cancel every order and sell every position at the market; Alpaca answers for each, and each is looked at."""
        with sending("close-all"):
            return close_everything(self._wire)

    def listen(self, on_update: Callable[[str], None]) -> None:
        """Call back with the id of what was sent after each change of it or its legs, from a thread of the broker's.

        After a lost connection it calls back for everything that was not over when it was last seen.
        """
        if self._teller.listen(on_update) and not self._updates.start():
            log.warning("trade_updates_not_heard_yet")

    @property
    def is_listening(self) -> bool:
        """Whether the stream of trade updates is connected."""
        return self._updates.is_connected

    def clock_skew(self) -> timedelta:
        """Return how far Alpaca's clock is ahead of ours; the way there and back is not subtracted."""
        with reading(BrokerUnavailable):
            return orders.instant(self._wire.read("/clock")["timestamp"]) - self._clock.now()

    def asset(self, symbol: str) -> Asset | None:
        """Return what Alpaca knows of a symbol, None when it does not know it."""
        with reading(BrokerUnavailable):
            raw = self._wire.find(f"/assets/{symbol}")
            return None if raw is None else _asset_of(raw)

    def _send(self, body: dict[str, Any]) -> Order:
        with sending(body["client_order_id"]):
            return self._listed(self._wire.post("/orders", body))

    def _find(self, client_order_id: str, *, urgent: bool = False) -> Any | None:
        """Read an order with its legs, which Alpaca gives by its own ids only."""
        broker_id = self._groups.broker_id(client_order_id)
        if broker_id is None:
            asked = {"client_order_id": client_order_id}
            raw = self._wire.find("/orders:by_client_order_id", asked, urgent=urgent)
            if raw is None:
                return None
            if raw["client_order_id"] != client_order_id:
                raise ValueError(f"asked for order {client_order_id}, got {raw['client_order_id']}")
            broker_id = str(raw["id"])
        return self._by_id(broker_id, urgent=urgent)

    def _by_id(self, broker_id: str, *, urgent: bool = False) -> Any | None:
        return self._wire.find(f"/orders/{broker_id}", {"nested": "true"}, urgent=urgent)

    def _keep(self, raw: Any) -> Order:
        """Read an order that we sent, with its legs and all replacements, and remember what belongs to it."""
        order = order_of(raw, self._legs(raw))
        self._groups.keep(order, raw.get("group_id"))
        return order

    def _listed(self, raw: Any) -> Order:
        order = _with_legs(raw)
        self._groups.keep(order, raw.get("group_id"))
        return order

    def _legs(self, raw: Any) -> Sequence[Order]:
        """Return the legs of an order and what replaced them; replacements of a lone stop are its legs too."""
        legs = list(raw.get("legs") or ())
        seen = {leg["id"] for leg in legs}
        for part in (raw, *legs):
            newer = part
            while (following := newer.get("replaced_by")) and following not in seen:
                if len(seen) > MOST_REPLACEMENTS:
                    raise ValueError("an order was replaced too often to be followed")
                found = self._by_id(following)
                if found is None:
                    break
                newer = found
                seen.add(following)
                legs.append(found)
        return [order_of(leg) for leg in legs]

    def _updated(self, raw: Any) -> None:
        self._teller.tell(self._groups.root(raw))

    def _returned(self) -> None:
        """Tell of everything that may have changed while nothing was heard."""
        for client_order_id in self._groups.alive():
            self._teller.tell(client_order_id)


def _with_legs(raw: Any) -> Order:
    return order_of(raw, map(order_of, raw.get("legs") or ()))


def _asset_of(raw: Any) -> Asset:
    return Asset(symbol=raw["symbol"], name=raw["name"], exchange=raw["exchange"], tradable=bool(raw["tradable"]))


def _position_of(raw: Any) -> Position:
    cost = Decimal(raw["avg_entry_price"])
    return Position(
        symbol=str(raw["symbol"]),
        shares=int(Decimal(raw["qty"])),
        cost=cost,
        price=Decimal(raw.get("current_price") or cost),
    )
