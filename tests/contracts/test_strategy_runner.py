"""What every StrategyRunner must do: scores as the code gives them, and a StrategyFailed for all that goes wrong."""

from collections.abc import Iterator

import numpy as np
import pytest

from engine.adapters.strategies.processes import StrategyProcesses
from engine.errors import StrategyFailed, StrategyInvalid
from engine.model.market import BarHistory
from engine.strategies.lookahead_market import market_of
from engine.strategies.runner import StrategyRunner
from tests.support.code_strategies import Bounces, Turns
from tests.support.fakes.strategies import InProcessStrategies

PLACE = "tests.support.code_strategies"
BARS = market_of(3, seed=1)


@pytest.fixture(scope="module", params=["processes", "fake"])
def runner(request: pytest.FixtureRequest) -> Iterator[StrategyRunner]:
    if request.param == "fake":
        yield InProcessStrategies()
        return
    processes = StrategyProcesses()
    yield processes
    processes.close()


def test_the_scores_are_those_of_the_code(runner: StrategyRunner) -> None:
    fingerprint = runner.check(f"{PLACE}:Bounces").fingerprint
    assert fingerprint == Bounces().fingerprint
    scores, expected = runner.scores(f"{PLACE}:Bounces", fingerprint, BARS), Bounces().scores(BARS)
    assert np.array_equal(scores.tenths, expected.tenths)
    assert scores.stop is not None
    assert expected.stop is not None
    assert np.array_equal(scores.stop, expected.stop, equal_nan=True)


def test_what_raises_failed_and_may_be_asked_again(runner: StrategyRunner) -> None:
    renamed = BarHistory.of(("RAISES", *BARS.symbols[1:]), BARS.starts, BARS.stacked)
    with pytest.raises(StrategyFailed, match="ZeroDivisionError: a price of 0"):
        runner.scores(f"{PLACE}:Turns", Turns().fingerprint, renamed)
    assert runner.scores(f"{PLACE}:Turns", Turns().fingerprint, BARS).tenths.shape == BARS.close.shape


def test_other_code_than_was_checked_scores_nothing(runner: StrategyRunner) -> None:
    with pytest.raises(StrategyFailed, match="its code was changed since the start"):
        runner.scores(f"{PLACE}:Busy", "of the code that was checked", BARS)


def test_what_is_no_strategy_is_told_as_that(runner: StrategyRunner) -> None:
    with pytest.raises(StrategyInvalid, match="cannot be made: AttributeError"):
        runner.check(f"{PLACE}:NotThere")
