"""One strategy on one set of bars: the simulation, and all that it takes to run it again."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from decimal import Decimal
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from engine.backtest.conditions import Conditions, Simulated
from engine.backtest.desk_rules import DeskRules
from engine.backtest.market_data import MarketData, clean
from engine.backtest.prices import BarPrices
from engine.backtest.simulate import simulate
from engine.errors import SettingsInvalid
from engine.model.backtest import Backtest, Costs, DataNote, NoteKind
from engine.model.market import EXCHANGE_ZONE, BarHistory, exchange_date
from engine.ports.calendar import Calendar
from engine.settings import Settings
from engine.signals.slots import instant
from engine.strategies.contract import Scores, Strategy

Progress = Callable[[float], None]
SPY = "SPY"
WHOLE_PRICE = 10_000
"""Basis points."""
NOT_A_MATTER_OF_TRADES = frozenset({"cover_shorts", "protect_foreign", "earnings_file"})
"""Settings of the risk that no trade of a backtest depends on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What stays the same on other bars: strategy, desk, costs, cash, and the first day that is traded."""

    strategy: Strategy
    settings: Settings
    costs: Costs
    cash: Decimal
    calendar: Calendar
    seed: int
    first: date | None = None

    def on(
        self, data: MarketData, progress: Progress = lambda _done: None, *, scores: Scores | None = None
    ) -> Backtest:
        """Trade on data; `scores` are the strategy's own, where they are known already."""
        bars = data.bars
        first = 0 if self.first is None else int(datetime.combine(self.first, time(), EXCHANGE_ZONE).timestamp())
        if not len(bars.starts) or bars.starts[-1] < first:
            raise SettingsInvalid(f"--from {self.first}: there are no bars from then on; expected an earlier day")
        given = Conditions(
            rules=DeskRules.of(self.settings, self.strategy.exits),
            costs=self.costs,
            cash=self.cash,
            calendar=self.calendar,
            first=first,
            bar_seconds=self.settings.market.bar_seconds,
            dividends=data.dividends,
        )
        return self._described(simulate(bars, self.strategy, given, progress, scores), data)

    def on_bars(self, bars: BarHistory) -> Backtest:
        """Trade on bars of which nothing else is known."""
        return self.on(MarketData(label="", bars=clean(bars), fingerprint=""))

    def _described(self, found: Simulated, data: MarketData) -> Backtest:
        bars, begun = data.bars, len(data.bars.starts) - len(found.starts)
        notes = [*data.notes, *(DataNote(kind=NoteKind.DELISTED, symbol=symbol) for symbol in found.delisted)]
        if found.unfinished:
            notes.append(DataNote(kind=NoteKind.UNFINISHED, count=found.unfinished))
        if self.settings.risk.no_entry_days_before_earnings:
            notes.append(DataNote(kind=NoteKind.NO_EARNINGS))
        prices, every = BarPrices(bars), list(range(len(bars.symbols)))
        return Backtest(
            strategy=self.strategy.name,
            strategy_fingerprint=self.strategy.fingerprint,
            data=data.label,
            data_fingerprint=data.fingerprint,
            version=version("trading-bot"),
            seed=self.seed,
            symbols=bars.symbols,
            first=exchange_date(instant(int(found.starts[0]))),
            last=exchange_date(instant(int(found.starts[-1]))),
            cash=self.cash,
            costs=self.costs,
            settings=told_settings(self.settings),
            starts=found.starts,
            equity=found.equity,
            invested=found.invested,
            holding=_held(prices, bars, every, begun, float(self.cash)),
            spy=_held(prices, bars, [bars.symbols.index(SPY)], begun, float(self.cash))
            if SPY in bars.symbols
            else None,
            trades=found.trades,
            refused=found.refused,
            notes=tuple(notes),
        )


def told_settings(settings: Settings) -> dict[str, str]:
    """Return the settings by which trades are sized, refused and sold, by their names."""
    groups = (settings.risk, settings.holding)
    told = {
        name.upper(): getattr(group, name)
        for group in groups
        for name in type(group).model_fields
        if name not in NOT_A_MATTER_OF_TRADES
    }
    told |= {
        "BAR_SECONDS": settings.market.bar_seconds,
        "BAR_DELAY_SECONDS": settings.market.bar_delay_seconds,
        "QUIET_SECONDS": settings.desk.quiet_seconds,
        "PAPER_MARGIN": settings.paper.paper_margin,
    }
    written = {name: str(int(value) if isinstance(value, bool) else value) for name, value in told.items()}
    return {name: text for name, text in sorted(written.items()) if text not in {"None", ""}}


def costs_of(settings: Settings, given: dict[str, Decimal]) -> Costs:
    """Return the usual costs with the desk's fees and slippage, and what is given by field name before them."""
    wrong = [name for name in given if name not in {field.name for field in fields(Costs)} - {"fees"}]
    if wrong:
        raise SettingsInvalid(f"--costs {wrong[0]}: expected spread_bp, slippage_bp or participation")
    usual = Costs(slippage_bp=settings.paper.paper_slippage_bp)
    costs = Costs(
        spread_bp=given.get("spread_bp", usual.spread_bp),
        slippage_bp=given.get("slippage_bp", usual.slippage_bp),
        participation=given.get("participation", usual.participation),
        fees=settings.paper.fees,
    )
    points = costs.spread_bp, costs.slippage_bp
    if min(points) < 0 or max(points) >= WHOLE_PRICE or not 0 < costs.participation <= 1:
        raise SettingsInvalid(
            "--costs: expected basis points of 0 or more and under 10000, and a participation over 0 and at most 1"
        )
    return costs


def _held(prices: BarPrices, bars: BarHistory, columns: list[int], first: int, cash: float) -> NDArray[np.float64]:
    """Return what cash is worth at each close from a bar on, bought in equal parts of some symbols at its open.

    One that has no bar then is bought at its first open; until then its part stays cash.
    """
    worth = np.zeros(len(bars.starts) - first)
    for column in columns:
        opened = bars.open[first:, column]
        places = np.flatnonzero(np.isfinite(opened))
        part = np.full(len(opened), cash / len(columns))
        if len(places):
            since = int(places[0])
            part[since:] *= prices.closes(column)[first + since :] / opened[since]
        worth += part
    return worth
