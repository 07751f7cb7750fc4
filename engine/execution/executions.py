"""Whose shares an execution by hand was of, and which came before shares were exchanged; pure.

Who sells by hand sells first what was never ours, then ours, then what was ours at that time and was sold since: an
order of ours sold it once more. Who buys by hand buys back first what a trade of ours is short of, and nothing of ours
beyond that.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.model.activity import Activity


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """An execution by hand, and how many of the shares that it sold were our trades' own; below 0: bought back."""

    execution: Activity
    shares: int


def attributed(
    executions: Sequence[Activity], ours: int, foreign: int, held_then: Callable[[datetime], int]
) -> tuple[tuple[Taken, ...], int]:
    """Go through executions by hand, oldest first, and return what each took of ours, and what is foreign at the end.

    `ours` (below 0: short) and `foreign` are the shares before the first of them; `held_then` says how many of ours
    there were at an instant as far as our own orders tell. It is asked where more was sold than there is now.
    """
    taken, sold_before = list[Taken](), 0
    for execution in executions:
        shares = int(execution.shares)
        bought_back, sold = min(max(0, shares), max(0, -ours)), max(0, -shares - max(0, foreign))
        own = min(sold, max(0, ours))
        if sold > own:
            own = max(own, min(sold, held_then(execution.at) - sold_before))
        sold_before += own
        ours, foreign = ours - own + bought_back, foreign + shares + own - bought_back
        taken.append(Taken(execution=execution, shares=own - bought_back))
    return tuple(taken), foreign


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """A moment among executions by hand at which a company may have exchanged the shares.

    `before` are the shares that there should be then, and `after` those that there must have been right after it.
    """

    earlier: tuple[Activity, ...]
    later: tuple[Activity, ...]
    before: int
    after: int


def cuts(executions: Iterable[Activity], before: int, found: int) -> tuple[Cut, ...]:
    """Return every such moment, the earliest first: before the first execution, after it, and so on.

    `before` are the shares as they are booked, `found` those that are there after the last execution.
    """
    some = tuple(sorted(executions, key=lambda execution: execution.at))
    return tuple(
        Cut(
            earlier=some[:number],
            later=some[number:],
            before=before + _sum(some[:number]),
            after=found - _sum(some[number:]),
        )
        for number in range(len(some) + 1)
    )


def _sum(executions: Iterable[Activity]) -> int:
    return sum(int(execution.shares) for execution in executions)
