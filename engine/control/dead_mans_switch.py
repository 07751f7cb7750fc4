import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from engine.model.desk import OWN_ACCORD
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.systems import SlackBack
from engine.ports.clock import Clock
from engine.ports.store import Store

log = structlog.get_logger()

SILENT = "slack_silent"
"""The setting that has the instant at which AUTO_MODE stopped to buy because nobody could have stopped it."""


HEARD = "slack_heard"
"""The setting that has the instant at which people were last known to be reached, to the minute."""
NOTED_EVERY = 60.0
"""Seconds between two notes of that."""


class DeadMansSwitch:
    """The dead man's switch: where people cannot be reached for a while, AUTO_MODE buys nothing by itself.

    `silence` is real time, None for no switch. A restart neither ends a silence nor begins the wait for one anew: until
    people are reached for the first time, it is counted from when the life before last reached them.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        silence: timedelta | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._clock = clock
        self._silence = silence
        self._monotonic = monotonic
        self._heard = monotonic()
        self._noted: float | None = None

    def is_silent(self) -> bool:
        """Tell whether people have been out of reach for too long."""
        if self._silence is None:
            return False
        return self._has_been_quiet() or bool(self._setting(SILENT)) or self._was_quiet_before(self._silence)

    def look(self) -> None:
        """Remember, and keep in the audit, that AUTO_MODE does not buy from now on."""
        if not self._has_been_quiet() or self._setting(SILENT):
            return
        now = self._clock.now()
        with self._store.writing() as transaction:
            if not transaction.desk().auto:
                return
            transaction.set_setting(SILENT, now.isoformat())
            transaction.write_audit(OWN_ACCORD.entry(now, "silence", outcome="auto waits"))
        log.warning("slack_silent")

    def note_contact(self) -> None:
        """Note that people are told what there is to tell; after a silence, tell that it is over."""
        self._heard = self._monotonic()
        self._note()
        since = self._setting(SILENT)
        if not since:
            return
        now = self._clock.now()
        with self._store.writing() as transaction:
            transaction.set_setting(SILENT, "")
            transaction.write_audit(OWN_ACCORD.entry(now, "silence", outcome="over"))
            key, minutes = f"{NoticeKind.SLACK_BACK}:{stamp(now)}", self._minutes(datetime.fromisoformat(since), now)
            transaction.enqueue_notice(SlackBack(key=key, at=now, minutes=minutes))
        log.info("slack_heard", minutes=minutes)

    def _has_been_quiet(self) -> bool:
        return self._silence is not None and self._monotonic() - self._heard >= self._silence.total_seconds()

    def _was_quiet_before(self, silence: timedelta) -> bool:
        """Tell whether the life before had not reached people for too long, as long as this one has not yet."""
        last = self._setting(HEARD) if self._noted is None else ""
        return bool(last) and (self._clock.now() - datetime.fromisoformat(last)) / self._clock.speed >= silence

    def _note(self) -> None:
        """Keep, now and then, when people were reached."""
        if self._noted is not None and self._heard - self._noted < NOTED_EVERY:
            return
        with self._store.writing() as transaction:
            transaction.set_setting(HEARD, self._clock.now().isoformat())
        self._noted = self._heard

    def _setting(self, name: str) -> str:
        with self._store.reading() as reader:
            return reader.setting(name) or ""

    def _minutes(self, since: datetime, now: datetime) -> int:
        """Return the whole silence in real minutes; it was noted when the first of it had passed."""
        noted = (now - since) / self._clock.speed
        return round((noted + (self._silence or timedelta(0))) / timedelta(minutes=1))
