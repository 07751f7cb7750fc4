"""The picture of a period: the account's equity over its fall from the last peak."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from matplotlib.ticker import FuncFormatter

from bot.cards.mrkdwn import NO_FACT
from bot.charts.figure import DOWN, INK, LARGE, LINE, PLAIN, break_days, name_zone, png, set_type, sheet, words
from bot.messages import Texts
from engine.model.performance import EquityPoint, Period

MARKS = 4
"""Times written under the curve."""


def draw(curve: Sequence[EquityPoint], period: Period, texts: Texts) -> bytes:
    """Return the picture of a curve of two points or more, 900 x 800 dots, as a PNG file."""
    said = words(texts)
    equity = np.array([float(point.equity) for point in curve])
    peaks = np.maximum.accumulate(np.maximum(equity, 0.01))
    at = np.arange(len(curve))
    figure = sheet(9, 8)
    grid = figure.add_gridspec(2, 1, height_ratios=(3, 1.4))
    upper = figure.add_subplot(grid[0])
    lower = figure.add_subplot(grid[1], sharex=upper)
    for axes in (upper, lower):
        set_type(axes)
    title = said("picture-equity-title", period=said("period-name", period=period.value, days=NO_FACT))
    upper.set_title(title, loc="left", fontsize=LARGE, color=INK, fontweight="bold")
    upper.plot(at, equity, color=LINE, linewidth=2.5)
    upper.fill_between(at, equity, equity.min(), color=LINE, alpha=0.12, linewidth=0)
    upper.yaxis.set_major_formatter(FuncFormatter(lambda dollars, _: texts.dollars(Decimal(str(dollars)))))
    upper.tick_params(labelbottom=False)
    lower.fill_between(at, (equity / peaks - 1) * 100, 0, color=DOWN, alpha=0.4, linewidth=1)
    lower.yaxis.set_major_formatter(FuncFormatter(lambda percent, _: texts.percent(Decimal(str(percent)) / 100)))
    lower.text(
        0.005, 0.06, said("picture-drawdown"), transform=lower.transAxes, fontsize=PLAIN, color=INK, fontweight="bold"
    )
    marks = np.linspace(0, len(curve) - 1, MARKS).astype(int)
    times = [curve[mark].at for mark in marks]
    lower.set_xticks(marks, [f"{said.day_of_year(at)}\n{said.clock(at)}" for at in times])
    break_days((upper, lower), [point.at for point in curve])
    name_zone(lower, said.zone_name(curve[-1].at))
    return png(figure)
