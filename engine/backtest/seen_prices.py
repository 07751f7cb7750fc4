from decimal import Decimal

from engine.backtest.prices import BarPrices

BEFORE = -1
"""The moment before the first: a bar's open is twice its number, its close is one more."""
UNSEEN = BEFORE - 1, Decimal("NaN")


class SeenPrices:
    """The last price of each symbol, by its column, dollars a share; most are never asked for, so none is kept ready.

    `version` is another one whenever any may have changed.
    """

    def __init__(self, prices: BarPrices) -> None:
        self.version = 0
        self._prices = prices
        self._moment = BEFORE
        self._seen: dict[int, tuple[int, Decimal]] = {}

    def begin_bar(self, bar: int) -> None:
        """Come to the open of a bar."""
        self._moment = 2 * bar
        self.version += 1

    def end_bar(self) -> None:
        """Come to the close of the bar."""
        self._moment |= 1
        self.version += 1

    def see(self, column: int, price: Decimal) -> Decimal:
        """Take in the price at which a symbol trades now, and return it."""
        self._seen[column] = self._moment, price
        self.version += 1
        return price

    def price(self, column: int) -> Decimal:
        """Return what was seen since the bar's open, or its close, began; else that itself."""
        moment, price = self._seen.get(column, UNSEEN)
        if moment != self._moment:
            price = self._prices.at(self._moment, column, price)
            self._seen[column] = self._moment, price
        return price

    def last(self, column: int) -> Decimal | None:
        """Return a symbol's price, None before the first."""
        price = self.price(column)
        return None if price.is_nan() else price
