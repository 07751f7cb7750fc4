"""A strategy in Python scores in a process of its own: whatever its code does, the desk gets scores or why not."""

import os
import signal
from collections.abc import Iterator
from multiprocessing import active_children

import numpy as np
import pytest

from engine.adapters.strategies.processes import StrategyProcesses
from engine.errors import StrategyFailed, StrategyInvalid
from engine.model.market import BarHistory
from engine.strategies.live_strategy import tradable
from engine.strategies.lookahead_market import market_of
from tests.engine.strategies.test_lookahead import PLACE
from tests.support.code_strategies import Bounces, Tells, Turns

HERE = "tests.support.code_strategies"
BARS = market_of(3, seed=1)


@pytest.fixture(scope="module")
def processes() -> Iterator[StrategyProcesses]:
    made = StrategyProcesses(check_seconds=60, score_seconds=3)
    yield made
    made.close()


def called(symbol: str) -> BarHistory:
    return BarHistory.of((symbol, *BARS.symbols[1:]), BARS.starts, BARS.stacked)


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("LOOPS", "it gave no scores within 3 s"),
        ("EXITS", "its process ended while it scored; let it never exit"),
        ("DIES", "its process ended while it scored"),
        ("CLOCK", "reads the clock: tests.support.code_strategies line"),
        ("FILE", "scores raised _Refused: a strategy has no open"),
    ],
)
def test_what_it_does_instead_is_told_and_the_next_bar_is_scored(
    processes: StrategyProcesses, deed: str, said: str
) -> None:
    place, fingerprint = f"{HERE}:Turns", Turns().fingerprint
    with pytest.raises(StrategyFailed, match=said):
        processes.scores(place, fingerprint, called(deed))
    assert processes.scores(place, fingerprint, BARS).tenths.shape == BARS.close.shape


def test_one_that_stands_still_and_reads_nothing_costs_a_bar_too() -> None:
    made, before = StrategyProcesses(score_seconds=2), {*active_children()}
    place, fingerprint = f"{HERE}:Bounces", Bounces().fingerprint
    made.scores(place, fingerprint, BARS)
    (process,) = {*active_children()} - before
    assert process.pid
    os.kill(process.pid, signal.SIGSTOP)
    many = BarHistory.of([f"S{number}" for number in range(500)], BARS.starts, np.tile(BARS.stacked[:, :, :1], 500))
    with pytest.raises(StrategyFailed, match="it gave no scores within 2 s"):
        made.scores(place, fingerprint, many)
    assert made.scores(place, fingerprint, BARS).tenths.shape == BARS.close.shape
    made.close()


def test_its_code_sees_no_key_of_the_desk_neither_in_the_check_nor_live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALPACA_SECRET_KEY", "s3cret")
    made = StrategyProcesses()
    assert "the key is None, True" in made.check(f"{HERE}:Tells").findings[0].text
    with pytest.raises(StrategyFailed, match="the key is None, True"):
        made.scores(f"{HERE}:Tells", Tells().fingerprint, BARS)
    made.close()


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("tests.support.odd_strategies:Peek", "may not trade .looks ahead.: the score of "),
        (f"{PLACE}:by_the_date", "reads the clock"),
        (f"{HERE}:OfNoCode", "expected a dataclass whose fingerprint returns code_fingerprint"),
        ("trend", "trend has no target under 1"),
        ("no.such:Class", "cannot be made: ModuleNotFoundError"),
    ],
)
def test_no_desk_trades_by_what_the_check_finds_fault_with(processes: StrategyProcesses, place: str, said: str) -> None:
    with pytest.raises(StrategyInvalid, match=said):
        tradable(place, processes)
