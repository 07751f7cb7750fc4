from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

from engine.common.order_ids import trade_id_of
from engine.errors import BrokerUnavailable, DeskError, OrderExists, OrderRefused, OrderUnclear
from engine.model.account import Account, CloseFailure, Position
from engine.model.activity import Activity
from engine.model.trade import Entry, Order
from engine.ports.broker import Broker, LastLook, RequestGate, nothing_more, open_gate


class TroubledBroker:
    """A broker behind a line that a test cuts: refusals, lost answers, no connection, what happens meanwhile.

    `meanwhile` is called before the last look, `on_its_way` after it, `while_asked` after an answer,
    `while_counting` after that of positions, `while_replacing` before another price of an order gets there,
    `while_protecting` before a stop does, `while_selling` before a sale does, once the way there is open,
    `while_closing_all` before everything is sold. One that `hides` shows orders in the list of all only, one in which
    an order `exists` takes none. Executions of orders that are `untold` it does not tell yet. The orders of trades that
    it `breaks_on` can be listed with all others, and whoever asks for one, or cancels it, meets a KeyError.
    """

    label = "troubled"

    def __init__(self, broker: Broker) -> None:
        self.is_away = False
        self.refuses = ""
        self.refuses_shape = ""
        self.untradable = set[str]()
        self.untold = set[str]()
        self.not_closed: tuple[CloseFailure, ...] = ()
        self.loses_request = False
        self.loses_answer = False
        self.hides = False
        self.exists = False
        self.breaks_on = set[str]()
        self.protects_unclearly = ""
        self.replaces_badly = ""
        self.cancel_fails: DeskError | None = None
        self.skew = timedelta(0)
        self.meanwhile: Callable[[], object] = lambda: None
        self.on_its_way: Callable[[], object] = lambda: None
        self.while_asked: Callable[[], object] = lambda: None
        self.while_counting: Callable[[], object] = lambda: None
        self.while_replacing: Callable[[], object] = lambda: None
        self.while_protecting: Callable[[], object] = lambda: None
        self.while_selling: Callable[[], object] = lambda: None
        self.while_closing_all: Callable[[], object] = lambda: None
        self._broker = broker

    def account(self) -> Account:
        return self._reached().account()

    def positions(self) -> tuple[Position, ...]:
        positions = self._reached().positions()
        self.while_counting()
        return positions

    def position(self, symbol: str) -> Position | None:
        position = self._reached().position(symbol)
        self.while_counting()
        return position

    def is_tradable(self, symbol: str) -> bool:
        return symbol not in self.untradable and self._reached().is_tradable(symbol)

    def check(self, entry: Entry, price: Decimal) -> None:
        if self.refuses_shape:
            raise OrderRefused(self.refuses_shape)
        self._broker.check(entry, price)

    def submit(self, entry: Entry, last_look: LastLook = nothing_more) -> Order:
        self.meanwhile()
        broker = self._reached()
        if self.refuses:
            raise OrderRefused(self.refuses)
        if self.exists:
            raise OrderExists(entry.client_order_id)
        if self.loses_request:
            self.loses_request = False
            raise OrderUnclear(entry.client_order_id)

        def leave() -> None:
            last_look()
            self.on_its_way()

        order = broker.submit(entry, leave)
        if self.loses_answer:
            raise OrderUnclear(entry.client_order_id)
        return order

    def order(self, client_order_id: str) -> Order | None:
        self._break_on(client_order_id)
        order = self._reached().order(client_order_id)
        self.while_asked()
        return None if self.hides else order

    def order_of(self, broker_id: str) -> Order | None:
        return self._reached().order_of(broker_id)

    def orders(self) -> tuple[Order, ...]:
        orders = self._reached().orders()
        self.while_asked()
        return orders

    def find_orders(self, client_order_ids: Collection[str]) -> Mapping[str, Order]:
        wanted = [key for key in client_order_ids if trade_id_of(key) not in self.breaks_on]
        found = self._reached().find_orders(wanted)
        self.while_asked()
        return {} if self.hides else found

    def replace(self, order: Order, price: Decimal, last_look: LastLook = nothing_more) -> Order:
        broker = self._reached()
        if self.replaces_badly == "refused":
            raise OrderRefused("order is not open for a replacement")
        if self.replaces_badly == "request lost":
            raise OrderUnclear(order.client_order_id)
        self.while_replacing()
        replaced = broker.replace(order, price, last_look)
        if self.replaces_badly == "answer lost":
            raise OrderUnclear(order.client_order_id)
        return replaced

    def protect(
        self,
        client_order_id: str,
        symbol: str,
        shares: int,
        stop: Decimal,
        target: Decimal | None = None,
        last_look: LastLook = nothing_more,
    ) -> Order:
        if symbol == self.protects_unclearly:
            raise OrderUnclear(client_order_id)
        self.while_protecting()
        order = self._reached().protect(client_order_id, symbol, shares, stop, target, last_look)
        if self.loses_answer:
            raise OrderUnclear(client_order_id)
        return order

    def cancel(self, order: Order, last_look: LastLook = nothing_more) -> None:
        self._break_on(order.client_order_id)
        if self.cancel_fails:
            raise self.cancel_fails
        self._reached().cancel(order, last_look)

    def close(self, client_order_id: str, symbol: str, shares: int, gate: RequestGate = open_gate) -> Order:
        broker = self._reached()
        if self.refuses:
            raise OrderRefused(self.refuses)

        @contextmanager
        def watched() -> Iterator[LastLook]:
            with gate() as last_look:
                self.while_selling()
                yield last_look

        return broker.close(client_order_id, symbol, shares, watched)

    def buy_back(self, client_order_id: str, symbol: str, shares: int, last_look: LastLook = nothing_more) -> Order:
        return self._reached().buy_back(client_order_id, symbol, shares, last_look)

    def activities(self, since: datetime) -> tuple[Activity, ...]:
        told = self._reached().activities(since)
        return tuple(activity for activity in told if activity.order_id not in self.untold)

    def clock_skew(self) -> timedelta:
        return self._reached().clock_skew() + self.skew

    def close_all(self, last_look: LastLook = nothing_more) -> tuple[CloseFailure, ...]:
        broker = self._reached()
        self.while_closing_all()
        return self.not_closed or broker.close_all(last_look)

    def listen(self, on_update: Callable[[str], None]) -> None:
        self._broker.listen(on_update)

    def stop_listening(self) -> None:
        self._broker.stop_listening()

    def _break_on(self, client_order_id: str) -> None:
        if trade_id_of(client_order_id) in self.breaks_on:
            raise KeyError(client_order_id)

    def _reached(self) -> Broker:
        if self.is_away:
            raise BrokerUnavailable("the line is cut")
        return self._broker
