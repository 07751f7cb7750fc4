"""A restart after a night away: 1,000 open trades, and 50 things that happened to them meanwhile."""

import tempfile
from pathlib import Path

from benchmarks.figure import Figure, Floor
from benchmarks.floors import USUAL, broker_request, rows_read
from tests.faults.away import come_back

TRADES, CHANGES = 1_000, 50


def restart() -> list[Figure]:
    """Time a start until every trade is what the broker says and the desk may trade."""
    with tempfile.TemporaryDirectory() as folder:
        found = come_back(Path(folder), TRADES, CHANGES)
    note = (
        f"{found.requests} requests; {found.at_once} of {found.changes} changes told at once, {found.told} after "
        f"{found.last:.0f} s of the desk's time; {len(found.bare)} positions without a stop"
    )
    least = found.requests * broker_request() + rows_read(TRADES)
    floor = Floor(value=least, of="its requests one after the other, its trades read", at_p50=USUAL)
    return [Figure.of("restart", [found.start], unit="s", goal=2, floor=floor, note=note)]
