import numpy as np

from engine.common.universe import Universe
from engine.model.market import BarHistory
from engine.pipeline.candidates import Candidates
from engine.pipeline.latest_scores import BoardScores
from engine.strategies.technical_strategy import TechnicalStrategy
from tests.support.fakes import worked_example

SEED = TechnicalStrategy(name="seed")


def a_universe(history: BarHistory, *symbols: str) -> Universe:
    """Return a universe whose board has bars of some of its symbols."""
    universe = Universe(symbols, bar_seconds=300)
    universe.board.begin(history.starts)
    universe.board.fill(history)
    return universe


def candidates(universe: Universe) -> tuple[str, ...]:
    return Candidates(scores=BoardScores(universe=universe, strategy=SEED), strategy=SEED)()


def test_a_symbol_is_a_candidate_that_the_news_could_lift_over_the_threshold() -> None:
    universe = a_universe(worked_example.history(), "AAPL", "MSFT")
    assert candidates(universe) == ("AAPL",)


def test_a_score_that_no_news_could_lift_makes_no_candidate() -> None:
    history = worked_example.history()
    calm = BarHistory.of(history.symbols, history.starts, np.full_like(history.stacked, 100.0))
    assert candidates(a_universe(calm, "AAPL")) == ()


def test_a_symbol_without_the_newest_bar_is_no_candidate() -> None:
    history = worked_example.history()
    values = history.stacked.copy()
    values[:, -1, :] = np.nan
    older = BarHistory.of(history.symbols, history.starts, values)
    assert candidates(a_universe(older, "AAPL")) == ()


def test_before_the_first_bars_nothing_is_a_candidate() -> None:
    assert candidates(Universe(("AAPL",), bar_seconds=300)) == ()
