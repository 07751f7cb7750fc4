"""The people of a soak: a trader decides, an admin steers, everybody looks, and somebody reads by HTTP."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, time
from http.client import HTTPConnection
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit

from benchmarks.soak_parts import beside
from bot.cards import ids
from bot.local_slack.errors import PersonRefused
from bot.local_slack.launch import ADMIN, CHANNEL, TRADER, VIEWER
from bot.local_slack.people import Person

PAUSE = 0.6
"""Real seconds between two rounds."""
LOOKS = ("/desk", "/pnl", "/pnl week", "/positions", "/risk", "/signals", "/news", "/trades today", "/report day")
PATHS = ("/health", "/metrics", "/portfolio/summary", "/trades", "/signals")


Waiting = Callable[[], Sequence[tuple[str, str]]]


class Errand(NamedTuple):
    """What an admin says at a time of the day (UTC)."""

    at: time
    says: str


ERRANDS = (
    Errand(time(15, 30), "/auto on"),
    Errand(time(16, 30), "/auto off"),
    Errand(time(17, 0), "/halt a drill"),
    Errand(time(17, 20), "/resume"),
    Errand(time(18, 30), "/auto on"),
    Errand(time(19, 30), "/auto off"),
    Errand(time(19, 40), "/close all"),
)


class People:
    """A thread in which they act, a round after the other; `did` counts what they did and what was refused.

    `now` tells the market's time, `waiting` which proposals wait, each with where its card stands.
    """

    def __init__(self, slack: str, http: str, waiting: Waiting, now: Callable[[], datetime], seed: int) -> None:
        self._admin, self._trader, self._viewer = (Person(slack, user.id) for user in (ADMIN, TRADER, VIEWER))
        self._http = urlsplit(http).netloc
        self._waiting = waiting
        self._now = now
        self._dice = Random(seed)  # noqa: S311 (a game)
        self._seen: set[str] = set()
        self._errands: set[tuple[str, Errand]] = set()
        self._stopping = threading.Event()
        self.did: Counter[str] = Counter()

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Let them act for as long as the block runs."""
        with beside(self._run, self._stopping, "people"):
            yield

    def _run(self) -> None:
        while not self._stopping.wait(PAUSE):
            for act in (self._go_errands, self._decide, self._look, self._read):
                try:
                    act()
                except (PersonRefused, TimeoutError, OSError) as error:
                    self.did[f"{act.__name__.strip('_')} failed: {str(error)[:40]}"] += 1

    def _go_errands(self) -> None:
        now = self._now()
        for errand in ERRANDS:
            told = (f"{now:%Y%m%d}", errand)
            if errand.at <= now.time() and told not in self._errands:
                self._errands.add(told)
                self._say(self._admin, errand.says)
                if errand.says == "/close all":
                    self._admin.submit(self._admin.wait_for_view(timeout=3), {})

    def _decide(self) -> None:
        """Approve most of the proposals that show, resize some before, reject some, and leave some alone."""
        for trade, ts in self._waiting():
            if trade in self._seen:
                continue
            self._seen.add(trade)
            card = {"channel": CHANNEL.id, "ts": ts}
            lot = self._dice.random()
            self.did["cards seen"] += 1
            if lot < 0.2:
                self._trader.press(card, ids.RESIZE)
                shares = str(self._dice.randint(1, 20))
                self._submit({ids.SHARES_BLOCK: {ids.SHARES_INPUT: shares}})
            if lot < 0.75:
                self._trader.press(card, ids.APPROVE)
            elif lot < 0.9:
                self._trader.press(card, ids.REJECT)
                self._submit({ids.REASON_BLOCK: {ids.REASON_INPUT: "not today"}})
            self.did["decided" if lot < 0.9 else "left alone"] += 1

    def _submit(self, values: dict[str, dict[str, str]]) -> None:
        self._trader.submit(self._trader.wait_for_view(timeout=3), values)

    def _look(self) -> None:
        who = self._dice.choice((self._admin, self._trader, self._viewer))
        if self._dice.random() < 0.1:
            who.open_home()
        self._say(who, self._dice.choice(LOOKS))

    def _say(self, who: Person, words: str) -> None:
        who.command(CHANNEL.id, words)
        self.did[words.split(" ", maxsplit=1)[0]] += 1

    def _read(self) -> None:
        with closing(HTTPConnection(self._http, timeout=10)) as connection:
            connection.request("GET", self._dice.choice(PATHS))
            connection.getresponse().read()
        self.did["HTTP"] += 1
