"""What the broker shows of the account: its money and its positions."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """The account as the broker shows it, in dollars; without `margin` the buying power is the cash."""

    equity: Decimal
    cash: Decimal
    buying_power: Decimal
    margin: bool


class AssetKind(StrEnum):
    """What a position is of."""

    STOCK = "stock"
    OPTION = "option"
    CRYPTO = "crypto"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """What is held of a symbol (below 0: sold short), its average cost and its last price, dollars a unit.

    Of what is no stock `shares` is 0: it has none that could be sold or protected, and `quantity` tells how much it is,
    of `multiplier` units each (an option's contract is of 100 shares).
    """

    symbol: str
    shares: int
    cost: Decimal
    price: Decimal
    kind: AssetKind = AssetKind.STOCK
    quantity: Decimal | None = None
    multiplier: int = 1

    @property
    def units(self) -> Decimal:
        """How much a dollar of its price is worth."""
        return (Decimal(self.shares) if self.quantity is None else self.quantity) * self.multiplier

    @property
    def is_short(self) -> bool:
        """Whether it was sold short."""
        return (self.shares if self.quantity is None else self.quantity) < 0

    @property
    def value(self) -> Decimal:
        """Dollars at the last price."""
        return self.units * self.price

    @property
    def unrealised(self) -> Decimal:
        """Dollars won or lost so far."""
        return self.units * (self.price - self.cost)


@dataclass(frozen=True, kw_only=True, slots=True)
class CloseFailure:
    """What was to be closed and was not: a position by its symbol, an order by the broker's id; `reason` is theirs."""

    what: str
    reason: str
