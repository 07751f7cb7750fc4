"""The slow way: the live engine itself, on a database and the paper broker, stepped through bars by a clock.

A bar is played as its open, then, for stops that rest within it, the stop's price, then the targets', then its close.
Each price is shown twice, because the paper broker deals a stop at the look after the one that hit it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.paper.broker import PaperBroker
from engine.adapters.sql.store import SqlStore
from engine.backtest.dealing import Dealing, dollars
from engine.backtest.desk_rules import DeskRules
from engine.backtest.timeline import CLOSE, STOPS, TARGETS
from engine.bootstrap import Engine
from engine.model.activity import ActivityKind
from engine.model.backtest import BacktestTrade, Costs
from engine.model.desk import DeskState, Request
from engine.model.market import BarHistory, Headline
from engine.model.trade import ExitReason, Order, OrderRole, OrderState, Trade, TradeState
from engine.settings import Settings
from engine.signals.slots import instant
from engine.strategies.live_strategy import live_strategy
from engine.strategies.runner import StrategyRunner
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.strategies import InProcessStrategies
from tests.support.played_market import PlayedMarket
from tests.support.unheard_desk import ON, unheard_desk

ADMIN = Request(by="U0ADMIN", said="/resume")


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """What the live engine did: its trades, and the account at each bar's close."""

    trades: tuple[BacktestTrade, ...]
    equity: tuple[Decimal, ...]


class SteppedDesk:
    def __init__(
        self,
        engine: Engine,
        store: SqlStore,
        broker: PaperBroker,
        market: PlayedMarket,
        clock: ManualClock,
        rules: DeskRules,
        dealing: Dealing,
        *,
        reads_news: bool = False,
    ) -> None:
        self._reads_news = reads_news
        self.engine = self._engine = engine
        self.store = self._store = store
        self._broker = broker
        self.market = self._market = market
        self.clock = self._clock = clock
        self._rules = rules
        self._dealing = dealing
        self._timeline = market.timeline
        self._bars = market.bars_played
        self._is_busy = False
        self.resumes = True
        """Whether a person resumes a desk that halted itself."""

    def run(self, first: int, after_each: Callable[[], None] = lambda: None) -> Stepped:
        """Step through the bars from one on, and return what came of it; `after_each` is called after each bar."""
        self._clock.set(self._timeline.start(first) - timedelta(minutes=10))
        self._engine.jobs.start()
        equity = list[Decimal]()
        for bar in range(first, len(self._bars.starts)):
            equity.append(self._step(bar))
            after_each()
        return Stepped(trades=self._trades(), equity=tuple(equity))

    def _step(self, bar: int) -> Decimal:
        jobs = self._engine.jobs
        self._clock.set(self._timeline.opened(bar, self._rules.delay))
        self._market.begin(bar)
        self._look_twice()
        self._keep_house()
        self._decide()
        for seen, role in ((STOPS, OrderRole.STOP), (TARGETS, OrderRole.TARGET)):
            self._clock.set(self._timeline.seen(bar, seen))
            if self._play(bar, role):
                self._look_twice()
        self._clock.set(self._timeline.seen(bar, CLOSE))
        self._market.show_closes(bar)
        self._look_twice()
        jobs.monitor_risk()
        equity = self._broker.account().equity
        if self._timeline.is_last(bar):
            self._end_session(bar)
        return equity

    def _end_session(self, bar: int) -> None:
        over = instant(int(self._bars.starts[bar])) + timedelta(seconds=300) + self._rules.delay
        self._clock.set(over)
        self._market.renew()
        self._look_twice()
        self._keep_house()
        self._decide()

    def _decide(self) -> None:
        """Let the engine decide on the bar that closed, with the headlines that came by then."""
        if self._reads_news:
            self._engine.jobs.read_news()
        self._engine.jobs.process_bars()

    def _look_twice(self) -> None:
        """Let the broker deal, and the engine learn of it."""
        self._broker.look()
        self._broker.look()
        if self._standing() or self._is_busy:
            self._engine.jobs.reconcile()
        self._is_busy = False
        self._standing()

    def _keep_house(self) -> None:
        """Let the time sell what it sells, and a person resume a desk that halted itself."""
        with self._store.reading() as reader:
            is_busy = bool(reader.trades({TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSING}))
            is_stopped = reader.desk().state is not DeskState.ACTIVE
        if is_busy:
            self._engine.jobs.housekeeping()
        if is_stopped and self.resumes:
            self._engine.commands.resume(ADMIN, anyway=True)

    def _standing(self) -> tuple[Order, ...]:
        orders = self._broker.orders()
        self._is_busy = self._is_busy or bool(orders)
        return orders

    def _play(self, bar: int, role: OrderRole) -> bool:
        """Show the prices at which stops, or targets, of this bar are hit; False where none is."""
        hit = False
        for order in self._standing():
            for part in order.parts:
                is_new = role is OrderRole.TARGET or not part.filled_shares  # a stop that was hit is sold at opens
                if part.role is role and part.is_standing and part.price is not None and is_new:
                    hit |= self._reach(bar, part, part.price)
        return hit

    def _reach(self, bar: int, order: Order, price: Decimal) -> bool:
        column = self._bars.symbols.index(order.symbol)
        if not np.isfinite(self._bars.open[bar, column]) or order.state is OrderState.HELD:
            return False
        opened = dollars(self._bars.open[bar, column])
        low, high = dollars(self._bars.low[bar, column]), dollars(self._bars.high[bar, column])
        if order.role is OrderRole.STOP and low <= price:
            self._market.show(order.symbol, bar, self._dealing.under(price, opened))
            return True
        if order.role is OrderRole.TARGET and self._dealing.reaches(price, high):
            self._market.show(order.symbol, bar, self._dealing.past(price, opened, high))
            return True
        return False

    def _trades(self) -> tuple[BacktestTrade, ...]:
        with self._store.reading() as reader:
            found = reader.trades({TradeState.OPEN, TradeState.CLOSING, TradeState.CLOSED})
        return tuple(sorted(map(self._described, found), key=lambda each: (each.entered_at, each.symbol)))

    def _described(self, trade: Trade) -> BacktestTrade:
        """Return a trade as a backtest tells it; what is held at the end is sold at the last price, as it does."""
        got, sold, reason = trade.exit_shares * (trade.exit_price or Decimal(0)), trade.exit_shares, trade.exit_reason
        exited_at = trade.closed_at
        last = len(self._bars.starts) - 1
        if trade.held_shares:
            column = self._bars.symbols.index(trade.symbol)
            closes = self._bars.close[:, column]
            price = dollars(closes[np.isfinite(closes)][-1])
            got, sold = got + trade.held_shares * self._dealing.sold_at(price), sold + trade.held_shares
            reason, exited_at = ExitReason.DESK, self._timeline.start(last)
        if trade.signal.bar is None or trade.filled_at is None or exited_at is None or reason is None:
            raise ValueError(f"{trade.id} lacks something")
        return BacktestTrade(
            symbol=trade.symbol,
            bar=trade.signal.bar,
            tenths=trade.signal.tenths,
            entered_at=self._bar_of(self._first_fill(trade)),
            shares=trade.filled_shares,
            planned=trade.sizing.entry,
            entry=trade.entry,
            stop=trade.sizing.stop,
            last_stop=None if trade.stop == trade.sizing.stop else trade.stop,
            target=trade.target,
            exited_at=self._bar_of(exited_at),
            exit=got / sold,
            reason=reason,
        )

    def _first_fill(self, trade: Trade) -> datetime:
        since = trade.decided_at or trade.proposed_at
        fills = [each for each in self._broker.activities(since) if each.kind is ActivityKind.FILL]
        return next(each.at for each in fills if each.symbol == trade.symbol and each.shares > 0)

    def _bar_of(self, at: datetime) -> datetime:
        return instant(int(self._bars.starts[np.searchsorted(self._bars.starts, at.timestamp(), side="right") - 1]))


@contextmanager
def stepped_desk(
    folder: Path,
    bars: BarHistory,
    *,
    costs: Costs,
    cash: Decimal,
    strategies: StrategyRunner | None = None,
    headlines: Sequence[Headline] = (),
    **given: Any,
) -> Iterator[tuple[SteppedDesk, DeskRules]]:
    """Wire the engine as the demo does, on a market that plays bars; `given` are settings by their field names."""
    strategies = strategies or InProcessStrategies()
    asked = ON | {"watchlist": bars.symbols, "max_watched": 10_000}
    settings = Settings.read(**(asked | given))
    clock, dealing = ManualClock(instant(int(bars.starts[0]))), Dealing(costs=costs)
    market = PlayedMarket(bars, clock, ExchangeCalendar(), dealing)
    rules = DeskRules.of(settings, live_strategy(settings.market.strategy, strategies).exits)
    with unheard_desk(
        folder, settings, market, clock, cash=cash, costs=costs, strategies=strategies, headlines=headlines
    ) as (engine, store, broker):
        yield SteppedDesk(engine, store, broker, market, clock, rules, dealing, reads_news=bool(headlines)), rules
