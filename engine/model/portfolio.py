"""What an account and our trades come to together: risk, what is ours, what may be bought."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from engine.model.account import Account, AssetKind, Position
from engine.model.money import ZERO
from engine.model.risk import share_of
from engine.model.trade import Trade, TradeState
from engine.model.trade_record import TradeRecord

LiveStops = tuple[tuple[int, Decimal], ...]
"""The shares and the price of each of several stops."""
PRICELESS = ("risk", "foreign", "symbols", "_unfilled_cost", "_unseen_shorts")
"""What of a portfolio depends on no price, as long as it has nothing but our trades."""


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """The broker's account and positions beside our trades that carry risk (approved to closing), and our record.

    `buying` has the shares that the entry of a trade already open may still buy, `bids` the limit up to which an entry
    may, which somebody may have raised at the broker, `stops` the shares and the price of each of its live stops,
    `hand_stops` the same of those that somebody set by hand in place of the desk's, all by trade id. `stopless` is the
    part of its price that counts as the risk of a share that no trade of ours holds (0.015 = 1.5 %), for it has no
    stop; `other_assets` the same of what is no stock.
    `awaited` has the symbols for which no stop is sent: an exchange of shares is due and not shown by the account, a
    spin-off is not valued, or nothing explains the count. The equity has shares whose exchange is due at the least that
    they may be worth, `overstated` dollars less than the broker shows (below 0: more); it may be `owed` dollars more.
    `exchanged` has the symbols whose shares seem to be others than those that our trades bought, as after a split that
    is not booked yet: how many came out of each, None where nobody can tell. `told_foreign` has the shares of each
    symbol that were told as never ours.
    """

    account: Account
    positions: tuple[Position, ...]
    trades: tuple[Trade, ...]
    buying: Mapping[str, int]
    bids: Mapping[str, Decimal] = field(default_factory=dict)
    stops: Mapping[str, LiveStops]
    hand_stops: Mapping[str, LiveStops] = field(default_factory=dict)
    record: TradeRecord
    stopless: Decimal
    other_assets: Decimal
    exchanged: Mapping[str, Fraction | None] = field(default_factory=dict)
    told_foreign: Mapping[str, int] = field(default_factory=dict)
    awaited: tuple[str, ...] = ()
    overstated: Decimal = ZERO
    owed: Decimal = ZERO

    def repriced(self, account: Account, positions: tuple[Position, ...], record: TradeRecord) -> "Portfolio":
        """Return it with as many shares of the same symbols at other prices, at a later time.

        Where all shares are those of our trades, their risk depends on no price and is not summed again.
        """
        later = replace(self, account=account, positions=positions, record=record)
        if not (self.foreign or self.others or any(self._unseen_shorts.values())):
            vars(later).update({name: getattr(self, name) for name in PRICELESS})
        return later

    @cached_property
    def risk(self) -> Decimal:
        """Dollars lost if every stop is hit, also on what is still to be bought, and the risk of what is not ours."""
        ours = sum(map(self.risk_of, self.trades), ZERO)
        return ours + sum(map(self.risk_beyond, (*self.foreign, *self.others)), ZERO)

    def risk_of(self, trade: Trade) -> Decimal:
        """Dollars lost if a trade's live stops are hit, also on what its entry may still buy; never below 0.

        Shares that no stop covers count down to the trade's own, for they are being protected; where none can be sent
        for now, they count no less than others' shares without a stop. Shares that it sold beyond what it had, and that
        the broker's position does not show yet, count in full: nothing limits their loss.
        """
        return self._down_to_stops(trade) + self._unseen_short(trade)

    def as_stopped(self, trade: Trade) -> Trade:
        """Return a trade with the stop that somebody set by hand, where that protects all that it holds."""
        stops = self.hand_stops.get(trade.id, ())
        if not stops or protected_by(stops) < trade.held_shares:
            return trade
        return replace(trade, stop=min(price for _, price in stops))

    def risk_beyond(self, position: Position) -> Decimal:
        """Dollars that count as the risk of what no trade of ours holds; what is sold short counts in full."""
        part = self.stopless if position.kind is AssetKind.STOCK else self.other_assets
        return abs(position.value) * (max(Decimal(1), part) if position.is_short else part)

    @property
    def open_risk(self) -> Decimal:
        """Risk as a share of equity (0.015 = 1.5 %); 1 where nothing is left to share."""
        return share_of(self.risk, self.account.equity)

    @cached_property
    def foreign(self) -> tuple[Position, ...]:
        """Return the positions in shares that no trade of ours holds, each cut down to the shares beyond ours.

        Shares that are on their way in count as ours, for the broker may have filled them a moment before we know. But
        an order may wait all day, so those that were told as never ours stay so, as far as they are there beside what
        our trades hold. What is sold short is never ours, as we never sell short.
        """
        holding, coming = dict[str, int](), dict[str, int]()
        for trade in self.trades:
            if trade.state is not TradeState.APPROVED:
                holding[trade.symbol] = holding.get(trade.symbol, 0) + trade.held_shares
                coming[trade.symbol] = coming.get(trade.symbol, 0) + self.unfilled(trade)
        stocks = (
            (held, self._beyond(held, holding.get(held.symbol, 0), coming.get(held.symbol, 0)))
            for held in self._stocks.values()
        )
        # Where there are whole shares alone, and none beyond ours, nothing is left to look at.
        beyond = [_cut(held, shares) for held, shares in stocks if shares or held.quantity is not None]
        return tuple(position for position in beyond if position.units)

    @property
    def others(self) -> tuple[Position, ...]:
        """Return the positions in what is no stock: no share of them can be sold or protected."""
        return tuple(position for position in self.positions if position.kind is not AssetKind.STOCK)

    @cached_property
    def open_loss(self) -> Decimal:
        """Dollars that our trades lost on what they sold so far, and would lose at the last prices on the rest.

        Those that would win are left out. Where the broker shows no position for shares of ours, they were sold or
        renamed a moment ago: until that is known they count as stopped, and those whose price may be one of other
        shares count as no more than that.
        """
        return sum((self._lost_on_the_rest(trade) + _lost_so_far(trade) for trade in self.trades), ZERO)

    @cached_property
    def buying_power(self) -> Decimal:
        """What the broker lends, in dollars, less what is approved and not yet known to it.

        What a short sale brought in is no money to buy with, for the shares are to be bought back.
        """
        promised = sum((trade.cost for trade in self.trades if trade.state is TradeState.APPROVED), ZERO)
        shorts = sum((-position.value for position in self.positions if position.is_short), ZERO)
        return self.account.buying_power - promised - shorts - sum(map(self._unseen_short, self.trades), ZERO)

    @cached_property
    def symbols(self) -> frozenset[str]:
        """Every symbol that is held or about to be."""
        return frozenset(trade.symbol for trade in self.trades) | {position.symbol for position in self.positions}

    def slips(self, slippage: Decimal) -> Decimal:
        """Return the dollars lost if all that is not yet bought fills worse than planned by that part of its price.

        They would be taken from equity and added to the risk: the stops stay where they are.
        """
        return slippage * self._unfilled_cost

    def unfilled(self, trade: Trade) -> int:
        """Return the shares that a trade may still buy."""
        if trade.state in {TradeState.APPROVED, TradeState.SUBMITTED}:
            return max(0, trade.shares - trade.filled_shares)
        return self._coming(trade)

    def exposure(self, symbol: str) -> Decimal:
        """Return the dollars that stand in a symbol, bought or sold short."""
        return sum((abs(position.value) for position in self.positions if position.symbol == symbol), ZERO)

    def position(self, symbol: str) -> Position | None:
        """Return the position in a symbol, if there is one."""
        return next((position for position in self.positions if position.symbol == symbol), None)

    @cached_property
    def _unfilled_cost(self) -> Decimal:
        """Dollars that all that is not yet bought would cost as planned."""
        return sum((self.unfilled(trade) * self._bid(trade, trade.sizing.entry) for trade in self.trades), ZERO)

    @cached_property
    def _stocks(self) -> Mapping[str, Position]:
        return {position.symbol: position for position in self.positions if position.kind is AssetKind.STOCK}

    @cached_property
    def _unseen_shorts(self) -> Mapping[str, int]:
        """The shares of each trade that were sold beyond what it had, less those that the broker's position shows."""
        shown = {symbol: max(0, -position.shares) for symbol, position in self._stocks.items()}
        unseen = {}
        for trade in self.trades:
            seen = min(trade.short_shares, shown.get(trade.symbol, 0))
            shown[trade.symbol] = shown.get(trade.symbol, 0) - seen
            unseen[trade.id] = trade.short_shares - seen
        return unseen

    def _unseen_short(self, trade: Trade) -> Decimal:
        """Dollars of what a trade is short of and the broker's position does not show."""
        unseen = self._unseen_shorts.get(trade.id, 0)
        return unseen * self._price(trade) if unseen else ZERO

    def _price(self, trade: Trade) -> Decimal:
        """Return a symbol's last price, a trade's entry where nobody shows one."""
        held = self._stocks.get(trade.symbol)
        return abs(held.price if held else trade.entry)

    def _down_to_stops(self, trade: Trade) -> Decimal:
        if trade.state not in {TradeState.OPEN, TradeState.CLOSING}:
            return max(ZERO, trade.exposed_shares * max(ZERO, self._bid(trade, trade.entry) - trade.stop))
        wish = trade.exit_plan.stop
        # A stop on its way down may be there by now, or a moment after the next decision: its risk is reserved.
        own = min(trade.stop, wish.price) if wish else trade.stop
        left, dollars, lowest = trade.held_shares, ZERO, own
        # One that somebody set by hand may be gone in a moment: it counts where it is the lower one.
        by_hand = ((shares, min(price, trade.stop)) for shares, price in self.hand_stops.get(trade.id, ()))
        # Where stops cover more than is held nobody knows which will be hit first, so the lowest count.
        for shares, live in sorted((*self.stops.get(trade.id, ()), *by_hand), key=lambda stop: stop[1]):
            covered, price = min(left, max(0, shares)), min(live, wish.price) if wish else live
            dollars += covered * max(ZERO, trade.entry - price)
            left -= covered
            lowest = min(lowest, price)
        bare = left * max(ZERO, trade.entry - own)
        if trade.symbol in self.awaited:  # by what they cost: the last price may be one of other shares
            bare = max(bare, left * trade.entry * self.stopless)
        return dollars + bare + self._coming(trade) * max(ZERO, self._bid(trade, trade.entry) - lowest)

    def _lost_on_the_rest(self, trade: Trade) -> Decimal:
        held = self._stocks.get(trade.symbol)
        if held is not None and not self.exchanged and not trade.short_shares:  # as it nearly always is
            return max(ZERO, trade.held_shares * (trade.entry - held.price))
        stopped = max(ZERO, trade.held_shares * (trade.entry - trade.stop))
        if held is None:
            return stopped + _lost_short(trade, trade.entry)
        ratio = self.exchanged.get(trade.symbol, Fraction(1))
        price = held.price if ratio is None else held.price * ratio.numerator / ratio.denominator
        lost = max(ZERO, trade.held_shares * (trade.entry - price))
        return (min(lost, stopped) if ratio is None else lost) + _lost_short(trade, price)

    def _bid(self, trade: Trade, planned: Decimal) -> Decimal:
        """Return dollars a share that what a trade is still to buy may cost: its limit, where that is over the plan."""
        return max(planned, self.bids.get(trade.id, planned))

    def _beyond(self, held: Position, holding: int, coming: int) -> int:
        """Return the shares of a position beyond what we hold and may be getting; all of it where it is sold short."""
        if held.shares < 0:
            return held.shares
        beside = held.shares - holding
        return max(0, beside - coming, min(beside, self.told_foreign.get(held.symbol, 0)))

    def _coming(self, trade: Trade) -> int:
        """Shares that an open trade may still buy; before it is open, its own shares have them."""
        return max(0, self.buying.get(trade.id, 0))


def _cut(held: Position, shares: int) -> Position:
    """Return so many whole shares of a position, and the fraction of a share that is in it."""
    quantity = None if held.quantity is None else held.quantity - held.shares + shares
    return replace(held, shares=shares, quantity=quantity)


def _lost_so_far(trade: Trade) -> Decimal:
    """Dollars that an open trade lost on the shares that it had and sold."""
    if trade.exit_price is None:
        return ZERO
    return max(ZERO, min(trade.exit_shares, trade.filled_shares) * (trade.entry - trade.exit_price))


def _lost_short(trade: Trade, price: Decimal) -> Decimal:
    """Dollars that it would cost to buy back at a price what a trade sold beyond what it had, over what it brought."""
    sold_at = trade.entry if trade.exit_price is None else trade.exit_price
    return max(ZERO, trade.short_shares * (price - sold_at))


def protected_by(stops: LiveStops) -> int:
    """Return the shares that some stops protect together."""
    return sum(shares for shares, _ in stops)
