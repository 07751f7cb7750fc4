from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine_harness import EngineHarness


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[EngineHarness]:
    """The desk of the blueprint's example at 23:44:30, AUTO_MODE off."""
    harness = EngineHarness.at_the_example(tmp_path)
    yield harness
    harness.close()


@pytest.fixture
def proposed(harness: EngineHarness) -> EngineHarness:
    """The same after its signal: AAPL is proposed and waits."""
    harness.play_the_signal()
    return harness


@pytest.fixture
def filled(proposed: EngineHarness) -> EngineHarness:
    """The same with AAPL approved and filled."""
    proposed.engine.commands.approve(proposed.trade().id, EngineHarness.TRADER)
    return proposed
