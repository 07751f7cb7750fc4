from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog

from engine.adapters.alpaca import orders
from engine.adapters.alpaca.account import Asset, account_of, asset_of, position_of
from engine.adapters.alpaca.activities import activities_since
from engine.adapters.alpaca.client import AlpacaAccess, AlpacaClient
from engine.adapters.alpaca.closing import (
    Closing,
    close_everything,
    end_order,
    is_ending,
    is_whole,
    newest_orders,
    open_orders,
)
from engine.adapters.alpaca.error_mapping import NONSENSE, reading, sending
from engine.adapters.alpaca.order_groups import OrderGroups
from engine.adapters.alpaca.order_lookup import OrderLookup
from engine.adapters.alpaca.orders import order_of
from engine.adapters.alpaca.stream import TradeUpdates
from engine.adapters.deadline import with_last_looks
from engine.adapters.order_checks import check_entry, check_order, check_price
from engine.adapters.update_dispatcher import UpdateDispatcher
from engine.errors import BrokerUnavailable, OrderExists, OrderRefused
from engine.model.account import Account, CloseFailure, Position
from engine.model.activity import Activity
from engine.model.market import Session
from engine.model.trade import Entry, Order
from engine.ports.broker import LastLook, RequestGate, nothing_more, open_gate
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock

log = structlog.get_logger()


class AlpacaBroker:
    """The port Broker at Alpaca.

    Orders are checked completely before they leave, and leave once. `patience` is how many seconds a sale waits for
    the orders that protect the shares to be over.
    """

    def __init__(self, access: AlpacaAccess, clock: Clock, calendar: Calendar, *, patience: float = 5.0) -> None:
        self.label = "alpaca-live" if access.live else "alpaca-paper"
        self._clock = clock
        self._calendar = calendar
        self._wire = AlpacaClient(access.trading, "v2", access)
        self._closing = Closing(self._wire, patience=patience)
        self._groups = OrderGroups()
        self._finder = OrderLookup(self._wire, self._groups)
        self._dispatcher = UpdateDispatcher("alpaca-broker")
        self._access = access
        self._updates = self._stream()

    def stop(self) -> None:
        """Hang up, let the listeners finish, and close the connections."""
        self._updates.stop()
        self._closing.stop()
        self._dispatcher.stop()
        self._wire.stop()

    def account(self) -> Account:
        """Return the account's money."""
        with reading(BrokerUnavailable):
            return account_of(self._wire.read("/account"))

    def positions(self) -> tuple[Position, ...]:
        """Return every position; what is no stock, and what is less than a share, has 0 shares."""
        with reading(BrokerUnavailable):
            return tuple(map(position_of, self._wire.read("/positions")))

    def position(self, symbol: str) -> Position | None:
        """Return the position in a symbol, as `positions` does: in an account of many it costs a part of that."""
        with reading(BrokerUnavailable):
            raw = self._wire.find(f"/positions/{symbol}")
            return None if raw is None else position_of(raw)

    def activities(self, since: datetime) -> tuple[Activity, ...]:
        """Return what happened in the account since an instant, oldest first."""
        with reading(BrokerUnavailable):
            return activities_since(self._wire, since)

    def is_tradable(self, symbol: str) -> bool:
        """Tell whether Alpaca knows a symbol and takes orders in it."""
        asset = self.asset(symbol)
        return asset is not None and asset.tradable

    def check(self, entry: Entry, price: Decimal) -> None:
        """Raise OrderRefused for an entry that Alpaca would refuse for its shape, at the symbol's last price."""
        check_entry(entry, price)

    def submit(self, entry: Entry, last_look: LastLook = nothing_more) -> Order:
        """Send a bracket, in regular hours only, or a lone limit order for extended ones; an id is never sent twice."""
        check_entry(entry)
        if entry.extended:
            return self._send(orders.extended(entry), last_look)
        if self._calendar.session(self._clock.now()) is not Session.REGULAR:
            raise OrderRefused("outside regular hours no bracket is sent")  # Alpaca would keep it for the open
        return self._send(orders.bracket(entry), last_look)

    def order(self, client_order_id: str) -> Order | None:
        """Return an order with its legs, where one was replaced its replacements too."""
        with reading(BrokerUnavailable):
            raw = self._finder.by_client_id(client_order_id)
            return None if raw is None else self._finder.kept(raw)

    def order_of(self, broker_id: str) -> Order | None:
        """Return an order with its legs by Alpaca's own id; a leg is returned alone."""
        with reading(BrokerUnavailable):
            raw = self._finder.by_id(broker_id)
            return None if raw is None else self._finder.whole(raw)

    def orders(self) -> tuple[Order, ...]:
        """Return every order that is not over, with its legs."""
        with reading(BrokerUnavailable):
            return tuple(self._finder.listed(raw) for raw in open_orders(self._wire))

    def find_orders(self, client_order_ids: Collection[str]) -> Mapping[str, Order]:
        """Return those of the orders that are among the newest, a page of them for every few that are looked for."""
        with reading(BrokerUnavailable):
            listed = newest_orders(self._wire, frozenset(client_order_ids))
        found = dict[str, Order]()
        for raw in filter(is_whole, listed):
            with suppress(*NONSENSE):  # it is asked for by itself, and fails for itself
                found[raw["client_order_id"]] = self._finder.listed(raw)
        return found

    def replace(self, order: Order, price: Decimal, last_look: LastLook = nothing_more) -> Order:
        """Ask for another price of a stop or target; the answer carries the broker's new id, and is no promise.

        Alpaca would take the original number of shares for the replacement of a partly filled order.
        """
        check_price("price", price)
        body = orders.change(order, price)
        with reading(BrokerUnavailable):
            now = self._finder.by_id(order.broker_id)
            if now is None or order_of(now).filled_shares:
                raise OrderRefused("order is not open for a replacement")
        with with_last_looks(), sending(order.client_order_id):
            new = order_of(self._wire.patch(f"/orders/{order.broker_id}", body, last_look))
        self._groups.replaced(order.broker_id, new.broker_id)
        return new

    def protect(
        self,
        client_order_id: str,
        symbol: str,
        shares: int,
        stop: Decimal,
        target: Decimal | None = None,
        last_look: LastLook = nothing_more,
    ) -> Order:
        """Send a stop for shares that have none; with a target it is the leg of that. Both wait for regular hours."""
        check_order(client_order_id, symbol, shares)
        check_price("stop_price", stop)
        if target is None:
            return self._send(orders.lone_stop(client_order_id, symbol, shares, stop), last_look)
        check_price("take_profit.limit_price", target)
        return self._send(orders.stop_and_target(client_order_id, symbol, shares, stop, target), last_look)

    def cancel(self, order: Order, last_look: LastLook = nothing_more) -> None:
        """Ask to cancel an order; one that is over already, unknown, or about to end is no error."""
        if is_ending(order):
            return
        with with_last_looks(), sending(order.client_order_id):
            end_order(self._wire, order.broker_id, last_look)

    def close(self, client_order_id: str, symbol: str, shares: int, gate: RequestGate = open_gate) -> Order:
        """Cancel what protects the shares, wait until that is over, and sell them at the market.

        Raises CancelPending where Alpaca took the cancel and takes its time with it.
        """
        check_order(client_order_id, symbol, shares)
        with with_last_looks(), reading(BrokerUnavailable):
            if self._finder.by_client_id(client_order_id, urgent=True) is not None:
                raise OrderExists(client_order_id)
            self._closing.free(symbol, shares, gate)
        with gate() as last_look:
            return self._send(orders.exit_order(client_order_id, symbol, shares), last_look)

    def buy_back(self, client_order_id: str, symbol: str, shares: int, last_look: LastLook = nothing_more) -> Order:
        """Buy shares at the market that are sold short; refuses more than no order of ours buys back already."""
        check_order(client_order_id, symbol, shares)
        with reading(BrokerUnavailable):
            short = self._closing.short(symbol)
        if shares > short:
            raise OrderRefused(f"insufficient qty available (requested: {shares}, short: {short})")
        return self._send(orders.cover_order(client_order_id, symbol, shares), last_look)

    def close_all(self, last_look: LastLook = nothing_more) -> tuple[CloseFailure, ...]:
        """Cancel every order and sell every position at the market; Alpaca answers for each, and each is looked at."""
        with with_last_looks(), sending("close-all"):
            return close_everything(self._wire, last_look)

    def listen(self, on_update: Callable[[str], None]) -> None:
        """Call back with the id of what was sent after each change of it or its legs, from a thread of the broker's.

        After a lost connection it calls back for everything that was not over when it was last seen.
        """
        if not self._dispatcher.listen(on_update):
            return
        self._updates = self._stream()
        if not self._updates.start():
            log.warning("trade_updates_not_heard_yet")

    def stop_listening(self) -> None:
        """Call back no more, and hang up."""
        self._dispatcher.forget()
        self._updates.stop()

    def clock_skew(self) -> timedelta:
        """Return how far Alpaca's clock is ahead of ours; the way there and back is not subtracted."""
        with reading(BrokerUnavailable):
            return orders.instant(self._wire.read("/clock")["timestamp"]) - self._clock.now()

    def asset(self, symbol: str) -> Asset | None:
        """Return what Alpaca knows of a symbol, None when it does not know it."""
        with reading(BrokerUnavailable):
            raw = self._wire.find(f"/assets/{symbol}")
            return None if raw is None else asset_of(raw)

    def _send(self, body: dict[str, Any], last_look: LastLook) -> Order:
        with with_last_looks(), sending(body["client_order_id"]):
            return self._finder.listed(self._wire.post("/orders", body, last_look))

    def _updated(self, raw: Any) -> None:
        self._dispatcher.dispatch(self._groups.root(raw))

    def _returned(self) -> None:
        """Tell of everything that may have changed while nothing was heard."""
        for client_order_id in self._groups.alive():
            self._dispatcher.dispatch(client_order_id)

    def _stream(self) -> TradeUpdates:
        return TradeUpdates(self._access, on_update=self._updated, on_return=self._returned)
