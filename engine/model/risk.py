from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class BindingLimit(StrEnum):
    """What bound the number of shares."""

    RISK = "risk"
    BUYING_POWER = "buying_power"
    HEADROOM = "headroom"
    EXPOSURE = "exposure"
    DESK = "desk"


LONGEST_REASON = 100
"""Characters of the longest verdict that is kept as a text."""
FACTS, FIGURE = 4, frozenset("-.0123456789")
"""Words of a verdict that is kept as a text, and what its figures are written with."""


class LimitUnit(StrEnum):
    """What a verdict's numbers count."""

    SHARES = "shares"
    DOLLARS = "dollars"
    SHARE_OF_EQUITY = "share_of_equity"
    COUNT = "count"
    BASIS_POINTS = "basis_points"
    SECONDS = "seconds"
    PRICE = "price"


def share_of(dollars: Decimal, equity: Decimal) -> Decimal:
    """Return dollars as a share of equity (0.015 = 1.5 %); anything is all of it where there is no equity to share."""
    if equity <= 0:
        return Decimal(1 if dollars > 0 else 0)
    return dollars / equity


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskVerdict:
    """What one risk rule says: its name, whether it allows the trade, the figure it looked at and the limit."""

    rule: str
    allowed: bool
    figure: Decimal
    limit: Decimal
    unit: LimitUnit

    @property
    def reason(self) -> str:
        """The verdict as the database and notices keep it: 'daily_loss 0.0312 0.03 share_of_equity'."""
        return f"{self.rule} {_plain(self.figure)} {_plain(self.limit)} {self.unit}"

    @classmethod
    def read(cls, text: str) -> "RiskVerdict | None":
        """Return the refusal that `reason` wrote, None for whatever else stands in its place."""
        words = text.split(" ") if len(text) <= LONGEST_REASON else []
        if len(words) != FACTS or not FIGURE.issuperset(words[1] + words[2]):
            return None
        rule, figure, limit, unit = words
        try:
            read = cls(rule=rule, allowed=False, figure=Decimal(figure), limit=Decimal(limit), unit=LimitUnit(unit))
        except (ValueError, ArithmeticError):
            return None
        # What a person wrote may look like one: just what `reason` would write is one.
        is_rule = rule.isascii() and rule.isidentifier() and rule.islower()
        return read if is_rule and read.reason == text else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizing:
    """How many shares, and why that many.

    `budget` is equity x the risk of one trade, in dollars; `unrounded` the shares that it buys, before rounding and
    caps; `cap` names what bound the number in the end. Risks are shares of equity (0.005 = 0.5 %).
    `target_distance` is the part of its price by which the target stands over the fill. `overnight_before` is what the
    worst 1 % of nights would cost without this trade, as a share of equity, `night_loss` what they take of its price;
    None where that is not known. `earnings_in` are the trading days to the company's earnings (0: today), None
    where these are not near.
    """

    shares: int
    entry: Decimal
    stop: Decimal
    target: Decimal
    equity: Decimal
    budget: Decimal
    unrounded: Decimal
    cap: BindingLimit
    risk_before: Decimal
    target_distance: Decimal
    overnight_before: Decimal | None = None
    night_loss: Decimal | None = None
    earnings_in: int | None = None

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
        return self.risk_before + share_of(self.planned_risk, self.equity)


def _plain(figure: Decimal) -> str:
    """Write a figure to a millionth, without zeros at the end or an exponent."""
    text = f"{figure:.6f}"
    return text.rstrip("0").rstrip(".")
