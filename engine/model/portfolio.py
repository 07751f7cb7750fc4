from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from engine.model.trade import Trade


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """The account as the broker shows it, in dollars; without `margin` the buying power is the cash."""

    equity: Decimal
    cash: Decimal
    buying_power: Decimal
    margin: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """Shares held of a symbol, their average cost and their last price, dollars a share."""

    symbol: str
    shares: int
    cost: Decimal
    price: Decimal

    @property
    def value(self) -> Decimal:
        """Dollars at the last price."""
        return self.shares * self.price

    @property
    def unrealised(self) -> Decimal:
        """Dollars won or lost so far."""
        return self.shares * (self.price - self.cost)


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """The broker's account and positions beside our trades that carry risk (approved to closing)."""

    account: Account
    positions: tuple[Position, ...]
    trades: tuple[Trade, ...]

    @cached_property
    def risk(self) -> Decimal:
        """Dollars lost if every stop is hit."""
        return sum((trade.risk for trade in self.trades), Decimal(0))

    @property
    def open_risk(self) -> Decimal:
        """Risk as a share of equity (0.015 = 1.5 %); 1 where nothing is left to share."""
        if self.account.equity <= 0:
            return Decimal(1 if self.risk else 0)
        return self.risk / self.account.equity

    def position(self, symbol: str) -> Position | None:
        """Return the position in a symbol, if there is one."""
        return next((position for position in self.positions if position.symbol == symbol), None)

    def trade_of(self, symbol: str) -> Trade | None:
        """Return our trade in a symbol, if there is one."""
        return next((trade for trade in self.trades if trade.symbol == symbol), None)
