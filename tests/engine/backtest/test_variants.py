"""Which variants a sweep has, and what is refused before anything runs."""

from decimal import Decimal

import pytest

from engine.backtest.variants import MOST, ranges_of, variants_of
from engine.errors import SettingsInvalid, StrategyInvalid
from engine.strategies.loader import load, strategy_text

SEED = strategy_text("seed")


def test_a_range_has_its_beginning_and_its_end() -> None:
    ranges = ranges_of(["rsi.low=25:40:5", "exits.stop=0.01:0.03:0.005", "rsi.bars=14:14:1"])
    assert {name: [f"{value:f}" for value in values] for name, values in ranges.items()} == {
        "rsi.low": ["25", "30", "35", "40"],
        "exits.stop": ["0.01", "0.015", "0.02", "0.025", "0.03"],
        "rsi.bars": ["14"],
    }


def test_a_step_that_passes_the_end_stops_before_it() -> None:
    assert ranges_of(["rsi.low=25:33:5"])["rsi.low"] == (Decimal(25), Decimal(30))


def test_every_combination_is_a_variant() -> None:
    made = variants_of(*SEED, ranges_of(["rsi.low=30:35:5", "exits.longest_bars=10:30:10"]))
    assert [(each.strategy.rules.rsi.low, each.strategy.exits.longest_bars) for each in made] == [
        (low, bars) for low in (30.0, 35.0) for bars in (10, 20, 30)
    ]
    assert len({each.strategy.fingerprint for each in made}) == 6


def test_a_variant_with_the_files_own_numbers_has_the_files_fingerprint() -> None:
    made = variants_of(*SEED, ranges_of(["exits.stop=0.005:0.015:0.005", "exits.target=0.03:0.03:1"]))
    assert load("seed").fingerprint == made[-1].strategy.fingerprint
    assert made[-1].numbers["exits.stop"] == Decimal("0.015")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), "--vary is missing; expected"),
        (("rsi.low",), "--vary rsi.low: expected a number of the strategy's file and its range"),
        (("rsi.low=30:40",), "such as rsi.low=25:40:5"),
        (("rsi.low=a:b:c",), "such as rsi.low=25:40:5"),
        (("rsi.low=30:40:0",), "expected a step over 0"),
        (("rsi.low=30:40:-1",), "expected a step over 0"),
        (("rsi.low=40:30:1",), "an end that is not before the beginning"),
        (("rsi.low=NaN:40:1",), "expected a step over 0"),
        (("rsi.low=0:Infinity:1",), "expected a step over 0"),
        (("rsi.low=0:1:0.0000000001",), f"more than {MOST:,} values"),
        (("rsi.low=30:40:5", "rsi.low=20:30:5"), "rsi.low is varied twice"),
        (("rsi.low=1:30:0.1", "exits.stop=0.01:0.09:0.001"), "variants; expected at most 10,000"),
    ],
)
def test_a_range_that_is_none_is_refused(given: tuple[str, ...], words: str) -> None:
    with pytest.raises(SettingsInvalid, match="--vary") as refused:
        ranges_of(given)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("rsi.lwo=30:40:5", "there is no number 'rsi.lwo' in a strategy, did you mean"),
        ("name=1:2:1", "there is no number 'name'"),
        ("hours.first=9:10:1", "there is no number 'hours.first'"),
        ("rsi.bars=14:15:0.5", "rsi.bars is 14.5; expected a whole number"),
        ("rsi.low=60:70:5", "the variant rsi.low=65 is no strategy: seed.toml:8: rsi.low is 65; expected less than"),
        ("exits.stop=0:0.02:0.01", "exits.stop is 0; expected a number from 0.0001 to 0.9"),
    ],
)
def test_a_variant_that_is_no_strategy_is_named_with_its_line(given: str, words: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        variants_of(*SEED, ranges_of([given]))
    assert words in str(refused.value)


def test_a_strategy_in_python_has_no_numbers_to_vary() -> None:
    with pytest.raises(StrategyInvalid, match="'trend' is Python code and has no file of numbers"):
        strategy_text("trend")
    with pytest.raises(StrategyInvalid, match="no strategy is called 'sead'"):
        strategy_text("sead")
