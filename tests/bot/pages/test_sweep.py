"""The page of a sweep, as HTML."""

import re
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bot.messages import LOCALES, NO_FIGURE
from bot.pages.sweep import sweep_doubts, sweep_page, sweep_verdict
from engine.model.backtest import Costs
from engine.model.evaluation import DeflatedSharpe, Interval, Verdict, WalkForward, WalkStep, WalkWindow
from engine.model.sweep import Sweep, Variant
from tests.support.backtest_pages import texts_of
from tests.support.backtests import backtest, trade

LOWS, STOPS = (Decimal(30), Decimal(35)), (Decimal("0.01"), Decimal("0.02"), Decimal("0.03"))
AXES = ("rsi.low", "exits.stop")
WINDOW = WalkWindow(
    train_first=date(2025, 3, 3),
    train_last=date(2025, 3, 14),
    test_first=date(2025, 3, 18),
    test_last=date(2025, 3, 24),
)


def variant(low: Decimal, stop: Decimal, mean: float | None) -> Variant:
    numbers = {"rsi.low": low, "exits.stop": stop}
    return Variant(numbers=numbers, fingerprint="", trades=7, mean=mean, total_return=0.1, sharpe=0.1)


def sweep(verdict: Verdict = Verdict.NO_EDGE, **given: Any) -> Sweep:
    step = WalkStep(
        window=WINDOW,
        chosen="rsi.low=30, exits.stop=0.01",
        train=backtest([1.0], [trade(2.0)]),
        test=backtest([1.0], [trade(-0.5)]),
    )
    interval = Interval(mean=-0.5, low=-0.9, high=0.2, count=40, block=1, confidence=0.95)
    means = iter((0.9, 0.3, 0.05, -0.05, -0.6, None))
    values: dict[str, Any] = {
        "strategy": "seed",
        "data": "recorded",
        "data_fingerprint": "da7a" * 16,
        "version": "0.2.0",
        "seed": 1,
        "symbols": ("AAPL", "MSFT"),
        "cash": Decimal(100_000),
        "costs": Costs(),
        "settings": {"MAX_OPEN_RISK": "2"},
        "ranges": {"rsi.low": LOWS, "exits.stop": STOPS},
        "variants": tuple(variant(low, stop, next(means)) for low in LOWS for stop in STOPS),
        "walk": WalkForward(steps=(step,), train_mean=2.0, interval=interval, verdict=verdict),
        "luck": DeflatedSharpe(sharpe=0.1, hurdle=0.2, variants=60, probability=0.4),
        "tried": 60,
        "walked": 3,
    }
    return Sweep(**values | given)


def cells(text: str) -> list[str]:
    table = re.search(r'<div class="map">(.*?)</div>', text, re.DOTALL)
    assert table is not None
    return re.findall(r"<td class=\"(.*?)<small>", table[1])


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_page_is_whole_and_the_same_each_time(locale: str, verdict: Verdict) -> None:
    text = sweep_page(sweep(verdict), texts_of(locale), AXES)
    assert text == sweep_page(sweep(verdict), texts_of(locale), AXES)
    body = text.partition("<body>")[2].partition("</body>")[0]
    ET.fromstring(f"<body>{body}</body>")  # noqa: S314 (our own)
    assert ('<header class="shown">' in text) is (verdict is Verdict.EDGE)


def test_what_a_choice_made_later_comes_before_the_variants() -> None:
    text = sweep_page(sweep(), texts_of("en"), AXES)
    verdict, later, heat = (text.index(words) for words in ("No edge shown", "on later sessions.", 'class="map"'))
    assert verdict < later < heat
    assert "+2.00R a trade where it was chosen, −0.50R" in text
    assert "best" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL).lower()


def test_a_luck_that_is_not_known_is_said_and_no_figure_stands_for_it() -> None:
    done = sweep(Verdict.TRIED_TOO_OFTEN, luck=None)
    assert sweep_verdict(done, texts_of("en")) == (
        "No edge shown: after 60 variants on these data, nobody can say how much of it is luck:"
        " that takes 20 days and two variants with a Sharpe ratio."
    )
    assert "시도했으므로 운이 얼마나 작용했는지 알 수 없습니다." in sweep_verdict(done, texts_of("ko"))
    for locale in LOCALES:
        assert NO_FIGURE not in sweep_doubts(done, texts_of(locale))[1]


def test_a_cell_is_as_strong_as_its_result() -> None:
    assert cells(sweep_page(sweep(), texts_of("en"), AXES)) == [
        'won-4">+0.90R',
        'won-3">+0.30R',
        'won-1">+0.05R',
        'lost-1">−0.05R',
        'lost-4">−0.60R',
        'still">–',
    ]


def test_a_cell_of_many_variants_shows_their_median_and_not_the_luckiest() -> None:
    text = sweep_page(sweep(), texts_of("en"), ("rsi.low", None))
    assert cells(text) == ['won-3">+0.30R', 'lost-3">−0.33R']
    assert "Median over 3 variants in each cell." in text


def test_a_name_that_is_markup_is_shown_and_not_obeyed() -> None:
    text = sweep_page(sweep(strategy="<b>", data="<i>"), texts_of("en"), AXES)
    assert "<b>" not in text
    assert "<i>" not in text
