import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.model.signal import Signal
from engine.model.status import LeaderStatus
from engine.ports.store import Store
from engine.queries import Queries


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """How one part of the bot is: its name, whether it works, a few words, and the age in seconds of what it rests on.

    The bot is well while every part works that is `needed`. Whoever can reach the port may read this, so `detail` names
    no address and no secret.
    """

    name: str
    ok: bool
    detail: str = ""
    age: float | None = None
    needed: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessName:
    """What a process of the desk does, and its name among all of them: its machine and its number there."""

    role: str
    instance: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dependencies:
    """Where the answers come from.

    `health` looks at every part without waiting for the outside, `signals` returns the newest so many stored signals,
    newest first, `refused_prices` and `flawed_bars` count by reason since the start, `entries_set_aside` those of the
    signal stream that named no proposal. `process` says which of the desk's processes this is, `standing` who leads,
    `queues` how much work waits in each queue, and `job_delays` by how many seconds each job is late.
    """

    queries: Queries
    store: Store
    health: Callable[[], Sequence[Check]]
    signals: Callable[[int], Sequence[Signal]]
    refused_prices: Callable[[], Mapping[str, int]]
    flawed_bars: Callable[[], Mapping[str, int]]
    entries_set_aside: Callable[[], int]
    process: ProcessName
    standing: Callable[[], LeaderStatus]
    queues: Callable[[], Mapping[str, int]]
    job_delays: Callable[[], Mapping[str, float]]
