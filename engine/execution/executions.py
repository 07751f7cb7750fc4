"""Whose shares an execution by hand was of; pure.

Who sells by hand sells first what was never ours, then ours. Who buys by hand buys back first what a trade of ours is
short of, and nothing of ours beyond that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.model.activity import Activity


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """An execution by hand, and how many of the shares that it sold were our trades' own; below 0: bought back."""

    execution: Activity
    shares: int


def attributed(executions: Sequence[Activity], ours: int, foreign: int) -> tuple[tuple[Taken, ...], int]:
    """Go through executions by hand, oldest first, and return what each took of ours, and what is foreign at the end.

    `ours` (below 0: short) and `foreign` are the shares before the first of them.
    """
    taken = list[Taken]()
    for execution in executions:
        shares = int(execution.shares)
        bought_back, sold = min(max(0, shares), max(0, -ours)), min(max(0, -shares - max(0, foreign)), max(0, ours))
        own = sold - bought_back
        ours, foreign = ours - own, foreign + shares + own
        taken.append(Taken(execution=execution, shares=own))
    return tuple(taken), foreign
