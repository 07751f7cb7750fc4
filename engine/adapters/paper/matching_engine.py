"""The paper broker's matching engine: what fills, what triggers and expires, and what that does to others.

A bracket is a group of orders with one root. Its stop and target are held until the entry is filled, and then cover
exactly the shares that were bought and not yet sold. Once one of them fills or triggers, or either is cancelled, the
others are cancelled, and so is what the entry had yet to buy. A stop that triggered is an order at the market from then
on, and is dealt as one at the next look: what the market shows then, a gap and all, is what it gets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from engine.adapters.paper.account_store import AccountStore, OrderRecord
from engine.adapters.paper.order_record import new_id
from engine.adapters.paper.quotes import Quote, fill_price, is_hit, slipped
from engine.model.account import Account
from engine.model.activity import Activity, ActivityKind
from engine.model.fees import Fees
from engine.model.market import Session, Snapshot, TradingDay
from engine.model.signal import Side
from engine.model.trade import OrderRole, OrderState


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokerTerms:
    """How the paper broker deals.

    With `margin` it lends up to the equity once more; `slippage_bp` is what an order at the market loses beyond the
    quote, in basis points; `participation` is the largest part of the day's volume so far that one look fills
    (0.1 = 10 %), None knows no such bound; `fees` are taken of every sale.
    """

    margin: bool
    slippage_bp: Decimal
    participation: Decimal | None
    fees: Fees


class MatchingEngine:
    """Fills orders at one instant, with the account open; `changed` gathers the roots of the orders that changed."""

    def __init__(self, account: AccountStore, terms: BrokerTerms, *, now: datetime, day: TradingDay | None) -> None:
        self.changed: dict[str, None] = {}
        self._account = account
        self._terms = terms
        self._now = now
        self._day = day

    def expire(self) -> None:
        """End the orders whose day is over."""
        for record in self._account.unfinished():
            if record.expires_at is not None and record.expires_at <= self._now:
                self.end(record, OrderState.EXPIRED)

    def look(self, snapshots: Sequence[Snapshot]) -> None:
        """Keep the prices, and fill what can be filled: outside regular trading only what was sent for it."""
        quotes = {quote.symbol: quote for quote in map(Quote.of, snapshots) if quote is not None}
        for quote in quotes.values():
            self._account.save_price(quote.symbol, quote.last, quote.traded_at)
        session = Session.CLOSED if self._day is None else self._day.session(self._now)
        if self._day is None or session is Session.CLOSED:
            return
        # Sales come first: a stop that triggers ends what its entry had yet to buy.
        for record in sorted(self._account.unfinished(), key=lambda record: record.side is Side.BUY):
            since = self._day.pre if record.extended else self._day.open
            seen = quotes.get(record.symbol)
            if seen is not None and seen.traded_at >= since and (record.extended or session is Session.REGULAR):
                self._match(record.broker_id, seen)

    def save(self, record: OrderRecord) -> OrderRecord:
        """Add an order, or change it."""
        self._account.save(record)
        self.changed[record.root] = None
        return record

    def end(self, record: OrderRecord, state: OrderState, reason: str = "") -> None:
        """End an order unfilled, and those of its group that make no sense without it."""
        self.save(replace(record, state=state, reason=reason))
        if record.role is OrderRole.ENTRY and record.filled_shares:
            return  # its legs go on protecting what was bought
        self._cancel_others(record)

    def release(self, symbol: str, shares: int) -> None:
        """Take shares of a symbol out of the orders that protect them, first out of the one that fits best."""
        for stop in sorted(self._account.unfinished(), key=lambda stop: abs(stop.remaining - shares)):
            if stop.symbol == symbol and stop.role is OrderRole.STOP and stop.is_live and shares:
                taken = min(shares, stop.remaining)
                self._take_from(stop.root, taken)
                shares -= taken

    def covered(self, symbol: str) -> int:
        """Return the shares of a symbol that a live stop protects; a target never covers others than its stop."""
        return self._resting(symbol, OrderRole.STOP)

    def leaving(self, symbol: str) -> int:
        """Return the shares of a symbol that are being sold at the market."""
        return self._resting(symbol, OrderRole.EXIT)

    def short(self, symbol: str) -> int:
        """Return the shares of a symbol that are sold short and that no order buys back yet."""
        return max(0, -self._account.held(symbol) - self._resting(symbol, OrderRole.COVER))

    def account(self) -> Account:
        """Return the money, with positions at their last prices."""
        reserved = sum((self._reserved(record) for record in self._account.unfinished()), Decimal(0))
        return Account(
            equity=self._account.cash() + self._value(),
            cash=self._account.cash(),
            buying_power=max(Decimal(0), self._spendable() - reserved),
            margin=self._terms.margin,
        )

    def buying_price(self, symbol: str) -> Decimal | None:
        """Return what a share would cost at the market now."""
        price = self._account.price(symbol)
        return None if price is None else slipped(price, Side.BUY, self._terms.slippage_bp)

    def _match(self, broker_id: str, quote: Quote) -> None:
        record = self._account.record(broker_id=broker_id)  # as it is now: a fill of another may have changed it
        if record is None or not record.is_live:
            return
        if is_hit(record, quote):
            self._cancel_others(self.save(replace(record, triggered=True)))
            return
        price = fill_price(record, quote, self._terms.slippage_bp)
        if price is None:
            return
        shares = self._share_of(record, quote)
        if record.role is OrderRole.ENTRY and shares * price > self._spendable():
            self.end(
                record,
                OrderState.CANCELLED if record.filled_shares else OrderState.REJECTED,
                "insufficient buying power",
            )
        elif shares:
            self._account.deal(quote.symbol, record.side, quote.quoted_at, shares)
            self.fill(record, shares, price, quote.traded_at)

    def _share_of(self, record: OrderRecord, quote: Quote) -> int:
        """Return the shares that an order gets at a look: its part of what trades, and of what nobody took yet."""
        shares, shown = record.remaining, quote.shown(record.side)
        if shown is not None:
            shares = min(shares, max(0, shown - self._account.dealt(quote.symbol, record.side, quote.quoted_at)))
        if self._terms.participation is not None:
            if record.looked_at is not None and quote.traded_at <= record.looked_at:
                return 0  # it had its part of this price
            shares = min(shares, int(self._terms.participation * quote.day_volume))
        return shares

    def fill(self, record: OrderRecord, shares: int, price: Decimal, at: datetime) -> None:
        """Deal shares of an order at a price that was seen at an instant, whoever wants it so."""
        self._book(record, shares if record.side is Side.BUY else -shares, price)
        before, record = (
            record,
            self.save(
                replace(
                    record,
                    state=OrderState.FILLED if shares == record.remaining else OrderState.PARTLY_FILLED,
                    filled_shares=record.filled_shares + shares,
                    paid=record.paid + shares * price,
                    filled_at=self._now,
                    looked_at=at,
                )
            ),
        )
        self._charge(before, record)
        if record.role is OrderRole.ENTRY:
            self._protect_bought(record.root, shares)
        elif record.state is OrderState.FILLED:
            self._cancel_others(record)
        elif record.role is OrderRole.TARGET:
            self._take_from(record.root, shares, but=record)

    def _book(self, record: OrderRecord, shares: int, price: Decimal) -> None:
        """Take shares in (below 0: give them away), and note it in the account's history."""
        symbol = record.symbol
        held, cost = self._account.held(symbol), self._account.cost(symbol)
        now = held + shares
        if held * shares >= 0:
            cost = (held * cost + shares * price) / now
        elif now * held < 0:
            cost = price  # from long to short or back: a new position
        self._account.hold(symbol, now, cost)
        self._account.add_cash(-shares * price)
        self._account.history.add(
            Activity(
                id=new_id(),
                kind=ActivityKind.FILL,
                at=self._now,
                symbol=symbol,
                shares=Decimal(shares),
                price=price,
                order_id=record.broker_id,
            )
        )

    def _charge(self, before: OrderRecord, record: OrderRecord) -> None:
        """Take the fees of a sale: what is due for the order as it stands, less what its earlier parts paid."""
        if record.side is Side.BUY:
            return
        fees = self._terms.fees
        fee = fees.due(record.filled_shares, record.paid) - fees.due(before.filled_shares, before.paid)
        if fee:
            self._account.add_cash(-fee)
            self._account.history.add(
                Activity(
                    id=new_id(),
                    kind=ActivityKind.FEE,
                    at=self._now,
                    symbol=record.symbol,
                    dollars=-fee,
                    order_id=record.broker_id,
                )
            )

    def _protect_bought(self, root: str, shares: int) -> None:
        for leg in self._account.group(root):
            if leg.role is not OrderRole.ENTRY and not leg.state.is_over:
                already = leg.shares if leg.is_live else 0
                self.save(replace(leg, state=OrderState.ACCEPTED, shares=already + shares))

    def _take_from(self, root: str, shares: int, but: OrderRecord | None = None) -> None:
        for record in self._account.group(root):
            if record.state.is_over or (but is not None and record.broker_id == but.broker_id):
                continue
            if record.role is OrderRole.ENTRY or record.remaining <= shares:
                self.save(replace(record, state=OrderState.CANCELLED))
            else:
                self.save(replace(record, shares=record.shares - shares))

    def _cancel_others(self, record: OrderRecord) -> None:
        for other in self._account.group(record.root):
            if not other.state.is_over and other.broker_id != record.broker_id:
                self.save(replace(other, state=OrderState.CANCELLED))

    def _resting(self, symbol: str, role: OrderRole) -> int:
        records = self._account.unfinished()
        return sum(
            record.remaining for record in records if record.symbol == symbol and record.role is role and record.is_live
        )

    def _value(self) -> Decimal:
        return sum((position.value for position in self._account.positions()), Decimal(0))

    def _spendable(self) -> Decimal:
        """Return what may be spent; what is sold short binds what it is worth, as what is held does."""
        values = [position.value for position in self._account.positions()]
        cash = self._account.cash()
        if self._terms.margin:
            return 2 * (cash + sum(values, Decimal(0))) - sum(map(abs, values), Decimal(0))
        return cash + 2 * sum((value for value in values if value < 0), Decimal(0))

    def _reserved(self, record: OrderRecord) -> Decimal:
        price = record.price or self.buying_price(record.symbol)
        return record.remaining * price if record.role is OrderRole.ENTRY and price is not None else Decimal(0)
