"""Every open position has a live stop, and leaves when the desk, or an opposite signal, says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from engine.errors import AlreadyDecided, BrokerUnavailable, OrderRefused, OrderUnclear, Refused
from engine.model.desk import OWN_ACCORD, Request
from engine.model.notice import Notice, NoticeKind
from engine.model.signal import Side, Signal
from engine.model.trade import ExitReason, Order, OrderRole, Trade, TradeState
from engine.ports import Broker, Clock
from engine.stages.decide import existing
from engine.stages.orders import ask, next_id
from engine.stages.services import Service, Services
from engine.truth import Ledger, Store

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
            try:
                self._see_to_stop(trade, known[trade.id])
            except OrderRefused as error:
                # One position's trouble must not leave the next one unprotected.
                self._tell_unprotected(trade, "refused", str(error.facts["reason"]))

    def leave_on(self, signals: Sequence[Signal], *, auto: bool) -> tuple[str, ...]:
        """Sell what a signal speaks against, or ask the desk where AUTO_MODE is off; return the ids of what is sold."""
        sells = {signal.symbol: signal for signal in signals if signal.side is Side.SELL}
        if not sells:
            return ()
        with self._store.reading() as ledger:
            trades = [trade for trade in ledger.trades({TradeState.OPEN}) if trade.symbol in sells]
        if not auto:
            for trade in trades:
                self._ask_to_exit(trade, sells[trade.symbol])
            return ()
        return tuple(trade.id for trade in trades if self._close_by_itself(trade))

    def close(self, trade_id: str, request: Request, reason: ExitReason) -> Trade:
        """Sell what a trade holds at the market; raises Refused. What the broker leaves unclear is sent again later."""
        now = self._clock.now()
        with self._store.writing() as book:
            trade = _open_trade(book, trade_id)
            closing = book.move(replace(trade, exit_reason=reason), TradeState.CLOSING)
            book.record(request.entry(now, "close", trade_id, f"{trade.held_shares} shares", reason))
        self.sell(closing)
        return closing

    def keep(self, trade_id: str, request: Request) -> Trade:
        """Note that somebody keeps an open trade; raises Refused."""
        with self._store.writing() as book:
            trade = _open_trade(book, trade_id)
            book.record(request.entry(self._clock.now(), "keep", trade_id, f"{trade.held_shares} shares"))
        return trade

    def sell(self, trade: Trade) -> None:
        """Sell what a closing trade still holds, unless an exit is on its way; raises OrderRefused."""
        with self._store.reading() as ledger:
            known = ledger.orders(trade.id)
        try:
            order = self._sold(trade, known)
        except (BrokerUnavailable, OrderUnclear) as error:
            self._services.lost(Service.BROKER, error)
            return
        if order:
            with self._store.writing() as book:
                book.keep_order(trade.id, replace(order, role=OrderRole.EXIT))
            log.info("selling", trade_id=trade.id, shares=order.shares)

    def sell_leftovers(self) -> None:
        """Sell what closing trades hold and no live exit sells: it was never sent, or ended before all was sold."""
        with self._store.reading() as ledger:
            trades = ledger.trades({TradeState.CLOSING})
        for trade in trades:
            try:
                self.sell(trade)
            except OrderRefused as error:
                self._tell_unprotected(trade, "exit", str(error.facts["reason"]))

    def _ask_to_exit(self, trade: Trade, signal: Signal) -> None:
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

    def _close_by_itself(self, trade: Trade) -> bool:
        """Close for AUTO_MODE; False when somebody was quicker, or the broker refuses for now."""
        try:
            self.close(trade.id, OWN_ACCORD, ExitReason.SIGNAL)
        except Refused as error:
            log.info("not_closed", trade_id=trade.id, why=type(error).__name__)
            return False
        return True

    def _sold(self, trade: Trade, known: Sequence[Order]) -> Order | None:
        """Send the next exit, None when there is nothing left to send it for."""
        entry = self._broker.order(trade.id)
        if entry and not entry.state.is_over:
            self._broker.cancel(entry)
        orders = ask(self._broker, trade.id, known)
        held = orders.held_shares(trade)
        if not held or orders.live(OrderRole.EXIT):
            return None
        key = next_id(trade.id, OrderRole.EXIT, known)
        return self._broker.order(key) or self._broker.close(key, trade.symbol, held)

    def _see_to_stop(self, trade: Trade, known: Sequence[Order]) -> None:
        """Send a stop for what an open trade holds now, unless it has one; until its entry is over the bracket has."""
        orders = ask(self._broker, trade.id, known)
        held = orders.held_shares(trade)
        if not held or orders.live(OrderRole.STOP) or (orders.entry and not orders.entry.state.is_over):
            return
        key = next_id(trade.id, OrderRole.STOP, known)
        stop = self._broker.order(key) or self._broker.protect(key, trade.symbol, held, trade.stop)
        with self._store.writing() as book:
            book.keep_order(trade.id, replace(stop, role=OrderRole.STOP))
        self._tell_unprotected(trade, key, "")

    def _tell_unprotected(self, trade: Trade, turn: str, trouble: str) -> None:
        """Tell the desk that shares had no live stop, and what keeps them from having one now, if something does."""
        now = self._clock.now()
        with self._store.writing() as book:
            if existing(book, trade.id).state is not trade.state:
                return  # it moved on meanwhile, and its orders with it
            key = f"{trade.id}:unprotected:{turn}"
            book.tell(Notice(key=key, kind=NoticeKind.UNPROTECTED, at=now, trade_id=trade.id, detail=trouble))
            book.record(OWN_ACCORD.entry(now, "protect", trade.id, trouble or str(trade.stop)))
        log.warning("unprotected", trade_id=trade.id, stop=str(trade.stop), trouble=trouble)


def _open_trade(ledger: Ledger, trade_id: str) -> Trade:
    """Return a trade that holds shares and is not on its way out; raises UnknownTrade and AlreadyDecided."""
    trade = existing(ledger, trade_id)
    if trade.state is not TradeState.OPEN:
        raise AlreadyDecided(trade_id, trade.state, trade.decided_by)
    return trade
