"""Charts as inline SVG that fill whatever width they get: lines are stretched, letters and marks are not.

A chart is an SVG of the page's own pixels. Places in it are parts of a hundred, so the reader's browser lays them out.
What is drawn stands in an inner one that is stretched; each place in that is a thousandth. No attribute is a style, so
that a page may forbid all styles but its own sheet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, log10

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
POINTS = 300
"""Stretches of a line; of each the lowest and the highest point are drawn."""
TICKS = 4
NEARLY = 0.7
"""How much finer than asked for a round step may be."""
ROOM = 0.04
"""What an upright axis has above and below its figures, as a part of what they span."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """From which figure to which an axis goes; `is_down` where the higher figure is further up, as on a page."""

    low: float
    high: float
    is_down: bool = False

    def part(self, value: float) -> float:
        """Return where a figure stands, as a part of a hundred from the left or from the top."""
        part = (value - self.low) / (self.high - self.low) * 100 if self.high > self.low else 50.0
        return 100 - part if self.is_down else part

    @property
    def ticks(self) -> tuple[float, ...]:
        """Round figures on the axis, about four."""
        if self.high <= self.low:
            return (self.low,)
        rough = (self.high - self.low) / TICKS
        power = 10.0 ** floor(log10(rough))
        step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * NEARLY)
        return tuple(step * number for number in range(ceil(self.low / step), floor(self.high / step) + 1))


def upright(values: Iterable[Numbers]) -> Scale:
    """Return an upright axis that has room for all figures, and a little more."""
    known = np.concatenate([each[np.isfinite(each)] for each in values] or [np.empty(0)])
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    more = (high - low) * ROOM or abs(high) * ROOM or 0.01
    return Scale(low=low - more, high=high + more, is_down=True)


def thinned(values: Numbers) -> NDArray[np.int64]:
    """Return which figures draw the same line as all of them, in their order: the ends, the lowest and highest."""
    count = len(values)
    if count <= 2 * POINTS:
        return np.arange(count)
    cuts = np.linspace(0, count, POINTS + 1).astype(np.int64)
    kept = {0, count - 1}
    for first, last in pairwise(cuts):
        part = values[first:last]
        if np.isfinite(part).any():
            kept |= {int(first) + int(np.nanargmin(part)), int(first) + int(np.nanargmax(part))}
    return np.array(sorted(kept))


def places(values: Numbers, along: Scale, scale: Scale) -> list[tuple[float, float]]:
    """Return the places of a line's points in thousandths; figures that are none are left out."""
    return [
        (along.part(float(at)) * 10, scale.part(float(values[at])) * 10)
        for at in thinned(values)
        if np.isfinite(values[at])
    ]


def path(points: Sequence[tuple[float, float]], kind: str, *, to: float | None = None) -> str:
    """Draw a line through places, closed along a height where one is given."""
    if not points:
        return ""
    drawn = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    if to is not None:
        drawn += f"L{points[-1][0]:.1f} {to:.1f}L{points[0][0]:.1f} {to:.1f}Z"
    return f'<path class="{kind}" d="{drawn}"/>'


def line(left: float, top: float, right: float, bottom: float, kind: str) -> str:
    """Draw a straight line between two places, in parts of a hundred."""
    return f'<line class="{kind}" x1="{left:.2f}%" y1="{top:.2f}%" x2="{right:.2f}%" y2="{bottom:.2f}%"/>'


def words(left: float, top: float, text: str, kind: str, *, down: float = 0) -> str:
    """Write words at a place in parts of a hundred, so many ems under it."""
    return f'<text class="{kind}" x="{left:.2f}%" y="{top:.2f}%" dy="{down:g}em">{escape(text)}</text>'


def stretched(drawn: str) -> str:
    """Return what is drawn in thousandths, stretched over the chart."""
    return (
        '<svg class="drawn" viewBox="0 0 1000 1000" preserveAspectRatio="none" width="100%" height="100%">'
        f"{drawn}</svg>"
    )


def chart(name: str, title: str, description: str, drawn: str, *, kind: str = "") -> str:
    """Return a chart that says what it shows to who cannot see it; `name`, a word of ours, is its own on the page."""
    return (
        f'<svg class="{f"chart {kind}".strip()}" role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
        f"{drawn}</svg>"
    )


def apart(tops: Sequence[float], least: float) -> list[float]:
    """Return heights that are so far apart at least, near to those given and within the chart."""
    order = sorted(range(len(tops)), key=lambda at: tops[at])
    found = list(tops)
    for upper, lower in pairwise(order):
        found[lower] = max(found[lower], found[upper] + least)
    beyond = max(found, default=0) - (100 - least / 2)
    if beyond > 0:
        found[order[-1]] -= beyond
        for upper, lower in zip(order[-2::-1], order[:0:-1], strict=True):
            found[upper] = min(found[upper], found[lower] - least)
    return found
