"""The calculator behind /size: an amount in the unit that a person thinks in, and what it comes to."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.model.risk import RiskVerdict
from engine.model.trade import Trade


class AmountKind(StrEnum):
    """What an amount counts: shares, dollars of cost, the cost or the risk as a part of equity."""

    SHARES = "shares"
    DOLLARS = "dollars"
    EQUITY = "equity"
    RISK = "risk"


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """How much somebody thinks of buying; parts of equity are fractions (0.05 = 5 %)."""

    kind: AmountKind
    figure: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Calculation:
    """A purchase worked out: what it costs and risks, the most that every limit allows, and what binds it.

    `trade` is the proposal that it is about, None for a symbol that is not proposed. Prices are in dollars a share,
    `risk_before` and `risk_after` are open risk as shares of equity. `broken` is what another rule says against it.
    """

    symbol: str
    trade: Trade | None
    shares: int
    most: int
    bound_by: str
    entry: Decimal
    stop: Decimal
    target: Decimal
    cost: Decimal
    risk: Decimal
    equity: Decimal
    risk_before: Decimal
    risk_after: Decimal
    broken: RiskVerdict | None

    @property
    def is_allowed(self) -> bool:
        """Whether no limit speaks against so many shares now."""
        return 1 <= self.shares <= self.most and self.broken is None
