"""What became of the account: its equity beside buying and holding, its drawdown, and its months."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape

import numpy as np
from babel.dates import format_skeleton
from numpy.typing import NDArray

from bot.messages import Texts
from bot.pages.svg import Scale, apart, chart, line, path, places, stretched, upright, words
from bot.pages.verdict import change, percent
from engine.model.backtest import Backtest
from engine.model.market import exchange_date

Numbers = NDArray[np.float64]
DATES = 5
"""Dates under a chart."""
LABEL = 15.0
"""Parts of a hundred of a chart's height that a label beside it takes."""
STEPS = (0.0, 0.01, 0.03, 0.06)
"""From which gain or loss of a month on its cell is of a stronger colour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """A line of a chart: what it is, how it is drawn, and its figures."""

    name: str
    kind: str
    values: Numbers


def equity(run: Backtest, texts: Texts) -> str:
    """Return the figure of the account beside buying and holding, and beside SPY where the data have it."""
    cash = float(run.cash)
    curves = [
        Curve(name=texts("backtest-page-strategy"), kind="own", values=run.equity / cash - 1),
        Curve(name=texts("backtest-page-holding"), kind="hold", values=run.holding / cash - 1),
        *([Curve(name="SPY", kind="spy", values=run.spy / cash - 1)] if run.spy is not None else []),
    ]
    scale, along = upright([np.zeros(1), *(curve.values for curve in curves)]), _along(run)
    drawn = "".join(path(places(curve.values, along, scale), f"line {curve.kind}") for curve in reversed(curves))
    told = ", ".join(f"{curve.name} {change(float(curve.values[-1]), texts)}" for curve in curves)
    title = texts("backtest-page-equity")
    shown = chart("equity", title, told, grid(scale, lambda value: change(value, texts)) + stretched(drawn))
    return figure(title, shown + ends(curves, scale, texts), dates(run.starts, texts))


def drawdown(run: Backtest, texts: Texts) -> str:
    """Return the figure of how far the account was under its last peak, at the closes of days."""
    last = _day_ends(run.starts)
    worth = np.concatenate(((float(run.cash),), run.equity[last]))
    fallen = (worth / np.maximum.accumulate(worth) - 1)[1:]
    scale = Scale(low=min(float(fallen.min()) * 1.1, -0.01), high=0.0, is_down=True)
    deepest = int(fallen.argmin())
    curve = Curve(name=texts("backtest-page-strategy"), kind="loss", values=fallen)
    told = texts(
        "backtest-page-deepest",
        drawdown=percent(-float(fallen[deepest]), texts),
        day=texts.day(_date(run.starts[last[deepest]])),
    )
    along = Scale(low=0, high=max(1, len(fallen) - 1))
    drawn = stretched(path(places(fallen, along, scale), "area loss", to=0.0))
    title = texts("backtest-page-drawdown")
    shown = chart("drawdown", title, told, grid(scale, lambda value: change(value, texts)) + drawn, kind="low")
    return figure(title, shown + ends([curve], scale, texts), dates(run.starts[last], texts), note=told)


def months(run: Backtest, texts: Texts) -> str:
    """Return the results of the months, a row for each year."""
    rows: dict[int, list[str]] = {}
    before = float(run.cash)
    for month, worth in _month_ends(run):
        gain = worth / before - 1 if before > 0 else 0.0
        name = str(format_skeleton("MMM", month, locale=texts.locale))
        rows.setdefault(month.year, []).append(
            f'<li class="{_strength(gain)}"><span>{escape(name)}</span><b>{escape(change(gain, texts))}</b></li>'
        )
        before = worth
    years = "".join(f'<h3>{year}</h3><ul class="months">{"".join(cells)}</ul>' for year, cells in rows.items())
    return f"<section><h2>{escape(texts('backtest-page-months'))}</h2>{years}</section>"


def figure(title: str, shown: str, below: str = "", *, note: str = "", kind: str = "plot") -> str:
    """Return a chart under its title, over what stands along it."""
    more = f'<p class="note">{escape(note)}</p>' if note else ""
    return f'<section><h2>{escape(title)}</h2><div class="{kind}">{shown}</div>{below}{more}</section>'


def grid(scale: Scale, write: Callable[[float], str]) -> str:
    """Draw the lines of a chart's round figures, each figure over its line at the left."""
    return "".join(
        line(0, scale.part(tick), 100, scale.part(tick), "grid zero" if abs(tick) < 1e-12 else "grid")  # noqa: PLR2004
        + words(0, scale.part(tick), write(tick), "tick", down=1.1 if scale.part(tick) < 12 else -0.3)  # noqa: PLR2004
        for tick in scale.ticks
    )


def dates(starts: NDArray[np.int64], texts: Texts) -> str:
    """Return the dates that stand under a chart, the first and the last at its ends."""
    marks = np.unique(np.linspace(0, len(starts) - 1, DATES).astype(int))
    days = dict.fromkeys(texts.day(_date(starts[mark])) for mark in marks)
    return '<div class="dates">' + "".join(f"<span>{escape(day)}</span>" for day in days) + "</div>"


def ends(curves: Sequence[Curve], scale: Scale, texts: Texts) -> str:
    """Return what stands at the right of a chart: the name of each line and where it ended."""
    tops = apart([min(max(scale.part(float(curve.values[-1])), LABEL / 2), 100.0) for curve in curves], LABEL)
    drawn = "".join(
        words(0, top, curve.name, f"name {curve.kind}")
        + words(0, top, change(float(curve.values[-1]), texts), "end", down=1.15)
        for curve, top in zip(curves, tops, strict=True)
    )
    return f'<svg class="ends" aria-hidden="true">{drawn}</svg>'


def _along(run: Backtest) -> Scale:
    return Scale(low=0, high=max(1, len(run.starts) - 1))


def _date(start: np.int64) -> date:
    return exchange_date(datetime.fromtimestamp(int(start), UTC))


def _month_ends(run: Backtest) -> list[tuple[date, float]]:
    """Return the first day of each month, and what the account was worth at the month's end."""
    ends = {_date(run.starts[at]).replace(day=1): float(run.equity[at]) for at in _day_ends(run.starts)}
    return sorted(ends.items())


def _day_ends(starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which bars are the last of their day."""
    # Of a date in UTC, too: no session goes on over its midnight.
    days = starts // 86_400
    return np.flatnonzero(np.append(days[1:] != days[:-1], True))


def _strength(gain: float) -> str:
    shown = round(gain, 3)
    if not shown:
        return "still"
    return f"{'won' if shown > 0 else 'lost'}-{sum(abs(shown) >= step for step in STEPS)}"
