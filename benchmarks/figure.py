"""What a benchmark says: one figure, how it was got, and what it is held against."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Job = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Peer:
    """Somebody else's figure for the same work."""

    name: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Floor:
    """What cannot be avoided on this machine: a median in the figure's unit, and what it is the sum of.

    A figure may be `at_p50` times that in the middle, and `at_p99` times where one in a hundred exceeds it.
    """

    value: float
    of: str
    at_p50: float
    at_p99: float | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A measured value with its goal; `n` measurements, of which `p50` and `p99` are in the same unit."""

    name: str
    value: float
    unit: str
    goal: float
    n: int
    p50: float
    p99: float
    better: Literal["lower", "higher"] = "lower"
    peers: tuple[Peer, ...] = ()
    floor: Floor | None = None
    note: str = ""

    @classmethod
    def of(cls, name: str, samples: Sequence[float], *, judged: Literal["p50", "p99"] = "p50", **rest: Any) -> "Figure":
        """Return the figure of some samples; the value is their median, or what one in a hundred exceeds."""
        p50, p99 = statistics.median(samples), part(samples, 0.99)
        return cls(name=name, value=p50 if judged == "p50" else p99, n=len(samples), p50=p50, p99=p99, **rest)

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.value <= self.goal if self.better == "lower" else self.value >= self.goal

    def is_near(self, floor: Floor) -> bool:
        """Whether it exceeds a floor no more often than it may."""
        is_usual = self.p50 <= floor.at_p50 * floor.value
        return is_usual and (floor.at_p99 is None or self.p99 <= floor.at_p99 * floor.value)

    def ratio(self, peer: Peer) -> float:
        """Return how many times better this is than a peer."""
        return peer.value / self.value if self.better == "lower" else self.value / peer.value

    def rows(self) -> list[dict[str, Any]]:
        """Return what is written of it, a row for each peer."""
        own = {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "better": self.better,
            "n": self.n,
            "p50": self.p50,
            "p99": self.p99,
            "note": f"goal {self.goal:g} {self.unit}, {'met' if self.is_met else 'NOT met'}. {self.note}".strip(),
        }
        if floor := self.floor:
            own |= {"floor": floor.value, "floor_of": floor.of, "near_floor": self.is_near(floor)}
        alone: dict[str, object] = {"peer": None, "peer_value": None, "ratio": None}
        against: list[dict[str, object]] = [
            {"peer": peer.name, "peer_value": peer.value, "ratio": self.ratio(peer)} for peer in self.peers
        ]
        return [own | each for each in against or [alone]]


def part(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that at least such a share of all does not exceed."""
    return sorted(samples)[min(len(samples) - 1, int(share * len(samples)))]


def seconds(job: Job) -> float:
    """Return how long a job takes."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def interleaved(jobs: Mapping[str, Job], runs: int, *, warm_up: int = 1) -> dict[str, list[float]]:
    """Run the jobs in turn, so many times each after the warm-up, so that none has the machine's better moments."""
    for job in jobs.values():
        for _ in range(warm_up):
            job()
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(runs):
        for name, job in jobs.items():
            taken[name].append(seconds(job))
    return taken
