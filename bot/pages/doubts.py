"""What speaks for and against believing a backtest, in sentences."""

from collections.abc import Iterator
from html import escape

from bot.messages import Texts
from bot.pages.verdict import between, multiple, percent, probability
from engine.model.evaluation import Control, DeflatedSharpe, Evaluation, Interval, WalkForward, WorstGap
from engine.model.market import exchange_date


def doubts(done: Evaluation, walk: WalkForward | None, texts: Texts) -> str:
    """Return the section of the page, '' where there is nothing to tell."""
    told = "".join(f"<li>{escape(each)}</li>" for each in doubt_lines(done, walk, texts))
    return f"<section><h2>{escape(texts('backtest-page-doubts'))}</h2><ul>{told}</ul></section>" if told else ""


def doubt_lines(done: Evaluation, walk: WalkForward | None, texts: Texts) -> Iterator[str]:
    """Say how sure the mean is, what walks and luck would have given, what was judged later, and the worst gap."""
    if done.interval:
        yield _interval(done.interval, texts)
    if done.control and done.control.walks:
        yield control_line(done.control, texts)
    if done.deflated:
        yield _deflated(done.deflated, texts)
    if walk:
        yield _walked(walk, texts)
    if done.worst_gap:
        yield _gap(done.worst_gap, texts)


def _interval(interval: Interval, texts: Texts) -> str:
    return texts(
        "backtest-page-interval",
        mean=multiple(interval.mean, texts),
        confidence=percent(interval.confidence, texts, places=0),
        low=multiple(interval.low, texts),
        high=multiple(interval.high, texts),
        block=interval.block,
    )


def control_line(control: Control, texts: Texts) -> str:
    """Say what the strategy made where nothing can be won."""
    mean = sum(control.means) / len(control.means) if control.means else None
    return texts(
        "backtest-page-control",
        walks=control.walks,
        mean=multiple(mean, texts),
        edges=control.edges,
        probability=probability(control.as_good, texts),
    )


def _deflated(luck: DeflatedSharpe, texts: Texts) -> str:
    sure = probability(luck.probability, texts)
    return texts("backtest-page-deflated", variants=luck.variants, probability=sure)


def _walked(walk: WalkForward, texts: Texts) -> str:
    return texts(
        "backtest-page-walked",
        windows=len(walk.steps),
        train=multiple(walk.train_mean, texts),
        test=multiple(walk.interval.mean if walk.interval else None, texts),
        between=between(walk.interval, texts),
    )


def _gap(gap: WorstGap, texts: Texts) -> str:
    return texts(
        "backtest-page-gap",
        symbol=gap.symbol,
        day=texts.day(exchange_date(gap.at)),
        beyond=percent(gap.beyond, texts),
        multiple=multiple(gap.multiple, texts),
    )
