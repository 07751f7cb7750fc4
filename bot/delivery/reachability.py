"""Whether the desk can be told anything: proven by what Slack took in the desk's channel, not by a connection."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

PROVEN_FOR: Final = 60.0
"""Seconds for which a proof holds, and for which a notice may wait before the desk counts as not told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """How it stands: Slack's word for why nothing can be posted ('' for none), and seconds since the last proof.

    `waits` is for how many seconds the same notice has been the oldest that waits, 0 where none does.
    """

    lost: str
    since: float
    waits: float

    @property
    def is_well(self) -> bool:
        """Whether the desk was told all that there was to tell."""
        return not self.lost and self.since <= PROVEN_FOR and not self.is_stuck

    @property
    def is_stuck(self) -> bool:
        """Whether a notice waits for too long."""
        return self.waits > PROVEN_FOR


class Reachability:
    """Takes in what Slack said to posts in the desk's channel; `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._proven = clock()
        self._lost = ""
        self.proofs = 0
        self._oldest: int | None = None
        self._oldest_since = clock()

    def proven(self) -> None:
        """Note that Slack took a post in the channel, or would."""
        with self._lock:
            self._proven = self._clock()
            self._lost = ""
            self.proofs += 1

    def lost(self, word: str) -> None:
        """Note Slack's word for why the channel takes nothing."""
        with self._lock:
            self._lost = word

    def oldest(self, number: int | None) -> None:
        """Note which notice is the oldest that waits, None where none does."""
        with self._lock:
            if number != self._oldest:
                self._oldest, self._oldest_since = number, self._clock()

    def now(self) -> Reach:
        """Return how it stands now."""
        with self._lock:
            now = self._clock()
            waits = 0.0 if self._oldest is None else now - self._oldest_since
            return Reach(lost=self._lost, since=now - self._proven, waits=waits)
