"""The trades of a backtest: on the bars, and by what they came to in multiples of their risk."""

from collections import Counter
from collections.abc import Sequence
from math import floor

import numpy as np
from numpy.typing import NDArray

from bot.messages import Texts
from bot.pages.curves import dates, figure, grid
from bot.pages.svg import Scale, chart, line, path, places, stretched, upright, words
from bot.pages.verdict import multiple, number
from engine.model.backtest import Backtest, BacktestTrade
from engine.model.evaluation import Evaluation
from engine.model.market import BarHistory

MOST_SYMBOLS = 6
"""Symbols whose bars are shown, those with the most trades."""
MOST_TRADES = 120
"""Trades that are shown on a symbol's bars, the newest: more would cover each other."""
BIN = 0.25
"""Multiples of the risk that a column counts."""
DIGIT, GAP = 2.2, 1.0
"""Parts of a hundred of a phone's width that a digit over a column takes, and that stay free between two figures."""
FARTHEST = 6.0
"""Multiples of the risk beyond which all are counted in the last column."""


def on_bars(run: Backtest, bars: BarHistory, texts: Texts) -> str:
    """Return a figure for each of the symbols with the most trades: its closes, and where it was bought and sold."""
    counts = Counter(trade.symbol for trade in run.trades if trade.symbol in bars.symbols)
    most = sorted(counts, key=lambda symbol: (-counts[symbol], symbol))[:MOST_SYMBOLS]
    return "".join(
        _of_symbol(symbol, [trade for trade in run.trades if trade.symbol == symbol], bars, texts) for symbol in most
    )


def distribution(done: Evaluation, texts: Texts) -> str:
    """Return the figure of how many trades came to what, in multiples of their risk."""
    found = np.array([each.multiple for each in done.backtest.trades if each.multiple is not None], dtype=np.float64)
    if not len(found):
        return ""
    bins = np.floor(np.clip(found, -FARTHEST, FARTHEST) / BIN + 1e-9).astype(int)
    first, last = min(int(bins.min()), -1), max(int(bins.max()), 0)
    counts = np.bincount(bins - first, minlength=last - first + 1)
    along = Scale(low=first * BIN, high=(last + 1) * BIN)
    scale = Scale(low=0.0, high=float(counts.max()) * 1.18, is_down=True)
    columns = "".join(_column(first + at, int(count), along, scale) for at, count in enumerate(counts) if count)
    mean = float(found.mean())
    over = line(along.part(mean), 8, along.part(mean), 100, "mean") + words(
        along.part(mean), 6, texts("backtest-page-mean", mean=multiple(mean, texts)), "tick middle"
    )
    title = texts("backtest-page-distribution")
    told = texts(
        "backtest-page-distribution-told",
        trades=len(found),
        won=int((found > 0).sum()),
        worst=multiple(float(found.min()), texts),
        best=multiple(float(found.max()), texts),
    )
    shown = chart("distribution", title, told, stretched(columns) + _counts(first, counts, along, scale) + over)
    return figure(title, shown, _multiples(along, texts), note=told, kind="plot whole")


def _of_symbol(symbol: str, trades: Sequence[BacktestTrade], bars: BarHistory, texts: Texts) -> str:
    column = bars.symbols.index(symbol)
    close = bars.close[:, column]
    shown = sorted(trades, key=lambda trade: trade.entered_at)[-MOST_TRADES:]
    prices = np.array([float(price) for trade in shown for price in (trade.entry, trade.exit)])
    along, scale = Scale(low=0, high=max(1, len(close) - 1)), upright([close, prices])
    held = "".join(_held(trade, bars.starts, along, scale) for trade in shown)
    marks = "".join(_marks(trade, bars.starts, along, scale) for trade in shown)
    drawn = path(places(close, along, scale), "line price") + held
    told = texts(
        "backtest-page-symbol",
        symbol=symbol,
        trades=len(trades),
        won=sum(trade.result > trade.fees for trade in trades),
        shown=len(shown) if len(shown) < len(trades) else 0,
    )
    under = grid(scale, lambda price: number(price, texts, places=2 if scale.high < 20 else 0))  # noqa: PLR2004
    shape = chart(f"bars-{column}", symbol, told, under + stretched(drawn) + marks)
    below = dates(bars.starts, texts)
    return figure(symbol, shape, below, note=told, kind="plot whole")


def _held(trade: BacktestTrade, starts: NDArray[np.int64], along: Scale, scale: Scale) -> str:
    (left, top), (right, bottom) = _ends(trade, starts, along, scale)
    return path([(left * 10, top * 10), (right * 10, bottom * 10)], f"held {_came_to(trade)}")


def _marks(trade: BacktestTrade, starts: NDArray[np.int64], along: Scale, scale: Scale) -> str:
    """Mark where a trade was bought and where it was sold: shapes, and not colours alone, tell them apart."""
    (left, top), (right, bottom) = _ends(trade, starts, along, scale)
    return _mark("buy", left, top) + _mark(_came_to(trade), right, bottom)


def _mark(kind: str, left: float, top: float) -> str:
    return f'<use href="#{kind}" class="{kind}" x="{left:.2f}%" y="{top:.2f}%"/>'


def _ends(
    trade: BacktestTrade, starts: NDArray[np.int64], along: Scale, scale: Scale
) -> tuple[tuple[float, float], tuple[float, float]]:
    def place(at: float, price: float) -> tuple[float, float]:
        return along.part(max(0, int(np.searchsorted(starts, at, side="right")) - 1)), scale.part(price)

    return (
        place(trade.entered_at.timestamp(), float(trade.entry)),
        place(trade.exited_at.timestamp(), float(trade.exit)),
    )


def _came_to(trade: BacktestTrade) -> str:
    return "won" if trade.result > trade.fees else "lost"


def _column(place: int, count: int, along: Scale, scale: Scale) -> str:
    left, right = (along.part((place + edge) * BIN) * 10 for edge in (0.06, 0.94))
    top = scale.part(count) * 10
    kind = "won" if place >= 0 else "lost"
    return f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{1000 - top:.1f}"/>'


def _counts(first: int, counts: NDArray[np.int64], along: Scale, scale: Scale) -> str:
    """Return how many trades each column has, the highest first: on a phone some have no room for it."""
    shown = list[tuple[float, float]]()
    drawn = list[str]()
    for at in sorted(np.flatnonzero(counts), key=lambda at: -int(counts[at])):
        count, middle = int(counts[at]), along.part((first + int(at) + 0.5) * BIN)
        half = DIGIT * len(str(count)) / 2
        if all(abs(middle - other) >= half + its + GAP for other, its in shown):
            shown.append((middle, half))
            drawn.append(words(middle, scale.part(float(count)), str(count), "tick middle", down=-0.35))
    return "".join(drawn)


def _multiples(along: Scale, texts: Texts) -> str:
    """Return the whole multiples that stand under the columns."""
    whole = [place for place in range(floor(along.low), floor(along.high) + 1) if along.low <= place <= along.high]
    step = 1 if len(whole) < 8 else 2  # noqa: PLR2004
    drawn = "".join(
        words(along.part(place), 50, multiple_of(place, texts), "tick middle", down=0.35)
        for place in whole
        if place % step == 0
    )
    return f'<svg class="axis" aria-hidden="true">{drawn}</svg>'


def multiple_of(place: int, texts: Texts) -> str:
    """Write a whole multiple, '−1R'."""
    return f"{texts.number(place, 0, signed=True)}R"
