import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from bot.worker import Worker
from engine.errors import StoreUnavailable
from engine.ports.lease import PROCESS, Lease

LOOK: Final = 5.0
"""Seconds between two signs of life."""
HEARS: Final = "hears people"
"""The lease that some process keeps while what people do in Slack arrives at it."""
LIFE: Final = 15.0
"""Seconds after its last sign of life for which a process counts as there."""


class Presence:
    """Says again and again in the database that this process is there, for `trading-bot status` and whoever looks.

    While `hears` tells that people reach it, it says that as well, for the processes that people do not reach.
    """

    def __init__(self, lease: Lease, role: str, hears: Callable[[], bool] = lambda: False) -> None:
        self._lease = lease.named(f"{PROCESS}{role}:{socket.gethostname()}:{os.getpid()}")
        self._hears = hears
        self._hearing = lease.named(HEARS)
        self.worker = Worker("presence", self.step)

    def start(self) -> None:
        """Begin."""
        self.worker.start()

    def stop(self) -> None:
        """Say that it is gone."""
        self.worker.stop()
        with suppress(StoreUnavailable):  # then its sign of life runs out
            self._lease.forget()
            self._hearing.give_up()

    def step(self) -> float:
        """Give a sign of life, and return the seconds until the next."""
        self._lease.take(LIFE)
        if self._hears():
            self._hearing.take(LIFE)  # another's, where that one hears them too: one is enough
        return LOOK

    def is_anybody_heard(self) -> bool:
        """Tell whether people reached some process lately; raises StoreUnavailable."""
        held = self._hearing.held()
        return held is not None and held.seconds > 0
