"""What Alpaca refuses of an order's shape, in its own codes and nearly its own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

CENT: Final = Decimal("0.01")
LONGEST_ID: Final = 128
MALFORMED: Final = 40010001
UNPROCESSABLE: Final = 42210000
FORBIDDEN: Final = 40310000
NOT_FOUND: Final = 40410000


class Refusal(Exception):
    """An answer of 4xx; `facts` stand beside its code and message."""

    def __init__(self, status: int, code: int, message: str, **facts: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, **facts}


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """An order as it was asked for, its shape found right."""

    symbol: str
    side: str
    kind: str
    qty: Decimal
    tif: str
    order_class: str
    limit: Decimal | None
    stop: Decimal | None
    take_profit: Decimal | None
    stop_loss: Decimal | None
    extended_hours: bool
    client_order_id: str

    @property
    def is_simple(self) -> bool:
        return self.order_class == "simple"


def read(body: Mapping[str, Any]) -> Ticket:
    """Read the body of POST /v2/orders; raises Refusal."""
    ticket = Ticket(
        symbol=str(body.get("symbol") or ""),
        side=_one_of(body, "side", "buy", "sell"),
        kind=_one_of(body, "type", "market", "limit", "stop"),
        qty=quantity(body.get("qty")),
        tif=_one_of(body, "time_in_force", "day", "gtc", "ioc", "fok"),
        order_class=_one_of({"order_class": "simple"} | dict(body), "order_class", "simple", "bracket", "oto", "oco"),
        limit=price_in(body, "limit_price"),
        stop=price_in(body, "stop_price"),
        take_profit=price_in(body.get("take_profit") or {}, "limit_price", "take_profit."),
        stop_loss=price_in(body.get("stop_loss") or {}, "stop_price", "stop_loss."),
        extended_hours=bool(body.get("extended_hours")),
        client_order_id=client_order_id_in(body),
    )
    _check_prices(ticket)
    _check_class(ticket)
    _check_hours(ticket)
    return ticket


def check_base(ticket: Ticket, base: Decimal) -> None:
    """Check a bracket's exits against its price, or the last one of the symbol."""
    if ticket.order_class not in {"bracket", "oto"}:
        return
    sign = 1 if ticket.side == "buy" else -1
    above, below = (">=", "<=") if sign > 0 else ("<=", ">=")
    edge = f"base_price {'+' if sign > 0 else '-'} 0.01", f"base_price {'-' if sign > 0 else '+'} 0.01"
    if ticket.take_profit is not None and sign * (ticket.take_profit - base) < CENT:
        raise unprocessable(f"take_profit.limit_price must be {above} {edge[0]}", base_price=str(base))
    if ticket.stop_loss is not None and sign * (base - ticket.stop_loss) < CENT:
        raise unprocessable(f"stop_loss.stop_price must be {below} {edge[1]}", base_price=str(base))


def price_in(body: Mapping[str, Any], name: str, prefix: str = "") -> Decimal | None:
    """Read a price; one between cents (under a dollar: between hundredths of a cent) is refused."""
    if body.get(name) is None:
        return None
    price = _decimal(body[name], prefix + name)
    if price <= 0:
        raise unprocessable(f"{prefix}{name} must be > 0")
    if price != price.quantize(CENT if price >= 1 else CENT / 100):
        words = "sub-penny increment does not fulfill minimum pricing criteria"
        raise unprocessable(f"invalid {prefix}{name} {price}. {words}")
    return price


def quantity(given: Any) -> Decimal:
    if given is None:
        raise malformed("qty is required")
    qty = _decimal(given, "qty")
    if qty <= 0:
        raise malformed("qty must be > 0")
    return qty


def client_order_id_in(body: Mapping[str, Any]) -> str:
    given = str(body.get("client_order_id") or "")
    if len(given) > LONGEST_ID:
        raise malformed(f"client_order_id must be no more than {LONGEST_ID} characters")
    return given


def bad_request(message: str) -> Refusal:
    """Refuse as the market data API does."""
    return Refusal(400, MALFORMED, message)


def malformed(message: str) -> Refusal:
    return Refusal(422, MALFORMED, message)


def unprocessable(message: str, **facts: str) -> Refusal:
    return Refusal(422, UNPROCESSABLE, message, **facts)


def forbidden(message: str, **facts: str) -> Refusal:
    return Refusal(403, FORBIDDEN, message, **facts)


def not_found(message: str) -> Refusal:
    return Refusal(404, NOT_FOUND, message)


def _one_of(body: Mapping[str, Any], name: str, *allowed: str) -> str:
    value = body.get(name)
    if value not in allowed:
        raise malformed(f"invalid {name}: {value}")
    return str(value)


def _decimal(given: Any, name: str) -> Decimal:
    try:
        value = Decimal(str(given))
    except InvalidOperation:
        raise malformed(f"invalid {name}: {given}") from None
    if not value.is_finite():
        raise malformed(f"invalid {name}: {given}")
    return value


def _check_prices(ticket: Ticket) -> None:
    if ticket.order_class == "oco":
        return  # its limit is that of take_profit
    needs = {"limit": {"limit"}, "stop": {"stop"}, "market": set()}[ticket.kind]
    has = {name for name in ("limit", "stop") if getattr(ticket, name) is not None}
    for name in sorted(needs - has):
        raise malformed(f"{ticket.kind} orders require {name} price")
    for name in sorted(has - needs):
        raise malformed(f"{ticket.kind} orders must not have {name}_price")


def _check_class(ticket: Ticket) -> None:
    exits = {"take_profit.limit_price": ticket.take_profit, "stop_loss.stop_price": ticket.stop_loss}
    missing = [name for name, price in exits.items() if price is None]
    if ticket.is_simple:
        return  # exits are dropped without a word, as Alpaca does with fields that it does not expect
    if ticket.order_class == "oto" and len(missing) != 1:
        raise malformed("oto orders require either take_profit.limit_price or stop_loss.stop_price")
    if ticket.order_class != "oto" and missing:
        raise malformed(f"{ticket.order_class} orders require {missing[0]}")
    if ticket.order_class == "oco" and ticket.kind != "limit":
        raise malformed("oco orders must be limit orders")
    if ticket.qty != ticket.qty.to_integral_value():
        raise unprocessable("fractional orders must be simple orders")
    if ticket.tif not in {"day", "gtc"}:
        raise unprocessable(f"{ticket.order_class} orders must be day or gtc orders")


def _check_hours(ticket: Ticket) -> None:
    if ticket.extended_hours and (ticket.kind != "limit" or ticket.tif not in {"day", "gtc"} or not ticket.is_simple):
        raise unprocessable("extended hours order must be DAY or GTC limit orders")
    if ticket.qty != ticket.qty.to_integral_value() and ticket.tif != "day":
        raise unprocessable("fractional orders must be DAY orders")
