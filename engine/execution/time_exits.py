"""Trades that are sold because of the time: before the close, or after the longest hold.

A stop does not hold over the gap between a close and the next open. Whoever does not want that risk is flat by the
close, by the exchange's calendar, so on half-days too. What could not be sold then is sold as soon as regular hours
begin again, what a company exchanges for other shares once it is known how many there are, and what is halted once it
trades. Exits are allowed in every state of the desk, with AUTO_MODE and without.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from engine.common.retry_each import for_each
from engine.common.symbol_halts import symbol_halts
from engine.common.trading_days import trading_days
from engine.errors import AlreadyDecided, OrderRefused, RequestRefused, TradeFault
from engine.execution.close_trades import CloseTrades
from engine.execution.corporate_actions import Restate
from engine.model.desk import OWN_ACCORD
from engine.model.market import Session, exchange_date
from engine.model.trade import ExitReason, Trade, TradeState
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.store import Store
from engine.settings import HoldingSettings
from engine.signals.slots import Slots, instant

log = structlog.get_logger()


class TimeExits:
    """Sells what has been held long enough. `cancel_entries` ends entries that are still to be filled."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        calendar: Calendar,
        close_trades: CloseTrades,
        restate: Restate,
        holding: HoldingSettings,
        slots: Slots,
        cancel_entries: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._calendar = calendar
        self._close_trades = close_trades
        self._restate = restate
        self._holding = holding
        self._slots = slots
        self._cancel_entries = cancel_entries

    def __call__(self) -> tuple[str, ...]:
        """Sell what is due, in regular hours; return the ids of the trades that are being sold.

        Raises TradeFault, and the first TemporaryError, once every trade had its turn.
        """
        now = self._clock.now()
        if self._calendar.session(now) is not Session.REGULAR:
            return ()
        with self._store.reading() as reader:
            trades = reader.trades({TradeState.OPEN, TradeState.SUBMITTED})
            if not self._holding.is_timed and not any(trade.exit_plan.longest_bars for trade in trades):
                return ()
            # To sell them now would take away their stop, and wait for whatever price trading reopens at.
            untraded = self._restate.exchanging(reader) | symbol_halts(reader).keys()
        if any(trade.state is TradeState.SUBMITTED for trade in trades) and self._is_flat_time(now):
            # What is held is sold all the same; `withdraw` meets the fault too, and tells it.
            with suppress(TradeFault):
                self._cancel_entries()
        held = {trade.id: trade for trade in trades if trade.state is TradeState.OPEN and trade.symbol not in untraded}
        sold = list[str]()

        def sell_if_due(trade_id: str) -> None:
            reason = self._reason(held[trade_id], now)
            if reason and self._sell(trade_id, reason):
                sold.append(trade_id)

        for_each(held, sell_if_due)
        return tuple(sold)

    def _reason(self, trade: Trade, now: datetime) -> ExitReason | None:
        """Return why an open trade is to be sold now, None where it is not."""
        today = exchange_date(now)
        bought = exchange_date(trade.filled_at or trade.decided_at or trade.proposed_at)
        if self._holding.flat_before is not None and (self._is_flat_time(now) or bought < today):
            return ExitReason.BEFORE_CLOSE if self._holding.hold_overnight else ExitReason.OVERNIGHT
        longest = self._holding.longest_hold_days
        if longest and trading_days(self._calendar, bought, today, most=longest) >= longest:
            return ExitReason.LONGEST_HOLD
        return ExitReason.LONGEST_HOLD if self._is_held_out(trade, now) else None

    def _is_held_out(self, trade: Trade, now: datetime) -> bool:
        """Tell whether as many bars have closed since the one in which a trade was bought began as its plan allows."""
        most, since = trade.exit_plan.longest_bars, trade.exit_plan.bought_at
        if most is None or since is None:
            return False
        last = self._slots.last(since)  # the newest bar that was over by then; the one of the purchase comes after it
        begun = since if last is None else instant(last + self._slots.bar_seconds)
        return len(self._slots.between(begun, now)) >= most

    def _is_flat_time(self, now: datetime) -> bool:
        day = self._calendar.day(exchange_date(now))
        before: timedelta | None = self._holding.flat_before
        return before is not None and day is not None and day.close - before <= now < day.close

    def _sell(self, trade_id: str, reason: ExitReason) -> bool:
        """Sell a trade; False where somebody was quicker, or the broker refuses, which `sell_leftovers` tells."""
        try:
            self._close_trades.close(trade_id, OWN_ACCORD, reason)
        except AlreadyDecided:
            return False
        except RequestRefused as error:
            log.warning("not_closed", trade_id=trade_id, why=type(error).__name__)
            return isinstance(error, OrderRefused)
        return True
