"""Alpaca's trading API over HTTP: routes, and how a list of orders is chosen."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from starlette.routing import Route

from tests.support.fakes.alpaca import rules
from tests.support.fakes.alpaca.desk import Desk
from tests.support.fakes.alpaca.exchange import Exchange
from tests.support.fakes.alpaca.middleware import Asked, Door
from tests.support.fakes.alpaca.orders import LIVE, Json, Order, asset_id
from tests.support.fakes.alpaca.session_hours import Hours
from tests.support.fakes.alpaca.specification import specification


class TradingApi:
    """The verbs of the trading API, and their routes."""

    def __init__(self, desk: Desk, exchange: Exchange, hours: Hours) -> None:
        self._desk = desk
        self._exchange = exchange
        self._hours = hours

    def routes(self, door: Door) -> list[Route]:
        desk, transaction = self._desk, specification("trading")
        return [
            door.route(transaction, "GET", "/v2/account", lambda _: desk.account()),
            door.route(transaction, "GET", "/v2/account/activities", self._activities),
            door.route(transaction, "GET", "/v2/positions", lambda _: desk.positions()),
            door.route(transaction, "DELETE", "/v2/positions", self._close_all, 207),
            door.route(transaction, "GET", _POSITION, lambda asked: desk.position(self._symbol(asked))),
            door.route(transaction, "DELETE", _POSITION, self._close),
            door.route(transaction, "POST", "/v2/orders", lambda asked: desk.submit(asked.body)),
            door.route(transaction, "GET", "/v2/orders", self._orders),
            door.route(transaction, "DELETE", "/v2/orders", lambda _: desk.cancel_all(), 207),
            door.route(transaction, "GET", _ORDER, lambda asked: desk.order(_id(asked), nested=asked.flag("nested"))),
            door.route(transaction, "PATCH", _ORDER, lambda asked: desk.replace(_id(asked), asked.body)),
            door.route(transaction, "DELETE", _ORDER, lambda asked: desk.cancel(_id(asked)), 204),
            door.route(transaction, "GET", "/v2/orders:by_client_order_id", self._order_of_client),
            door.route(transaction, "GET", "/v2/clock", lambda _: self._hours.clock()),
            door.route(transaction, "GET", "/v2/calendar", self._calendar),
            door.route(transaction, "GET", "/v2/assets", self._assets),
            door.route(transaction, "GET", "/v2/assets/{symbol_or_asset_id}", self._asset),
        ]

    def _orders(self, asked: Asked) -> list[Json]:
        with self._exchange.open():
            found = [order for order in self._exchange.orders if _is_wanted(order, asked)]
            found.sort(key=lambda order: order.at, reverse=asked.query.get("direction", "desc") == "desc")
            return [order.told(nested=asked.flag("nested")) for order in found[: _limit(asked.query)]]

    def _activities(self, asked: Asked) -> list[Json]:
        with self._exchange.open():
            return self._exchange.history.told(asked.query)

    def _order_of_client(self, asked: Asked) -> Json:
        return self._desk.order_of_client(asked.query.get("client_order_id", ""))

    def _close(self, asked: Asked) -> Json:
        qty = asked.query.get("qty")
        return self._desk.close(self._symbol(asked), None if qty is None else rules.quantity(qty))

    def _close_all(self, asked: Asked) -> list[Json]:
        return self._desk.close_all(cancel_orders=asked.flag("cancel_orders"))

    def _calendar(self, asked: Asked) -> list[Json]:
        today = self._hours.now().date()
        start = date.fromisoformat(asked.query.get("start", today.isoformat()))
        end = date.fromisoformat(asked.query.get("end", (today + timedelta(days=365)).isoformat()))
        return self._hours.calendar(start, end)

    def _assets(self, _asked: Asked) -> list[Json]:
        with self._exchange.open():
            return [self._told(symbol) for symbol in sorted(self._exchange.prices)]

    def _asset(self, asked: Asked) -> Json:
        with self._exchange.open():
            symbol = self._symbol(asked)
            if symbol not in self._exchange.prices:
                raise rules.not_found(f"asset not found for {symbol}")
            return self._told(symbol)

    def _symbol(self, asked: Asked) -> str:
        wanted = str(asked.path["symbol_or_asset_id"])
        known = {asset_id(symbol): symbol for symbol in self._exchange.prices}
        return known.get(wanted, wanted)

    def _told(self, symbol: str) -> Json:
        return {
            "id": asset_id(symbol),
            "class": "us_equity",
            "exchange": "NASDAQ",
            "symbol": symbol,
            "name": f"{symbol} Common Stock",
            "status": "active",
            "tradable": symbol not in self._exchange.ways.untradable,
            "marginable": True,
            "shortable": True,
            "easy_to_borrow": True,  # not in the specification, and needed by the SDK
            "fractionable": True,
            "attributes": [],
        }


_ORDER = "/v2/orders/{order_id}"
_POSITION = "/v2/positions/{symbol_or_asset_id}"


def _id(asked: Asked) -> str:
    return str(asked.path["order_id"])


def _limit(query: Mapping[str, str]) -> int:
    limit = int(query.get("limit", "50"))
    if not 1 <= limit <= 500:
        raise rules.malformed("limit must be between 1 and 500")
    return limit


def _is_wanted(order: Order, asked: Asked) -> bool:
    """Choose as Alpaca does: nested, a bracket is its first order, and as over as that one is."""
    query = asked.query
    symbols = [symbol for symbol in query.get("symbols", "").split(",") if symbol]
    status = query.get("status", "open")
    return (
        not (asked.flag("nested") and order.is_leg)
        and (status == "all" or (order.status in LIVE) == (status == "open"))
        and (not symbols or order.symbol in symbols)
        and query.get("side", order.side) == order.side
        and ("after" not in query or order.at > datetime.fromisoformat(query["after"]))
        and ("until" not in query or order.at < datetime.fromisoformat(query["until"]))
    )
