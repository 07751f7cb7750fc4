"""Which rows of a long table a usual run tries: `make wide` tries them all."""

import os
from collections import Counter
from collections.abc import Iterable
from itertools import product
from typing import Any, TypeVar

T = TypeVar("T")


def is_wide() -> bool:
    """Tell whether this is a run of `make wide`."""
    return os.environ.get("WIDE") == "1"


def sample(rows: Iterable[T], most: int) -> list[T]:
    """Return so many rows, the first, the last and others evenly between, but all of them in a wide run.

    The campaigns hold the rules of such a table at random as well: what a usual run leaves out is another ratio, or
    another order of the same events.
    """
    every = list(rows)
    if is_wide() or len(every) <= most:
        return every
    return [every[number * (len(every) - 1) // (most - 1)] for number in range(most)]


def crossed(*axes: Iterable[Any], most: int) -> list[tuple[Any, ...]]:
    """Return so many rows of what every value of an axis makes with all of the others, but all in a wide run.

    Each value is in one row at least where `most` is the length of the longest axis or more: first come rows whose
    values, and pairs of values, came the least so far.
    """
    values = [list(axis) for axis in axes]
    every = list(product(*(range(len(axis)) for axis in values)))
    came = Counter[tuple[int, int]]()
    chosen = list[tuple[int, ...]]()
    while len(chosen) < (len(every) if is_wide() else min(most, len(every))):
        left = [row for row in every if row not in chosen]
        row = min(left, key=lambda row: sorted((came[place] for place in enumerate(row)), reverse=True))
        came.update(enumerate(row))
        chosen.append(row)
    return [tuple(axis[number] for axis, number in zip(values, row, strict=True)) for row in sorted(chosen)]
