"""Which rows of a long table a usual run tries: `make wide` tries them all."""

import os
from collections.abc import Iterable
from typing import TypeVar

IS_WIDE = os.environ.get("WIDE") == "1"

T = TypeVar("T")


def sample(rows: Iterable[T], most: int) -> list[T]:
    """Return so many rows, the first, the last and others evenly between, but all of them in a wide run.

    The campaigns hold the rules of such a table at random as well: what a usual run leaves out is another ratio, or
    another order of the same events.
    """
    every = list(rows)
    if IS_WIDE or len(every) <= most:
        return every
    return [every[number * (len(every) - 1) // (most - 1)] for number in range(most)]
