"""What companies do to the shares that trades hold: known the evening before, recognised on the day, restated exactly.

An action is known from what was announced or from the account's activities. Without either, a change of quantity that
no execution explains is one where the price moved by the inverse. Until it is understood nothing is booked and nothing
is sent at old prices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import structlog

from engine.common.kept_orders import KeptOrders
from engine.common.orders import ask, bought_back, by_hand
from engine.common.retry_each import Turns
from engine.common.share_counts import told_foreign, unclaimed_exchanges, unexplained
from engine.execution.action_calendar import BACK, ActionCalendar
from engine.execution.company_changes import (
    Change,
    is_cash_in_lieu,
)
from engine.execution.due_actions import (
    begin,
    due_actions,
    exchange_due,
    exchanges_due,
    spin_offs_among,
    spin_offs_due,
    unbooked,
)
from engine.execution.exit_gate import ExitGate
from engine.execution.restatements import ActionTerms, end_old_exits, is_adjusted, tell_cash, tell_restated, with_cash
from engine.model.account import Position
from engine.model.activity import ActivityKind
from engine.model.corporate_action import ActionKind, ActionState, CorporateAction
from engine.model.desk import OWN_ACCORD
from engine.model.market import exchange_date
from engine.model.money import ZERO
from engine.model.trade import AS_FILLED, AT_THE_BROKER, ExitReason, Order, OrderRole, Trade
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction
from engine.risk.restating import is_doubtful, restated, whole

log = structlog.get_logger()

RECENT = 20
"""Trades of a symbol, newest first, among which the one is looked for whose shares were exchanged."""
ABSENT_AFTER = timedelta(minutes=15)
"""Regular trading after which an announced exchange that nothing shows did not happen."""


class Restate:
    """Follows corporate actions: keeps orders at old prices from being sent, and restates trades."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        exits: ExitGate,
        kept_orders: KeptOrders,
        calendar: ActionCalendar,
    ) -> None:
        self._exits = exits
        self._kept_orders = kept_orders
        self._store = store
        self._broker = broker
        self._clock = clock
        self._calendar = calendar
        self._renewing: set[str] = set()

    def entries_stopped(self, reader: Reader) -> frozenset[str]:
        """Return the symbols in which nothing is bought: from the evening before an action until it is over."""
        on = self._calendar.trading_date()
        due = {action.symbol for action, _ in reader.corporate_actions(on, on)}
        return frozenset({*due, *self.suspended(reader)})

    def suspended(self, reader: Reader) -> frozenset[str]:
        """Return the symbols in which no stop or target is sent: shares or their worth may be others at the open."""
        return self._changing(reader, self._calendar.trading_date())

    def changing(self, reader: Reader) -> frozenset[str]:
        """Return the symbols whose shares, or their worth, may be others by now, and so the prices of orders."""
        return self._changing(reader, exchange_date(self._clock.now()))

    def exchanging(self, reader: Reader) -> frozenset[str]:
        """Return the symbols whose shares are exchanged, or may have been."""
        return self._exchanging(reader, self._calendar.trading_date())

    def awaited(self, reader: Reader, symbol: str) -> CorporateAction | None:
        """Return what exchanges the shares of a symbol and is due while regular trading goes on; None elsewhere."""
        now = self._clock.now()
        return exchange_due(reader, symbol, exchange_date(now)) if self._calendar.is_regular(now) else None

    def _changing(self, reader: Reader, on: date) -> frozenset[str]:
        due = due_actions(reader, on)
        return self._exchanged_by(due, reader) | {action.symbol for action, _ in spin_offs_among(due, reader)}

    def _exchanging(self, reader: Reader, on: date) -> frozenset[str]:
        return self._exchanged_by(due_actions(reader, on), reader)

    def _exchanged_by(self, actions: Sequence[CorporateAction], reader: Reader) -> frozenset[str]:
        due = {action.symbol for action in actions if action.is_exchange}
        held = reader.symbols(AT_THE_BROKER, due) if due else frozenset()
        return frozenset({*held, *unclaimed_exchanges(reader), *unexplained(reader)})

    def days(self, reader: Reader, symbol: str) -> Sequence[datetime]:
        """Return the instants with which the days of what is due in a symbol begin."""
        return [
            begin(action) for action in due_actions(reader, self._calendar.trading_date()) if action.symbol == symbol
        ]

    def unbooked(self, reader: Reader) -> Mapping[str, datetime]:
        """Return the symbols of which sales are not booked before a spin-off is understood, and from when on."""
        return unbooked(reader, self._calendar.trading_date())

    def renews(self, trade_id: str) -> None:
        """Note that a trade's stop is sent again because the trade was restated."""
        self._renewing.add(trade_id)

    def pop_renewal(self, trade_id: str) -> bool:
        """Tell, once, whether a trade's stop is sent again because its shares were restated."""
        is_due = trade_id in self._renewing
        self._renewing.discard(trade_id)
        return is_due

    def apply(self, trade: Trade, change: Change) -> bool:
        """End what stands at old prices, then restate a trade in one transaction; raises BrokerUnavailable.

        Whoever comes after sends the stop and the target again, at the new prices. False where the trade moved on.
        """
        with self._store.reading() as reader:
            known = reader.orders(trade.id)
        orders = ask(self._broker, trade.id, known)
        live = [order for order in (*orders.exits, *orders.covers) if not order.state.is_over]
        is_left = bool(whole(trade.net_shares * change.ratio))
        wanted = restated(trade, change.ratio, symbol=change.symbol) if is_left else None
        if wanted is None or not all(is_adjusted(order, trade, wanted) for order in live):
            end_old_exits(self._broker, self._exits, self._kept_orders, trade.id, live)
        now = self._clock.now()
        with self._store.writing() as transaction:
            before = transaction.trade(trade.id)
            if before is None or before.state not in AT_THE_BROKER or not _is_as_seen(before, trade):
                return False  # it moved on, or another bot was quicker: the next look sees what is left to do
            kept = transaction.orders(trade.id)
            if change.ratio == 1 and change.symbol == before.symbol:
                after = with_cash(before, change.dollars)  # told late: only its cash is news
            elif whole(before.net_shares * change.ratio):
                after = restated(before, change.ratio, symbol=change.symbol)
                after = with_cash(after, change.dollars)
            else:  # nothing is left of it, or less than a share, which is paid for in cash
                after = replace(before, exit_reason=ExitReason.CORPORATE_ACTION)
                transaction.save_order(trade.id, _end_of(before, change, kept, now))
            self._go_on_with(transaction, before.symbol, after.symbol)
            transaction.update(after)
            self._retire(transaction, trade.symbol, change, trade.id)
            if change.ratio != 1 or after.symbol != before.symbol:
                tell_restated(transaction, before, after, ActionTerms.of(change.kind, change.ratio), change.key, now)
            if change.kind is ActionKind.SPLIT and change.dollars:
                tell_cash(transaction, after, change.key, change.dollars, now)
        self.renews(trade.id)
        log.warning("trade_restated", trade_id=trade.id, ratio=str(change.ratio), shares=after.net_shares)
        return True

    def _go_on_with(self, transaction: Transaction, before: str, after: str) -> None:
        """Let a spin-off that is not understood yet be of the symbol that its shares have now."""
        due = spin_offs_due(transaction, self._calendar.trading_date()) if after != before else ()
        for action in [action for action, _ in due if action.symbol == before]:
            transaction.save_action(replace(action, symbol=after), ActionState.ANNOUNCED)

    def book_cash(self) -> None:
        """Book what was paid in lieu of fractions of a share to the trade whose shares were exchanged."""
        with self._store.reading() as reader:
            paid = [row for row in reader.unclaimed({ActivityKind.SPLIT}) if is_cash_in_lieu(row)]
        for row in paid:
            with self._store.writing() as transaction:
                is_free = row.id in {free.id for free in transaction.unclaimed({ActivityKind.SPLIT}, symbol=row.symbol)}
                exchanged = (
                    trade for trade in transaction.trades(symbol=row.symbol, limit=RECENT) if _was_exchanged(trade)
                )
                trade = next(exchanged, None)
                if not is_free or trade is None:  # nobody's in the end: it is let go with the others
                    continue
                transaction.update(with_cash(trade, row.dollars))
                transaction.claim_activity(row.id, trade.id)
                tell_cash(transaction, trade, row.id, row.dollars, self._clock.now())

    def pull_old_exits(self, turns: Turns) -> None:
        """End, on the day of an announced action, stops and targets at old prices, of each trade in its turn.

        They would be filled at the open. The trade gets new ones once it is restated. Raises TemporaryError.
        """
        on = exchange_date(self._clock.now())
        with self._store.reading() as reader:
            days = {action.symbol: action.ex_date for action in due_actions(reader, on)}
            alive = reader.trades(AT_THE_BROKER) if days else ()
            trades = [trade for trade in alive if trade.symbol in days and trade.was_bought_before(days[trade.symbol])]
            known = reader.orders_of([trade.id for trade in trades])

        def pull(trade_id: str) -> None:
            orders = ask(self._broker, trade_id, known[trade_id])
            # A sale at the market has no price that could be old: it goes on. What buys back has old shares.
            old = [*(order for order in orders.exits if order.role is not OrderRole.EXIT), *orders.covers]
            end_old_exits(self._broker, self._exits, self._kept_orders, trade_id, old)

        turns.give(known, pull)
        turns.end_if_lost()

    def _retire(self, transaction: Transaction, symbol: str, change: Change, trade_id: str) -> None:
        """Note that an action is carried out, and whose the activities that told it are."""
        on = exchange_date(self._clock.now())
        for row in change.rows:
            transaction.claim_activity(row, trade_id)
        if change.ratio == 1 and change.symbol == symbol:
            return  # told late: what it was is noted already, and anything else that is due is still to come
        due = [action for action, _ in transaction.corporate_actions(on - BACK, self._calendar.trading_date())]
        own = [action for action in due if action.symbol == symbol and action.kind is change.kind]
        # Where several were missed, each is carried out by itself: one must not pass for another that is still to come.
        same = [action for action in own if action.ratio == change.ratio]
        others = [] if change.kind is ActionKind.SPLIT else own
        for action in same or others or [_action_of(change, symbol, on)]:
            transaction.save_action(action, ActionState.APPLIED)

    def retire_absent(self, positions: Mapping[str, Position]) -> None:
        """Let go of an announced exchange that did not happen: regular trading has long begun as if nothing were.

        The shares are those of before, and the old stop and target make sense at the price: they come back.
        """
        now = self._clock.now()
        if not all(self._calendar.is_regular(at) for at in (now - ABSENT_AFTER, now)):
            return
        on = exchange_date(now)
        with self._store.reading() as reader:
            due = exchanges_due(reader, on)
            trades = reader.trades(AT_THE_BROKER) if due else ()
            foreign = told_foreign(reader)
        for action in due:
            own = [trade for trade in trades if trade.symbol == action.symbol]
            position, shares = positions.get(action.symbol), sum(trade.net_shares for trade in own)
            if not own or not position or position.shares != shares + foreign.get(action.symbol, 0):
                continue
            if all(_is_of_before(position.price, trade) for trade in own):
                with self._store.writing() as transaction:
                    transaction.save_action(action, ActionState.APPLIED)
                    transaction.write_audit(
                        OWN_ACCORD.entry(now, "corporate action", action.symbol, "did not happen", action.id)
                    )
                log.warning("corporate_action_absent", symbol=action.symbol, action=action.id)


def _action_of(change: Change, symbol: str, on: date) -> CorporateAction:
    """Write down a change that nobody announced, so that who announces it later finds it done."""
    new, old = change.ratio.numerator, change.ratio.denominator
    return CorporateAction(
        id=change.key,
        kind=change.kind,
        symbol=symbol,
        ex_date=on,
        new_shares=Decimal(new),
        old_shares=Decimal(old),
        new_symbol="" if change.symbol == symbol else change.symbol,
    )


def _end_of(trade: Trade, change: Change, known: Sequence[Order], now: datetime) -> Order:
    """Write down what ended the shares of a trade, or what it owed of them, at the dollars that came for each."""
    shares = trade.net_shares
    price = change.dollars / shares if shares and change.dollars else ZERO
    note = by_hand if shares >= 0 else bought_back
    return note(trade, abs(shares), price, known, now, change.key)


def _is_of_before(price: Decimal, trade: Trade) -> bool:
    """Tell whether a price makes sense for the shares of a trade as they are booked; what is owed has no exits."""
    if trade.short_shares:
        return not is_doubtful(price, trade.entry)
    return trade.stop < price and (trade.exit_plan.is_part_sold or price < trade.target)


def _is_as_seen(now: Trade, seen: Trade) -> bool:
    """Tell whether a trade is still what its change was worked out for."""
    shares = [(trade.symbol, trade.restated, trade.filled_shares, trade.exit_shares) for trade in (now, seen)]
    return shares[0] == shares[1]


def _was_exchanged(trade: Trade) -> bool:
    """Tell whether a company exchanged the shares of a trade."""
    return trade.restated != AS_FILLED or trade.exit_reason is ExitReason.CORPORATE_ACTION
