"""The page of a backtest: what may be said of it first, then its figures, its charts, and all that it was run with.

The same backtest gives the same bytes: no date of today and no random name is in it. Nothing is fetched and nothing
runs: the page forbids both, and every style but its own sheet.
"""

from collections.abc import Collection
from html import escape

from bot.messages import NO_FIGURE, Texts
from bot.pages.curves import drawdown, equity, months
from bot.pages.document import document
from bot.pages.doubts import doubts
from bot.pages.inputs import endings, inputs, windows
from bot.pages.notes import notes_told
from bot.pages.trades import distribution, on_bars
from bot.pages.verdict import about_line, change, multiple, number, percent, verdict_line
from engine.model.evaluation import FEWEST_DAYS, Evaluation, Verdict, WalkForward
from engine.model.market import BarHistory

MARKS = (
    '<svg class="marks" aria-hidden="true"><defs>'
    '<path id="buy" d="M0 1l4.5 8h-9z"/><path id="won" d="M-4 -4h8v8h-8z"/>'
    '<path id="lost" d="M-4 -4l8 8M4 -4l-8 8"/></defs></svg>'
)


def page(done: Evaluation, texts: Texts, *, bars: BarHistory | None = None, walk: WalkForward | None = None) -> str:
    """Return the page as one HTML file; with the bars it shows the trades on them."""
    run = done.backtest
    title = texts("backtest-page-title", strategy=run.strategy)
    curves = equity(run, texts) + drawdown(run, texts) if len(run.starts) else ""
    parts = (
        _head(done, texts),
        _figures(done, texts),
        doubts(done, walk, texts),
        curves,
        distribution(done, texts),
        months(run, texts) if len(run.starts) else "",
        on_bars(run, bars, texts) if bars is not None and len(run.starts) else "",
        windows(walk, texts) if walk else "",
        endings(run, texts),
        inputs(run, texts),
    )
    return document(title, parts, texts, marks=MARKS)


def _head(done: Evaluation, texts: Texts) -> str:
    run = done.backtest
    kind, about = "shown" if done.verdict is Verdict.EDGE else "none", escape(about_line(run, texts))
    notes = "".join(f"<li>{escape(told)}</li>" for told in notes_told(run.notes, texts))
    more = f'<ul class="notes">{notes}</ul>' if notes else ""
    return f'<header class="{kind}"><h1>{escape(verdict_line(done, texts))}</h1><p>{about}</p>{more}</header>'


def figures(done: Evaluation, texts: Texts, only: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return the names and values of the usual measures, of all where `only` names none."""
    of = done.measures
    # What a few days came to says nothing of a year.
    of_a_year = of.days >= FEWEST_DAYS
    rows = (
        ("total", change(of.total_return, texts)),
        ("holding", change(done.holding, texts)),
        ("spy", change(done.spy, texts)),
        ("growth", change(of.growth if of_a_year else None, texts)),
        ("drawdown", percent(of.max_drawdown, texts)),
        ("trades", texts.count(of.trades)),
        ("hits", percent(of.hit_rate, texts, places=0)),
        ("expectancy", multiple(of.expectancy, texts)),
        ("factor", number(of.profit_factor, texts)),
        ("sharpe", number(of.sharpe if of_a_year else None, texts)),
        ("sortino", number(of.sortino if of_a_year else None, texts)),
        ("calmar", number(of.calmar if of_a_year else None, texts)),
        ("exposure", percent(of.exposure, texts, places=0)),
        (
            "turnover",
            NO_FIGURE
            if of.turnover is None
            else texts("backtest-page-times", times=number(of.turnover, texts, places=1)),
        ),
    )
    return [
        (texts("backtest-page-figure", figure=name), value)
        for name, value in rows
        if (name != "spy" or done.spy is not None) and (not only or name in only)
    ]


def _figures(done: Evaluation, texts: Texts) -> str:
    cells = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in figures(done, texts)
    )
    return f'<dl class="figures">{cells}</dl>'
