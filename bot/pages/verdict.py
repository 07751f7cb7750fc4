"""What is said of a backtest first, wherever it is shown."""

from decimal import Decimal

from bot.messages import NO_FIGURE, Texts
from engine.model.backtest import Backtest
from engine.model.evaluation import FEWEST_TRADES, Evaluation, Interval

SUREST = 0.999
SENSELESS = 1e9
"""A ratio that is larger says nothing but that it was divided by next to nothing."""


def verdict_line(done: Evaluation, texts: Texts) -> str:
    """Say whether an edge is shown, and why not."""
    interval, luck, control = done.interval, done.deflated, done.control
    return texts(
        "backtest-verdict",
        verdict=done.verdict.value,
        trades=sum(trade.multiple is not None for trade in done.backtest.trades),
        fewest=FEWEST_TRADES,
        low=multiple(interval.low if interval else None, texts),
        high=multiple(interval.high if interval else None, texts),
        variants=texts.count(done.variants),
        is_known="no" if luck is None else "yes",
        probability=probability(luck.probability if luck else None, texts),
        walks=control.walks if control else 0,
        edges=control.edges if control else 0,
        chance=probability(control.as_good if control else None, texts),
    )


def about_line(run: Backtest, texts: Texts) -> str:
    """Say what was traded: the strategy, how many symbols, from when to when, on which data."""
    return texts(
        "backtest-page-about",
        strategy=run.strategy,
        symbols=len(run.symbols),
        first=texts.day(run.first),
        last=texts.day(run.last),
        data=texts("backtest-data", data=run.data),
    )


def multiple(value: float | None, texts: Texts) -> str:
    """Write a multiple of what was risked with its sign to a hundredth, '+0.13R'."""
    return NO_FIGURE if value is None else texts.number(value, signed=True) + "R"


def between(interval: Interval | None, texts: Texts) -> str:
    """Write between what a mean lies, '−0.11R to +0.35R'."""
    if interval is None:
        return NO_FIGURE
    return texts("backtest-between", low=multiple(interval.low, texts), high=multiple(interval.high, texts))


def percent(value: float | None, texts: Texts, *, places: int = 1) -> str:
    """Write a part as a percentage without a sign."""
    return NO_FIGURE if value is None else texts.percent(Decimal(str(value)), places)


def probability(value: float | None, texts: Texts) -> str:
    """Write how likely something is; nothing is certain, so that no rounding makes it so."""
    return percent(None if value is None else min(max(value, 0.001), SUREST), texts)


def change(value: float | None, texts: Texts) -> str:
    """Write a return as a percentage with its sign; one that is beyond all sense is no figure."""
    return NO_FIGURE if value is None or abs(value) > SENSELESS else texts.change(Decimal(str(value)))


def number(value: float | None, texts: Texts, *, places: int = 2) -> str:
    """Write a ratio; one that is beyond all sense is no figure."""
    return NO_FIGURE if value is None or abs(value) > SENSELESS else texts.number(value, places)
