"""Whoever looks ahead is found, whoever does not is not accused; what no strategy may do is told with what to do."""

import pytest

from engine.errors import StrategyInvalid
from engine.model.strategy_check import StrategyFault
from engine.research import lookahead
from engine.strategies.contract import Strategy
from engine.strategies.lookahead import BEYOND_WARM_UP, checked
from engine.strategies.lookahead_market import market_of
from tests.engine.strategies.planted import AHEAD, HONEST, Planted, all_time, raising

PLACE = "tests.engine.strategies.planted"


def faults(strategy: Strategy, seed: int) -> list[StrategyFault]:
    bars = market_of(strategy.warm_up_sessions + BEYOND_WARM_UP, seed=seed)
    return [finding.fault for finding in checked(strategy, bars, seed=seed).findings]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("strategy", AHEAD, ids=lambda strategy: strategy.name)
def test_a_strategy_that_looks_ahead_is_found(strategy: Planted, seed: int) -> None:
    assert StrategyFault.LOOKS_AHEAD in faults(strategy, seed)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("strategy", HONEST, ids=lambda strategy: strategy.name)
def test_an_honest_strategy_is_not_accused(strategy: Strategy, seed: int) -> None:
    assert faults(strategy, seed) == []


def test_there_are_a_dozen_and_more_of_both() -> None:
    assert len(AHEAD) >= 12
    assert len(HONEST) >= 12


def test_who_looks_further_back_than_it_says_is_found() -> None:
    assert faults(all_time, 1) == [StrategyFault.WARM_UP]


def test_a_finding_says_where_and_what_to_do() -> None:
    bars = market_of(27, seed=1)
    (finding,) = checked(AHEAD[0], bars).findings
    assert finding.text.startswith("the score of ")
    assert "moved when the bars after 2024-" in finding.text
    assert finding.text.endswith("let each score use its own bar and those before it alone")


def test_what_a_strategy_raises_is_a_finding() -> None:
    (finding,) = checked(raising, market_of(27, seed=1)).findings
    assert finding.text == "it raised KeyError: 'ALFA': give 0 to bars for which nothing can be said, and to NaN"


@pytest.mark.parametrize(
    ("name", "fault", "said"),
    [
        ("endless", StrategyFault.LOOPS, "it was not done after 8 s"),
        ("by_the_time", StrategyFault.READS_CLOCK, "reads time.time: let it take the time from the bars' starts"),
        ("by_the_date", StrategyFault.READS_CLOCK, "reads datetime.now"),
        ("by_a_stamp", StrategyFault.READS_CLOCK, "reads Timestamp now"),
        ("from_a_file", StrategyFault.TOUCHES_OUTSIDE, "it asked for open '/etc/hostname'"),
        ("from_the_network", StrategyFault.TOUCHES_OUTSIDE, "it asked for socket."),
        ("by_a_process", StrategyFault.TOUCHES_OUTSIDE, "it asked for subprocess.Popen"),
        ("writing", StrategyFault.WRITES_INPUT, "let it write into a copy"),
        ("insisting", StrategyFault.WRITES_INPUT, "it wrote into the bars it was given"),
        ("drawing", StrategyFault.NOT_REPEATABLE, "draw no random numbers"),
        ("silent", StrategyFault.NOTHING_SCORED, "it gave no score to any of"),
        ("short", StrategyFault.WRONG_SHAPE, "return Scores with tenths as int8 of shape"),
        ("dying", StrategyFault.RAISES, "its process died with exit code 3"),
    ],
)
def test_what_no_strategy_may_do_is_told_and_harms_nobody(name: str, fault: StrategyFault, said: str) -> None:
    found = lookahead(f"{PLACE}:{name}", seconds=8 if name == "endless" else 60)
    assert not found.passed
    texts = {finding.fault: finding.text for finding in found.findings}
    assert said in texts.get(fault, ""), found.findings


@pytest.mark.parametrize("name", ["seed", "trend", f"{PLACE}:in_the_morning"])
def test_a_strategy_that_does_nothing_of_the_kind_passes_in_a_process_of_its_own(name: str) -> None:
    found = lookahead(name)
    assert found.passed, found.findings
    assert found.scored > 100 or found.bars == 0


def test_what_is_no_strategy_is_refused() -> None:
    with pytest.raises(StrategyInvalid, match="no strategy is called 'sead'"):
        lookahead("sead")
