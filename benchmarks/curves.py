"""Draws what a soaked desk held over its week."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Sheet

from benchmarks.soak_judgement import DELAY, ROWS, Sample

PICTURE = Path("docs/pictures/soak.png")
SMOOTHED = 15
"""Samples of which delays show the median: a single one is by chance before or after a run."""
PANELS: Mapping[str, tuple[str, ...]] = {
    "memory, MB; Python's blocks, ten thousands": ("memory, MB", "Python's blocks, thousands"),
    "held open": ("threads", "file descriptors", "TCP connections", "database connections in use"),
    f"seconds behind the timetable, median of {SMOOTHED} s": (
        "delay tick, s",
        "delay decide, s",
        "delay tidy, s",
        "delay reconcile, s",
    ),
    "Valkey: thousands of keys, MB": ("Valkey keys", "Valkey memory, MB"),
    "outbox: notices that wait": ("outbox waiting",),
    "the books: rows, which grow with what happens": tuple(
        f"{ROWS}{table}" for table in ("trades", "orders", "decisions", "signals", "outbox", "audit", "equity")
    ),
}
PARTS: Mapping[str, int] = {"Valkey keys": 1000, "Python's blocks, thousands": 10}


def draw(samples: Sequence[Sample], picture: Path = PICTURE) -> None:
    """Draw every panel over the market's hours, with a line where a day begins."""
    sheet = Sheet(figsize=(12, 10), dpi=100, facecolor="white", layout="constrained")
    FigureCanvasAgg(sheet)
    hours = [sample.values["market hours"] for sample in samples]
    days = [at for at, one, before in zip(hours[1:], samples[1:], samples, strict=False) if one.day != before.day]
    for place, (title, names) in enumerate(PANELS.items(), start=1):
        axes = sheet.add_subplot(3, 2, place)
        for name in names:
            values = [sample.values[name] / PARTS.get(name, 1) for sample in samples]
            shown = smooth(values) if name.startswith(DELAY) else values
            axes.plot(hours, shown, label=_label(name), linewidth=1)
        _set_up(axes, title, days)
        if len(names) > 1:
            axes.legend(fontsize=7, loc="best")
    sheet.savefig(picture)


def _label(name: str) -> str:
    """Return a figure's name without its unit, which the title of its panel tells."""
    return name.removeprefix(ROWS).removeprefix(DELAY).partition(",")[0]


def smooth(values: Sequence[float]) -> list[float]:
    """Return the median of the samples around each."""
    half = SMOOTHED // 2
    return [statistics.median(values[max(0, at - half) : at + half + 1]) for at in range(len(values))]


def _set_up(axes: Axes, title: str, days: Sequence[float]) -> None:
    axes.set_title(title, fontsize=11, loc="left")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("hours of the market", fontsize=8)
    axes.grid(visible=True, alpha=0.3)
    for day in days:
        axes.axvline(day, color="#6b6b6b", linewidth=0.8, linestyle=":")
