from dataclasses import dataclass
from datetime import timedelta

import structlog

from engine.model.desk import OWN_ACCORD
from engine.model.notices.base import Notice, NoticeKind, stamp
from engine.model.notices.systems import BotStarted, JobFailed, JobRecovered, LeaderReplaced
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.market import Market
from engine.ports.store import Store

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Takeover:
    """From a term on `leader` leads, because the leader `before` went silent; both by host and process id."""

    term: int
    leader: str
    before: str
    silence: timedelta


class LifecycleNotices:
    """Tells the desk how the bot itself is: what it came up with, and which of its jobs failed."""

    def __init__(self, *, store: Store, broker: Broker, market: Market, clock: Clock) -> None:
        self._store = store
        self._broker = broker
        self._market = market
        self._clock = clock

    def took_over(self, takeover: Takeover) -> None:
        """Tell, once for each term, which process replaced which leader, and since when that one has been silent."""
        now = self._clock.now()
        notice = LeaderReplaced(
            key=f"{NoticeKind.LEADER_REPLACED}:{takeover.term}",
            at=now,
            leader=takeover.leader,
            before=takeover.before,
            silent_since=now - takeover.silence,
            broker=self._broker.label,
            source=self._market.label,
        )
        with self._store.writing() as transaction:
            if transaction.enqueue_notice(notice):
                why = f"after {takeover.before}, term {takeover.term}"
                transaction.write_audit(OWN_ACCORD.entry(now, "take over", outcome=takeover.leader, why=why))
        log.warning("took_over", term=takeover.term, before=takeover.before, seconds=takeover.silence.total_seconds())

    def started(self, takeover: Takeover | None = None) -> None:
        """Tell that the bot is running, with the labels of its broker and of its prices: live money is named.

        A takeover has told as much.
        """
        now, broker, market = self._clock.now(), self._broker.label, self._market.label
        key = f"started:{stamp(now)}"
        with self._store.writing() as transaction:
            if takeover is None:
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
