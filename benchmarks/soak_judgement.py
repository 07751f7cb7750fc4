"""What flat means. Pure functions over samples.

What a desk holds is flat when its median on the last day is not above its median on the second, but for a tolerance;
the first day fills caches and pools and is not judged. The books grow by design: a table is flat when the last day adds
no more rows for each thing that happened than the second day did. A cost that grew with the age of the books would be
three times as much after five days, so half as much again, and the noise of a count, are let pass.

Where a desk is spread over roles, the name of what a process holds begins with its role, and each is judged by itself.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from math import sqrt
from typing import Any, NamedTuple, Self

ROWS, DELAY = "rows ", "delay "
ROLES = ("api", "scheduler", "worker")
FEWEST_DAYS = 3
"""With fewer, the second and the last quarter of the time are compared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """What the desk held at an instant: real seconds since its start, the market's time, and the figures by name."""

    second: float
    at: datetime
    values: Mapping[str, float]

    @property
    def day(self) -> date:
        """The market's day."""
        return self.at.date()

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        """Read what `row` gave."""
        values = {name: float(value) for name, value in row.items() if name not in {"second", "at"}}
        return cls(second=float(row["second"]), at=datetime.fromisoformat(row["at"]), values=values)

    def row(self) -> dict[str, Any]:
        """Return the sample for a file."""
        return {"second": self.second, "at": self.at.isoformat(), **self.values}


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """A figure early and late, the most that it may be late, and why that."""

    name: str
    early: float
    late: float
    most: float
    rule: str

    @property
    def is_flat(self) -> bool:
        """Whether it did not grow."""
        return self.late <= self.most

    def row(self) -> dict[str, Any]:
        """Return the verdict for a file."""
        figures = {"early": self.early, "late": self.late, "most": self.most}
        return {"name": self.name, **figures, "flat": self.is_flat, "rule": self.rule}


class Tolerance(NamedTuple):
    """How far a median may be above the earlier one: by a share of it and an amount, and why."""

    share: float
    amount: float
    why: str


class Windows(NamedTuple):
    """The samples of two stretches of time that are compared."""

    early: Sequence[Sample]
    late: Sequence[Sample]


FIXED = Tolerance(0, 0, "it has one row for good")
POOLED = Tolerance(0, 3, "pools fill up as they are needed")
UNKNOWN = Tolerance(0, 0, "nobody has said how it may grow")
LATE = Tolerance(0.5, 0.5, "two shared cores; what piles up is later each day")
SEEN = "the prices of a day, as many as the machine had time to see"
HELD: Mapping[str, Tolerance] = {
    "memory, MB": Tolerance(0.1, 0, "allocators keep the most that was needed at once"),
    "Python's blocks, thousands": Tolerance(0.05, 0, "what waits for the collector, and the clicks remembered"),
    "threads": POOLED,
    "file descriptors": Tolerance(0, 6, "a connection to the books is two, and three are opened as needed"),
    "TCP connections": POOLED,
    "database connections in use": POOLED,
    "database connections": Tolerance(0, 14, "an api and a scheduler keep ten each, opened as they are needed"),
    "write-ahead log, MB": Tolerance(0.25, 4, "SQLite begins each of two anew at 4 MB"),
    "Valkey memory, MB": Tolerance(0.25, 0.5, SEEN),
    "Valkey keys": Tolerance(0.25, 50, SEEN),
    "Valkey keys without an end": Tolerance(0, 0, "one for each symbol, and the stream"),
    "messages to workers": Tolerance(0, 8, "what a minute brings"),
    "outbox waiting": Tolerance(0, 8, "what a minute brings, at Slack's pace"),
    "rows settings": Tolerance(0, 2, "one for each name"),
    "rows paper positions": Tolerance(0, 10, "as many as are held at once"),
    "rows paper prices": Tolerance(0, 10, "one for each symbol that was held"),
    "rows paper dealt": Tolerance(0, 10, "one for each symbol and side that was dealt in"),
    **{f"{ROWS}{name}": FIXED for name in ("alembic_version", "audit_head", "desk", "paper account", "unscored")},
}
KEPT = Tolerance(0, 10, "ten connections to PostgreSQL are kept, opened as they are needed")
HELD_BY_ROLES: Mapping[str, Tolerance] = {**HELD, "file descriptors": KEPT, "TCP connections": KEPT}
"""One process has its books in a file; one of several reaches all by connections."""
UNITS: Mapping[str, Sequence[str]] = {
    "rows trades": ("rows decisions", "Valkey stream"),
    "rows decisions": ("rows orders", "rows paper orders", "rows decision_records"),
    "rows orders": ("rows fills",),
    "rows fills": ("rows activities", "rows paper activities", "rows results"),
    "rows headlines": ("rows findings", "rows scored"),
    "market hours": (
        *("rows trades", "rows signals", "rows headlines", "rows equity", "rows risk_log", "rows spending"),
        *("rows audit", "rows outbox", "rows messages", "rows model_calls", "rows tasks"),
        "rows shadow_trades",
        *("books, MB", "audit, kB", "log, kB"),
    ),
}
"""What grows by design, by what it grows with; people act, and headlines come, so often in an hour."""
GROWS: Sequence[str] = ("log, kB", "books, MB", "rows audit", "audit, kB")
"""Of which it is told how much a trading day adds."""


def windows(samples: Sequence[Sample]) -> Windows:
    """Return the second and the last day; of few days, the second and the last quarter of the time."""
    days = sorted({sample.day for sample in samples})
    if len(days) >= FEWEST_DAYS:
        return Windows(*([sample for sample in samples if sample.day == day] for day in (days[1], days[-1])))
    quarter = len(samples) // 4
    return Windows(samples[quarter : 2 * quarter], samples[-quarter:])


def without_role(name: str) -> str:
    """Return what a figure is about, whichever role it is of."""
    role, _, rest = name.partition(" ")
    return rest if role in ROLES else name


def judge(samples: Sequence[Sample]) -> list[Verdict]:
    """Judge every figure of the samples: what is held first, then what grows by design."""
    both, names = windows(samples), list(samples[-1].values)
    unit_of = {grows: unit for unit, grown in UNITS.items() for grows in grown}
    held = [name for name in names if without_role(name) not in unit_of and name not in UNITS]
    grown = [name for grows in unit_of for name in names if without_role(name) == grows]
    return [flat(name, both) for name in held] + [
        in_proportion(name, unit_of[without_role(name)], both) for name in grown
    ]


def flat(name: str, both: Windows) -> Verdict:
    """Compare the medians of what is held."""
    about = without_role(name)
    known = HELD if about == name else HELD_BY_ROLES
    tolerance = LATE if about.startswith(DELAY) else known.get(about, UNKNOWN)
    early, late = (statistics.median(sample.values[name] for sample in window) for window in both)
    most = early * (1 + tolerance.share) + tolerance.amount
    return Verdict(name=name, early=early, late=late, most=most, rule=f"median; {tolerance.why}")


def in_proportion(name: str, unit: str, both: Windows) -> Verdict:
    """Compare how much was added for each unit."""
    (few, early_units), (many, late_units) = ((_gained(name, each), _gained(unit, each)) for each in both)
    early, late = few / max(early_units, 1), many / max(late_units, 1)
    most = early * 1.5 + 3 * sqrt(max(early * late_units, 1)) / max(late_units, 1)
    return Verdict(name=name, early=early, late=late, most=most, rule=f"for each of {unit.removeprefix(ROWS)}")


def _gained(name: str, window: Sequence[Sample]) -> float:
    return window[-1].values[name] - window[0].values[name]


def growth_a_day(samples: Sequence[Sample]) -> Mapping[str, float]:
    """Return how much a trading day adds to what grows, the median of the days after the first; none of a single day.

    A day's growth is counted from the last sample of the day before, so that nothing lies between the days.
    """
    ends = list({sample.day: sample for sample in samples}.values())
    names = [name for grows in GROWS for name in samples[-1].values if without_role(name) == grows]
    days = list(pairwise(ends))
    return (
        {name: statistics.median(after.values[name] - before.values[name] for before, after in days) for name in names}
        if days
        else {}
    )


def done_by(tasks: Iterable[tuple[str, int]], role_of: Mapping[int, str]) -> Mapping[str, Mapping[str, int]]:
    """Count tasks, each a kind and the process that did it, by kind and role."""
    counts: dict[str, Counter[str]] = {}
    for kind, pid in tasks:
        counts.setdefault(kind, Counter())[role_of.get(pid, "nobody known")] += 1
    return counts


def not_by_workers(done: Mapping[str, Mapping[str, int]], wanted: Iterable[str]) -> list[str]:
    """Return those of some kinds of work of which no worker did any."""
    return [kind for kind in wanted if not done.get(kind, {}).get("worker")]
