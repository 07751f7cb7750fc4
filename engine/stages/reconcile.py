"""Sixth stage: the broker's truth becomes ours: orders, fills, ends of trades, and the notices of each.

It runs before anything else at every start, after every change that the broker reports, and every minute. One list of
what is alive shows which trades changed; only those are asked for by the ids that we gave their orders. So a fill is
booked to the trade that it belongs to, and an order that the broker has is never sent.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from operator import attrgetter

import structlog

from engine.errors import OrderRefused, Refused
from engine.model.desk import OWN_ACCORD
from engine.model.notice import Notice, NoticeKind
from engine.model.signal import Side
from engine.model.trade import ExitReason, Order, OrderRole, OrderState, Trade, TradeState
from engine.ports import Broker, Clock
from engine.risk.limits import LimitsInForce
from engine.risk.sizing import target_for
from engine.stages.decide import existing
from engine.stages.each import for_each
from engine.stages.execute import Execute
from engine.stages.orders import NOTHING, Orders, ask, by_trade, settled
from engine.stages.services import Service, Services
from engine.stages.tracing import about_a_trade
from engine.truth import Book, Store

log = structlog.get_logger()

AT_THE_BROKER = frozenset({TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSING})

EXITS = {OrderRole.STOP: ExitReason.STOP, OrderRole.TARGET: ExitReason.TARGET}


def follow(trade: Trade, entry: Order | None, exits: tuple[Order, ...]) -> tuple[Trade, TradeState]:
    """Return a trade as its orders make it, and the state that it belongs into; pure.

    `exits` are all orders that sell: legs, lone stops, orders of the desk. Prices are averages weighted by shares.
    Without an entry, which the broker does not know, the trade says itself what was bought.
    """
    sold = [order for order in exits if order.filled_shares]
    if entry:
        bought, price = entry.filled_shares, entry.fill_price
        trade = replace(trade, filled_shares=bought, fill_price=price, filled_at=entry.filled_at)
        if entry.fill_price is not None:
            trade = replace(trade, target=target_for(entry.fill_price, trade.sizing.target_distance))
    if sold:
        shares = sum(order.filled_shares for order in sold)
        dollars = sum((order.filled_shares * (order.fill_price or Decimal(0)) for order in sold), Decimal(0))
        last = max(sold, key=lambda order: (order.filled_at is not None, order.filled_at))
        reason = EXITS.get(last.role) or trade.exit_reason or ExitReason.DESK
        trade = replace(trade, exit_shares=shares, exit_price=dollars / shares, exit_reason=reason)
        trade = replace(trade, closed_at=last.filled_at if not trade.held_shares else None)
    return trade, _state(trade, entry)


def _state(trade: Trade, entry: Order | None) -> TradeState:
    is_over = entry is None or entry.state.is_over
    if trade.filled_shares and is_over and not trade.held_shares:
        return TradeState.CLOSED
    if trade.state is TradeState.CLOSING:
        return TradeState.CLOSING
    if trade.filled_shares or entry is None:
        return TradeState.OPEN
    if not is_over:
        return TradeState.SUBMITTED
    return TradeState.FAILED if entry.state is OrderState.REJECTED else TradeState.CANCELLED


def is_as_known(trade: Trade, known: Sequence[Order], alive: Sequence[Order]) -> bool:
    """Tell whether what is alive of a trade's orders is just what we know of it, and the trade follows from that; pure.

    `known` are its orders as kept, without nesting, `alive` those that the broker lists, with their legs.
    """
    if not any(order.role is OrderRole.ENTRY for order in known):
        return False
    listed = {part.broker_id: part for order in alive for part in (order, *order.legs)}
    kept = {order.broker_id: order for order in known}
    if any(order.broker_id not in kept for order in listed.values()):
        return False
    if any(_differs(order, listed.get(order.broker_id)) for order in known):
        return False
    if any(_waits_for_its_price(order, trade) for order in known):
        return False
    bought = sum(order.filled_shares for order in known if order.side is Side.BUY)
    sold = sum(order.filled_shares for order in known if order.side is Side.SELL)
    return (trade.filled_shares, trade.exit_shares) == (bought, sold)


def _differs(kept: Order, listed: Order | None) -> bool:
    if listed is None:
        return not kept.state.is_over
    fields = attrgetter("state", "shares", "filled_shares", "price")
    return bool(fields(kept) != fields(listed))


def _waits_for_its_price(order: Order, trade: Trade) -> bool:
    return order.role is OrderRole.TARGET and not order.state.is_over and order.price != trade.target


class Reconcile:
    """Asks the broker about every trade that has orders there, and keeps what it says."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        execute: Execute,
        services: Services,
        limits: LimitsInForce,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._execute = execute
        self._services = services
        self._limits = limits
        # One look at a time: an older answer of the broker must not be kept over a newer one.
        self._looking = threading.RLock()

    def __call__(self) -> None:
        """Look at every trade that is not as we last saw it; raises BrokerUnavailable."""
        with self._store.reading() as ledger:
            trades = ledger.trades(AT_THE_BROKER)
            known = ledger.orders_of([trade.id for trade in trades])
        listed = self._broker.orders()
        alive = by_trade(listed)
        changed = [trade for trade in trades if not is_as_known(trade, known[trade.id], alive.get(trade.id, ()))]
        for trade in changed:
            self._adopt(trade, known[trade.id], alive.get(trade.id, ()))
        try:
            self._look_at({trade.id: known[trade.id] for trade in changed})
        finally:
            self._end_strays(alive.keys() - known.keys(), alive)
        self._services.back(Service.BROKER)

    def _look_at(self, known: Mapping[str, Sequence[Order]]) -> None:
        """Look at many trades; what is over, as most of it is after a night, is read from one list."""
        over = settled(self._broker, known)
        for_each(known, partial(self.trade, over=over))

    @about_a_trade
    def trade(self, trade_id: str, over: Mapping[str, Order] = NOTHING) -> bool:
        """Look at one trade, and tell whether its orders should protect shares by now and do not.

        `over` are settled orders, which are not asked for again. Where nothing is alive any more somebody may be
        selling by hand: that is left to the next round of Protect. Raises BrokerUnavailable.
        """
        with self._looking:
            with self._store.reading() as ledger:
                trade = ledger.trade(trade_id)
                known = ledger.orders(trade_id)
            if trade is None or trade.state not in AT_THE_BROKER:
                return False
            orders = ask(self._broker, trade_id, known, over)
            if orders.entry is None and trade.state is TradeState.SUBMITTED:
                if not self._execute.send_again(trade):
                    return False
                orders = ask(self._broker, trade_id, known)
                if orders.entry is None:
                    return False
            trade = self._keep(trade_id, orders)
            if trade.state is TradeState.CLOSED:
                self.end_exits(orders)
            if trade.state is not TradeState.OPEN:
                return False
            self._move_target(trade, orders.entry)
            return orders.bare_shares(trade) > 0 and (orders.came_alone or orders.is_alive)

    def _adopt(self, trade: Trade, known: Sequence[Order], alive: Sequence[Order]) -> None:
        """Keep what was sent for a trade by itself and never answered, so that it is asked for from now on."""
        ids = {order.client_order_id for order in known} | {trade.id}
        lone = [order for order in alive if order.client_order_id not in ids]
        if lone:
            with self._store.writing() as book:
                for order in lone:
                    book.keep_order(trade.id, order)

    def _keep(self, trade_id: str, orders: Orders) -> Trade:
        entry = orders.entry
        with self._store.writing() as book:
            # The trade as it is now: the desk may have moved it on while the broker was asked.
            trade = existing(book, trade_id)
            if trade.state not in AT_THE_BROKER:
                return trade
            followed, state = follow(trade, entry, orders.exits)
            for order in (*((entry,) if entry else ()), *orders.lone):
                book.keep_order(trade.id, order)
            # A trade may be filled and closed between two looks; it still passes through every state on its way.
            if trade.state is TradeState.SUBMITTED and state is TradeState.CLOSED:
                followed = book.move(followed, TradeState.OPEN)
            if state is not followed.state:
                followed = book.move(followed, state)
            elif followed != trade:
                book.update(followed)
            self._tell(book, trade, followed, entry)
        return followed

    def end_exits(self, orders: Orders) -> None:
        """Cancel what would go on selling for a trade that holds less, or nothing; raises BrokerUnavailable."""
        for order in orders.exits:
            if not order.state.is_over:
                self._cancel(order)

    def _end_strays(self, trade_ids: Collection[str], alive: Mapping[str, tuple[Order, ...]]) -> None:
        """Cancel an entry that came to the broker after its trade was given up; what it bought keeps its stop."""
        for trade_id in trade_ids:
            with self._store.reading() as ledger:
                trade = ledger.trade(trade_id)
            entries = [order for order in alive[trade_id] if order.client_order_id == trade_id]
            if trade and trade.state in {TradeState.FAILED, TradeState.CANCELLED}:
                for order in entries:
                    if not order.state.is_over:
                        log.warning("entry_came_late", trade_id=trade_id)
                        self._cancel(order)

    def _cancel(self, order: Order) -> None:
        try:
            self._broker.cancel(order)
        except OrderRefused as error:
            log.warning("order_not_cancelled", order=order.client_order_id, error=str(error))

    def _tell(self, book: Book, before: Trade, after: Trade, entry: Order | None) -> None:
        now = self._clock.now()
        told: dict[str, NoticeKind] = {}
        if after.filled_shares and entry and entry.state.is_over:
            told["filled"] = NoticeKind.FILLED
        if after.state is not before.state:
            if after.state is TradeState.CLOSED:
                told["closed"] = NoticeKind.CLOSED
            if after.state in {TradeState.CANCELLED, TradeState.FAILED}:
                told[after.state] = NoticeKind.DECIDED
            why = entry.reason if entry else ""
            book.record(OWN_ACCORD.entry(now, after.state, after.id, f"{after.held_shares} shares held", why))
            log.info(after.state, trade_id=after.id, held=after.held_shares)
        for name, kind in told.items():
            book.tell(Notice(key=f"{after.id}:{name}", kind=kind, at=now, trade_id=after.id))

    def _move_target(self, trade: Trade, entry: Order | None) -> None:
        """The target follows the fill, once the entry is done."""
        leg = entry.leg(OrderRole.TARGET) if entry and entry.state.is_over else None
        if leg is None or leg.state.is_over or leg.price == trade.target:
            return
        try:
            moved = self._broker.replace(leg, trade.target)
        except Refused as error:
            log.warning("target_not_moved", trade_id=trade.id, error=str(error))
            return
        now = self._clock.now()
        with self._store.writing() as book:
            book.keep_order(trade.id, moved)
            book.tell(Notice(key=f"{trade.id}:target", kind=NoticeKind.TARGET_SET, at=now, trade_id=trade.id))
            book.record(OWN_ACCORD.entry(now, "target", trade.id, str(trade.target)))
