"""One of several desks on a database that calls those on duty until it is killed, or kills itself at a point.

Its database, stream and Slack outlive it. Who judges puts proposals into the database; nobody ever decides on one.
"""

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing import parent_process
from pathlib import Path
from typing import Final

from bot.delivery.notices import DeliveryIntervals
from engine.adapters.desk_memory import FileMemory
from engine.adapters.factory import Adapters
from engine.adapters.keywords import KeywordScorer
from engine.adapters.paper.broker import PaperBroker
from engine.adapters.redis import RedisSignalStream, connect
from engine.bootstrap import Engine, wire
from engine.errors import DeskError
from engine.settings import Settings
from tests.faults.crashing_store import MortalStore
from tests.faults.kill_points import Diary, Fate
from tests.several.bot import messenger
from tests.several.shared_clock import SharedClock
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.corporate_actions import FakeCorporateActions
from tests.support.fakes.market import FakeMarket
from tests.support.fakes.news import FakeNews
from tests.support.fakes.stream import FakePriceCache

SECOND_TEAM: Final = "S0SECOND"
TEAM: Final = frozenset({"U0SECOND", "U0DIRECT", "U0RESTS"})
"""Who is in the group that is the second line."""
ROUND: Final = 0.5
"""Seconds between two rounds of the timetable."""
QUICK: Final = DeliveryIntervals(look=0.1, first=0.05, longest=0.2)
"""The claim is as long as a real bot's: what a dead one had claimed must not wait for its end."""


@dataclass(frozen=True, kw_only=True)
class CallingLife:
    """Where a life finds what outlives it; it dies when it has passed one of the points so often."""

    folder: Path
    slot: int
    database: str
    redis: str
    api_url: str
    token: str
    clock: SharedClock
    points: tuple[str, ...] = ()
    passes: int = 1

    @property
    def diary(self) -> Path:
        """Where it notes its rounds."""
        return self.folder / f"diary-{self.slot}.txt"


def call(life: CallingLife) -> None:
    """Call until this process is killed, or who judges is gone; a process is started with this."""
    clock, diary = life.clock, Diary(life.diary)
    fate = Fate(life.points, life.passes, diary=diary, clock=clock)
    store = MortalStore(life.database, fate=fate, diary=diary, clock=clock)
    engine = wire(Settings.read(timezone="UTC", watchlist=("AAPL",)), _adapters(life, store))
    engine.commands.ask_about_people(
        lambda _user, _verb: True, lambda group: TEAM if group == SECOND_TEAM else frozenset()
    )
    notices = messenger(store, life.api_url, life.token, clock.now, QUICK)
    engine.notices.deliver_with(notices)
    notices.start()
    threading.Thread(target=_for_ever, args=(engine, diary, clock), daemon=True).start()
    if judge := parent_process():
        judge.join()
    os._exit(0)


def _adapters(life: CallingLife, store: MortalStore) -> Adapters:
    clock, calendar = life.clock, WeekdayCalendar()
    market = FakeMarket(clock)
    return Adapters(
        clock=clock,
        calendar=calendar,
        market=market,
        news=FakeNews(clock),
        scorer=KeywordScorer(),
        broker=PaperBroker(
            life.folder / f"paper-{life.slot}.db",
            market,
            clock,
            calendar,
            cash=Decimal(100_000),
            margin=True,
            slippage_bp=Decimal(0),
            fees=Settings.read().paper.fees,
        ),
        corporate_actions=FakeCorporateActions(),
        store=store,
        cache=FakePriceCache(),
        stream=RedisSignalStream(connect(life.redis), f"desk-{life.slot}"),
        memory=FileMemory(life.folder / f"desk-state-{life.slot}.json"),
    )


def _for_ever(engine: Engine, diary: Diary, clock: SharedClock) -> None:
    """Run what calls people, round after round, as the timetable does, and note each round."""
    jobs = engine.jobs
    while True:
        for step in (jobs.signal_queue.publish, jobs.decide_proposals, jobs.remind, jobs.decide.expire):
            with suppress(DeskError):  # the other desk was quicker, or holds the writers' turn
                step()
        diary.note("round", clock.now())
        time.sleep(ROUND)
