"""Orders in Alpaca's words and in ours; pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from engine.errors import OrderRefused
from engine.model.signal import Side
from engine.model.trade import PENDING_CANCEL, Entry, Order, OrderRole, OrderState

COVER = re.compile(r".+-cover-\d+")
"""The shape of our ids of purchases that end a short position."""

STATES: Mapping[str, OrderState] = {
    "new": OrderState.ACCEPTED,
    "accepted": OrderState.ACCEPTED,
    "pending_new": OrderState.ACCEPTED,
    PENDING_CANCEL: OrderState.ACCEPTED,
    "pending_replace": OrderState.ACCEPTED,
    "accepted_for_bidding": OrderState.ACCEPTED,
    "stopped": OrderState.ACCEPTED,
    "suspended": OrderState.ACCEPTED,
    "calculated": OrderState.ACCEPTED,
    "done_for_day": OrderState.ACCEPTED,
    "held": OrderState.HELD,
    "partially_filled": OrderState.PARTLY_FILLED,
    "filled": OrderState.FILLED,
    "canceled": OrderState.CANCELLED,
    "rejected": OrderState.REJECTED,
    "expired": OrderState.EXPIRED,
    "replaced": OrderState.REPLACED,
}

Raw = Mapping[str, Any]


def bracket(entry: Entry) -> dict[str, Any]:
    """Write an entry for regular hours, with its stop and target.

    The legs take over the time in force of the bracket: `day` would end them at the close, and leave a position
    without a stop overnight.
    """
    priced = {"type": "market"} if entry.limit is None else {"type": "limit", "limit_price": _money(entry.limit)}
    return _order(entry.client_order_id, entry.symbol, Side.BUY, entry.shares) | {
        **priced,
        "time_in_force": "gtc",
        "order_class": "bracket",
        "stop_loss": {"stop_price": _money(entry.stop)},
        "take_profit": {"limit_price": _money(entry.target)},
    }


def extended(entry: Entry) -> dict[str, Any]:
    """Write an entry for extended hours: Alpaca takes limit orders then, and no brackets."""
    if entry.limit is None:
        raise OrderRefused("outside regular hours an order needs a limit")
    return _order(entry.client_order_id, entry.symbol, Side.BUY, entry.shares) | {
        "type": "limit",
        "limit_price": _money(entry.limit),
        "time_in_force": "day",
        "extended_hours": True,
    }


def lone_stop(client_order_id: str, symbol: str, shares: int, stop: Decimal) -> dict[str, Any]:
    """Write a stop for shares that are held; a bracket would need a target too."""
    return _order(client_order_id, symbol, Side.SELL, shares) | {
        "type": "stop",
        "stop_price": _money(stop),
        "time_in_force": "gtc",
    }


def stop_and_target(client_order_id: str, symbol: str, shares: int, stop: Decimal, target: Decimal) -> dict[str, Any]:
    """Write a stop and a target for shares that are held, of which one ends the other."""
    return _order(client_order_id, symbol, Side.SELL, shares) | {
        "type": "limit",
        "time_in_force": "gtc",
        "order_class": "oco",
        "stop_loss": {"stop_price": _money(stop)},
        "take_profit": {"limit_price": _money(target)},
    }


def exit_order(client_order_id: str, symbol: str, shares: int) -> dict[str, Any]:
    """Write a sale at the market."""
    return _order(client_order_id, symbol, Side.SELL, shares) | {"type": "market", "time_in_force": "day"}


def cover_order(client_order_id: str, symbol: str, shares: int) -> dict[str, Any]:
    """Write a purchase at the market."""
    return _order(client_order_id, symbol, Side.BUY, shares) | {"type": "market", "time_in_force": "day"}


def change(order: Order, price: Decimal) -> dict[str, Any]:
    """Write another price of a stop or target."""
    if order.role not in {OrderRole.STOP, OrderRole.TARGET}:
        raise OrderRefused("only a stop or a target gets another price")
    return {"stop_price" if order.role is OrderRole.STOP else "limit_price": _money(price)}


def order_of(raw: Raw, legs: Iterable[Order] = ()) -> Order:
    """Read an order; raises one of NONSENSE where it is none. A status that nobody knows is UNKNOWN."""
    status, stop = str(raw["status"]), _number(raw.get("stop_price"))
    state = STATES.get(status, OrderState.UNKNOWN)
    filled = int(Decimal(raw.get("filled_qty") or 0))
    if filled and state is OrderState.ACCEPTED:
        state = OrderState.PARTLY_FILLED
    filled_at = raw.get("filled_at")
    return Order(
        broker_id=str(raw["id"]),
        client_order_id=str(raw["client_order_id"]),
        role=_role(raw),
        symbol=str(raw["symbol"]),
        side=Side(raw["side"]),
        shares=int(Decimal(raw.get("qty") or 0)),
        state=state,
        price=_number(raw.get("limit_price")) if stop is None else stop,
        filled_shares=filled,
        fill_price=_number(raw.get("filled_avg_price")),
        filled_at=instant(filled_at) if filled_at else None,
        reason=status if state is OrderState.UNKNOWN or status == PENDING_CANCEL else "",
        legs=tuple(legs),
    )


def instant(text: str) -> datetime:
    """Read an instant, aware UTC; raises ValueError for one without a time zone."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {text}")
    return at.astimezone(UTC)


def _role(raw: Raw) -> OrderRole:
    if raw["side"] == Side.BUY:
        return OrderRole.COVER if COVER.fullmatch(str(raw["client_order_id"])) else OrderRole.ENTRY
    if raw["type"] in {"stop", "stop_limit", "trailing_stop"}:
        return OrderRole.STOP
    is_leg = raw.get("order_class") not in {"simple", "", None}
    return OrderRole.TARGET if is_leg and raw["type"] == "limit" else OrderRole.EXIT


def _order(client_order_id: str, symbol: str, side: Side, shares: int) -> dict[str, Any]:
    return {"client_order_id": client_order_id, "symbol": symbol, "side": side.value, "qty": str(shares)}


def _money(price: Decimal) -> str:
    return f"{price:.2f}"


def _number(text: Any) -> Decimal | None:
    return None if text is None else Decimal(str(text))
