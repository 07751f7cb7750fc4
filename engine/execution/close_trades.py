"""The way out of a trade: what it holds is sold at the market, and again until nothing is left."""

from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from engine.common.duty_calls import DutyCalls
from engine.common.kept_orders import KeptOrders
from engine.common.orders import ask, next_id
from engine.common.retry_each import for_each
from engine.common.service_health import Service, ServiceHealth
from engine.common.symbol_halts import symbol_halts
from engine.common.trade_lookup import existing
from engine.errors import (
    AlreadyDecided,
    BrokerUnavailable,
    CancelPending,
    Fenced,
    LookedTooLongAgo,
    OrderExists,
    OrderRefused,
    OrderUnclear,
    SaleRefused,
)
from engine.execution.exit_gate import ExitGate, as_seen, at_last, sent_once
from engine.execution.protection_notices import ProtectionNotices
from engine.execution.rejected_orders import last_rejected, trouble_of
from engine.execution.restatements import under_symbol
from engine.model.desk import Request
from engine.model.market import Session
from engine.model.notices.base import stamp
from engine.model.notices.trades import TimeExit, TradeClosing
from engine.model.sale import Sale
from engine.model.trade import ExitReason, Order, OrderRole, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store

log = structlog.get_logger()

TIMED = frozenset({ExitReason.OVERNIGHT, ExitReason.BEFORE_CLOSE, ExitReason.LONGEST_HOLD})
"""Exits that nobody asked for and no signal brought, in regular hours alone: they have a notice of their own."""


class CloseTrades:
    """Sells what trades hold, whoever asks for it: a person, the clock, a signal, the flattening of the desk."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        calendar: Calendar,
        clock: Clock,
        services: ServiceHealth,
        exits: ExitGate,
        kept_orders: KeptOrders,
        calls: DutyCalls,
    ) -> None:
        self._notices = ProtectionNotices(store=store, clock=clock, calls=calls)
        self._store = store
        self._broker = broker
        self._calendar = calendar
        self._clock = clock
        self._services = services
        self._exits = exits
        self._kept_orders = kept_orders

    def open_trades(self) -> tuple[Trade, ...]:
        """Return every open trade, newest first."""
        with self._store.reading() as reader:
            return reader.trades({TradeState.OPEN})

    def close(self, trade_id: str, request: Request, reason: ExitReason, why: str = "") -> Sale:
        """Sell what a trade holds at the market; `why` is what a person says of it.

        Raises RequestRefused, and Fenced where another process takes the way each time; then nothing was written. After
        SaleRefused the trade is closing: that, and what the broker leaves unclear, is sent again later.
        """
        sale = at_last(partial(self._closing, trade_id, request, reason, why), trade_id=trade_id)
        return replace(sale, is_broker_away=not self.sell(sale.trade))

    def keep(self, trade_id: str, request: Request) -> Trade:
        """Note that somebody keeps an open trade; raises RequestRefused."""
        with self._store.writing() as transaction:
            trade = _open_trade(transaction, trade_id)
            transaction.write_audit(request.entry(self._clock.now(), "keep", trade_id, f"{trade.held_shares} shares"))
        return trade

    def sell(self, trade: Trade) -> bool:
        """Sell what a closing trade still holds, unless an exit is on its way; raises SaleRefused.

        False where the broker is away; then the next round sees what is left to do.
        """
        try:
            with self._exits.one_look:
                order = at_last(partial(self._sold, trade), trade_id=trade.id)
        except (AlreadyDecided, Fenced, LookedTooLongAgo, OrderExists) as error:
            log.warning("exit_held_back", trade_id=trade.id, error=str(error))  # the next round sees what is left to do
            return True
        except (BrokerUnavailable, OrderUnclear) as error:
            self._services.lost(Service.BROKER, error)
            return False
        except CancelPending as error:
            self._notices.tell_pending(trade, error)
            return True
        except OrderRefused as error:
            raise SaleRefused(str(error.facts["reason"]), trade.symbol) from error
        if order:
            with self._store.writing() as transaction:
                transaction.save_order(trade.id, replace(order, role=OrderRole.EXIT))
            log.info("selling", trade_id=trade.id, shares=order.shares)
        return True

    def sell_leftovers(self) -> None:
        """Sell what closing trades hold and no live exit sells: it was never sent, or ended before all was sold.

        Raises TradeFault, and the first TemporaryError, once every trade had its turn.
        """
        with self._store.reading() as reader:
            trades = {trade.id: trade for trade in reader.trades({TradeState.CLOSING})}
            known = reader.orders_of(list(trades)) if trades else {}

        def sell(trade_id: str) -> None:
            rejected = last_rejected(trade_id, OrderRole.EXIT, known[trade_id])
            why = trouble_of(rejected[-1]) if rejected else ""
            try:
                self.sell(trades[trade_id])
            except SaleRefused as error:
                why = str(error.facts["reason"])
            if why:
                self._notices.tell_sale_refused(trades[trade_id], why)

        for_each(trades, sell)

    def _closing(self, trade_id: str, request: Request, reason: ExitReason, why: str) -> Sale:
        """Move a trade to closing, and tell who closes it; raises AlreadyDecided, UnknownTrade and Fenced."""
        now = self._clock.now()
        is_open = self._calendar.session(now) is Session.REGULAR
        opens_at = None if is_open else self._calendar.next_open(now)
        # No process is between its last look and the stop that it sends; whoever looks from here on sees it closing.
        with self._store.order_lock(urgent=True) as term, self._store.writing(term) as transaction:
            trade = _open_trade(transaction, trade_id)
            trade = transaction.move(replace(trade, exit_reason=reason, closed_by=request.by), TradeState.CLOSING)
            sale = Sale(trade=trade, opens_at=opens_at, is_halted=trade.symbol in symbol_halts(transaction))
            transaction.write_audit(request.entry(now, "close", trade_id, f"{trade.held_shares} shares", why or reason))
            transaction.enqueue_notice(_notice_of(sale, reason, why, now))
        return sale

    def _sold(self, trade: Trade) -> Order | None:
        """Send the next exit, None when there is nothing left to send it for."""
        with self._store.reading() as reader:
            known = reader.orders(trade.id)
        entry = self._broker.order(trade.id)
        if entry and not entry.state.is_over:
            self._kept_orders.expect_end(entry)
            with self._exits.open(as_seen(trade)) as last_look:
                self._broker.cancel(entry, last_look)
        orders = under_symbol(ask(self._broker, trade.id, known), trade.symbol)
        held = orders.held_shares(trade)
        if held <= 0 or orders.live(OrderRole.EXIT):
            return None
        key = next_id(trade.id, OrderRole.EXIT, known)

        def look(reader: Reader) -> None:
            as_seen(trade)(reader)
            if next_id(trade.id, OrderRole.EXIT, reader.orders(trade.id)) != key:
                raise AlreadyDecided(trade.id, trade.state, trade.decided_by)  # another process has sold meanwhile

        gate = partial(self._exits.open, look)
        return sent_once(self._broker, key, lambda: self._broker.close(key, trade.symbol, held, gate))


def _notice_of(sale: Sale, reason: ExitReason, why: str, now: datetime) -> TimeExit | TradeClosing:
    """Return what the desk is told of a sale: a trade that a late fill opens again is sold, and told, once more."""
    trade = sale.trade
    key = f"{trade.id}:closing:{stamp(now)}"
    if reason in TIMED:
        return TimeExit(key=key, at=now, trade_id=trade.id, reason=reason)
    return TradeClosing(
        key=key,
        at=now,
        trade_id=trade.id,
        by=trade.closed_by,
        why=why,
        opens_at=sale.opens_at,
        is_halted=sale.is_halted,
    )


def _open_trade(reader: Reader, trade_id: str) -> Trade:
    """Return a trade that holds shares and is not on its way out; raises UnknownTrade and AlreadyDecided."""
    trade = existing(reader, trade_id)
    if trade.state is not TradeState.OPEN:
        raise AlreadyDecided(trade_id, trade.state, trade.closed_by or trade.decided_by)
    return trade
