"""How long a sweep of 1,000 variants takes on two cores: 100 random walks, a year of five-minute bars.

Some variants, spread evenly over all, are run one after the other, and their time stands for the others'. Seconds are
those of the processor: other programs do not count, two cores are taken to share the work evenly. It runs in a process
of its own, so that its memory is not that of other benchmarks.
"""

import time
from datetime import date, timedelta
from decimal import Decimal
from multiprocessing import get_context

import numpy as np

from benchmarks.figure import Figure
from benchmarks.own_memory import kilobytes
from engine.adapters.calendar import ExchangeCalendar
from engine.backtest.market_data import MarketData, clean
from engine.backtest.run import Trial, costs_of
from engine.backtest.sources import walk
from engine.backtest.sweep import Workload
from engine.backtest.variants import ranges_of, variants_of
from engine.settings import Settings
from engine.signals.slots import Slots
from engine.strategies.loader import load, strategy_text

SYMBOLS, CORES = 100, 2
FIRST, DAYS = date(2024, 1, 2), 366
VARIED = ("rsi.low=26:45:1", "exits.stop=0.01:0.019:0.001", "exits.target=0.02:0.04:0.005")
EACH = 25
"""One in so many variants is run."""


def sweep() -> list[Figure]:
    """Time the variants of the seed's strategy, the indicators that they share included."""
    with get_context("spawn").Pool(1) as pool:
        return [pool.apply(_sweep)]


def _sweep() -> Figure:
    calendar = ExchangeCalendar()
    days = (FIRST + timedelta(days=number) for number in range(DAYS))
    starts = np.concatenate([Slots(calendar, 300).of(on) for on in days if calendar.day(on)])
    bars = clean(walk(tuple(f"WALK{number}" for number in range(SYMBOLS)), starts, seed=1))
    settings, seed = Settings.read(), load("seed")
    trial = Trial(
        strategy=seed,
        settings=settings,
        costs=costs_of(settings, {}),
        cash=Decimal(100_000),
        calendar=calendar,
        seed=1,
    )
    variants = variants_of(*strategy_text("seed"), ranges_of(VARIED))
    begun = time.process_time()
    work = Workload(trial, MarketData(label="", bars=bars, fingerprint=""), variants)
    shared, samples, trades = time.process_time() - begun, list[float](), 0
    for number in range(EACH // 2, len(variants), EACH):
        begun = time.process_time()
        trades += work.run(number).variant.trades
        samples.append(time.process_time() - begun)
    seconds = (shared + sum(samples) * EACH) / CORES
    note = (
        f"{len(variants):,} variants of {bars.close.size:,} bars, from {len(samples)} of them: {shared:.1f} s for what"
        f" they share, {min(samples):.2f} to {max(samples):.2f} s and {trades / len(samples):,.0f} trades each;"
        f" {kilobytes('VmHWM') / 1024:,.0f} MB"
    )
    return Figure.of("sweep", [seconds], unit="s", goal=120, note=note)
