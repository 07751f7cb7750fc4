"""Servers that fail over to others which lost the last second, below a desk of several processes: make failovers."""

import pytest

from tests.several.failovers import KINDS, run


@pytest.mark.timeout(300)  # it starts four processes
def test_after_a_failover_that_lost_a_second_nothing_is_doubled_or_lost_and_a_lost_halt_is_said_and_held() -> None:
    found = run(len(KINDS), seed=3)
    assert found.zeros.breaches == []
    assert found.seen["losses noticed"] >= 1
    assert found.seen["orders that the database lost"] >= 1
