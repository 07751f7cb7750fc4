"""The picture of a proposal: candles in their bands with entry, stop and target; volume; RSI; MACD."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator

from bot.charts.figure import (
    DOWN,
    FAINT,
    GROUND,
    INK,
    LARGE,
    LINE,
    PLAIN,
    SECOND,
    UP,
    break_days,
    columns,
    name_zone,
    png,
    set_type,
    sheet,
    words,
)
from bot.messages import Texts
from engine.model.chart import Chart, Floats

MARKS = 4
"""Times written under the bars."""
ROOM = 0.17
"""What is kept free beside the bars for the words of the lines, as a part of them."""
APART = 0.11
"""How far the words of two lines stand apart at least, as a part of the panel's height."""


class Levels(Protocol):
    """The prices of a trade, in dollars a share, that are drawn over its bars."""

    @property
    def entry(self) -> Decimal:
        """Where it buys."""
        ...

    @property
    def stop(self) -> Decimal:
        """Where it sells at a loss."""
        ...

    @property
    def target(self) -> Decimal:
        """Where it sells at a gain."""
        ...


def draw(chart: Chart, trade: Levels, texts: Texts) -> bytes:
    """Return the picture, 900 x 1,100 dots, as a PNG file."""
    said = words(texts)
    figure = sheet(9, 11)
    grid = figure.add_gridspec(4, 1, height_ratios=(5, 1.2, 1.6, 1.8))
    prices = figure.add_subplot(grid[0])
    below = [figure.add_subplot(grid[row], sharex=prices) for row in (1, 2, 3)]
    for axes in (prices, *below):
        set_type(axes)
    title = said("picture-proposal-title", symbol=chart.symbol, minutes=chart.bar_seconds // 60)
    prices.set_title(title, loc="left", fontsize=LARGE, color=INK, fontweight="bold")
    _candles(prices, chart)
    _exits(prices, trade, len(chart.close), said)
    _volume(below[0], chart, said)
    _rsi(below[1], chart, said)
    _macd(below[2], chart, said)
    _times(below[2], chart, said)
    break_days((prices, *below), [datetime.fromtimestamp(int(start), UTC) for start in chart.starts])
    for axes in (prices, *below[:2]):
        axes.tick_params(labelbottom=False)
    return png(figure)


def _candles(axes: Axes, chart: Chart) -> None:
    at = np.arange(len(chart.close))
    rises = chart.close >= chart.open
    axes.fill_between(at, chart.lower, chart.upper, color=LINE, alpha=0.08, linewidth=0)
    axes.plot(at, chart.lower, color=LINE, linewidth=1)
    axes.plot(at, chart.upper, color=LINE, linewidth=1)
    axes.plot(at, chart.middle, color=LINE, linewidth=1, linestyle=":")
    axes.vlines(at, chart.low, chart.high, color=np.where(rises, UP, DOWN), linewidth=1.4)
    least = float(np.ptp(chart.close)) / 400
    height = np.maximum(np.abs(chart.close - chart.open), least)
    # What rises is hollow and what falls is filled, so that nobody needs the colours.
    for chosen, colour, inside in ((rises, UP, GROUND), (~rises, DOWN, DOWN)):
        bottom = np.minimum(chart.open, chart.close)[chosen]
        columns(axes, at[chosen], height[chosen], bottom, facecolors=inside, edgecolors=colour, linewidths=1.4)


def _exits(axes: Axes, trade: Levels, bars: int, texts: Texts) -> None:
    """Draw entry, stop and target over all bars, with their words in the room to the right."""
    lines: tuple[tuple[str, Decimal, str, str], ...] = (
        ("picture-target", trade.target, UP, "-."),
        ("picture-entry", trade.entry, INK, "-"),
        ("picture-stop", trade.stop, DOWN, "--"),
    )
    for _, price, colour, style in lines:
        axes.axhline(float(price), color=colour, linewidth=2, linestyle=style)
    axes.set_xlim(-1, bars * (1 + ROOM))
    axes.margins(y=0.08)
    axes.autoscale_view(scalex=False)
    low, high = axes.get_ylim()
    heights = np.array([float(price) for _, price, _, _ in lines])
    # From the lowest up: each at its line, or as far above the one below as two lines of type need.
    order, at = np.argsort(heights), -np.inf
    for number in order:
        key, price, colour, _ = lines[number]
        at = max(float(price), at + APART * (high - low))
        axes.text(
            bars * (1 + ROOM), at, texts(key, price=texts.price(price)).replace(" ", "\n", 1), ha="right", va="center",
            fontsize=PLAIN, color=colour, fontweight="bold", linespacing=1.0,
            bbox={"facecolor": GROUND, "edgecolor": "none", "pad": 1, "alpha": 0.85},
        )  # fmt: skip


def _volume(axes: Axes, chart: Chart, texts: Texts) -> None:
    columns(axes, np.arange(len(chart.volume)), chart.volume, facecolors=FAINT)
    axes.set_yticks([])
    _name(axes, texts("picture-volume"))


def _rsi(axes: Axes, chart: Chart, texts: Texts) -> None:
    axes.plot(chart.rsi, color=LINE, linewidth=2)
    for level, colour in zip(chart.rsi_limits, (UP, DOWN), strict=True):
        axes.axhline(level, color=colour, linewidth=1, linestyle="--")
    axes.set_ylim(0, 100)
    axes.set_yticks(chart.rsi_limits)
    _name(axes, _with_last(texts("picture-rsi"), chart.rsi, texts, 1))


def _macd(axes: Axes, chart: Chart, texts: Texts) -> None:
    at = np.arange(len(chart.macd))
    apart = np.nan_to_num(chart.macd - chart.macd_signal)
    columns(axes, at, apart, facecolors=np.where(apart >= 0, UP, DOWN), alpha=0.35)
    axes.plot(chart.macd, color=LINE, linewidth=2)
    axes.plot(chart.macd_signal, color=SECOND, linewidth=2, linestyle="--")
    axes.yaxis.set_major_locator(FixedLocator([0]))
    _name(axes, _with_last(texts("picture-macd"), chart.macd, texts, 2))


def _times(axes: Axes, chart: Chart, texts: Texts) -> None:
    marks = np.linspace(0, len(chart.starts) - 1, MARKS).astype(int)
    times = [datetime.fromtimestamp(int(chart.starts[mark]), UTC) for mark in marks]
    axes.set_xticks(marks, [f"{texts.day_of_year(at)}\n{texts.clock(at)}" for at in times], fontsize=PLAIN)
    name_zone(axes, texts.zone_name(times[-1]))


def _name(axes: Axes, name: str) -> None:
    axes.text(0.005, 0.97, name, transform=axes.transAxes, fontsize=PLAIN, color=INK, va="top", fontweight="bold",
              bbox={"facecolor": GROUND, "edgecolor": "none", "pad": 1, "alpha": 0.7})  # fmt: skip


def _with_last(name: str, figures: Floats, texts: Texts, places: int) -> str:
    """Return a panel's name with the newest figure in it."""
    return f"{name} {texts.number(float(figures[-1]), places)}" if np.isfinite(figures[-1]) else name
