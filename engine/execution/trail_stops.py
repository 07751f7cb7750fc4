"""Stops that follow closes: after each closed bar a stop is tightened by what its trade's plan says, never loosened.

The stop is worked out by the function of the backtest, from closes alone. Where the market is at it already, it is not
sent, as nothing is that would sell at once: the old stop stands, the desk is told, and the next bar tries again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import structlog

from engine.common.hand_stops import hand_stops, is_stopped_by_hand
from engine.common.retry_each import Turns
from engine.common.symbol_halts import symbol_halts
from engine.common.trade_lookup import existing
from engine.execution.corporate_actions import Restate
from engine.execution.move_exits import MoveExits, begin_move
from engine.execution.senseless_exits import senseless, tell_senseless
from engine.model.desk import ENGINE, OWN_ACCORD
from engine.model.exit_plan import ExitMove
from engine.model.market import BarHistory, day_start
from engine.model.trade import AS_FILLED, OrderRole, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store
from engine.risk.tightening import tightened_stop
from engine.signals.averages import Floats
from engine.strategies.windows import average_true_range

log = structlog.get_logger()


class TrailStops:
    """Tightens the stops of open trades whose plan follows closes.

    `lately` reads the closed bars of some symbols, of this session and the one before, of `bar_length` each.
    """

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        restate: Restate,
        move: MoveExits,
        lately: Callable[[Sequence[str]], BarHistory | None],
        bar_length: timedelta,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._restate = restate
        self._move = move
        self._lately = lately
        self._bar_length = bar_length

    def __call__(self) -> tuple[str, ...]:
        """Tighten what is to be tightened; return the ids of the trades whose orders are to be looked at now.

        Raises MarketUnavailable, and TradeFault or the first TemporaryError once every trade had its turn.
        """
        with self._store.reading() as reader:
            trades = [trade for trade in reader.trades({TradeState.OPEN}) if trade.exit_plan.follows_closes]
            if not trades:
                return ()
            buying, by_hand = reader.unfilled(), hand_stops(reader)
            changing = self._restate.changing(reader) | self._restate.suspended(reader) | symbol_halts(reader).keys()
        trades = [
            trade
            for trade in trades
            if not trade.exit_plan.stop and not buying.get(trade.id) and trade.symbol not in changing
            if not is_stopped_by_hand(by_hand, trade)
        ]
        history = self._lately(sorted({trade.symbol for trade in trades})) if trades else None
        if history is None:
            return ()
        return self._tighten({trade.id: trade for trade in trades}, history)

    def _tighten(self, trades: Mapping[str, Trade], history: BarHistory) -> tuple[str, ...]:
        ranges, turns = average_true_range(history), Turns()
        tighter, begun = dict[str, Decimal](), list[str]()

        def find(trade_id: str) -> None:
            stop = self._stop(trades[trade_id], history, ranges)
            if stop > trades[trade_id].stop:
                tighter[trade_id] = stop

        def move(trade_id: str) -> None:
            if self._begin(trades[trade_id], tighter[trade_id], prices):
                begun.append(trade_id)
                self._move.send(trade_id)

        turns.give(trades, find)
        prices = {held.symbol: held.price for held in self._broker.positions()} if tighter else {}
        turns.give(tighter, move)
        turns.end()
        return tuple(begun)

    def _stop(self, trade: Trade, history: BarHistory, ranges: Floats) -> Decimal:
        """Return the stop that should stand by the closes since a trade was bought."""
        column = history.symbols.index(trade.symbol) if trade.symbol in history.symbols else None
        since = self._counted_since(trade)
        if column is None or since is None:
            return trade.stop
        ended = history.starts + int(self._bar_length.total_seconds())
        closes = history.close[ended > since.timestamp(), column]
        closes = closes[np.isfinite(closes)]
        if not len(closes):
            return trade.stop
        atr = float(ranges[-1, column])
        return tightened_stop(
            trade.exit_plan,
            entry=trade.entry,
            planned=trade.sizing.stop,
            stop=trade.stop,
            peak=Decimal(str(float(closes.max()))),
            atr=Decimal(str(atr)) if np.isfinite(atr) else None,
        )

    def _counted_since(self, trade: Trade) -> datetime | None:
        """Return the instant after which closes count; of shares that were restated not before today.

        No one adjusts the bars of before a spin-off, and what they would tighten they have.
        """
        plan = trade.exit_plan
        since = plan.trailed_since or plan.bought_at or trade.filled_at
        if since is None or trade.restated == AS_FILLED:
            return since
        return max(since, day_start(self._clock.now()))

    def _begin(self, trade: Trade, stop: Decimal, prices: Mapping[str, Decimal]) -> bool:
        """Store that a stop is to stand higher; False where it may not now, or the trade is not as it was seen."""
        price, now = prices.get(trade.symbol), self._clock.now()
        if price is None:
            return False
        if senseless(OrderRole.STOP, stop, price):
            tell_senseless(self._store, trade, OrderRole.STOP, price, now, price=stop)
            return False
        with self._store.writing() as transaction:
            seen = existing(transaction, trade.id)
            facts = (seen.state, seen.stop, seen.restated, seen.exit_plan)
            if facts != (trade.state, trade.stop, trade.restated, trade.exit_plan):
                return False
            begin_move(transaction, seen, OrderRole.STOP, ExitMove(price=stop, before=seen.stop, by=ENGINE, at=now))
            transaction.write_audit(OWN_ACCORD.entry(now, "trail", trade.id, f"{seen.stop} -> {stop}"))
        log.info("stop_tightened", trade_id=trade.id, before=str(trade.stop), after=str(stop))
        return True
