"""What the account holds, owes and risks, worked out from the fake's own ledger, beside what the desk says of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Final

from engine.common.order_ids import is_own
from engine.model.trade import RESERVED, Trade, TradeState
from tests.support.fakes.alpaca.orders import Json

NOTHING: Final = Decimal(0)
STOPLESS: Final = Decimal("0.015")
ALIVE: Final = frozenset({"new", "partially_filled", "accepted", "pending_new", "held", "pending_cancel"})
AT_THE_MARKET: Final = ALIVE - {"held"}


@dataclass(frozen=True, kw_only=True)
class Split:
    """A split of a symbol; `cut_off` are the parts of a share, in those of after it, by which ours were cut."""

    symbol: str
    at: datetime
    ratio: Fraction
    cut_off: Fraction
    is_told: bool


@dataclass(kw_only=True)
class Hands:
    """What other hands did so far: shares that are nobody's trade, money that came, ratios of splits.

    `names` has the first name of each company, by every later one.
    """

    foreign: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    foreign_dollars: Decimal = NOTHING
    brought: Decimal = NOTHING
    splits: list[Split] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def bought(self, symbol: str, shares: int, price: Decimal) -> None:
        """Note a purchase by hand."""
        self.foreign[symbol] += shares
        self.foreign_dollars -= shares * price

    def sold(self, symbol: str, shares: int, price: Decimal) -> int:
        """Note a sale by hand, and return how many of its shares were a trade's: first goes what was nobody's."""
        theirs = min(shares, self.foreign[symbol])
        self.foreign[symbol] -= theirs
        self.foreign_dollars += theirs * price
        return shares - theirs

    def split(self, symbol: str, at: datetime, ratio: Fraction, ours: int, found: int, *, is_told: bool) -> None:
        """Note a split of so many shares of ours; `found` are those of the account afterwards.

        Where that is short, even by a part of a share that a split makes whole ones of, it is so of ours alone.
        """
        cut_off = max(Fraction(0), ours * ratio) % 1
        self.splits.append(Split(symbol=symbol, at=at, ratio=ratio, cut_off=cut_off, is_told=is_told))
        self.foreign[symbol] = max(0, found - int(ours * ratio - cut_off)) if ours >= 0 else 0

    def ratios(self, symbol: str, since: datetime) -> Sequence[Fraction]:
        """Return the ratios of the splits of a symbol since an instant, oldest first."""
        return [split.ratio for split in self.splits if split.symbol == symbol and split.at > since]

    def cut_off(self, symbol: str, since: datetime) -> int:
        """Return the shares by which those of ours are fewer than if all splits since an instant had been one.

        Who missed them all, and was not told of each, sees only what they made together: one for ten and ten for one
        are none at all.
        """
        missed, parts = [split for split in self.splits if split.symbol == symbol and split.at > since], Fraction(0)
        for split in missed:
            parts = parts * split.ratio + split.cut_off
        return 0 if all(split.is_told for split in missed) else int(parts)

    def first_name(self, symbol: str) -> str:
        """Return the name that a company had at first: trades keep the one that they were bought under."""
        return self.names.get(symbol, symbol)

    def renamed(self, before: str, after: str) -> None:
        """Note that a symbol has another name."""
        self.names[after] = self.first_name(before)
        self.foreign[after] = self.foreign.pop(before, 0)
        self.splits = [replace(split, symbol=after) if split.symbol == before else split for split in self.splits]


class Account:
    """The fake's raw ledger at an instant."""

    def __init__(self, orders: Sequence[Json], positions: Sequence[Json], hands: Hands) -> None:
        self._orders = {str(order["id"]): order for order in orders}
        self._positions = {str(position["symbol"]): position for position in positions}
        self._hands = hands
        self._families = self._grouped()

    def shares(self, symbol: str) -> Decimal:
        """Return the shares of a symbol, below 0 where they are sold short."""
        return Decimal(self._positions[symbol]["qty"]) if symbol in self._positions else NOTHING

    def is_short_of_parts(self) -> bool:
        """Tell whether less than a whole share, or some of them and less than another, are sold short."""
        held = [Decimal(position["qty"]) for position in self._positions.values()]
        return any(shares < 0 and shares != int(shares) for shares in held)

    def sold_by_orders_of_before(self, symbol: str) -> bool:
        """Tell whether orders of ours of before a reverse split, left alone, sold the shares of after it.

        They sell more than ours, and so those of others: the desk buys back what the account is short of, and no more.
        """
        reverse = [split.at for split in self._hands.splits if split.symbol == symbol and split.ratio < 1]
        sales = [order for order in self._orders.values() if order["side"] == "sell" and order["filled_qty"] != "0"]
        own = [order for order in sales if order["symbol"] == symbol and self._is_ours(order)]
        return any(self._sent(order) < when and not _filled_by(order, when) for order in own for when in reverse)

    def _is_ours(self, order: Json) -> bool:
        return not any(order is other for other in self._families.get("", ()))

    def _sent(self, order: Json) -> datetime:
        """Return when an order was sent first, whoever moved it since."""
        while order["replaces"]:
            order = self._orders[order["replaces"]]
        return datetime.fromisoformat(order["created_at"])

    def entry(self, trade: Trade) -> Decimal:
        """Return what a share of a trade cost, in the shares of now."""
        order = next(order for order in self._families[trade.id] if order["client_order_id"] == trade.id)
        if not order["filled_avg_price"]:
            return trade.sizing.entry
        at = datetime.fromisoformat(order["created_at"])
        ratio = prod(self._hands.ratios(trade.symbol, at), start=Fraction(1))
        return Decimal(order["filled_avg_price"]) * ratio.denominator / ratio.numerator

    def coming(self, trade: Trade) -> int:
        """Return what the entry of a trade may still buy."""
        entries = [order for order in self._families[trade.id] if order["side"] == "buy" and order["status"] in ALIVE]
        return sum(_left(order) for order in entries if "-cover-" not in order["client_order_id"])

    def stops(self, trade: Trade) -> list[tuple[Decimal, int]]:
        """Return the live stops of a trade, the lowest first: price and shares."""
        family = self._families[trade.id]
        stops = [order for order in family if order["type"] == "stop" and order["status"] in ALIVE]
        return sorted([(Decimal(str(order["stop_price"])), _left(order)) for order in stops])

    def live(self, trade: Trade, kind: str) -> list[Json]:
        """Return the exits of a trade ('stop' or 'limit') that are alive, oldest first."""
        family = self._families[trade.id]
        return [
            order for order in family if order["side"] == "sell" and order["type"] == kind and order["status"] in ALIVE
        ]

    def armed_shares(self, trade: Trade) -> int:
        """Return the shares of a trade that a stop would sell now."""
        family = self._families[trade.id]
        groups = {
            order.get("group_id")
            for order in family
            if order["type"] == "limit" and order["side"] == "sell" and order["status"] in AT_THE_MARKET
        }
        stops = [order for order in family if order["type"] == "stop" and order["status"] in ALIVE]
        return sum(_left(stop) for stop in stops if stop["status"] != "held" or stop.get("group_id") in groups)

    def risk(self, trades: Sequence[Trade]) -> Decimal:
        """Return the dollars at risk: each trade down to its live stops, and what no trade holds."""
        ours: dict[str, list[Trade]] = defaultdict(list)
        for trade in trades:
            if trade.state in RESERVED:
                ours[trade.symbol].append(trade)
        total = NOTHING
        for symbol in {*ours, *self._positions}:
            held = self._ours(symbol, ours[symbol])
            on_its_way = sum(self._coming(trade) for trade in ours[symbol])
            total += sum((self._of(trade, held[trade.id]) for trade in ours[symbol]), NOTHING)
            total += self._beyond(symbol, sum(held.values()), on_its_way)
        return total

    def _coming(self, trade: Trade) -> int:
        if trade.state is TradeState.APPROVED:
            return 0
        return self.coming(trade) if trade.id in self._families else trade.shares

    def _ours(self, symbol: str, trades: Sequence[Trade]) -> Mapping[str, int]:
        """Return the shares of each trade: all that is not foreign, where there is one trade only."""
        if len(trades) == 1 and trades[0].state in {TradeState.OPEN, TradeState.CLOSING}:
            return {trades[0].id: max(0, int(self.shares(symbol)) - self._hands.foreign[symbol])}
        return {trade.id: trade.held_shares for trade in trades}

    def _of(self, trade: Trade, held: int) -> Decimal:
        if trade.state in {TradeState.APPROVED, TradeState.SUBMITTED} or trade.id not in self._families:
            return trade.shares * max(NOTHING, trade.sizing.entry - trade.stop)
        entry = self.entry(trade)
        own = trade.stop * entry / trade.entry  # in the shares of now, where the desk has not understood them yet
        left, dollars, lowest = held, NOTHING, own
        for price, shares in self.stops(trade):
            covered = min(left, shares)
            dollars += covered * max(NOTHING, entry - price)
            left, lowest = left - covered, min(lowest, price)
        coming = self.coming(trade) * max(NOTHING, entry - lowest)
        return dollars + left * max(NOTHING, entry - own) + coming

    def _beyond(self, symbol: str, ours: int, coming: int) -> Decimal:
        position = self._positions.get(symbol)
        if position is None:
            return NOTHING
        units, price = Decimal(position["qty"]), Decimal(position["current_price"])
        if position["asset_class"] != "us_equity":
            return abs(units) * price * (100 if position["asset_class"] == "us_option" else 1)
        if units < 0:
            return abs(units) * price
        whole = int(units)
        return (max(0, whole - ours - coming) + units - whole) * price * STOPLESS

    def _grouped(self) -> Mapping[str, list[Json]]:
        families: dict[str, list[Json]] = defaultdict(list)
        groups: dict[str, str] = {}
        for order in self._orders.values():
            name = str(order["client_order_id"]).split("-", maxsplit=1)[0]
            if is_own(name) and order.get("group_id"):
                groups[order["group_id"]] = name
        for order in self._orders.values():
            families[self._root(order, groups)].append(order)
        return families

    def _root(self, order: Json, groups: Mapping[str, str]) -> str:
        while True:
            name = str(order["client_order_id"]).split("-", maxsplit=1)[0]
            if is_own(name):
                return name
            if order.get("group_id") in groups:
                return groups[order["group_id"]]
            if not order["replaces"]:
                return ""
            order = self._orders[order["replaces"]]


def booked(trades: Sequence[Trade]) -> Decimal:
    """Return the dollars that trades brought into the account so far, or took out, as the desk has booked them."""
    return sum(map(_flow, trades), NOTHING)


def negative(trades: Sequence[Trade]) -> Iterator[str]:
    """Say which trades hold, expose or risk less than nothing."""
    for trade in trades:
        figures = (trade.held_shares, trade.short_shares, trade.exposed_shares, trade.filled_shares)
        if min(figures) < 0 or trade.risk < 0:
            yield f"{trade.id}: {figures}"


def _flow(trade: Trade) -> Decimal:
    if trade.fill_price is None:
        return NOTHING
    result = trade.restated.cash if trade.result is None else trade.result
    return result - (trade.filled_shares - trade.exit_shares) * trade.fill_price


def _filled_by(order: Json, moment: datetime) -> bool:
    return bool(order["filled_at"]) and datetime.fromisoformat(order["filled_at"]) < moment


def _left(order: Json) -> int:
    return int(Decimal(order["qty"]) - Decimal(order["filled_qty"]))
