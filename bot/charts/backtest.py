"""The picture of a backtest: the account beside the same money bought and held."""

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
from matplotlib.ticker import FuncFormatter

from bot.charts.figure import INK, LARGE, LINE, PLAIN, SECOND, png, set_type, sheet, words
from bot.messages import Texts
from engine.model.backtest import Backtest
from engine.model.market import exchange_date

MARKS = 3
"""Days written under the curve."""
POINTS = 1_000
"""Points that are drawn: more than a picture has columns of dots."""


def draw(run: Backtest, texts: Texts) -> bytes:
    """Return the picture of a backtest of two bars or more, 900 x 600 dots, as a PNG file."""
    said = words(texts)
    rows = np.unique(np.linspace(0, len(run.starts) - 1, min(POINTS, len(run.starts))).astype(int))
    at = np.arange(len(rows))
    figure = sheet(9, 6)
    axes = figure.add_subplot()
    set_type(axes)
    axes.set_title(
        said("backtest-page-title", strategy=run.strategy), loc="left", fontsize=LARGE, color=INK, fontweight="bold"
    )
    # The held one is dashed: which is which does not rest on colour.
    axes.plot(at, run.holding[rows], color=SECOND, linewidth=2, linestyle="--", label=said("backtest-page-holding"))
    axes.plot(at, run.equity[rows], color=LINE, linewidth=2.5, label=said("backtest-page-strategy"))
    axes.legend(loc="upper left", fontsize=PLAIN, frameon=False, labelcolor=INK)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda dollars, _: said.dollars(Decimal(str(dollars)))))
    marks = np.linspace(0, len(rows) - 1, MARKS).astype(int)
    days = [exchange_date(datetime.fromtimestamp(int(run.starts[rows[mark]]), UTC)) for mark in marks]
    axes.set_xticks(marks, [said.day(on) for on in days])
    return png(figure)
