from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

# Packed, so 28 bytes: `time` in POSIX microseconds, `price` in dollars a share, `volume` the day's shares so far. A
# volume or a spread of -1 is not known.
PRICE_RECORD = np.dtype([("time", "<i8"), ("price", "<f8"), ("volume", "<i8"), ("spread_bp", "<i4")])

Rows = slice | NDArray[np.int64]


def price_records(
    times: NDArray[np.int64], prices: NDArray[np.float64], volumes: NDArray[np.int64], spreads: NDArray[np.int32]
) -> NDArray[np.void]:
    """Return price records made of their columns."""
    records = np.empty(len(times), PRICE_RECORD)
    records["time"], records["price"], records["volume"], records["spread_bp"] = times, prices, volumes, spreads
    return records


class Ring:
    """The last `depth` values of each of `size` symbols, which are named by their rows; 0 where there is none yet.

    `values` has shape (depth, size): symbols lie side by side, so that one value of each goes to one place of memory.
    """

    def __init__(self, depth: int, size: int, dtype: DTypeLike = np.float64) -> None:
        self.values: NDArray[Any] = np.zeros((depth, size), dtype)
        # numpy copies a structured record field by field, but plain bytes in one go.
        self._bytes = self.values.view(f"V{self.values.itemsize}")
        self._next = np.zeros(size, np.int64)

    def put(self, rows: Rows, values: NDArray[Any]) -> None:
        """Append a value to each of the rows."""
        slots = self._next[rows]
        if not slots.size:
            return
        first = slots[0]
        # Symbols that have always moved together share a slot, which is many times faster to write.
        together = (slots == first).all()
        index = (first, rows) if together else (slots, np.arange(len(self._next))[rows])
        self._bytes[index] = values.view(self._bytes.dtype)
        slots += 1
        slots[slots == len(self.values)] = 0
        self._next[rows] = slots

    @property
    def columns(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """The arrays that have a column for each symbol as their last axis."""
        return self.values, self._next

    def recent(self, row: int) -> NDArray[Any]:
        """Return a copy of a row's values, oldest first."""
        return np.roll(self.values[:, row], -self._next[row])
