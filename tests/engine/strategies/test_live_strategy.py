"""The desk trades by the strategy that STRATEGY names, and says so with every signal."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from engine.common.evidence import Evidence
from engine.errors import SettingsInvalid
from engine.model.decision_record import DecisionKind
from engine.model.json_values import valued
from engine.model.technical_rules import SEED_RULES
from engine.settings import Settings
from engine.strategies.live_strategy import live_strategy, with_exits_of
from engine.strategies.loader import FOLDER, load
from engine.views.replay import recomputed
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.strategies import InProcessStrategies
from tests.support.fakes.worked_example import TRADE_ID

SEED = (FOLDER / "seed.toml").read_text("utf-8").replace('"seed"', '"mine"')


def mine(folder: Path, *changes: str) -> str:
    """Write the seed's strategy with some changes, each `old>new`, and return its path."""
    text = SEED
    for change in changes:
        old, new = change.split(">")
        assert old in text
        text = text.replace(old, new)
    file = folder / "mine.toml"
    file.write_text(text, "utf-8")
    return str(file)


@pytest.fixture
def desk_by(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[EngineHarness]:
    """The example's desk by the strategy whose changes the test names."""
    harness = EngineHarness.at_the_example(tmp_path, strategy=mine(tmp_path, *request.param))
    yield harness
    harness.close()


def test_a_signal_names_the_strategy_that_scored_it(proposed: EngineHarness) -> None:
    signal = proposed.trade().signal
    assert (signal.strategy, signal.strategy_fingerprint) == ("seed", load("seed").fingerprint)
    assert (signal.propose_at, signal.strong_at) == (7, 12)


@pytest.mark.parametrize("desk_by", [["propose = 7>propose = 5", "strong = 12>strong = 16"]], indirect=True)
def test_thresholds_are_the_strategys(desk_by: EngineHarness) -> None:
    trade = desk_by.play_the_signal()
    assert trade is not None
    assert (trade.signal.strategy, trade.signal.propose_at) == ("mine", 5)
    assert trade.signal.tenths == 15
    assert not trade.signal.strong


@pytest.mark.parametrize("desk_by", [["propose = 7>propose = 16", "strong = 12>strong = 16"]], indirect=True)
def test_a_score_under_the_strategys_threshold_proposes_nothing(desk_by: EngineHarness) -> None:
    assert desk_by.play_the_signal() is None


@pytest.mark.parametrize("desk_by", [["tenths = 4>tenths = 5", "bars = 20>bars = 15"]], indirect=True)
def test_indicators_and_points_are_the_strategys_and_the_trade_can_be_worked_out_again(desk_by: EngineHarness) -> None:
    trade = desk_by.play_the_signal()
    assert trade is not None
    with desk_by.store.reading() as reader:
        again = recomputed(reader, TRADE_ID)
        kept = next(
            each.record for each in reader.decision_records(TRADE_ID) if each.record.kind is DecisionKind.PROPOSED
        )
    assert again.differences == 0
    rules = valued(Evidence, kept.evidence).rules
    assert rules is not None
    assert (rules.bollinger.bars, rules.macd.tenths) == (15, 5)
    assert ("trade", "signal strategy", "mine", "mine") in {
        (number.decision, number.name, number.stored, number.again) for number in again.numbers
    }


def test_a_record_without_numbers_of_its_score_is_worked_out_by_the_seeds(proposed: EngineHarness) -> None:
    with proposed.store.reading() as reader:
        record = reader.decision_records(TRADE_ID)[0].record
    old = valued(Evidence, {name: value for name, value in record.evidence.items() if name != "rules"})
    assert old.rules is None
    assert valued(Evidence, record.evidence).rules == SEED_RULES


@pytest.mark.parametrize("desk_by", [["stop = 0.015>stop = 0.02", "target = 0.03>target = 0.1"]], indirect=True)
def test_stop_and_target_are_the_strategys(desk_by: EngineHarness) -> None:
    trade = desk_by.play_the_signal()
    assert trade is not None
    assert (trade.sizing.stop, trade.sizing.target) == (Decimal("147.24"), Decimal("165.27"))


def test_a_setting_goes_before_the_strategy(tmp_path: Path) -> None:
    file = mine(tmp_path, "stop = 0.015>stop = 0.02", "target = 0.03>target = 0.1")
    strategy = live_strategy(file, InProcessStrategies())
    taken = with_exits_of(strategy, Settings.read(stop_distance="0.01"))
    assert (taken.risk.limits.stop_distance, taken.risk.limits.target_distance) == (Decimal("0.01"), Decimal("0.1"))


def test_when_the_strategy_sells_before_the_close_the_desk_does_unless_it_says_otherwise(tmp_path: Path) -> None:
    strategy = live_strategy(mine(tmp_path, "# before_close_minutes>before_close_minutes"), InProcessStrategies())
    assert with_exits_of(strategy, Settings.read()).holding.flatten_before_close_minutes == 15
    said = Settings.read(flatten_before_close_minutes=0)
    assert with_exits_of(strategy, said).holding.flatten_before_close_minutes == 0


@pytest.mark.parametrize("desk_by", [["first = 09:30:00>first = 10:50:00"]], indirect=True)
def test_outside_the_strategys_hours_nothing_is_bought(desk_by: EngineHarness) -> None:
    assert desk_by.play_the_signal() is None  # its bar closes at 10:45 in New York


@pytest.mark.parametrize("desk_by", [["first = 09:30:00>first = 10:45:00"]], indirect=True)
def test_a_bar_that_closes_as_the_hours_begin_buys(desk_by: EngineHarness) -> None:
    assert desk_by.play_the_signal() is not None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('target = 0.03>target = "never"', "mine has no target under 1; a live trade needs one"),
        ("target = 0.03>target = 2", "mine has no target under 1; a live trade needs one"),
        ("# longest_bars = 78>trail = 1", "exits.trail is 1; expected a number from 0.0001 to 0.9"),
        ("# longest_bars = 78>trail = 0", "exits.trail is 0; expected a number from 0.0001 to 0.9"),
        ("# longest_bars = 78>trail_atr = 0", "exits.trail_atr is 0; expected a number from 0.1 to 100"),
        ("# longest_bars = 78>breakeven = -1", "exits.breakeven is -1; expected a number from 0.1 to 100"),
        ("# longest_bars = 78>partial = 1", "exits.partial is 1; expected a number from 0.01 to 0.99"),
        ("# longest_bars = 78>partial = 0.5", "exits.partial stands alone; expected trail or trail_atr"),
        ('target = 0.03>target = "never"\npartial = 0.5', "exits.partial stands alone; expected a target"),
        ("bars = 14>bars = 1", "rsi.bars is 1; expected a whole number from 2 to 500"),
    ],
)
def test_what_a_live_desk_cannot_trade_by_is_refused_at_the_start(change: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as error:
        EngineHarness.build(tmp_path, strategy=mine(tmp_path, change))
    assert str(error.value).startswith("STRATEGY: ")
    assert said in str(error.value)


def test_an_unknown_strategy_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsInvalid, match="STRATEGY: no strategy is called 'sed', did you mean 'seed'"):
        live_strategy("sed", InProcessStrategies())
