"""A desk in a process of its own that trades as hard as it can until somebody kills it.

Its database, stream, broker and Slack are real or stand in the parent, so they outlive it. Signals come all the time;
two people, who often click on the same card, approve, also beforehand, resize, reject, close, halt and resume; two
senders post signals from elsewhere, often under the same key; the jobs of the timetable run round and round beside.
"""

import os
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from multiprocessing import parent_process
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from slack_sdk import WebClient
from sqlalchemy.orm import configure_mappers

from bot.delivery.notices import DeliveryIntervals, NoticeDelivery
from bot.delivery.slack_poster import PostingRate
from bot.messages import Texts
from bot.signing import Signer
from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.rate_limiter import RateLimiter
from engine.adapters.desk_memory import FileMemory
from engine.adapters.factory import Adapters
from engine.adapters.keywords import KeywordScorer
from engine.adapters.redis import connect
from engine.bootstrap import Engine, wire
from engine.errors import DeskError, RequestRefused, TradeFault
from engine.model.desk import Request
from engine.model.signal import Signal
from engine.pipeline.observe import Observation
from engine.settings import Settings
from tests.faults.clock import MovingClock
from tests.faults.crashing_store import MortalBroker, MortalStore, MortalStream
from tests.faults.kill_points import Diary, Fate
from tests.faults.people import Person
from tests.faults.senders import Sender
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.corporate_actions import FakeCorporateActions
from tests.support.fakes.market import FakeMarket
from tests.support.fakes.news import FakeNews
from tests.support.fakes.stream import FakePriceCache
from tests.support.fakes.trades import a_signal

PRICES: Final = {
    "AAPL": "150.25",
    "AMZN": "180.40",
    "GOOG": "140.10",
    "IBM": "190.75",
    "META": "310.20",
    "MSFT": "420.80",
    "NVDA": "120.55",
    "TSLA": "255.60",
}
"""What is traded, and where it stands when nobody pushes it, dollars a share."""

TEXTS: Final = Texts("en", ZoneInfo("UTC"))
"""Read here, so that it is read once and not by every life; so with what the database's tables are mapped to."""
configure_mappers()

TURN: Final = 0.03
"""Seconds between two turns of a person."""
ROUND: Final = 0.3
"""Seconds between two rounds of the timetable, which shall starve nobody."""

LOOK: Final = 0.25
"""Seconds between two looks for notices of which nobody told the one who delivers them, and whether the database lives.

That one is woken by the desk; the looks themselves would take a tenth of a life's processor time.
"""

SETTLING: Final = (0, 2, 2, 4, 4, 8, 8, 130, 4, 4, 4, 301, 4, 4, 31, 4, 4)
"""Seconds between the rounds of a life that comes to rest: an order's retries, a stop's doubts, an approval's youth.

What buys back and was rejected is sent anew after five minutes.
"""

BOLD: Final = {
    "losing_streak": 0,
    "max_daily_loss": 0,
    "max_drawdown": 0,
    "max_open_positions": 0,
    "max_trades_a_day": 0,
    "stop_cooldown_seconds": 0,
    "quiet_seconds": 1,
}
"""Settings of a desk that nothing but its ceiling keeps from trading."""

SENDERS: Final = 2
PEOPLE: Final = (Request(by="U0TRADER", said="click"), Request(by="U0ADMIN", said="click"))


@dataclass(frozen=True, kw_only=True)
class Life:
    """Where a life finds what outlives it, and how it ends: it settles, or is killed, perhaps by itself at a point."""

    folder: Path
    database: str
    redis: str
    broker: str
    keys: tuple[str, str]
    slack: str
    shift: timedelta
    seed: int
    strategy: str
    points: tuple[str, ...] = ()
    passes: int = 1
    settles: bool = False


class Victim:
    """The desk of one life."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._diary = Diary(life.folder / "diary.txt")
        self._end = threading.Event()
        self._random = random.Random(life.seed)  # noqa: S311 (a seed is the point of it)
        self._clock = MovingClock(shift=life.shift)
        self._fate = Fate(life.points, life.passes, diary=self._diary, clock=self._clock)
        self._market = FakeMarket(self._clock)
        market = _settings().market.model_copy(update={"strategy": life.strategy})
        self._settings = replace(_settings(), market=market)
        self._adapters = self._open()
        self._show_prices()
        self.engine = wire(self._settings, self._adapters)
        self.engine.commands.ask_about_people(lambda _user, _verb: True)
        self._notices = self._messenger()
        self._senders = list[Sender]()

    def live(self) -> None:
        """Read the broker, say that work begins, and trade until the end; or, where this life settles, come to rest."""
        self.begin()
        self._diary.note("works", self._clock.now())  # no lock is shared with who judges: it would die with this
        if self._life.settles:
            self._settle()
        else:
            self.work()
            if judge := parent_process():
                judge.join()  # nobody is left to kill this life then

    @property
    def waits(self) -> Sequence[float]:
        """Return how many seconds each halt waited for the writers' turn."""
        return self._store.waits

    def begin(self) -> None:
        """Read the broker, and tell Slack from now on."""
        self.engine.notices.deliver_with(self._notices)
        self._notices.start()
        self.engine.jobs.start()
        self._store.note_desk("began")

    def work(self, *, is_quiet: bool = False) -> list[threading.Thread]:
        """Trade as hard as it can, in the threads that are returned; a quiet desk only keeps its timetable."""
        self._senders = self._made_senders()
        jobs: tuple[tuple[Callable[[], None], float], ...] = (
            (self._timetable, ROUND),
            (self._signals, 3 * TURN),
            (self.engine.jobs.decide_proposals, TURN),
            *((person, TURN) for person in self._people()),
            *((sender, 5 * TURN) for sender in self._senders),
        )
        working = jobs[:1] if is_quiet else jobs
        threads = [threading.Thread(target=self._forever, args=job, daemon=True) for job in working]
        for thread in threads:
            thread.start()
        return threads

    def end(self, threads: Sequence[threading.Thread]) -> None:
        """Stop in order."""
        self._end.set()
        for thread in threads:
            thread.join()
        for sender in self._senders:
            sender.close()
        self._notices.stop()
        self._broker.stop()
        self._store.close()
        self._diary.close()

    def _open(self) -> Adapters:
        life = self._life
        access = AlpacaAccess(
            key=life.keys[0],
            secret=life.keys[1],
            budget=RateLimiter(1_000_000),
            trading_url=life.broker,
            timeouts=(2.0, 5.0),
        )
        self._store = MortalStore(life.database, fate=self._fate, diary=self._diary, clock=self._clock)
        calendar = WeekdayCalendar()
        self._broker = MortalBroker(access, self._clock, calendar, fate=self._fate)
        return Adapters(
            clock=self._clock,
            calendar=calendar,
            market=self._market,
            news=FakeNews(self._clock),
            scorer=KeywordScorer(),
            broker=self._broker,
            corporate_actions=FakeCorporateActions(),
            store=self._store,
            cache=FakePriceCache(),
            stream=MortalStream(connect(life.redis), "engine", fate=self._fate),
            memory=FileMemory(life.folder / "desk-state.json"),
        )

    def _messenger(self) -> NoticeDelivery:
        return NoticeDelivery(
            store=self._store,
            client=WebClient(token="xoxb-test", base_url=self._life.slack, retry_handlers=[]),
            channel="C0DESK",
            texts=TEXTS,
            source="alpaca-iex",
            ceiling=Decimal("0.02"),
            signer=Signer("a key", self._clock.now),
            pace=PostingRate(burst=1_000_000, gap=0),
            waits=DeliveryIntervals(look=LOOK, first=0.05, longest=0.1, claim=3.0),
        )

    def _show_prices(self) -> None:
        for symbol, price in PRICES.items():
            self._market.price(symbol, price)

    def _signals(self) -> None:
        self._show_prices()
        now = self._clock.now()
        snapshots = {shot.symbol: shot for shot in self._market.snapshots(tuple(PRICES))}
        names = self._random.sample(sorted(snapshots), 3)
        signals = [a_signal(symbol=name, at=now, price=snapshots[name].price) for name in names]
        propose_from(self.engine, signals, Observation(at=now, snapshots=snapshots))

    def _people(self) -> list[Person]:
        seed, store, clock, diary = self._life.seed, self._store, self._clock, self._diary
        return [Person(self.engine, who, seed=seed, store=store, clock=clock, diary=diary) for who in PEOPLE]

    def _made_senders(self) -> list[Sender]:
        seed, symbols = self._life.seed, tuple(PRICES)
        return [
            Sender(self.engine, TEXTS, symbols, seed=seed, diary=self._diary, clock=self._clock) for _ in range(SENDERS)
        ]

    def _timetable(self) -> None:
        for verb in (
            self.engine.jobs.housekeeping,
            self.engine.jobs.reconcile,
            self.engine.jobs.poll_unconfirmed,
            self.engine.jobs.monitor_risk,
        ):
            self._try(verb)
        self._try(lambda: self._store.note_desk("stands"))

    def _settle(self) -> None:
        """Let minutes go by in leaps: whatever waits for an answer, or for a moment to pass, ends."""
        for seconds in SETTLING:
            self._clock.advance(seconds)
            self._timetable()
            self._try(self.engine.jobs.decide_proposals)
        while not self._is_told():
            self._end.wait(TURN)
        self._notices.stop()

    def _is_told(self) -> bool:
        with self._store.reading() as reader:
            return not reader.waiting(1)

    def _forever(self, job: Callable[[], None], pause: float) -> None:
        while not self._end.wait(pause):
            self._try(job)

    def _try(self, job: Callable[[], None]) -> None:
        try:
            job()
        except RequestRefused:
            pass
        except TradeFault as error:
            self._diary.note("fault", self._clock.now(), repr(error))
        except DeskError as error:
            self._diary.note("trouble", self._clock.now(), repr(error))
        except Exception as error:  # noqa: BLE001 (a fault of the desk is what is looked for; it is told, and counted)
            self._diary.note("fault", self._clock.now(), repr(error))


@cache
def _settings() -> Settings:
    """Read a desk's settings, but for its strategy, once for all lives."""
    return Settings.read(
        watchlist=tuple(PRICES), timezone="UTC", risk_per_trade="0.002", max_price_age_seconds=900, **BOLD
    )


def propose_from(engine: Engine, signals: Sequence[Signal], observation: Observation) -> None:
    """Put signals into the stage that proposes, as it is wired; no test can move a market as fast as this."""
    engine.jobs.propose(signals, observation)


def live(life: Life) -> None:
    """Live a life; a process is started with this."""
    Victim(life).live()
    os._exit(0)
