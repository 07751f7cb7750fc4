"""Sixth stage: the broker's truth becomes ours: orders, fills, ends of trades, and the notices of each.

It runs before anything else at every start, after every change that the broker reports, and every minute. It looks at
orders by the ids that we gave them, so it books a fill to the trade that it belongs to, and never sends an order that
the broker has.
"""

import threading
from dataclasses import replace
from decimal import Decimal

import structlog

from engine.errors import Refused
from engine.model.desk import OWN_ACCORD, DeskState
from engine.model.notice import Notice, NoticeKind
from engine.model.trade import ExitReason, Order, OrderRole, OrderState, Trade, TradeState
from engine.ports import Broker, Clock
from engine.risk.limits import Limits
from engine.risk.sizing import target_for
from engine.stages.decide import existing
from engine.stages.execute import Execute, is_young
from engine.stages.orders import Orders, ask
from engine.stages.services import Service, Services
from engine.truth import Book, Store

log = structlog.get_logger()

AT_THE_BROKER = frozenset({TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSING})

EXITS = {OrderRole.STOP: ExitReason.STOP, OrderRole.TARGET: ExitReason.TARGET}


def follow(trade: Trade, entry: Order, exits: tuple[Order, ...], limits: Limits) -> tuple[Trade, TradeState]:
    """Return a trade as its orders make it, and the state that it belongs into; pure.

    `exits` are all orders that sell: legs, lone stops, orders of the desk. Prices are averages weighted by shares.
    """
    sold = [order for order in exits if order.filled_shares]
    trade = replace(trade, filled_shares=entry.filled_shares, fill_price=entry.fill_price, filled_at=entry.filled_at)
    if entry.fill_price is not None:
        trade = replace(trade, target=target_for(entry.fill_price, limits))
    if sold:
        shares = sum(order.filled_shares for order in sold)
        dollars = sum((order.filled_shares * (order.fill_price or Decimal(0)) for order in sold), Decimal(0))
        last = max(sold, key=lambda order: (order.filled_at is not None, order.filled_at))
        reason = EXITS.get(last.role) or trade.exit_reason or ExitReason.DESK
        trade = replace(trade, exit_shares=shares, exit_price=dollars / shares, exit_reason=reason)
        trade = replace(trade, closed_at=last.filled_at if not trade.held_shares else None)
    return trade, _state(trade, entry)


def _state(trade: Trade, entry: Order) -> TradeState:
    if trade.filled_shares and entry.state.is_over and not trade.held_shares:
        return TradeState.CLOSED
    if trade.state is TradeState.CLOSING:
        return TradeState.CLOSING
    if trade.filled_shares:
        return TradeState.OPEN
    if not entry.state.is_over:
        return TradeState.SUBMITTED
    return TradeState.FAILED if entry.state is OrderState.REJECTED else TradeState.CANCELLED


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
        limits: Limits,
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
        """Look at every trade; raises BrokerUnavailable."""
        with self._store.reading() as ledger:
            trades = ledger.trades(AT_THE_BROKER)
        for trade in trades:
            self.trade(trade.id)
        self._broker.account()
        self._services.back(Service.BROKER)

    def trade(self, trade_id: str) -> None:
        """Look at one trade; raises BrokerUnavailable."""
        with self._looking:
            with self._store.reading() as ledger:
                trade = ledger.trade(trade_id)
                known = ledger.orders(trade_id)
            if trade is None or trade.state not in AT_THE_BROKER:
                return
            orders = ask(self._broker, trade_id, known)
            if orders.entry is None:
                self._never_arrived(trade)
                return
            trade = self._keep(trade_id, orders.entry, orders)
            if trade.state is TradeState.OPEN:
                self._move_target(trade, orders.entry)

    def _keep(self, trade_id: str, entry: Order, orders: Orders) -> Trade:
        with self._store.writing() as book:
            # The trade as it is now: the desk may have moved it on while the broker was asked.
            trade = existing(book, trade_id)
            if trade.state not in AT_THE_BROKER:
                return trade
            followed, state = follow(trade, entry, orders.exits, self._limits)
            for order in (entry, *orders.lone):
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

    def _tell(self, book: Book, before: Trade, after: Trade, entry: Order) -> None:
        now = self._clock.now()
        told: dict[str, NoticeKind] = {}
        if after.filled_shares and entry.state.is_over:
            told["filled"] = NoticeKind.FILLED
        if after.state is not before.state:
            if after.state is TradeState.CLOSED:
                told["closed"] = NoticeKind.CLOSED
            if after.state in {TradeState.CANCELLED, TradeState.FAILED}:
                told[after.state] = NoticeKind.DECIDED
            book.record(OWN_ACCORD.entry(now, after.state, after.id, f"{after.held_shares} shares held", entry.reason))
            log.info(after.state, trade_id=after.id, held=after.held_shares)
        for name, kind in told.items():
            book.tell(Notice(key=f"{after.id}:{name}", kind=kind, at=now, trade_id=after.id))

    def _move_target(self, trade: Trade, entry: Order) -> None:
        """The target follows the fill, once the entry is done."""
        leg = entry.leg(OrderRole.TARGET)
        if not entry.state.is_over or leg is None or leg.state.is_over or leg.price == trade.target:
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

    def _never_arrived(self, trade: Trade) -> None:
        """The broker does not have the order: send it while that is still what was approved, else end the trade."""
        if trade.state is not TradeState.SUBMITTED:
            log.error("order_unknown_to_broker", trade_id=trade.id)
            return
        with self._store.reading() as ledger:
            active = ledger.desk().state is DeskState.ACTIVE
        try:
            if active and is_young(trade, self._clock.now()):
                self._execute.send(trade)
            else:
                self._execute.give_up(trade)
        except Refused as error:
            log.warning("not_sent_again", trade_id=trade.id, error=str(error))
