"""At what a bar's prices are dealt: the paper broker's prices, with a quote put around each price that a bar shows.

    bought at the ask, sold at the bid, each worse by the slippage, to the cent; a target at its price or better

The spread is never under a cent, as no exchange quotes less; it is nothing only where no spread is to be paid at all.
"""

from dataclasses import dataclass
from decimal import Decimal

from engine.adapters.paper.quotes import BASIS_POINT, slipped
from engine.model.backtest import Costs
from engine.model.money import CENT
from engine.model.signal import Side

TICK = Decimal("0.0001")
"""The smallest step of a price in a backtest's bars, dollars."""


def dollars(price: float) -> Decimal:
    """Return a bar's price, which is in whole ticks, as money."""
    return Decimal(str(float(price)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Dealing:
    """What is paid and got at a price, dollars a share."""

    costs: Costs

    def half_spread(self, price: Decimal) -> Decimal:
        """Return how far bid and ask are from a price."""
        part = self.costs.spread_bp * BASIS_POINT
        return max(price * part, CENT) / 2 if part else Decimal(0)

    def bid(self, price: Decimal) -> Decimal:
        """Return what others would pay while a symbol trades at a price."""
        return max(TICK, price - self.half_spread(price))

    def ask(self, price: Decimal) -> Decimal:
        """Return what others would take for a share while a symbol trades at a price."""
        return price + self.half_spread(price)

    def bought_at(self, price: Decimal) -> Decimal:
        """Return what a purchase at the market pays."""
        return slipped(self.ask(price), Side.BUY, self.costs.slippage_bp)

    def sold_at(self, price: Decimal) -> Decimal:
        """Return what a sale at the market gets."""
        return slipped(self.bid(price), Side.SELL, self.costs.slippage_bp)

    def reckoned_at(self, price: Decimal) -> Decimal:
        """Return what the broker expects a purchase to pay before it deals: it goes by the last price alone."""
        return slipped(price, Side.BUY, self.costs.slippage_bp)

    def reaches(self, target: Decimal, price: Decimal) -> bool:
        """Tell whether a target is sold at a price: somebody bids that much, or it traded past it."""
        return price > target or self.bid(price) >= target

    def past(self, target: Decimal, opened: Decimal, high: Decimal) -> Decimal:
        """Return the first price at which a target is sold in a bar that goes from its open to its high."""
        return max(opened, min(high, target + TICK))

    def under(self, stop: Decimal, opened: Decimal) -> Decimal:
        """Return the first price at which a stop is hit in a bar that falls to it, or opened under it already."""
        return min(stop, opened)

    def target_at(self, target: Decimal, price: Decimal) -> Decimal:
        """Return what a target gets that a price reached."""
        return max(target, self.sold_at(price))

    def most_shares(self, volume: float) -> int:
        """Return the most shares that one side gets in a bar of a volume."""
        return int(self.costs.participation * int(volume))
