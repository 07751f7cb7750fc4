"""How figures are shown: in the terminal, and in docs/performance.md."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from benchmarks.figure import Figure

PAGE = Path("docs/performance.md")
BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- end of the figures -->"
HEAD = ("name", "value", "goal", "", "p50", "p99", "n", "floor (times)", "peers (times better)", "note")


def cells(figure: Figure) -> tuple[str, ...]:
    """Return a figure in words, one for each of `HEAD`."""
    peers = (f"{peer.name} {peer.value:,.4g} ({figure.ratio(peer):,.3g}x)" for peer in figure.peers)
    return (
        figure.name,
        f"{figure.value:,.4g} {figure.unit}",
        f"{figure.goal:,.4g}",
        "met" if figure.is_met else "not met",
        f"{figure.p50:,.4g}",
        f"{figure.p99:,.4g}",
        str(figure.n),
        _floor(figure),
        ", ".join(peers),
        figure.note,
    )


def _floor(figure: Figure) -> str:
    """Return a figure's floor, how many times it is exceeded at p50 and p99, and how often it may be."""
    if (floor := figure.floor) is None:
        return ""
    allowed = {"p50": floor.at_p50} | ({"p99": floor.at_p99} if floor.at_p99 else {})
    times = (f"{getattr(figure, name) / floor.value:,.3g}x at {name}, goal {most:g}" for name, most in allowed.items())
    met = "met" if figure.is_near(floor) else "not met"
    return f"{floor.value:,.4g} {figure.unit}: {floor.of} ({'; '.join(times)}: {met})"


def table(figures: Sequence[Figure]) -> Table:
    """Return the figures for a terminal."""
    shown = Table(*HEAD)
    for figure in figures:
        shown.add_row(*cells(figure))
    return shown


def write(figures: Sequence[Figure]) -> None:
    """Put the figures of a whole run into the page, with the machine that they are of."""
    load = os.getloadavg()[1]
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}"
    rows = [HEAD, ("---",) * len(HEAD), *map(cells, figures)]
    lines = [BEGIN, "", f"Measured on {machine}.", "", *(f"| {' | '.join(row)} |" for row in rows), "", END]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(before + "\n".join(lines) + rest.partition(END)[2], encoding="utf-8")
