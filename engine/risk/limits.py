from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The desk's limits; risks, distances and tolerances are fractions (0.005 = 0.5 %), None means no limit."""

    per_trade: Decimal = Decimal("0.005")
    ceiling: Decimal = Decimal("0.02")
    warning: Decimal = Decimal("0.016")
    stop_distance: Decimal = Decimal("0.015")
    target_distance: Decimal = Decimal("0.03")
    rounding: Decimal = Decimal("0.001")
    price_drift: Decimal = Decimal("0.005")
    spread_bp: int = 50
    price_age_seconds: int = 90
    exposure: Decimal | None = None
