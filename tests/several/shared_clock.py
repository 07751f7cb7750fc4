"""The time at the exchange of a desk of several processes: as fast as is wanted, and the same for all of them."""

import mmap
import struct
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final, Self

from engine.adapters.clock import boottime

SHIFT: Final = struct.Struct("<d")


@dataclass(frozen=True, kw_only=True)
class SharedClock:
    """Market time that runs `speed` times as fast as the wall's, from `start` on; whoever moves it moves it for all.

    The file holds by how many market seconds it was moved. Processes are given the clock itself, and open the file.
    """

    file: Path
    start: datetime
    began: float
    speed: float

    @classmethod
    def begin(cls, file: Path, start: datetime, speed: float) -> Self:
        """Let it be `start` now."""
        file.write_bytes(SHIFT.pack(0.0))
        return cls(file=file, start=start, began=time.time(), speed=speed)

    def now(self) -> datetime:
        passed = (time.time() - self.began) * self.speed + SHIFT.unpack_from(self._shift)[0]
        return self.start + timedelta(seconds=passed)

    def steady(self) -> float:
        return boottime()

    def move_to(self, at: datetime) -> None:
        """Let it be that time, unless it is later already."""
        if (ahead := (at - self.now()).total_seconds()) > 0:
            SHIFT.pack_into(self._shift, 0, SHIFT.unpack_from(self._shift)[0] + ahead)

    @cached_property
    def _shift(self) -> mmap.mmap:
        with self.file.open("r+b") as file:
            return mmap.mmap(file.fileno(), SHIFT.size)

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "_shift"}
