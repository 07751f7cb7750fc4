from decimal import Decimal

from engine.errors import SecondNeeded
from engine.model.desk import ENGINE
from engine.model.trade import Trade


class FourEyes:
    """Over a sum (dollars, None for no sum) two people approve a purchase. The engine counts as nobody."""

    def __init__(self, over: Decimal | None) -> None:
        self._over = over

    def are_needed(self, trade: Trade) -> bool:
        """Tell whether a trade costs so much that people must decide it, and two of them."""
        return self._over is not None and trade.shares * trade.sizing.entry > self._over

    def lack_one(self, trade: Trade, by: str) -> bool:
        """Tell whether somebody's approval is only the first of two; raises SecondNeeded where it cannot count."""
        if self._over is None or not self.are_needed(trade):
            return False
        if by in {ENGINE, trade.first_by}:
            raise SecondNeeded(trade.id, by, self._over)
        return not trade.first_by
