"""What a stop, a target or a trail that somebody asks for must be; pure. Each raises BadExit with the field named."""

from decimal import Decimal
from typing import Final

from engine.errors import BadExit
from engine.model.money import CENT

FARTHEST: Final = 10
"""Times the market's price over which a target is taken for a slip of the finger."""
WIDEST_ATR: Final = 100
STOP, TARGET, TRAIL = "stop", "target", "trail"


def check_stop(price: Decimal, market: Decimal) -> None:
    """Refuse a stop that would sell at once, or that is no price; `market` is the last price, dollars a share."""
    _check_price(STOP, price)
    if price >= market:
        raise BadExit(STOP, "over_market", str(price), market)


def check_target(price: Decimal, market: Decimal) -> None:
    """Refuse a target that would sell at once, that is far out of reach, or that is no price."""
    _check_price(TARGET, price)
    if price <= market:
        raise BadExit(TARGET, "under_market", str(price), market)
    if price >= FARTHEST * market:
        raise BadExit(TARGET, "far", str(price), market)


def check_trail(part: Decimal | None, ranges: Decimal | None) -> None:
    """Refuse a trail of nothing and one of all; a part of the price, or average true ranges."""
    if part is not None and not 0 < part < 1:
        raise BadExit(TRAIL, "trail_part", f"{(part * 100).normalize():f}%")
    if ranges is not None and not 0 < ranges <= WIDEST_ATR:
        raise BadExit(TRAIL, "trail_ranges", f"{ranges:f}")


def _check_price(field: str, price: Decimal) -> None:
    if not price.is_finite() or price <= 0:
        raise BadExit(field, "no_price", str(price))
    if price != price.quantize(CENT):
        raise BadExit(field, "cents", str(price))
