"""The account of a simulation: cash, trades and prices, and the portfolio that the rules judge.

It deals as the paper broker does, see `engine/adapters/paper/matching_engine.py`: the same money is lent, the same fees
are taken, a purchase that the account cannot pay ends its order.
"""

from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from engine.backtest.dealing import Dealing
from engine.backtest.desk_rules import DeskRules
from engine.backtest.held_trade import HeldTrade
from engine.backtest.prices import BarPrices
from engine.backtest.seen_prices import SeenPrices
from engine.backtest.track import SimulatedRecord
from engine.model.account import Account, Position
from engine.model.exit_plan import running_shares
from engine.model.money import ZERO
from engine.model.portfolio import Portfolio
from engine.model.trade import ExitReason
from engine.model.trade_record import TradeOutcome
from engine.risk.sizing import target_for


class SimulatedAccount:
    """Money and trades, and the prices that were `seen`.

    `left_alone` tells since when a symbol is, by its column; `fills` counts purchases and sales, `changes` whatever the
    rules would see differently from then on.
    """

    def __init__(self, cash: Decimal, rules: DeskRules, dealing: Dealing, prices: BarPrices) -> None:
        self.cash = cash
        self.trades: list[HeldTrade] = []
        self.left_alone: dict[int, datetime] = {}
        self.fills = self.changes = 0
        self.seen = SeenPrices(prices)
        self.record = SimulatedRecord(rules.limits)
        self._rules = rules
        self._dealing = dealing
        self._judged: Portfolio | None = None
        self._standing: Portfolio | None = None
        self._value = (-1, -1), ZERO
        self._dealt: dict[tuple[int, bool], int] = {}

    def begin_bar(self, bar: int) -> None:
        """Come to the open of a bar, in which nothing is dealt yet."""
        self.seen.begin_bar(bar)
        self._dealt.clear()

    @property
    def equity(self) -> Decimal:
        """Dollars of cash and of what is held, at last prices."""
        return self.cash + self.value

    @property
    def value(self) -> Decimal:
        """Dollars of what is held, at last prices."""
        now = self.seen.version, self.fills
        if self._value[0] != now:
            held = (trade for trade in self.trades if trade.held)
            self._value = now, sum((trade.held * self.seen.price(trade.column) for trade in held), ZERO)
        return self._value[1]

    @property
    def spendable(self) -> Decimal:
        """Dollars that may be spent: with margin up to the equity once more."""
        return self._spendable(self.value)

    @property
    def buying_power(self) -> Decimal:
        """Dollars that may be spent on a new order, less what others may still take."""
        return self._unreserved(self.spendable)

    def _spendable(self, value: Decimal) -> Decimal:
        return 2 * self.cash + value if self._rules.margin else self.cash

    def _unreserved(self, spendable: Decimal) -> Decimal:
        reserved = sum((each.buying * self.market_price(each.column) for each in self.trades if each.buying), ZERO)
        return max(ZERO, spendable - reserved)

    def market_price(self, column: int) -> Decimal:
        """Return what the broker reckons a share to cost at the market, for what it lets through."""
        return self._dealing.reckoned_at(self.seen.price(column))

    def portfolio(self, now: datetime, today: datetime) -> Portfolio:
        """Return what the rules judge at an instant of a day that began at New York's midnight `today`."""
        value = self.value
        account = Account(
            equity=self.cash + value,
            cash=self.cash,
            buying_power=self._unreserved(self._spendable(value)),
            margin=self._rules.margin,
        )
        positions = tuple(
            Position(symbol=each.symbol, shares=each.held, cost=each.entry, price=self.seen.price(each.column))
            for each in sorted(self.trades, key=attrgetter("symbol"))
            if each.held
        )
        record, trades = self.record.at(now, today), tuple([each.as_trade() for each in self.trades])
        if self._judged is not None and trades == self._judged.trades:
            self._judged = self._judged.repriced(account, positions, record)
        else:
            self._judged = Portfolio(
                account=account,
                positions=positions,
                trades=trades,
                buying={each.id: each.buying for each in self.trades if each.bought and each.buying},
                stops={each.id: stops for each in self.trades if (stops := each.stops)},
                record=record,
                stopless=self._rules.limits.foreign_risk,
                other_assets=self._rules.limits.other_assets_risk,
            )
        return self._judged

    def standing(self, now: datetime, today: datetime) -> Portfolio:
        """Return what the rules see that look at no dollar: which symbols are held, and the record."""
        record, trades = self.record.without_dollars(now, today), tuple([each.as_trade() for each in self.trades])
        if self._standing is not None and trades == self._standing.trades:
            self._standing = self._standing.repriced(self._standing.account, (), record)
        else:
            self._standing = Portfolio(
                account=Account(equity=ZERO, cash=ZERO, buying_power=ZERO, margin=self._rules.margin),
                positions=(),
                trades=trades,
                buying={},
                stops={},
                record=record,
                stopless=self._rules.limits.foreign_risk,
                other_assets=self._rules.limits.other_assets_risk,
            )
        return self._standing

    def trade_in(self, column: int) -> HeldTrade | None:
        """Return the trade in a symbol, None where there is none."""
        return next((trade for trade in self.trades if trade.column == column), None)

    def rests(self, column: int, now: datetime) -> bool:
        """Tell whether a symbol's last trade is over too lately for another one."""
        since = self.left_alone.get(column)
        return since is not None and now - since < self._rules.quiet

    # Dealing

    def buy(self, trade: HeldTrade, price: Decimal, bar: int, most: int) -> bool:
        """Fill an entry at a price, no more than `most` shares in a bar; False, and it ends, where money is lacking."""
        shares = self._shares(trade, trade.buying, most, buys=True)
        if shares * price > self.spendable:
            trade.buying = 0
            return False
        if shares:
            if not trade.bought:
                trade.first_fill = bar
            trade.bought += shares
            trade.held += shares
            trade.buying -= shares
            trade.paid += shares * price
            self.cash -= shares * price
            self._note(trade, shares, buys=True)
        return True

    def sell(
        self,
        trade: HeldTrade,
        price: Decimal,
        bar: int,
        at: datetime,
        most: int | None,
        wanted: int | None = None,
    ) -> int:
        """Sell what a trade holds, or `wanted` of it, no more than `most` shares in a bar; return how many were."""
        shares = trade.held if wanted is None else wanted
        if most is not None:
            shares = self._shares(trade, shares, most, buys=False)
        if not shares:
            return 0
        # The part that has a target, and what runs on, have a stop each, so that fees are due for either.
        beside = trade.shares_at_target if trade.leaving is ExitReason.STOP and trade.running_shares else 0
        self._sell(trade, price, min(shares, beside) or shares)
        if 0 < beside <= shares:
            trade.begin_exit()
        if 0 < beside < shares:
            self._sell(trade, price, shares - beside)
        trade.last_sale, trade.sold_at = bar, at
        self._note(trade, shares, buys=False)
        return shares

    def _sell(self, trade: HeldTrade, price: Decimal, shares: int) -> None:
        """Deal shares of the order that sells a trade."""
        fees = self._dealing.costs.fees
        before = fees.due(trade.exit_shares, trade.exit_dollars) if trade.exit_shares else ZERO
        trade.exit_shares += shares
        trade.exit_dollars += shares * price
        fee = fees.due(trade.exit_shares, trade.exit_dollars) - before
        trade.sold += shares
        trade.held -= shares
        trade.got += shares * price
        trade.fees += fee
        self.cash += shares * price - fee

    def settle(self, trade: HeldTrade) -> bool:
        """Take a trade out of the account once it is over, and move its target once its entry is.

        Returns whether it ended, and something had been bought.
        """
        if trade.buying:
            return False
        if trade.held:
            self._set_target(trade)
            return False
        trade.is_over = True
        self.trades.remove(trade)
        if not trade.bought or trade.sold_at is None:  # it was decided on, and came to nothing
            self.left_alone[trade.column] = trade.at
            self.record.came_to_nothing(trade.at)
            return False
        self.left_alone[trade.column] = trade.sold_at
        outcome = TradeOutcome(symbol=trade.symbol, result=trade.result, reason=trade.reason, at=trade.sold_at)
        self.record.ended(trade.number, outcome)
        return True

    def leave(self, trade: HeldTrade, reason: ExitReason) -> None:
        """Let what a trade holds be sold at the market from now on; its entry, its stop and its target are over."""
        self.changes += 1
        trade.leaving = trade.reason = reason
        trade.buying = 0
        trade.begin_exit()

    def _set_target(self, trade: HeldTrade) -> None:
        """Let the target follow the average fill, once, unless it would be sold at once."""
        if trade.target is None or trade.target_is_set or trade.leaving is not None:
            return
        target = target_for(trade.entry, trade.sizing.target_distance)
        if target == trade.target and not running_shares(trade.partial, trade.bought):
            trade.target_is_set = True  # its entry is over, so that its average fill stays
        elif target > self.seen.price(trade.column):
            trade.target, trade.target_is_set = target, True
            trade.begin_exit()  # what stands elsewhere, or for fewer, is another order

    def _shares(self, trade: HeldTrade, wanted: int, most: int, *, buys: bool) -> int:
        return min(wanted, max(0, most - self._dealt.get((trade.column, buys), 0)))

    def _note(self, trade: HeldTrade, shares: int, *, buys: bool) -> None:
        key = trade.column, buys
        self._dealt[key] = self._dealt.get(key, 0) + shares
        self.fills += 1
        self.changes += 1
