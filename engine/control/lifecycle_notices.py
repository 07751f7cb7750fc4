import structlog

from engine.model.desk import OWN_ACCORD
from engine.model.notices.base import Notice, NoticeKind, stamp
from engine.model.notices.systems import BotStarted, JobFailed, JobRecovered
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.market import Market
from engine.ports.store import Store

log = structlog.get_logger()


class LifecycleNotices:
    """Tells the desk how the bot itself is: what it came up with, and which of its jobs failed."""

    def __init__(self, *, store: Store, broker: Broker, market: Market, clock: Clock) -> None:
        self._store = store
        self._broker = broker
        self._market = market
        self._clock = clock

    def started(self) -> None:
        """Tell that the bot is running, with the labels of its broker and of its prices: live money is named."""
        now, broker, market = self._clock.now(), self._broker.label, self._market.label
        key = f"started:{stamp(now)}"
        with self._store.writing() as transaction:
            transaction.enqueue_notice(BotStarted(key=key, at=now, broker=broker, source=market))
            transaction.write_audit(
                OWN_ACCORD.entry(now, "start", outcome=transaction.desk().state, why=f"{broker}, {market}")
            )
            count, last = transaction.audit_head()
        # Kept outside of the database, it shows that the audit's chain was not made anew.
        log.info("audit_head", count=count, hash=last)

    def job(self, job: str, error_id: str, *, failed: bool) -> None:
        """Tell that a job of the timetable failed, or that it runs again."""
        now = self._clock.now()
        key = f"{NoticeKind.JOB_FAILED if failed else NoticeKind.JOB_RECOVERED}:{job}:{stamp(now)}"
        told: Notice = JobRecovered(key=key, at=now, job=job)
        if failed:
            told = JobFailed(key=key, at=now, job=job, error_id=error_id)
        with self._store.writing() as transaction:
            transaction.enqueue_notice(told)
