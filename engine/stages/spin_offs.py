"""Spin-offs: a company's shares stay, and a part of their worth goes into those of another company that come beside.

How large that part is can be known only once both trade. From the evening before until then no stop or target stands
or is sent, and no sale is booked: what the shares cost is not known. Then a trade's prices keep the part of their worth
that stays in its shares. Those of the other company never belong to it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import structlog

from engine.errors import MarketUnavailable
from engine.model.activity import Activity, ActivityKind
from engine.model.corporate_action import ActionKind, ActionState, CorporateAction
from engine.model.desk import OWN_ACCORD
from engine.model.market import Snapshot, exchange_date
from engine.model.notice import Notice, NoticeKind
from engine.model.trade import AS_FILLED, Order, OrderRole, Trade
from engine.ports import Broker, Clock
from engine.risk.restating import ALL, kept_part, restated, whole
from engine.risk.sizing import cut
from engine.stages.action_calendar import ActionCalendar
from engine.stages.corporate_actions import LATE, RECENT, Restate
from engine.stages.doubts import SPIN_OFF
from engine.stages.due_actions import WAITS, begin, bought_before, spin_offs_due
from engine.stages.follow import follow
from engine.stages.foreign_positions import told_foreign
from engine.stages.orders import Orders, ask
from engine.stages.restatements import end_old_exits, tell_cash, tell_restated
from engine.truth import Book, Ledger, Store

log = structlog.get_logger()

PATIENCE = timedelta(minutes=2)
"""Regular trading that may pass without a price before the desk is asked."""
UNKNOWN = "-"
AT_A_PRICE = frozenset({OrderRole.STOP, OrderRole.TARGET})


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What came of a spin-off: `rate` shares of a new `symbol` for each, beside the part of its worth that was kept."""

    symbol: str
    rate: Fraction
    kept: Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """What is not known yet: 'child' (which shares come), 'rate' (how many), or 'price' (of `symbol`)."""

    what: str
    symbol: str = UNKNOWN


class SpinOffs:
    """Restates the trades of a spin-off once it is understood, and asks the desk about those that wait for that."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        calendar: ActionCalendar,
        restate: Restate,
        price: Callable[[str, datetime], Snapshot | None],
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._calendar = calendar
        self._restate = restate
        self._price = price

    def __call__(self) -> tuple[Trade, ...]:
        """Carry out what is understood, ask about the rest, and return the restated trades; raises BrokerUnavailable.

        Whoever comes after books what was sold meanwhile, and sends the stops and targets at their new prices.
        """
        now = self._clock.now()
        self._claim_what_came()
        if not self._calendar.is_regular(now):
            return ()
        with self._store.reading() as ledger:
            due = spin_offs_due(ledger, exchange_date(now))
        done = list[Trade]()
        for action, trades in due:
            terms = self._terms(action, trades, now)
            if isinstance(terms, Missing):
                self._ask(action, trades, terms, now)
            elif self._is_ready(action, trades):
                done += self._carry_out(action, trades, terms, now)
        return tuple(done)

    def _terms(self, action: CorporateAction, trades: Sequence[Trade], now: datetime) -> Terms | Missing:
        """Work out what came of a spin-off, from what was announced, else from what the account tells of it."""
        with self._store.reading() as ledger:
            rows = came(ledger, action)
            held = sum(trade.held_shares for trade in trades) + told_foreign(ledger).get(action.symbol, 0)
        symbol = action.new_symbol or next((row.symbol for row in rows), "")
        if not symbol:
            return Missing(what="child")
        if not action.ratio and (not rows or held <= 0):
            return Missing(what="rate", symbol=symbol)
        prices = {name: self._good_price(name, now) for name in (action.symbol, symbol)}
        parent, child = prices[action.symbol], prices[symbol]
        if parent is None or child is None:
            return Missing(what="price", symbol=action.symbol if parent is None else symbol)
        rate = action.ratio or _told_rate(rows, held, child)
        return Terms(symbol=symbol, rate=rate, kept=kept_part(parent, rate, child))

    def _good_price(self, symbol: str, now: datetime) -> Decimal | None:
        """Return what a symbol trades at in regular hours, None where there is no good price of it."""
        try:
            seen = self._price(symbol, now)
        except MarketUnavailable as error:
            log.warning("spin_off_without_price", symbol=symbol, error=str(error))
            return None
        return seen.price if seen and self._calendar.is_regular(seen.at) else None

    def _is_ready(self, action: CorporateAction, trades: Sequence[Trade]) -> bool:
        """Tell whether nothing stands at old prices any more, and all that was sold by hand before is booked."""
        with self._store.reading() as ledger:
            by_hand = ledger.unclaimed({ActivityKind.FILL}, symbol=action.symbol)
            known = ledger.orders_of([trade.id for trade in trades])
        is_clear = not any(execution.at < begin(action) for execution in by_hand)
        for trade in trades:
            exits = ask(self._broker, trade.id, known[trade.id]).exits
            live = [order for order in exits if order.role in AT_A_PRICE and not order.state.is_over]
            end_old_exits(self._broker, trade.id, live)
            is_clear = is_clear and not live
        return is_clear

    def _carry_out(self, action: CorporateAction, trades: Sequence[Trade], terms: Terms, now: datetime) -> list[Trade]:
        """Restate the trades of one spin-off and mark it as carried out, in one transaction."""
        with self._store.reading() as ledger:
            known = ledger.orders_of([trade.id for trade in trades])
            fills = ledger.activities(symbol=action.symbol)
        orders = {
            trade.id: _until(begin(action), ask(self._broker, trade.id, known[trade.id]), fills) for trade in trades
        }
        with self._store.writing() as book:
            due = {other.id: own for other, own in spin_offs_due(book, exchange_date(now))}
            if due.get(action.id) != tuple(trades):
                return []  # another bot was quicker, or a trade moved on: the next look sees what is left to do
            for trade in trades:
                self._restate_one(book, trade, orders[trade.id], action, terms)
            book.keep_action(replace(action, new_symbol=terms.symbol), ActionState.APPLIED)
        for trade in trades:
            self._restate.renews(trade.id)
            log.warning("trade_restated", trade_id=trade.id, kept=f"{float(terms.kept):.6f}", shares=trade.held_shares)
        return list(trades)

    def _restate_one(self, book: Book, trade: Trade, orders: Orders, action: CorporateAction, terms: Terms) -> None:
        """Restate a trade as it was when the day began, for what was sold since was of the restated shares."""
        before, parts = trade, book.orders(trade.id)
        if orders.sold_shares(trade) >= trade.exit_shares:
            before, _ = follow(trade, orders)
            before, parts = replace(before, closed_at=None), orders.parts
        after = restated(before, Fraction(1), parts, kept=terms.kept)
        book.update(after)
        rate = terms.rate
        told = (action.new_shares, action.old_shares) if action.ratio else (rate.numerator, rate.denominator)
        away = ALL - terms.kept
        cost = before.held_shares * before.entry * away.numerator / away.denominator
        more = f"{terms.symbol} {whole(before.held_shares * rate)} {cut(cost)} {float(terms.kept):.8f}"
        what = f"{ActionKind.SPIN_OFF} {told[0]} {told[1]}"
        tell_restated(book, before, after, what, action.id, self._clock.now(), more)

    def _ask(self, action: CorporateAction, trades: Sequence[Trade], missing: Missing, now: datetime) -> None:
        """Ask the desk, once for each trade, what is to become of shares that have no stop."""
        if not self._calendar.is_regular(now - PATIENCE):
            return
        with self._store.reading() as ledger:
            new = [trade for trade in trades if not ledger.told(_key(action, trade))]
        rates = f"{action.new_shares} {action.old_shares}" if action.ratio else f"{UNKNOWN} {UNKNOWN}"
        for trade in new:
            kind, detail = NoticeKind.SPIN_OFF_WAITS, f"{rates} {action.new_symbol or UNKNOWN} {missing.what}"
            detail = f"{detail} {missing.symbol}"
            with self._store.writing() as book:
                if book.tell(Notice(key=_key(action, trade), kind=kind, at=now, trade_id=trade.id, detail=detail)):
                    book.record(OWN_ACCORD.entry(now, "spin-off waits", trade.id, detail, action.id))
            log.warning("spin_off_waits", trade_id=trade.id, missing=missing.what, symbol=missing.symbol)

    def _claim_what_came(self) -> None:
        """Note whose the activities are that tell of what was spun off, and tell of cash in lieu among them."""
        on = exchange_date(self._clock.now())
        with self._store.reading() as ledger:
            rows = ledger.unclaimed({ActivityKind.SPIN_OFF})
            known = ledger.corporate_actions(on - WAITS, on) if rows else ()
        done = {
            action.new_symbol: action
            for action, state in known
            if action.kind is ActionKind.SPIN_OFF and state is ActionState.APPLIED
        }
        for row in rows:
            with self._store.writing() as book:
                trade = _restated_by(book, done.get(row.symbol))
                is_free = row.id in {free.id for free in book.unclaimed({ActivityKind.SPIN_OFF}, symbol=row.symbol)}
                if trade is None or not is_free:
                    continue
                book.claim_activity(row.id, trade.id)
                if row.dollars > 0:
                    tell_cash(book, trade, row.id, row.dollars, self._clock.now(), spun_off=row.symbol)


class AskedAboutSpinOffs:
    """A reason for exits only: the desk was asked about a trade that waits for a spin-off to be understood."""

    name = SPIN_OFF

    def __init__(self, *, store: Store, calendar: ActionCalendar) -> None:
        self._store = store
        self._calendar = calendar

    def look(self) -> str:
        """Say whether any trade waits about which the desk was asked."""
        with self._store.reading() as ledger:
            due = spin_offs_due(ledger, self._calendar.trading_date())
            is_asked = any(ledger.told(_key(action, trade)) for action, trades in due for trade in trades)
        return self.name if is_asked else ""


def came(ledger: Ledger, action: CorporateAction) -> tuple[Activity, ...]:
    """Return the activities that tell what came of a spin-off; none where they may be of another one."""
    since = begin(action) - LATE
    rows = ledger.activities(symbol=action.new_symbol, since=since)
    rows = tuple(row for row in rows if row.kind is ActivityKind.SPIN_OFF and row.symbol)
    if action.new_symbol:
        return rows
    on = action.ex_date
    named = {other.new_symbol for other, _ in ledger.corporate_actions(on - WAITS, on + WAITS)}
    own = tuple(row for row in rows if row.symbol not in named)
    return own if len({row.symbol for row in own}) == 1 else ()


def _told_rate(rows: Sequence[Activity], held: int, price: Decimal) -> Fraction:
    """Return the shares that came for each one held; what was paid for fractions of them counts as shares."""
    shares = sum((Fraction(row.shares) + Fraction(row.dollars) / Fraction(price) for row in rows), Fraction(0))
    return shares / held


def _until(moment: datetime, orders: Orders, fills: Sequence[Activity]) -> Orders:
    """Return a trade's orders with what they had filled by an instant, as the account's executions tell it."""

    def then(order: Order) -> Order:
        legs = tuple(then(leg) for leg in order.legs)
        is_over = order.filled_at is not None and order.filled_at < moment
        if order.role is OrderRole.ENTRY or is_over or not order.filled_shares:
            return replace(order, legs=legs)
        own = [fill for fill in fills if fill.order_id == order.broker_id and fill.at < moment]
        shares = sum(int(abs(fill.shares)) for fill in own)
        dollars = sum((abs(fill.shares) * (fill.price or Decimal(0)) for fill in own), Decimal(0))
        price, at = (dollars / shares, own[-1].at) if shares else (None, None)
        return replace(order, legs=legs, filled_shares=shares, fill_price=price, filled_at=at)

    return Orders(entry=then(orders.entry) if orders.entry else None, lone=tuple(then(order) for order in orders.lone))


def _restated_by(ledger: Ledger, action: CorporateAction | None) -> Trade | None:
    """Return the trade that a spin-off restated, None where there is none."""
    if action is None:
        return None
    trades = ledger.trades(symbol=action.symbol, limit=RECENT)
    own = (trade for trade in trades if trade.restated != AS_FILLED and bought_before(trade, action.ex_date))
    return next(own, None)


def _key(action: CorporateAction, trade: Trade) -> str:
    return f"{trade.id}:spin-off:{action.id}"
