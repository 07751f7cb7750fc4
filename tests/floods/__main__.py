"""Flood a desk from the command line: python -m tests.floods --seconds 600 --connections 1100."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.floods.flood import Measured, live_through
from tests.floods.flooder import Shape

HEAD = "| shape | halts | slowest halt | slowest answer | order | stop | slowest /health | log | most descriptors |"
RULE = "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
QUIET = 30.0
"""Seconds of the desk that nobody floods, for comparison."""


def row(found: Measured) -> str:
    """Write what was measured as a line of a table."""
    figures = (
        ", ".join(found.shapes) or "none",
        str(len(found.halts)),
        *(f"{took:.1f} s" for took in (max(found.halts), max(found.answers), found.order, found.stop)),
        f"{max(found.health):.1f} s",
        f"{found.log / 1_000:.1f} kB",
        str(found.descriptors),
    )
    return f"| {' | '.join(figures)} |"


def main() -> int:
    """Flood once with each shape, and before that not at all; 1 where something took too long or too much was said."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--connections", type=int, default=1_100)
    given = parser.parse_args()
    print(f"{given.connections:,} connections for {given.seconds:g} s each\n{HEAD}\n{RULE}", flush=True)  # noqa: T201
    harm: dict[str, object] = {}
    for shapes in ((), *((shape,) for shape in Shape)):
        seconds = given.seconds if shapes else min(QUIET, given.seconds)
        with tempfile.TemporaryDirectory() as folder:
            found = live_through(Path(folder), shapes, seconds=seconds, connections=given.connections)
        print(row(found), flush=True)  # noqa: T201 (what it is run for)
        harm |= {f"{', '.join(shapes)}: {name}": seen for name, seen in found.harm().items() if shapes}
    if harm:
        print(harm)  # noqa: T201
    return int(bool(harm))


if __name__ == "__main__":
    sys.exit(main())
