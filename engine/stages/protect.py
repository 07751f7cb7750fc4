"""Every open position has a live stop, and leaves when the desk, or an opposite signal, says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from engine.errors import AlreadyDecided, BrokerUnavailable, OrderRefused, OrderUnclear
from engine.model.desk import OWN_ACCORD, Request
from engine.model.notice import Notice, NoticeKind
from engine.model.signal import Side, Signal
from engine.model.trade import ExitReason, Order, OrderRole, Trade, TradeState
from engine.ports import Broker, Clock, Store
from engine.stages.decide import existing
from engine.stages.services import Service, Services

log = structlog.get_logger()


class Protect:
    """Watches over the stops, and sells."""

    def __init__(self, *, store: Store, broker: Broker, clock: Clock, services: Services, quiet: timedelta) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._services = services
        self._quiet = quiet

    def __call__(self) -> None:
        """Give every open position without a live stop a new one, and say so; raises BrokerUnavailable."""
        with self._store.reading() as ledger:
            trades = ledger.trades({TradeState.OPEN})
            known = {trade.id: ledger.orders(trade.id) for trade in trades}
        for trade in trades:
            if trade.held_shares and not self._has_stop(trade, known[trade.id]):
                try:
                    self._renew_stop(trade, known[trade.id])
                except OrderRefused as error:
                    # One position's trouble must not leave the next one unprotected.
                    self._tell_unprotected(trade, "refused", str(error.facts["reason"]))

    def opposite(self, signals: Sequence[Signal]) -> tuple[tuple[Trade, Signal], ...]:
        """Return the open trades that a sell signal speaks against."""
        sells = {signal.symbol: signal for signal in signals if signal.side is Side.SELL}
        if not sells:
            return ()
        with self._store.reading() as ledger:
            return tuple(
                (trade, sells[trade.symbol]) for trade in ledger.trades({TradeState.OPEN}) if trade.symbol in sells
            )

    def ask_to_exit(self, trade: Trade, signal: Signal) -> None:
        """Ask the desk whether to sell, once in a quiet time."""
        turn = int(signal.at.timestamp() // self._quiet.total_seconds())
        key = f"{trade.id}:exit:{turn}"
        with self._store.writing() as book:
            book.tell(
                Notice(
                    key=key,
                    kind=NoticeKind.EXIT_ASKED,
                    at=signal.at,
                    trade_id=trade.id,
                    detail=str(signal.tenths),
                ),
            )

    def close(self, trade_id: str, request: Request, reason: ExitReason) -> Trade:
        """Sell what a trade holds at the market; raises Refused. What the broker leaves unclear is sent again later."""
        now = self._clock.now()
        with self._store.writing() as book:
            trade = existing(book, trade_id)
            if trade.state is not TradeState.OPEN:
                raise AlreadyDecided(trade_id, trade.state, trade.decided_by)
            closing = book.move(replace(trade, exit_reason=reason), TradeState.CLOSING)
            book.record(request.entry(now, "close", trade_id, f"{trade.held_shares} shares", reason))
        self.sell(closing)
        return closing

    def sell(self, trade: Trade) -> None:
        """Send the exit of a closing trade, unless the broker has it already."""
        key = f"{trade.id}-exit"
        try:
            entry = self._broker.order(trade.id)
            if entry and not entry.state.is_over:
                self._broker.cancel(entry)
            order = self._broker.order(key) or self._broker.close(key, trade.symbol, trade.held_shares)
        except (BrokerUnavailable, OrderUnclear) as error:
            self._services.lost(Service.BROKER, error)
            return
        with self._store.writing() as book:
            book.keep_order(trade.id, replace(order, role=OrderRole.EXIT))
        log.info("selling", trade_id=trade.id, shares=trade.held_shares)

    def sell_leftovers(self) -> None:
        """Send every exit that an earlier life, or an unreachable broker, kept from being sent."""
        with self._store.reading() as ledger:
            trades = ledger.trades({TradeState.CLOSING})
            known = {trade.id: {order.client_order_id for order in ledger.orders(trade.id)} for trade in trades}
        for trade in trades:
            if f"{trade.id}-exit" not in known[trade.id]:
                self.sell(trade)

    def _has_stop(self, trade: Trade, known: Sequence[Order]) -> bool:
        entry = self._broker.order(trade.id)
        leg = entry.leg(OrderRole.STOP) if entry else None
        if entry and (not entry.state.is_over or (leg and not leg.state.is_over)):
            return True
        lone = [order.client_order_id for order in known if order.client_order_id.startswith(stop_key(trade))]
        orders = [self._broker.order(key) for key in lone]
        return any(order and not order.state.is_over for order in orders)

    def _renew_stop(self, trade: Trade, known: Sequence[Order]) -> None:
        number = sum(order.client_order_id.startswith(stop_key(trade)) for order in known) + 1
        stop = self._broker.protect(f"{stop_key(trade)}{number}", trade.symbol, trade.held_shares, trade.stop)
        with self._store.writing() as book:
            book.keep_order(trade.id, replace(stop, role=OrderRole.STOP))
        self._tell_unprotected(trade, str(number), "")

    def _tell_unprotected(self, trade: Trade, turn: str, trouble: str) -> None:
        """Tell the desk that shares had no live stop, and what keeps them from having one now, if something does."""
        now = self._clock.now()
        with self._store.writing() as book:
            key = f"{trade.id}:unprotected:{turn}"
            book.tell(Notice(key=key, kind=NoticeKind.UNPROTECTED, at=now, trade_id=trade.id, detail=trouble))
            book.record(OWN_ACCORD.entry(now, "protect", trade.id, trouble or str(trade.stop)))
        log.warning("unprotected", trade_id=trade.id, stop=str(trade.stop), trouble=trouble)


def stop_key(trade: Trade) -> str:
    """Return how the client order ids of a trade's lone stops begin."""
    return f"{trade.id}-stop-"
