from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from engine.model.record import Record
from engine.model.risk import share_of
from engine.model.trade import Trade, TradeState


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
    def value(self) -> Decimal:
        """Dollars at the last price."""
        return self.units * self.price

    @property
    def unrealised(self) -> Decimal:
        """Dollars won or lost so far."""
        return self.units * (self.price - self.cost)


@dataclass(frozen=True, kw_only=True, slots=True)
class NotClosed:
    """What was to be closed and was not: a position by its symbol, an order by the broker's id; `reason` is theirs."""

    what: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """The broker's account and positions beside our trades that carry risk (approved to closing), and our record.

    `buying` has the shares that the entry of a trade already open may still buy, by trade id. `stopless` is the part of
    its price that counts as the risk of a share that no trade of ours holds (0.015 = 1.5 %), for it has no stop.
    """

    account: Account
    positions: tuple[Position, ...]
    trades: tuple[Trade, ...]
    buying: Mapping[str, int]
    record: Record
    stopless: Decimal

    @cached_property
    def risk(self) -> Decimal:
        """Dollars lost if every stop is hit, also on what is still to be bought, and the risk of what is not ours."""
        ours = sum(map(self.risk_of, self.trades), Decimal(0))
        return ours + sum(map(self.risk_beyond, self.foreign), Decimal(0))

    def risk_of(self, trade: Trade) -> Decimal:
        """Dollars lost if a trade's stop is hit, also on what its entry may still buy."""
        return trade.risk + self._still_bought(trade)

    def risk_beyond(self, position: Position) -> Decimal:
        """Dollars that count as the risk of shares that no trade of ours holds."""
        return abs(position.value) * self.stopless

    @property
    def open_risk(self) -> Decimal:
        """Risk as a share of equity (0.015 = 1.5 %); 1 where nothing is left to share."""
        return share_of(self.risk, self.account.equity)

    @cached_property
    def foreign(self) -> tuple[Position, ...]:
        """Return the positions that no trade of ours holds, each cut down to the shares beyond ours.

        Shares that are on their way in count as ours, for the broker may have filled them a moment before we know.
        """
        ours = Counter[str]()
        for trade in self.trades:
            if trade.state is not TradeState.APPROVED:
                ours[trade.symbol] += trade.exposed_shares + self.buying.get(trade.id, 0)
        beyond = [replace(held, shares=_beyond(held.shares, ours[held.symbol])) for held in self.positions]
        return tuple(position for position in beyond if position.shares)

    @property
    def open_loss(self) -> Decimal:
        """Dollars that our trades would lose at the last prices, those that would win left out."""
        prices = {position.symbol: position.price for position in self.positions}
        moved = (
            trade.held_shares * (prices[trade.symbol] - trade.entry) for trade in self.trades if trade.symbol in prices
        )
        return -sum((gain for gain in moved if gain < 0), Decimal(0))

    @property
    def buying_power(self) -> Decimal:
        """What the broker lends, in dollars, less what is approved and not yet known to it."""
        promised = (trade.cost for trade in self.trades if trade.state is TradeState.APPROVED)
        return self.account.buying_power - sum(promised, Decimal(0))

    @property
    def symbols(self) -> frozenset[str]:
        """Every symbol that is held or about to be."""
        return frozenset(trade.symbol for trade in self.trades) | {position.symbol for position in self.positions}

    def slips(self, slippage: Decimal) -> Decimal:
        """Return the dollars lost if all that is not yet bought fills worse than planned by that part of its price.

        They would be taken from equity and added to the risk: the stops stay where they are.
        """
        unfilled = (self._unfilled(trade) * trade.sizing.entry for trade in self.trades)
        return slippage * sum(unfilled, Decimal(0))

    def position(self, symbol: str) -> Position | None:
        """Return the position in a symbol, if there is one."""
        return next((position for position in self.positions if position.symbol == symbol), None)

    def _still_bought(self, trade: Trade) -> Decimal:
        """Dollars at risk on what an open trade may still buy; before it is open, its own risk has them."""
        return self.buying.get(trade.id, 0) * max(Decimal(0), trade.entry - trade.stop)

    def _unfilled(self, trade: Trade) -> int:
        if trade.state in {TradeState.APPROVED, TradeState.SUBMITTED}:
            return max(0, trade.shares - trade.filled_shares)
        return self.buying.get(trade.id, 0)


def _beyond(held: int, ours: int) -> int:
    """Return the shares beyond ours; all of them where they are sold short, which we never do."""
    return held if held < 0 else max(0, held - ours)
