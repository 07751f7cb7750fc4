from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Cap(StrEnum):
    """What bound the number of shares."""

    RISK = "risk"
    BUYING_POWER = "buying_power"
    HEADROOM = "headroom"
    EXPOSURE = "exposure"
    DESK = "desk"


class Unit(StrEnum):
    """What a verdict's numbers count."""

    SHARES = "shares"
    DOLLARS = "dollars"
    SHARE_OF_EQUITY = "share_of_equity"
    COUNT = "count"
    BASIS_POINTS = "basis_points"
    SECONDS = "seconds"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What one risk rule says: its name, whether it allows the trade, the figure it looked at and the limit."""

    rule: str
    allowed: bool
    figure: Decimal
    limit: Decimal
    unit: Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizing:
    """How many shares, and why that many.

    `budget` is equity x the risk of one trade, in dollars; `unrounded` the shares that it buys, before rounding and
    caps; `cap` names what bound the number in the end. Risks are shares of equity (0.005 = 0.5 %).
    """

    shares: int
    entry: Decimal
    stop: Decimal
    target: Decimal
    equity: Decimal
    budget: Decimal
    unrounded: Decimal
    cap: Cap
    risk_before: Decimal

    @property
    def cost(self) -> Decimal:
        """Dollars that the shares cost at the planned entry."""
        return self.shares * self.entry

    @property
    def planned_risk(self) -> Decimal:
        """Dollars lost if the stop is hit after an entry as planned."""
        return self.shares * max(Decimal(0), self.entry - self.stop)

    @property
    def risk_after(self) -> Decimal:
        """Open risk with this trade, as a share of equity."""
        return self.risk_before + self.planned_risk / self.equity
