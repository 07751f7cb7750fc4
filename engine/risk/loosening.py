"""Which change of a limit lets the desk risk more: said once, for every limit.

A limit from above is looser the higher it is, one from below the lower; where there is none, nothing is looser. What
is not listed here has no safe side, so any change of it counts as looser.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class LooseSide:
    """On which side a limit is loose; `zero_is_none` where 0 stands for no limit."""

    is_from_above: bool
    zero_is_none: bool = False


MOST = LooseSide(is_from_above=True)
MOST_IF_ANY = LooseSide(is_from_above=True, zero_is_none=True)
LEAST = LooseSide(is_from_above=False)

SIDES: Mapping[str, LooseSide] = {
    "risk_per_trade": MOST,
    "risk_ceiling": MOST,
    "risk_warning": MOST,
    "price_drift": MOST,
    "max_exposure": MOST,
    "max_overnight_risk": MOST,
    "max_spread_bp": MOST,
    "max_price_age_seconds": MOST,
    "max_daily_loss": MOST_IF_ANY,
    "max_drawdown": MOST_IF_ANY,
    "losing_streak": MOST_IF_ANY,
    "max_trades_a_day": MOST_IF_ANY,
    "max_open_positions": MOST_IF_ANY,
    "drawdown_days": LEAST,
    "losses_halt": LEAST,
    "losing_streak_seconds": LEAST,
    "stop_cooldown_seconds": LEAST,
    "min_price": LEAST,
    "min_volume": LEAST,
    "last_entry_seconds": LEAST,
    "slippage": LEAST,
    "foreign_risk": LEAST,
    "other_assets_risk": LEAST,
    "cover_shorts": LEAST,
    "protect_foreign": LEAST,
}
"""The loose side of each setting; a switch counts as 1 or 0."""

UNLIMITED = Decimal("Infinity")


def is_looser(name: str, before: Decimal | None, after: Decimal | None) -> bool:
    """Tell whether a setting's figure after a change lets the desk risk more than the one before; None is no limit."""
    if before == after:
        return False
    side = SIDES.get(name)
    return side is None or _looseness(after, side) > _looseness(before, side)


def _looseness(figure: Decimal | None, side: LooseSide) -> Decimal:
    if figure is None or (side.zero_is_none and figure == 0):
        return UNLIMITED
    return figure if side.is_from_above else -figure
