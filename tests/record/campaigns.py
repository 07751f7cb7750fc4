"""What the record is made of: campaigns, each run in pieces by a process of its own."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tests.faults.pauses import CASES
from tests.faults.takeovers import TAKEOVERS


@dataclass(frozen=True, kw_only=True)
class Command:
    """A process: its arguments, and what its environment has beside ours."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A campaign of `whole` units, run in pieces of at most `piece`; `command` makes the process of a seed and a size.

    The process ends with 0 where every promise held. Where it `counts`, its last line is "…: name 12, other name 0".
    """

    name: str
    unit: str
    whole: int
    piece: int
    command: Callable[[int, int], Command]
    counts: bool = False

    def size(self, percent: int) -> int:
        """Return how many units a part of the whole record has, at least one."""
        return max(1, self.whole * percent // 100)


def _runs(module: str, unit: str, *more: str) -> Callable[[int, int], Command]:
    """Return what runs a module so many units long, from a seed."""
    return lambda seed, size: _module(module, unit, str(size), "--seed", str(seed), *more)


def _module(name: str, *arguments: str) -> Command:
    return Command(arguments=(sys.executable, "-m", name, *arguments))


def _tests(path: str, *arguments: str, **environment: object) -> Command:
    command = _module("pytest", "-q", "-n", "0", "--timeout=0", *arguments, path)
    return replace(command, environment={name: str(value) for name, value in environment.items()})


CAMPAIGNS: Final = (
    Campaign(
        name="kills-sqlite",
        unit="kills",
        whole=10_000,
        piece=1_000,
        command=_runs("tests.faults", "--kills", "--database", "sqlite"),
        counts=True,
    ),
    Campaign(
        name="kills-postgresql",
        unit="kills",
        whole=10_000,
        piece=1_000,
        command=_runs("tests.faults", "--kills", "--database", "postgresql"),
        counts=True,
    ),
    Campaign(
        name="rounds",
        unit="rounds of a desk of seven processes",
        whole=1_000,
        piece=10,
        command=_runs("tests.several.rounds", "--rounds"),
    ),
    Campaign(
        name="pauses",
        unit="orders paused on their way while another process halts",
        whole=1_000,
        piece=len(CASES),
        command=lambda _seed, _size: _module("tests.faults.pauses", "--orders", "10"),
    ),
    Campaign(
        name="takeovers",
        unit="leaders paused while another one takes over",
        whole=1_000,
        piece=len(TAKEOVERS),
        command=lambda _seed, _size: _module("tests.faults.takeovers"),
    ),
    Campaign(
        name="halts",
        unit="halts quiet, and as many under load",
        whole=300,
        piece=50,
        command=_runs("tests.faults.halting", "--runs"),
    ),
    Campaign(
        name="calling",
        unit="proposals whose first line is silent, on each database",
        whole=1_000,
        piece=250,
        command=_runs("tests.calling", "--proposals"),
    ),
    Campaign(
        name="clicks",
        unit="deliveries of the same clicks, for each of four sources of a proposal",
        whole=10_000,
        piece=1_000,
        command=lambda seed, size: _tests("tests/faults/test_clicks.py", CLICKS=size, SEED=seed),
    ),
    Campaign(
        name="fuzz",
        unit="nonsensical inputs, a quarter of them for each of four sources of a proposal",
        whole=100_000,
        piece=20_000,
        command=lambda seed, size: _tests(
            "tests/attacks/test_attacks.py", "-m", "fuzz", INPUTS=-(-size // 4), SEED=seed
        ),
    ),
)
