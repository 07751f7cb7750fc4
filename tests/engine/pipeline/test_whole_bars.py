"""What a strategy in Python is given is what the market says now, on the day of a split too."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from engine.common.universe import Universe
from engine.model.market import BarHistory
from engine.pipeline.whole_bars import WholeBars
from tests.engine.pipeline.test_bars import OPEN, announce_a_split, split
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example

EX_DATE = OPEN + timedelta(days=1)
"""The day of the split, as it opens."""
SECONDS = 300


def adjusted(until: datetime) -> BarHistory:
    """Return the bars as they are once the market has taken the split over."""
    return split(2)(worked_example.history(until))


def not_yet(until: datetime) -> BarHistory:
    """Return the same with the sessions before the split in old shares."""
    bars = adjusted(until)
    values, earlier = bars.stacked.copy(), bars.starts < int(EX_DATE.timestamp())
    values[:4, earlier] *= 2
    values[4, earlier] /= 2
    return BarHistory.of(bars.symbols, bars.starts, values)


def of_each(symbols: Sequence[str], bars: BarHistory) -> BarHistory:
    """Return the bars of AAPL as those of several symbols."""
    column = bars.symbols.index("AAPL")
    return BarHistory.of(symbols, bars.starts, np.repeat(bars.stacked[:, :, [column]], len(symbols), axis=2))


def tenths(harness: EngineHarness) -> int | None:
    signal = harness.engine.queries.inspect("AAPL").signal
    return signal.technical_tenths if signal else None


def test_a_class_scores_the_adjusted_bars_from_the_first_that_the_market_adjusts(tmp_path: Path) -> None:
    harness = EngineHarness.build(tmp_path, strategy="tests.support.code_strategies:LooksBack")
    announce_a_split(harness, EX_DATE)
    until, seen = EX_DATE + timedelta(minutes=30), dict[int, int | None]()
    harness.market.recorded = not_yet(until)
    harness.clock.set(EX_DATE - timedelta(hours=3))
    harness.engine.jobs.start()
    for minutes in (5, 10, 15):
        harness.clock.set(EX_DATE + timedelta(minutes=minutes, seconds=5))
        harness.market.price("AAPL", "75.10")
        if minutes > 5:
            harness.market.recorded = adjusted(until)
        harness.engine.jobs.process_bars()
        seen[minutes] = tenths(harness)
    assert seen == {5: -9, 10: 0, 15: 0}
    harness.close()


def test_what_was_read_anew_takes_the_place_of_what_is_kept_and_the_rest_is_not_read_again(
    harness: EngineHarness,
) -> None:
    universe, due = Universe(("AAPL", "MSFT"), bar_seconds=SECONDS), int(EX_DATE.timestamp())
    universe.board.begin(np.array([due]))
    harness.clock.set(EX_DATE + timedelta(minutes=5, seconds=5))
    symbols, until = ("AAPL", "MSFT", "TSLA"), EX_DATE + timedelta(minutes=30)  # the last one is not watched
    harness.market.recorded = of_each(symbols, not_yet(until))
    whole = WholeBars(market=harness.market, universe=universe, slots=harness.market.slots)
    before = whole.until(due, OPEN, symbols).close[0]
    harness.market.recorded = of_each(symbols, adjusted(until))
    universe.read_anew.update(["AAPL"])
    harness.market.bars_asked.clear()
    after = whole.until(due, OPEN, symbols).close[0]
    assert (after / before).tolist() == [0.5, 1, 0.5]
    assert [asked for asked, _ in harness.market.bars_asked] == [("AAPL",), ("TSLA",)]
    whole.until(due, OPEN, symbols)
    assert [asked for asked, _ in harness.market.bars_asked] == [("AAPL",), ("TSLA",), ("TSLA",)]
