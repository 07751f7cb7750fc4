from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from engine.model.trade import ExitReason


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeOutcome:
    """How a trade ended: dollars won or lost, why it was sold, and when (aware UTC)."""

    symbol: str
    result: Decimal
    reason: ExitReason | None
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeRecord:
    """What the desk did lately, as the rules look at it. The day is the exchange's, money is in dollars.

    `entries` counts the trades that were entered today, `realised` is what today's ended trades won or lost together.
    Both, the equity with which the day began and the peak
    are in the money of now: as though what came in or went out since had always been there.

    `losses` counts the losing trades in a row up to the last, no further than the rules ask; the last of them ended at
    `lost_at`. `stopped` tells when a symbol's last stop was hit. The equity with which the day began and the peak of it
    are None before the first point of the curve.
    """

    entries: int = 0
    realised: Decimal = Decimal(0)
    losses: int = 0
    lost_at: datetime | None = None
    stopped: Mapping[str, datetime] = field(default_factory=dict)
    day_equity: Decimal | None = None
    peak_equity: Decimal | None = None
