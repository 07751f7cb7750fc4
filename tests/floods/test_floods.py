"""The short form of `make flood`: all three shapes at once, for as long as one trade and one halt take."""

from pathlib import Path

from tests.floods.flood import live_through
from tests.floods.flooder import Shape

BUSY = 15.0
"""Seconds that each thing may take here, where other tests have the cores as well; `make flood` allows three."""


def test_a_desk_whose_connections_somebody_takes_trades_stops_and_halts_on_time_and_writes_little(
    tmp_path: Path,
) -> None:
    found = live_through(tmp_path, tuple(Shape), seconds=2, connections=1_200)
    assert found.harm(BUSY, BUSY) == {}
    assert found.descriptors < 800
