"""A desk that strategies in shadow run beside, stepped bar by bar through a generated market."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from engine.model.market import BarHistory
from engine.model.shadow import ShadowTrade
from engine.model.trade import Trade
from engine.signals.slots import instant
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.trades import a_signal, a_sizing, a_trade
from tests.support.generated_market import generated

WARM = 2
DIPS, RISES = "tests.support.shadow_strategies:Dips", "tests.support.shadow_strategies:Rises"
BAR = timedelta(seconds=300)


def market(*, seed: int = 7, symbols: int = 2, sessions: int = 4, volume: float = 2_000_000) -> BarHistory:
    """Return bars of weeks without a holiday: two sessions to look back on, and two to trade."""
    return generated(seed=seed, symbols=symbols, sessions=sessions, first=date(2025, 7, 10), volume=volume)


class ShadowWeek:
    """A harness on a folder, and bars from which the next one closes with each step."""

    def __init__(self, folder: Path, bars: BarHistory, shadows: tuple[str, ...] = (DIPS, RISES), **given: Any) -> None:
        folder.mkdir(exist_ok=True)
        first = instant(int(bars.starts[0]))
        self.desk = EngineHarness.build(
            folder, at=first, watchlist=bars.symbols, shadow_strategies=shadows, **{"auto_mode": False} | given
        )
        self.desk.market.recorded = bars
        self.bars = bars

    def begin(self, first: int) -> None:
        """Start the engine as a bar begins."""
        self.desk.clock.set(instant(int(self.bars.starts[first])) + timedelta(seconds=4))
        self._show(first)
        self.desk.engine.jobs.start()
        self.desk.engine.jobs.monitor_risk()

    def run(self, first: int, end: int, *, looks: bool = True) -> None:
        """Let the bars from one on close, up to another that is not among them."""
        for bar in range(first, end):
            self.step(bar, looks=looks)

    def step(self, bar: int, *, looks: bool = True) -> None:
        """Let a bar close, and everything look at it."""
        self.desk.clock.set(instant(int(self.bars.starts[bar])) + BAR + timedelta(seconds=6))
        self._show(bar)
        self.desk.engine.jobs.process_bars()
        if looks:
            self.look()

    def look(self) -> None:
        """Let the shadows look at what was decided on."""
        self.desk.engine.jobs.shadow()

    def propose(self, symbol: str, *, bar: int, shares: int, identity: str) -> Trade:
        """Keep a proposal of the live strategy's after a bar, sized with a stop close by."""
        start, closed = instant(int(self.bars.starts[bar])), dict(self._closes(bar))[symbol]
        price = Decimal(f"{closed:.2f}")
        sizing = a_sizing(
            shares=shares,
            entry=price,
            stop=round(price * Decimal("0.995"), 2),
            target=round(price * Decimal("1.03"), 2),
        )
        at = self.desk.clock.now()
        signal = a_signal(symbol=symbol, at=at, bar=start, price=price)
        trade = a_trade(
            id=identity,
            symbol=symbol,
            signal=signal,
            sizing=sizing,
            shares=shares,
            stop=sizing.stop,
            target=sizing.target,
            proposed_at=at,
            expires_at=at + timedelta(minutes=15),
        )
        with self.desk.store.writing() as transaction:
            transaction.propose(trade)
        return trade

    def trades(self) -> tuple[ShadowTrade, ...]:
        """Return every simulated trade."""
        with self.desk.store.reading() as reader:
            return reader.shadow_trades()

    def _show(self, bar: int) -> None:
        for symbol, close in self._closes(bar):
            self.desk.market.price(symbol, f"{close:.2f}")

    def _closes(self, bar: int) -> Iterator[tuple[str, float]]:
        for column, symbol in enumerate(self.bars.symbols):
            known = self.bars.close[: bar + 1, column]
            yield symbol, float(known[np.isfinite(known)][-1])
