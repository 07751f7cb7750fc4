from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError as NotInTime
from datetime import timedelta
from typing import Final

from bot.delivery.reachability import PROVEN_FOR, Reach
from bot.http.dependencies import Check
from bot.worker import State
from engine.errors import StoreUnavailable
from engine.model.view import EngineHealth
from engine.ports.lease import Lease
from engine.ports.store import Store
from engine.queries import Queries

PATIENCE: Final = 2.0
"""Seconds that the database may take to answer."""
SERVICES: Final = {"broker": True, "redis": True, "news": False, "claude": False}
"""The outside systems that are told to be lost, and whether the bot is unwell without them."""


class HealthReport:
    """Looks at every part without waiting for the outside: what the engine last heard of it counts.

    `ailing` names the jobs that do not run, `leads` tells whether this process runs them at all, `lease` who does where
    there are several, `slack` whether Slack
    reaches the bot, `heard` whether the desk can be told anything, `alone` whether no other desk is on its Slack app,
    `workers` how the bot's own threads do; `overdue` is how old the newest price may be in regular hours (market time),
    `claude` whether Claude reads the news.
    """

    def __init__(
        self,
        *,
        queries: Queries,
        store: Store,
        ailing: Callable[[], Sequence[str]],
        leads: Callable[[], bool],
        lease: Lease | None,
        unwritable: Callable[[], bool],
        slack: Callable[[], bool],
        heard: Callable[[], Reach],
        alone: Callable[[], bool],
        workers: Callable[[], Sequence[State]],
        overdue: timedelta,
        claude: bool,
    ) -> None:
        self._queries = queries
        self._store = store
        self._ailing = ailing
        self._leads = leads
        self._lease = lease
        self._is_led = True
        self._unwritable = unwritable
        self._slack = slack
        self._heard = heard
        self._alone = alone
        self._workers = workers
        self._overdue = overdue
        self._services = {name: needed for name, needed in SERVICES.items() if claude or name != "claude"}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._reading: Future[None] | None = None

    def __call__(self) -> tuple[Check, ...]:
        """Return how every part is."""
        vitals, ailing = self._queries.health(self._overdue), self._ailing()
        return (
            (database := self._database()),
            *self._leader(database),
            self._market(vitals) if self._leads() else Check(name="market", ok=True, detail="another process leads"),
            *(_service(name, vitals, needed=needed) for name, needed in self._services.items()),
            Check(name="scheduler", ok=not ailing, detail=f"not running: {', '.join(ailing)}" if ailing else ""),
            _slack_check(self._heard(), is_up=self._slack(), is_alone=self._alone()),
            _notices(self._heard()),
            _threads(self._workers()),
        )

    def _database(self) -> Check:
        """Read in a thread, because a database that hangs must not hang who asks; a read under way is waited for.

        Whether it can be written is known from elsewhere: who asks for health must not write, nor wait for a writer.
        """
        if self._reading is None or self._reading.done():
            self._reading = self._reader.submit(self._read)
        try:
            self._reading.result(PATIENCE)
        except NotInTime:
            return Check(name="database", ok=False, detail=f"no answer within {PATIENCE:.0f} s")
        except StoreUnavailable:
            return Check(name="database", ok=False, detail="out of reach")
        if self._unwritable():
            return Check(name="database", ok=False, detail="takes no writes")
        return Check(name="database", ok=True)

    def _read(self) -> None:
        with self._store.reading() as reader:
            reader.desk()
        held = self._lease.held() if self._lease else None
        self._is_led = held is not None and held.seconds > 0

    def _leader(self, database: Check) -> tuple[Check, ...]:
        """Say whether any process runs the timetable; without the database nobody does."""
        if self._lease is None:
            return ()
        is_led = database.ok and self._is_led
        return (Check(name="leader", ok=is_led, detail="" if is_led else "nobody leads"),)

    def _market(self, vitals: EngineHealth) -> Check:
        """Outside regular hours an old price is no fault; inside, one must have come lately."""
        age = vitals.at - vitals.price_at if vitals.price_at else None
        late = vitals.prices_due and (age is None or age > self._overdue)
        lost = "market" in vitals.down
        detail = "no answer" if lost else "no fresh price" if late else ""
        return Check(
            name="market", ok=not lost and not late, detail=detail, age=age.total_seconds() if age is not None else None
        )


def _service(name: str, vitals: EngineHealth, *, needed: bool) -> Check:
    lost = name in vitals.down
    return Check(name=name, ok=not lost, needed=needed, detail="no answer" if lost else "")


def _slack_check(heard: Reach, *, is_up: bool, is_alone: bool) -> Check:
    """Slack is well where what people do arrives, and what the desk must learn is taken."""
    if not is_alone:
        return Check(name="slack", ok=False, detail="another desk takes commands of this Slack app")
    if not is_up:
        return Check(name="slack", ok=False, detail="not connected")
    if heard.lost:
        return Check(name="slack", ok=False, detail=f"takes no message in the channel: {heard.lost}", age=heard.since)
    if heard.since > PROVEN_FOR:
        return Check(name="slack", ok=False, detail="took nothing lately", age=heard.since)
    return Check(name="slack", ok=True, age=heard.since)


def _notices(heard: Reach) -> Check:
    detail = f"the oldest has been waiting for {heard.waits:.0f} s" if heard.is_stuck else ""
    return Check(name="notices", ok=not heard.is_stuck, detail=detail, age=heard.waits)


def _threads(workers: Sequence[State]) -> Check:
    """Name each thread that ended or is behind; the words of its last error go to the log alone."""
    ill = [
        f"{each.name} ended" if not each.is_alive else f"{each.name} is {each.behind:.0f} s behind"
        for each in workers
        if not each.is_well
    ]
    return Check(name="threads", ok=not ill, detail=", ".join(ill))
