"""What can be asked of Alpaca's trading API, as verbs; each raises Refusal where Alpaca refuses."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.support.fakes.alpaca import rules
from tests.support.fakes.alpaca.checks import Checks
from tests.support.fakes.alpaca.exchange import Exchange
from tests.support.fakes.alpaca.orders import PENDING_CANCEL, Json, Order
from tests.support.fakes.alpaca.rules import Refusal, Ticket

_REPLACEABLE = frozenset({"new", "partially_filled", "held"})


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """One line of the ledger: an order that Alpaca took, whatever became of it."""

    at: datetime
    id: str
    client_order_id: str
    symbol: str
    side: str
    shares: Decimal
    replaces: str = ""


class Desk:
    """Takes, changes and ends orders; `ledger` keeps every one that was ever taken, legs excepted."""

    def __init__(self, exchange: Exchange) -> None:
        self.reader: list[Accepted] = []
        self.refusal = ""
        self._exchange = exchange
        self._checks = Checks(exchange)

    def submit(self, body: Mapping[str, Any]) -> Json:
        with self._exchange.open():
            self._refuse_if_told()
            ticket = rules.read(body)
            self._checks.check(ticket)
            order = self._placed(ticket)
            told = order.told()
            self.take(order)
            return told

    def replace(self, order_id: str, body: Mapping[str, Any]) -> Json:
        with self._exchange.open():
            self._refuse_if_told()
            old = self.by_id(order_id)
            if old.status not in _REPLACEABLE:
                raise rules.unprocessable(f'order is already in "{old.status}" state')
            new = self._replacement(old, body)
            told = new.told()
            if self._exchange.ways.rejects:  # the answer promised nothing: the old order stays as it is
                self._exchange.reject_replacement(old, new)
                return told
            self.swap(old, new)
            return told

    def cancel(self, order_id: str) -> None:
        with self._exchange.open():
            order = self.by_id(order_id)
            if not order.is_alive or order.status == PENDING_CANCEL:
                raise rules.unprocessable(f'order is already in "{order.status}" state')
            self._exchange.cancel(order)

    def cancel_all(self) -> list[Json]:
        with self._exchange.open():
            alive = self._exchange.alive()
            for order in alive:
                if order.is_alive and order.status != PENDING_CANCEL:
                    self._exchange.cancel(order)
            return [{"id": order.id, "status": 200} for order in alive]

    def close(self, symbol: str, shares: Decimal | None = None) -> Json:
        """Sell (or buy back) a position at the market."""
        with self._exchange.open():
            held = self._exchange.portfolio.shares(symbol)
            if not held:
                raise rules.not_found(f"position does not exist: {symbol}")
            side = "sell" if held > 0 else "buy"
            body = {"symbol": symbol, "side": side, "type": "market", "time_in_force": "day"}
            return self.submit(body | {"qty": str(abs(shares or held))})

    def close_all(self, *, cancel_orders: bool) -> list[Json]:
        """Close every position; each item says how that one went."""
        with self._exchange.open():
            if cancel_orders:
                self.cancel_all()
            return [self._closed(symbol) for symbol, _ in self._exchange.portfolio.items()]

    def account(self) -> Json:
        with self._exchange.open():
            return self._exchange.portfolio.account(self._exchange.prices, self._exchange.reserved())

    def positions(self) -> list[Json]:
        with self._exchange.open():
            return [self._position(symbol) for symbol, _ in self._exchange.portfolio.items()]

    def position(self, symbol: str) -> Json:
        with self._exchange.open():
            if not self._exchange.portfolio.shares(symbol):
                raise rules.not_found("position does not exist")
            return self._position(symbol)

    def order(self, order_id: str, *, nested: bool) -> Json:
        with self._exchange.open():
            return self.by_id(order_id).told(nested=nested)

    def order_of_client(self, client_order_id: str) -> Json:
        """Return an order by the client's id, never with its legs."""
        with self._exchange.open():
            return self.known(client_order_id, by_alpaca=False).told(nested=False)

    def by_id(self, order_id: str) -> Order:
        """Find an order by Alpaca's id."""
        return self.known(order_id, by_client=False)

    def known(self, wanted: str, *, by_alpaca: bool = True, by_client: bool = True) -> Order:
        """Find an order by Alpaca's id, or the client's."""
        for order in self._exchange.orders:
            if (by_alpaca and wanted == order.id) or (by_client and wanted == order.client_order_id):
                return order
        raise rules.not_found(f"order not found for {wanted}")

    def swap(self, old: Order, new: Order) -> None:
        for first in self._exchange.group(old):
            if old in first.legs:
                first.legs.append(new)
        old.legs, old.replaced_by = [], new.id
        self._exchange.end(old, "replaced")
        self.take(new)

    def restate(self, old: Order, qty: Decimal, limit: Decimal | None, stop: Decimal | None) -> None:
        """Replace an order without being asked to, by one that is told of as any other."""
        if not qty:
            self._exchange.end(old, "canceled")
            return
        self.swap(old, self._anew(old, qty=qty, limit_price=limit, stop_price=stop))

    def take(self, order: Order) -> None:
        self.reader.append(
            Accepted(
                at=order.at,
                id=order.id,
                client_order_id=order.client_order_id,
                symbol=order.symbol,
                side=order.side,
                shares=order.qty,
                replaces=order.replaces,
            )
        )
        self._exchange.add(order)

    def _refuse_if_told(self) -> None:
        reason, self.refusal = self.refusal, ""
        if reason:
            raise rules.forbidden(reason)

    def _placed(self, ticket: Ticket) -> Order:
        order = Order(
            symbol=ticket.symbol,
            side=ticket.side,
            kind=ticket.kind,
            qty=ticket.qty,
            tif=ticket.tif,
            order_class=ticket.order_class,
            status="accepted",
            at=self._exchange.hours.now(),
            expires_at=self._exchange.expiry(ticket.tif, extended=ticket.extended_hours),
            client_order_id=ticket.client_order_id or str(uuid.uuid4()),
            limit_price=ticket.limit,
            stop_price=ticket.stop,
            extended_hours=ticket.extended_hours,
        )
        if self._exchange.is_open_for(order):
            order.status = "pending_new"
        return order if ticket.is_simple else _with_legs(order, ticket)

    def _replacement(self, old: Order, body: Mapping[str, Any]) -> Order:
        limit, stop = rules.price_in(body, "limit_price"), rules.price_in(body, "stop_price")
        for name, price, before in (("limit_price", limit, old.limit_price), ("stop_price", stop, old.stop_price)):
            if price is not None and before is None:
                raise rules.malformed(f"{old.kind} orders must not have {name}")
        client_order_id = rules.client_order_id_in(body)
        self._checks.refuse_known_id(client_order_id)
        qty = rules.quantity(body["qty"]) if body.get("qty") else old.qty
        if old.side == "sell":
            freed = [order.remaining for order in self._exchange.group(old) or [old] if order.is_live]
            self._checks.shares_suffice(old.symbol, qty, self._exchange.available(old.symbol) + sum(freed, Decimal(0)))
        return self._anew(
            old,
            client_order_id=client_order_id or str(uuid.uuid4()),
            qty=qty,
            tif=str(body.get("time_in_force") or old.tif),
            limit_price=limit or old.limit_price,
            stop_price=stop or old.stop_price,
        )

    def _anew(self, old: Order, **changes: Any) -> Order:
        """Return what is to replace an order."""
        usual = {
            "id": str(uuid.uuid4()),
            "client_order_id": str(uuid.uuid4()),
            "status": "held" if old.is_held else "accepted",
        }
        return replace(
            old,
            **(usual | changes),
            at=self._exchange.hours.now(),
            replaces=old.id,
            filled_qty=Decimal(0),
            paid=Decimal(0),
            ended={},
            updated_at=None,
        )

    def _closed(self, symbol: str) -> Json:
        try:
            return {"symbol": symbol, "status": 200, "body": self.close(symbol)}
        except Refusal as refusal:
            return {"symbol": symbol, "status": refusal.status, "body": refusal.body}

    def _position(self, symbol: str) -> Json:
        exchange = self._exchange
        return exchange.portfolio.position(symbol, exchange.prices, exchange.available(symbol))


def _with_legs(order: Order, ticket: Ticket) -> Order:
    """Make an order the first of its bracket, its exits held."""
    order.group = str(uuid.uuid4())
    order.role = "take_profit" if ticket.order_class == "oco" else "entry"
    if ticket.order_class == "oco":
        order.limit_price = ticket.take_profit
        order.legs = [_leg(order, order.side, stop=ticket.stop_loss)]
        return order
    other = "sell" if order.side == "buy" else "buy"
    if ticket.take_profit is not None:
        order.legs.append(_leg(order, other, limit=ticket.take_profit))
    if ticket.stop_loss is not None:
        order.legs.append(_leg(order, other, stop=ticket.stop_loss))
    return order


def _leg(first: Order, side: str, *, limit: Decimal | None = None, stop: Decimal | None = None) -> Order:
    return Order(
        symbol=first.symbol,
        side=side,
        kind="limit" if stop is None else "stop",
        qty=first.qty,
        tif=first.tif,
        order_class=first.order_class,
        status="held",
        at=first.at,
        expires_at=first.expires_at,
        client_order_id=str(uuid.uuid4()),
        limit_price=limit,
        stop_price=stop,
        group=first.group,
        role="take_profit" if stop is None else "stop_loss",
        is_leg=True,
    )
