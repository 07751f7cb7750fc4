"""An order as Alpaca keeps it, and as it is told in JSON."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

Json = dict[str, Any]

PENDING_CANCEL: Final = "pending_cancel"
LIVE: Final = frozenset({"new", "partially_filled", "accepted", "pending_new", PENDING_CANCEL})
"""What the list of open orders shows. A held leg is alive too, and missing there."""
ALIVE: Final = LIVE | {"held"}

_ASSETS: Final = uuid.UUID("b0b6dd9d-8b9b-48a9-ba46-b9d54906e415")


@cache
def asset_id(symbol: str) -> str:
    return str(uuid.uuid5(_ASSETS, symbol))


def number(value: Decimal) -> str:
    """Write a number as Alpaca does, without zeros that say nothing."""
    return format(value.normalize() + Decimal(0), "f")


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(kw_only=True, eq=False)
class Order:
    """One order. Those of a bracket share a `group`, whose first has them as its `legs`."""

    symbol: str
    side: str
    kind: str
    qty: Decimal
    tif: str
    order_class: str
    status: str
    at: datetime
    expires_at: datetime
    client_order_id: str
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    extended_hours: bool = False
    group: str = ""
    role: str = ""
    is_leg: bool = False
    replaces: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    legs: list["Order"] = field(default_factory=list)
    filled_qty: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    ended: dict[str, datetime] = field(default_factory=dict)
    replaced_by: str = ""
    updated_at: datetime | None = None
    was_held: bool = False

    @property
    def is_alive(self) -> bool:
        return self.status in ALIVE

    @property
    def is_held(self) -> bool:
        """Tell whether it waits for its entry or beside its target, also while its cancel is pending."""
        return self.status == "held" or (self.status == PENDING_CANCEL and self.was_held)

    @property
    def is_live(self) -> bool:
        """Tell whether it is at the market, and binds what it would sell."""
        return self.status in LIVE and not self.is_held

    @property
    def remaining(self) -> Decimal:
        return self.qty - self.filled_qty

    @property
    def sign(self) -> int:
        return 1 if self.side == "buy" else -1

    def move(self, status: str, at: datetime) -> None:
        """Change the status; an end is dated."""
        self.was_held = self.status == "held" and status == PENDING_CANCEL
        self.status, self.updated_at = status, at
        if status in {"filled", "canceled", "expired", "replaced", "rejected"}:
            self.ended["failed" if status == "rejected" else status] = at

    def told(self, *, nested: bool = True) -> Json:
        """Return the order in JSON, with its legs if `nested`."""
        told = self._identity() | self._terms() | self._state()
        told["legs"] = [leg.told(nested=False) for leg in self.legs] if nested and self.legs else None
        return told | ({"group_id": self.group, "group_role": self.role} if self.group else {})

    def _identity(self) -> Json:
        return {
            "id": self.id,
            "client_order_id": self.client_order_id,
            "asset_id": asset_id(self.symbol),
            "symbol": self.symbol,
            "asset_class": "us_equity",
        }

    def _terms(self) -> Json:
        return {
            "notional": None,
            "qty": number(self.qty),
            "order_class": self.order_class,
            "order_type": self.kind,
            "type": self.kind,
            "side": self.side,
            "position_intent": "buy_to_open" if self.side == "buy" else "sell_to_close",
            "time_in_force": self.tif,
            "limit_price": None if self.limit_price is None else number(self.limit_price),
            "stop_price": None if self.stop_price is None else number(self.stop_price),
            "extended_hours": self.extended_hours,
            "trail_percent": None,
            "trail_price": None,
            "hwm": None,
        }

    def _state(self) -> Json:
        ends = ("filled", "expired", "canceled", "failed", "replaced")
        return {
            "status": self.status,
            "filled_qty": number(self.filled_qty),
            "filled_avg_price": number(round(self.paid / self.filled_qty, 6)) if self.filled_qty else None,
            "created_at": moment(self.at),
            "submitted_at": moment(self.at),
            "updated_at": moment(self.updated_at or self.at),
            "expires_at": moment(self.expires_at),
            "replaced_by": self.replaced_by or None,
            "replaces": self.replaces or None,
        } | {f"{end}_at": moment(self.ended[end]) if end in self.ended else None for end in ends}
