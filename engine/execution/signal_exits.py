"""Trades that are sold, or asked about, because a signal speaks against them."""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from engine.common.retry_each import for_each
from engine.common.symbol_halts import symbol_halts
from engine.errors import RequestRefused
from engine.execution.close_trades import CloseTrades
from engine.execution.corporate_actions import Restate
from engine.model.desk import OWN_ACCORD
from engine.model.notices.trades import ExitAsked
from engine.model.signal import Side, Signal
from engine.model.trade import ExitReason, Trade, TradeState
from engine.ports.store import Store

log = structlog.get_logger()


class SignalExits:
    """Sells what a signal speaks against, or asks the desk whether to."""

    def __init__(self, *, store: Store, restate: Restate, close_trades: CloseTrades, quiet: timedelta) -> None:
        self._store = store
        self._restate = restate
        self._close_trades = close_trades
        self._quiet = quiet

    def __call__(self, signals: Sequence[Signal], *, auto: bool) -> tuple[str, ...]:
        """Sell what a signal speaks against, or ask the desk where AUTO_MODE is off; return the ids of what is sold.

        It is asked as well where a company exchanges the shares: how many there are is not known then. Raises
        TradeFault, and the first TemporaryError, once every trade had its turn.
        """
        sells = {signal.symbol: signal for signal in signals if signal.side is Side.SELL}
        if not sells:
            return ()
        with self._store.reading() as reader:
            tradable = sells.keys() - symbol_halts(reader).keys()  # what is halted keeps its stop, and is not sold
            trades = [trade for trade in reader.trades({TradeState.OPEN}) if trade.symbol in tradable]
            unknown = self._restate.exchanging(reader) if auto else frozenset(sells)
        ours, sold = {trade.id: trade for trade in trades}, list[str]()

        def leave(trade_id: str) -> None:
            trade = ours[trade_id]
            if trade.symbol in unknown:
                self._ask_to_exit(trade, sells[trade.symbol])
            elif self._close_by_itself(trade_id):
                sold.append(trade_id)

        for_each(ours, leave)
        return tuple(sold)

    def _ask_to_exit(self, trade: Trade, signal: Signal) -> None:
        """Ask the desk whether to sell, once in a quiet time."""
        turn = int(signal.at.timestamp() // self._quiet.total_seconds())
        key = f"{trade.id}:exit:{turn}"
        with self._store.writing() as transaction:
            transaction.enqueue_notice(ExitAsked(key=key, at=signal.at, trade_id=trade.id, tenths=signal.tenths))

    def _close_by_itself(self, trade_id: str) -> bool:
        """Close for AUTO_MODE; False when somebody was quicker, or the broker refuses for now."""
        try:
            self._close_trades.close(trade_id, OWN_ACCORD, ExitReason.SIGNAL)
        except RequestRefused as error:
            log.info("not_closed", trade_id=trade_id, why=type(error).__name__)
            return False
        return True
