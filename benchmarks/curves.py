"""Draws what a soaked desk held over its days, in one column: a phone shows it as wide as it is."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Sheet

from benchmarks.soak_judgement import DELAY, ROLES, ROWS, Sample, without_role

PICTURES = Path("docs/pictures")
SMOOTHED = 15
"""Samples of which delays show the median: a single one is by chance before or after a run."""
Panels = Mapping[str, tuple[str, ...]]
LATE = tuple(f"{DELAY}{job}, s" for job in ("tick", "decide", "housekeeping", "reconcile"))
GROWING = tuple(f"{ROWS}{table}" for table in ("trades", "orders", "decisions", "signals", "outbox", "audit", "equity"))
SHARED: Panels = {
    "Valkey: thousands of keys, MB": ("Valkey keys", "Valkey memory, MB"),
    "outbox: notices that wait": ("outbox waiting",),
    "the books: rows, which grow with what happens": GROWING,
}
LATE_BY = f"seconds behind the timetable, median of {SMOOTHED} s"
IN_ONE: Panels = {
    "memory, MB; Python's blocks, ten thousands": ("memory, MB", "Python's blocks, thousands"),
    "held open": ("threads", "file descriptors", "TCP connections", "database connections in use"),
    LATE_BY: LATE,
    **SHARED,
}
PARTS: Mapping[str, int] = {"Valkey keys": 1000, "Python's blocks, thousands": 10}
"""By what a figure is divided to fit beside the others of its panel."""
COLOURS: Mapping[str, str] = {
    "api": "tab:blue",
    "scheduler": "tab:orange",
    "worker": "tab:green",
    "database connections": "tab:red",
}
"""Of what stands beside each other in several panels; everything else has its turn."""


def of_roles(name: str) -> tuple[str, ...]:
    """Return a figure of every role."""
    return tuple(f"{role} {name}" for role in ROLES)


SPREAD: Panels = {
    "memory, MB": of_roles("memory, MB"),
    "Python's blocks, ten thousands": of_roles("Python's blocks, thousands"),
    "threads": of_roles("threads"),
    "file descriptors": of_roles("file descriptors"),
    "TCP connections": of_roles("TCP connections"),
    "database connections in use, and all of them": (*of_roles("database connections in use"), "database connections"),
    LATE_BY: tuple(f"scheduler {name}" for name in LATE),
    "logs, kB, which grow": of_roles("log, kB"),
    **SHARED,
}


def draw(samples: Sequence[Sample], folder: Path = PICTURES) -> Path:
    """Draw every panel over the market's hours, with a line where a day begins; return the picture's file."""
    is_spread = any(without_role(name) != name for name in samples[-1].values)
    panels = SPREAD if is_spread else IN_ONE
    sheet = Sheet(figsize=(6, 2.2 * len(panels)), dpi=130, facecolor="white", layout="constrained")
    FigureCanvasAgg(sheet)
    hours = [sample.values["market hours"] for sample in samples]
    days = [at for at, one, before in zip(hours[1:], samples[1:], samples, strict=False) if one.day != before.day]
    for place, (title, names) in enumerate(panels.items(), start=1):
        axes = sheet.add_subplot(len(panels), 1, place)
        for name in names:
            values = [sample.values[name] / PARTS.get(without_role(name), 1) for sample in samples]
            shown = smooth(values) if without_role(name).startswith(DELAY) else values
            label = _label(name)
            axes.plot(hours, shown, label=label, linewidth=1.2, color=COLOURS.get(label))
        _set_up(axes, title, days)
        if len(names) > 1:
            axes.legend(fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    picture = folder / ("soak-roles.png" if is_spread else "soak.png")
    sheet.savefig(picture)
    return picture


def _label(name: str) -> str:
    """Return a figure's name without its unit, which its panel's title tells; of what each role has, the role."""
    about = without_role(name)
    if about != name and not about.startswith(DELAY):
        return name.partition(" ")[0]
    return about.removeprefix(ROWS).removeprefix(DELAY).partition(",")[0]


def smooth(values: Sequence[float]) -> list[float]:
    """Return the median of the samples around each."""
    half = SMOOTHED // 2
    return [statistics.median(values[max(0, at - half) : at + half + 1]) for at in range(len(values))]


def _set_up(axes: Axes, title: str, days: Sequence[float]) -> None:
    axes.set_title(title, fontsize=12, loc="left")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("hours of the market", fontsize=10)
    axes.tick_params(labelsize=10)
    axes.grid(visible=True, alpha=0.3)
    for day in days:
        axes.axvline(day, color="#6b6b6b", linewidth=0.8, linestyle=":")
