"""What happened in the account, as the broker itself tells it: executions, and what came by no order at all."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class ActivityKind(StrEnum):
    """What kind of change an activity is."""

    FILL = "fill"
    SPLIT = "split"
    RENAME = "rename"
    SPIN_OFF = "spin_off"
    MERGER = "merger"
    REMOVAL = "removal"
    TRANSFER = "transfer"
    CASH = "cash"
    DIVIDEND = "dividend"
    FEE = "fee"
    OTHER = "other"


NOBODY = "-"
"""In place of a trade's id: an activity that is none of our trades' business."""

MONEY = frozenset({ActivityKind.CASH, ActivityKind.DIVIDEND, ActivityKind.FEE})
"""Kinds that bring or take money without a trade: they are no gain and no loss of trading, but for an order's fees."""

EXCHANGES = frozenset({ActivityKind.SPLIT, ActivityKind.RENAME, ActivityKind.MERGER, ActivityKind.REMOVAL})
"""Kinds that tell of shares that were exchanged; a spin-off only adds others."""

ACTIONS = frozenset(
    {
        ActivityKind.SPLIT,
        ActivityKind.RENAME,
        ActivityKind.SPIN_OFF,
        ActivityKind.MERGER,
        ActivityKind.REMOVAL,
    }
)
"""Kinds by which a company changes what is held of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """One line of the account's history; `id` is the broker's own, `at` aware UTC.

    `shares` came in (below 0: went out), `dollars` likewise, but for those of a fill. `price` is what a share of a fill
    was dealt at, `order_id` the broker's id of its order.
    """

    id: str
    kind: ActivityKind
    at: datetime
    symbol: str = ""
    shares: Decimal = Decimal(0)
    price: Decimal | None = None
    dollars: Decimal = Decimal(0)
    order_id: str = ""

    @property
    def is_external(self) -> bool:
        """Whether it brought or took money by no trade. A fee that an order cost is a cost of trading."""
        return self.kind in MONEY and not self.order_id
