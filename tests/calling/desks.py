"""Desks that are killed again and again, and a witness of what Slack takes from them."""

import json
import random
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final, Self

from websockets.sync.client import connect

from tests.calling.judgement import FIRST
from tests.calling.life import CallingLife, call
from tests.faults.kill_points import COMMITS, Diary
from tests.several.campaign import ALL_AT_ONCE, MOMENT
from tests.several.shared_clock import SharedClock
from tests.support.forks import fork, killed

DESKS: Final = 2
KILLED_EVERY: Final = (1.0, 4.0)
"""Seconds from one death to the next, at least and at most."""
LISTENS_FOR: Final = 1.0
"""Seconds for which a death waits for something that Slack takes."""
BY_ITSELF: Final = 0.3
"""How many lives end by themselves, at a commit."""
MOST_PASSES: Final = 150


class Witness:
    """Reads along in the channel: `words` are what each message said, and when by the desks' clock, by its timestamp.

    A card is drawn again once it is decided, and then mentions nobody any more.
    """

    def __init__(self, url: str, clock: SharedClock) -> None:
        self.words: dict[str, tuple[str, datetime]] = {}
        self._clock = clock
        self._address = f"{url.replace('http', 'ws')}/local/events?user={FIRST}"
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._listen)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _listen(self) -> None:
        with connect(self._address, ping_interval=None, close_timeout=0.2) as ears:
            while not self._is_over.is_set():
                with suppress(TimeoutError):
                    event = json.loads(ears.recv(timeout=0.1))
                    if event["type"] == "message":
                        self.words[event["message"]["ts"]] = (event["message"]["text"], self._clock.now())


class Desks:
    """Desks that die at random, each by itself at a commit or killed from outside, and are started again.

    Those are killed a moment after Slack took something, if it does, so that some never learn that it did. `rounds` is
    how often one of them looked at all that is due.
    """

    def __init__(self, place: CallingLife, log: Path, seed: int, witness: Witness) -> None:
        self._place = place
        self._log = log
        self._witness = witness
        self._heard = 0
        self._diaries = [Diary(replace(place, slot=slot).diary) for slot in range(DESKS)]
        self.rounds = 0
        self._dice = random.Random(seed)  # noqa: S311 (a seed is the point of it)
        self._lives = list[ForkServerProcess]()
        self._next_kill = 0.0
        self.kills = 0

    def __enter__(self) -> Self:
        self._lives = [self._born(slot) for slot in range(DESKS)]
        self._next_kill = time.monotonic() + self._dice.uniform(*KILLED_EVERY)
        return self

    def __exit__(self, *_error: object) -> None:
        for life, diary in zip(self._lives, self._diaries, strict=True):
            life.kill()
            life.join(10)
            diary.close()

    def look(self) -> None:
        """Start those again that died by themselves, and kill one, or all, if it is time."""
        doomed = {slot for slot, life in enumerate(self._lives) if not life.is_alive()}
        if time.monotonic() < self._next_kill:
            self._heard = len(self._witness.words)
        elif len(self._witness.words) > self._heard or time.monotonic() > self._next_kill + LISTENS_FOR:
            time.sleep(self._dice.uniform(0, MOMENT))
            doomed |= {*range(DESKS)} if self._dice.random() < ALL_AT_ONCE else {self._dice.randrange(DESKS)}
            self._next_kill = time.monotonic() + self._dice.uniform(*KILLED_EVERY)
        for slot in doomed:
            killed(self._lives[slot], self._log)
            self._lives[slot] = self._born(slot)
        self.kills += len(doomed)
        self.rounds += sum(note.what == "round" for diary in self._diaries for note in diary.news())

    def _born(self, slot: int) -> ForkServerProcess:
        points = COMMITS if self._dice.random() < BY_ITSELF else ()
        passes = self._dice.randint(1, MOST_PASSES)
        return fork(self._log, call, replace(self._place, slot=slot, points=points, passes=passes))
