import os
import socket
from contextlib import suppress
from typing import Final

from bot.worker import Worker
from engine.errors import StoreUnavailable
from engine.ports.lease import Lease

LOOK: Final = 5.0
"""Seconds between two signs of life."""
LIFE: Final = 15.0
"""Seconds after its last sign of life for which a process counts as there."""


class Presence:
    """Says again and again in the database that this process is there, for `trading-bot status` and whoever looks."""

    def __init__(self, lease: Lease, role: str) -> None:
        self._lease = lease.named(f"process:{role}:{socket.gethostname()}:{os.getpid()}")
        self.worker = Worker("presence", self.step)

    def start(self) -> None:
        """Begin."""
        self.worker.start()

    def stop(self) -> None:
        """Say that it is gone."""
        self.worker.stop()
        with suppress(StoreUnavailable):  # then its sign of life runs out
            self._lease.forget()

    def step(self) -> float:
        """Give a sign of life, and return the seconds until the next."""
        self._lease.take(LIFE)
        return LOOK
