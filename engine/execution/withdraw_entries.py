"""Entries that may no longer buy: approvals that grew old, and orders whose time is over or that a halt ended."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import structlog

from engine.common.approvals import Approvals
from engine.common.kept_orders import KeptOrders
from engine.common.newest_halt import ended_by_halt
from engine.common.retry_each import for_each
from engine.common.trade_lookup import existing
from engine.common.trading_hours import TradingHours
from engine.errors import AlreadyDecided, OrderRefused
from engine.execution.entry_ends import EXPIRED, EndEntry
from engine.model.reason import EndReason
from engine.model.trade import Order, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store

log = structlog.get_logger()


class WithdrawEntries:
    """Ends entries whose time is over; it sends none."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        hours: TradingHours,
        approvals: Approvals,
        kept_orders: KeptOrders,
        end_entry: EndEntry,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._hours = hours
        self._approvals = approvals
        self._kept_orders = kept_orders
        self._end = end_entry

    def expire(self) -> None:
        """Cancel what was approved and not carried out while the price of the approval was young; raises TradeFault."""
        now = self._clock.now()
        with self._store.reading() as reader:
            approved = {trade.id: trade for trade in reader.trades({TradeState.APPROVED})}

        def end_if_old(trade_id: str) -> None:
            if not self._approvals.are_young(approved[trade_id], now):
                with suppress(AlreadyDecided):  # it was carried out at the last moment
                    self._end(approved[trade_id], EXPIRED)

        for_each(approved, end_if_old)

    def __call__(self) -> None:
        """Cancel what entries have yet to buy once their time is over, or the desk was halted since they were approved.

        One for extended hours ends with its proposal, a bracket with the regular session in which it was decided: it
        must not buy on another day, at another day's price. A halt may not have reached the broker, and whoever let the
        desk trade again since counts on what it ended. Raises TradeFault, and the first TemporaryError, at the end.
        """
        now = self._clock.now()
        with self._store.reading() as reader:
            buying = {trade.id: trade for trade in reader.trades({TradeState.SUBMITTED})}
            buying |= {trade_id: existing(reader, trade_id) for trade_id in reader.unfilled()}
            halted = ended_by_halt(reader) if buying else frozenset()
        alive = [order for order in (self._broker.orders() if buying else ()) if not order.state.is_over]
        ours = {order.client_order_id: order for order in alive if order.client_order_id in buying}

        def look(trade_id: str) -> None:
            trade, order = buying[trade_id], ours[trade_id]
            if trade_id in halted:
                self._withdraw(trade, order, "")  # no more is said of one that the halt itself cancels
            elif self._is_late(trade, order, now):
                self._withdraw(trade, order, EndReason.NOT_FILLED)

        for_each(ours, look)

    def _is_late(self, trade: Trade, order: Order, now: datetime) -> bool:
        if not order.legs:
            return trade.expires_at <= now
        opened = self._hours.opened(now)
        was_before = opened is not None and self._approvals.young_until(trade) < opened
        return was_before or not self._hours.is_regular(now)

    def _withdraw(self, trade: Trade, order: Order, reason: str) -> None:
        if reason and not order.filled_shares:
            with suppress(AlreadyDecided), self._store.writing() as transaction:
                transaction.update(replace(trade, reason=reason))
        self._kept_orders.expect_end(order)
        try:
            self._broker.cancel(order)
        except OrderRefused as error:
            log.warning("entry_not_withdrawn", trade_id=trade.id, error=str(error))
