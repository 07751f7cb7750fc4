"""How cost grows: a tick with the number of symbols, the summary of the account with the number of open trades."""

import statistics
from collections.abc import Mapping
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Sheet

from benchmarks.database import holding
from benchmarks.figure import seconds
from benchmarks.universe import Universe, tick_seconds
from engine.signals.prices import RecentPrices

SYMBOLS = (10, 100, 1_000, 10_000)
TRADES = (1, 10, 100, 1_000)
PICTURE = Path("docs/pictures/growth.png")


def ticks() -> dict[int, float]:
    """Return the median milliseconds of a tick by the number of symbols."""
    return {count: _tick(Universe(count)) for count in SYMBOLS}


def summaries() -> dict[int, float]:
    """Return the median milliseconds of a look at the account by the number of open trades."""
    taken = {}
    for count in TRADES:
        with holding(count) as harness:
            taken[count] = 1000 * statistics.median(seconds(harness.engine.queries.portfolio) for _ in range(15))
    return taken


def draw(by_symbols: Mapping[int, float], by_trades: Mapping[int, float]) -> None:
    """Draw both on logarithmic axes."""
    sheet = Sheet(figsize=(8, 5), dpi=100, facecolor="white", layout="constrained")
    FigureCanvasAgg(sheet)
    axes = sheet.add_subplot()
    axes.loglog(list(by_symbols), list(by_symbols.values()), "o-", label="a tick, by symbols")
    axes.loglog(list(by_trades), list(by_trades.values()), "s--", label="the account, by open trades")
    axes.set_xlabel("symbols or open trades")
    axes.set_ylabel("milliseconds, median")
    axes.grid(visible=True, which="major", alpha=0.4)
    axes.legend()
    sheet.savefig(PICTURE)


def _tick(universe: Universe) -> float:
    prices, ticks = RecentPrices(universe.names, depth=100), universe.ticks(every=0.25)
    taken = [tick_seconds(prices, next(ticks)) for _ in range(120)]
    return 1000 * statistics.median(taken[20:])
