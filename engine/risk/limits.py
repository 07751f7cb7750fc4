from dataclasses import dataclass
from decimal import Decimal

from engine.model.overnight import EarningsGuard


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The desk's limits; risks, losses, distances and tolerances are fractions (0.005 = 0.5 %), None means no limit.

    `slippage` is the part of its price by which an entry may fill worse than planned and still keep open risk under the
    ceiling; `foreign_risk` the part of its value that a position which is not ours counts as risk, `other_assets_risk`
    the same of what is no stock. The peak of equity
    is that of the last `drawdown_days`. `losses_halt` halts the desk at the limit of the day's loss or the drawdown.
    `overnight` is the most that the worst nights may cost with the trade in it; from `earnings_days`
    trading days before a company's earnings until they are out, `earnings_guard` says what becomes of a purchase.
    """

    per_trade: Decimal = Decimal("0.005")
    ceiling: Decimal = Decimal("0.02")
    warning: Decimal = Decimal("0.016")
    stop_distance: Decimal = Decimal("0.015")
    target_distance: Decimal = Decimal("0.03")
    rounding: Decimal = Decimal("0.001")
    slippage: Decimal = Decimal("0.005")
    foreign_risk: Decimal = Decimal("0.015")
    other_assets_risk: Decimal = Decimal(1)
    price_drift: Decimal = Decimal("0.005")
    spread_bp: int = 50
    price_age_seconds: int = 90
    exposure: Decimal | None = None
    daily_loss: Decimal | None = Decimal("0.03")
    drawdown: Decimal | None = Decimal("0.1")
    drawdown_days: int = 30
    losing_streak: int | None = 4
    losing_streak_seconds: int = 3600
    stop_cooldown_seconds: int | None = 3600
    trades_a_day: int | None = 20
    open_positions: int | None = 10
    min_price: Decimal | None = Decimal(5)
    min_volume: int | None = None
    losses_halt: bool = False
    overnight: Decimal | None = None
    earnings_days: int | None = None
    earnings_guard: EarningsGuard = EarningsGuard.BLOCK


class LimitsInForce:
    """The limits as they stand `now`: one for all stages, so that a change holds for all of them at once."""

    def __init__(self, limits: Limits) -> None:
        self.now = limits
