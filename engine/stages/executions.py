"""Whose shares an execution by hand was of; pure.

Who sells by hand sells first what was never ours, then ours; who buys by hand buys nothing of ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.model.activity import Activity


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """An execution by hand, and how many of the shares that it sold were a trade's own."""

    execution: Activity
    shares: int


def attributed(executions: Sequence[Activity], ours: int, foreign: int) -> tuple[tuple[Taken, ...], int]:
    """Go through executions by hand, oldest first, and return what each took of ours, and what is foreign at the end.

    `ours` and `foreign` are the shares before the first of them.
    """
    taken = list[Taken]()
    for execution in executions:
        foreign += int(execution.shares)
        short = min(max(0, -foreign), ours) if execution.shares < 0 else 0
        ours, foreign = ours - short, foreign + short
        taken.append(Taken(execution=execution, shares=short))
    return tuple(taken), foreign
