"""Whose shares an execution by hand was of, and which came before shares were exchanged; pure.

Who sells by hand sells first what was never ours, then ours, then what was ours at that time and was sold since: an
order of ours sold it once more. Who buys by hand buys back first what a trade of ours is short of, and nothing of ours
beyond that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.execution.held_then import Holder
from engine.model.activity import Activity


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """An execution by hand, and the shares that it took from trades of ours (below 0), or bought back for them."""

    execution: Activity
    parts: Mapping[str, int]

    @property
    def sold(self) -> tuple[str, ...]:
        """The ids of the trades from which it took shares."""
        return tuple(trade_id for trade_id, shares in self.parts.items() if shares < 0)


def attributed(
    executions: Sequence[Activity], holders: Sequence[Holder], foreign: int
) -> tuple[tuple[Taken, ...], int]:
    """Go through executions by hand, oldest first, and return what each was of, and what is foreign at the end.

    `foreign` are the shares that are not ours before the first of them. The holders follow. What has no price cannot
    be booked to a trade, and counts as others'.
    """
    taken = list[Taken]()
    for execution in executions:
        shares, parts = int(execution.shares), dict[str, int]()
        if execution.price is not None:
            bought = _divided(max(0, shares), holders, (lambda holder: -holder.now,))
            sold = _divided(max(0, -shares - max(0, foreign)), holders, _owners(execution.at))
            parts = bought | {trade_id: -part for trade_id, part in sold.items()}
        for holder in holders:
            holder.deal(execution.at, parts.get(holder.trade_id, 0))
        foreign += shares - sum(parts.values())
        taken.append(Taken(execution=execution, parts=parts))
    return tuple(taken), foreign


def _owners(at: datetime) -> Sequence[Callable[[Holder], int]]:
    """Return who is asked for shares that were sold: who held them then and has them, who has some, who held them."""
    return lambda holder: min(holder.now, holder.then(at)), lambda holder: holder.now, lambda holder: holder.then(at)


def _divided(shares: int, holders: Sequence[Holder], most: Sequence[Callable[[Holder], int]]) -> dict[str, int]:
    """Divide shares among trades; each of `most` says in its turn how many of them one may take in all."""
    parts = dict[str, int]()
    for most_of in most:
        for holder in holders:
            before = parts.get(holder.trade_id, 0)
            part = min(shares, max(0, most_of(holder) - before))
            if part:
                parts[holder.trade_id] = before + part
                shares -= part
    return parts


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
