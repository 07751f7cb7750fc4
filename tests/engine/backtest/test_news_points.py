"""What headlines add to past scores: each from when the desk would have known it, as the live score has it."""

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np

from engine.backtest.news_points import READ_WITHIN, NewsPoints
from engine.model.backtest import BacktestNews
from engine.model.market import BarHistory
from engine.model.signal import Finding
from engine.signals.score import news_component
from engine.signals.slots import instant
from engine.signals.stories import counted
from engine.strategies.contract import Scores
from engine.strategies.technical_strategy import TechnicalStrategy
from tests.support.code_strategies import Bounces
from tests.support.generated_market import generated

BARS = generated(seed=3, symbols=2, sessions=4, missing=0.05)
SYMBOL, OTHER = BARS.symbols
WINDOW, AFTER = timedelta(hours=24), timedelta(seconds=305)
ABOUT = BacktestNews(source="mine.csv", scorer="claude", headlines=0, unscored=0, fingerprint="")
WORDS = ("beats", "misses", "Q2", "estimates", "sued", "raises", "cuts", "guidance", "12%", "recall")


def finding(number: int, seconds_after: float, *, tenths: int = 2, text: str = "", symbol: str = SYMBOL) -> Finding:
    """Return a finding whose headline came so many seconds after the first bar began."""
    at = instant(int(BARS.starts[0])) + timedelta(seconds=seconds_after)
    headline = text or f"story number {number} of its own {number * 7} words{number}"
    return Finding(headline_id=f"h{number}", symbol=symbol, at=at, headline=headline, tenths=tenths, reason="")


def points(*findings: Finding, window: timedelta = WINDOW) -> NewsPoints:
    by = {symbol: tuple(each for each in findings if each.symbol == symbol) for symbol in BARS.symbols}
    return NewsPoints(about=ABOUT, findings=by, window=window, after_start=AFTER)


def test_a_headline_counts_from_a_minute_after_it_arrived_and_for_as_long_as_live() -> None:
    tenths = points(finding(1, 300 * 10 + 5 - 60)).tenths(BARS)  # a bar is decided on 305 s after it began
    decided = [instant(int(start)) + AFTER for start in BARS.starts]
    arrived = instant(int(BARS.starts[0])) + timedelta(seconds=300 * 10 + 5 - 60)
    expected = [2 if arrived + READ_WITHIN <= at <= arrived + WINDOW else 0 for at in decided]
    assert tenths[:, 0].tolist() == expected
    assert expected.index(2) == 9
    assert points(finding(1, 300 * 10 + 5 - 59)).tenths(BARS)[:, 0].tolist().index(2) == 10
    assert not tenths[:, 1].any()


def test_the_news_of_all_is_as_much_as_live_at_most() -> None:
    many = [finding(number, number, tenths=3) for number in range(4)]
    assert points(*many).tenths(BARS)[1, 0] == 5


def test_every_bar_has_what_the_live_score_counts_of_what_had_come_by_then() -> None:
    dice = random.Random(5)  # noqa: S311 (no secret)
    some = sorted(
        (
            finding(
                number,
                dice.uniform(-50 * 3600, 80 * 3600),
                tenths=dice.choice([-3, -1, 1, 2, 3]),
                text=" ".join(dice.choices(WORDS, k=4)),
            )
            for number in range(120)
        ),
        key=lambda each: each.at,
    )
    window = timedelta(hours=5)
    tenths = points(*some, window=window).tenths(BARS)[:, 0]
    for bar, start in enumerate(BARS.starts.tolist()):
        at = instant(start) + AFTER
        known = [each for each in some if at - 2 * window <= each.at <= at - READ_WITHIN]
        assert tenths[bar] == news_component(counted(known, at, window)).tenths, bar
    assert len({*tenths.tolist()}) > 4


def test_headlines_of_later_change_no_earlier_score() -> None:
    some = [finding(number, 9_000.0 * number, tenths=2) for number in range(8)]
    whole = points(*some).tenths(BARS)
    for number, later in enumerate(some):
        decided = [instant(int(start)) + AFTER for start in BARS.starts]
        before = sum(at < later.at for at in decided)
        changed = points(*some[:number], replace(later, tenths=-3)).tenths(BARS)
        assert (changed[:before] == whole[:before]).all()


def test_news_alone_is_no_signal_where_a_symbol_has_too_few_bars_for_a_score() -> None:
    bars = generated(seed=3, symbols=2, sessions=8, missing=0.05)
    seed, news = TechnicalStrategy(name="low", propose_at=3), points(finding(1, 0, tenths=3), window=timedelta(days=9))
    scores, known = seed.scores(bars), seed.known(bars)
    assert not known[:20].any()
    expected = np.where(known, scores.tenths + news.tenths(bars), 0)
    np.testing.assert_array_equal(news.added(scores, bars, seed).tenths, expected)
    assert (expected == 3).any()


def test_it_is_added_where_there_is_a_bar_and_nowhere_else() -> None:
    scores = Scores(tenths=np.full(BARS.close.shape, 4, np.int8), stop=np.full(BARS.close.shape, 0.01))
    there = np.isfinite(BARS.close)
    added = points(finding(1, -3600, tenths=3)).added(scores, BARS, Bounces())
    assert added.tenths.dtype == np.int8
    assert not there.all()
    assert (added.tenths[~there] == 0).all()
    assert (added.tenths[:3, 0][there[:3, 0]] == 7).all()
    assert added.stop is scores.stop
    nothing = BarHistory.of(BARS.symbols, BARS.starts[:0], BARS.stacked[:, :0])
    assert points(finding(1, 0)).tenths(nothing).shape == (0, 2)
