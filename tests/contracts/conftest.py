from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.brokers import Harness, Start, alpaca, paper


@pytest.fixture(params=[alpaca, paper])
def harness(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    start: Start = request.param
    with start(tmp_path) as harness:
        harness.price("AAPL", "150.25")
        harness.price("MSFT", "420.80")
        yield harness
