"""The page of a sweep: what choosing was worth on later sessions first, then all variants, of which none is the best.

The same sweep, after the same tries, gives the same bytes.
"""

from collections import defaultdict
from decimal import Decimal
from html import escape
from statistics import median

from bot.messages import Texts
from bot.pages.document import document
from bot.pages.inputs import windows
from bot.pages.notes import notes_told
from bot.pages.verdict import between, multiple, probability
from engine.model.evaluation import FEWEST_TRADES, Verdict
from engine.model.sweep import Sweep, Variant

STEPS = (0.0, 0.1, 0.25, 0.5)
"""From which mean results (R) on a cell of the map is drawn how strongly."""
Axes = tuple[str, str | None]


def sweep_page(done: Sweep, texts: Texts, axes: Axes) -> str:
    """Return the page as one HTML file; `axes` are the numbers down and across the heat map."""
    parts = (_head(done, texts), heat_map(done, texts, axes), windows(done.walk, texts), _inputs(done, texts))
    return document(texts("sweep-title", strategy=done.strategy), parts, texts)


def sweep_verdict(done: Sweep, texts: Texts) -> str:
    """Say whether an edge is shown on sessions that nothing was chosen on."""
    interval, luck = done.walk.interval, done.luck
    return texts(
        "sweep-verdict",
        verdict=done.verdict.value,
        trades=interval.count if interval else 0,
        fewest=FEWEST_TRADES,
        low=multiple(interval.low if interval else None, texts),
        high=multiple(interval.high if interval else None, texts),
        variants=texts.count(done.tried),
        is_known="no" if luck is None else "yes",
        probability=probability(luck.probability if luck else None, texts),
    )


def sweep_doubts(done: Sweep, texts: Texts) -> list[str]:
    """Say what a choice made where it was made and later, and what so many tries explain."""
    interval = done.walk.interval
    walked = texts(
        "backtest-page-walked",
        windows=len(done.walk.steps),
        train=multiple(done.walk.train_mean, texts),
        test=multiple(interval.mean if interval else None, texts),
        between=between(interval, texts),
    )
    tried = texts(
        "sweep-tried",
        variants=done.tried,
        is_known="no" if done.luck is None else "yes",
        probability=probability(done.luck.probability if done.luck else None, texts),
    )
    return [walked, tried]


def heat_map(done: Sweep, texts: Texts, axes: Axes) -> str:
    """Return the section with the median result of the variants in each cell."""
    down, across = axes
    cells = defaultdict[tuple[Decimal, Decimal | None], list[Variant]](list)
    for variant in done.variants:
        cells[variant.numbers[down], None if across is None else variant.numbers[across]].append(variant)
    columns: tuple[Decimal | None, ...] = (None,) if across is None else done.ranges[across]
    corner = down if across is None else f"{down} \\ {across}"
    heads = "".join(f"<th>{'' if column is None else f'{column:f}'}</th>" for column in columns)
    rows = "".join(
        f"<tr><th>{row:f}</th>{''.join(_cell(cells[row, column], texts) for column in columns)}</tr>"
        for row in done.ranges[down]
    )
    note = texts("sweep-map-note", variants=len(done.variants) // len(cells))
    return (
        f"<section><h2>{escape(texts('sweep-map'))}</h2>"
        f'<div class="map"><table><tr><th>{escape(corner)}</th>{heads}</tr>{rows}</table></div>'
        f'<p class="note">{escape(note)}</p></section>'
    )


def _cell(variants: list[Variant], texts: Texts) -> str:
    means = [variant.mean for variant in variants if variant.mean is not None]
    mean = median(means) if means else None
    trades = texts("sweep-trades", trades=round(median(variant.trades for variant in variants)))
    return f'<td class="{_strength(mean)}">{escape(multiple(mean, texts))}<small>{escape(trades)}</small></td>'


def _strength(mean: float | None) -> str:
    shown = round(mean or 0.0, 2)
    return f"{'won' if shown > 0 else 'lost'}-{sum(abs(shown) > step for step in STEPS)}" if shown else "still"


def _head(done: Sweep, texts: Texts) -> str:
    kind = "shown" if done.verdict is Verdict.EDGE else "none"
    about = texts(
        "sweep-about",
        variants=len(done.variants),
        strategy=done.strategy,
        symbols=len(done.symbols),
        data=_data(done, texts),
    )
    told = (*sweep_doubts(done, texts), *notes_told(done.notes, texts))
    notes = "".join(f"<li>{escape(each)}</li>" for each in told)
    return (
        f'<header class="{kind}"><h1>{escape(sweep_verdict(done, texts))}</h1><p>{escape(about)}</p>'
        f'<ul class="notes">{notes}</ul></header>'
    )


def _data(done: Sweep, texts: Texts) -> str:
    return texts("backtest-data", data=done.data)


def _inputs(done: Sweep, texts: Texts) -> str:
    rows = [
        *((name, ", ".join(f"{value:f}" for value in values)) for name, values in done.ranges.items()),
        (texts("backtest-page-input", input="data"), f"{_data(done, texts)} {done.data_fingerprint}"),
        (texts("backtest-page-input", input="symbols"), ", ".join(done.symbols)),
        (texts("backtest-page-input", input="cash"), texts.dollars(done.cash)),
        (texts("backtest-page-input", input="seed"), str(done.seed)),
        (texts("backtest-page-input", input="version"), done.version),
        *sorted(done.settings.items()),
    ]
    lines = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<section><h2>{escape(texts('backtest-page-inputs'))}</h2><table>{lines}</table></section>"
