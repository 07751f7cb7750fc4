"""What waits in the outbox, in the order in which it goes, shared by all bots on one database.

Halts and fills go first, with what was told before them of the same trade. What is about the same keeps its order; what
is not, waits for nothing of the others: a notice that cannot be posted now holds up its own line only.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.worker import Backoff
from engine.instance_id import has_ended, new_life
from engine.model.notices.base import Notice, Posted, Waiting
from engine.ports.store import Store

LOOK_AHEAD: Final = 100_000
"""All that waits, after the longest outage too: a halt behind it goes first."""

KNOCKS: Final = 3
"""Lost answers in a row after which Slack counts as away, and few notices are risked to find out when it is back."""
RISK_EVERY: Final = 30.0
"""Seconds between two notices that are risked meanwhile, urgent ones apart: each may have to be looked for later."""
STILL_FRESH: Final = 2.0
"""Seconds for which a claim need not be prolonged."""


class Outbox:
    """The outbox as one bot sees it: it claims what it posts, for `claim` seconds, so that no other posts it too.

    What a life claimed that `has_ended` is free at once. `now` is the machine's time, which the bots' machines share to
    the second; `clock` counts seconds.
    """

    def __init__(
        self,
        store: Store,
        *,
        claim: float,
        backoff: Backoff,
        has_ended: Callable[[str], bool] = has_ended,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._claim = timedelta(seconds=claim)
        self._backoff = backoff
        self._now = now
        self._clock = clock
        self._has_ended = has_ended
        self._by = new_life()
        self._claimed_at = clock()
        self._held: dict[str, tuple[float, float]] = {}
        self._failures = 0
        self._risked_at = -RISK_EVERY

    def waiting(self) -> tuple[Waiting, ...]:
        """Return all that waits."""
        with self._store.reading() as reader:
            return reader.waiting(LOOK_AHEAD)

    def following(self, waiting: Sequence[Waiting]) -> Waiting | None:
        """Return what goes next, None where nothing can go now."""
        now, clock = self._now(), self._clock()
        shut = {line for line, (until, _) in self._held.items() if until > clock}
        shut |= {
            line_of(each.notice)
            for each in waiting
            if each.is_anothers(self._by, now) and not self._has_ended(each.claimed_by)
        }
        free = [each for each in waiting if line_of(each.notice) not in shut]
        if self._failures >= KNOCKS and clock - self._risked_at < RISK_EVERY:
            free = [each for each in free if each.attempted_at or each.notice.told_as.is_urgent]
        return first_of(free) if free else None

    def pause(self) -> float:
        """Return in how many seconds the first held line is free, 0 where none is held."""
        clock = self._clock()
        return min((until - clock for until, _ in self._held.values() if until > clock), default=0.0)

    def claim(self, waiting: Waiting) -> Waiting | None:
        """Claim a notice, and return it as it was before; None where another has it by now."""
        now = self._now()
        with self._store.writing() as transaction:
            over = waiting.claimed_by if self._has_ended(waiting.claimed_by) else ""
            before = transaction.claim(waiting.number, self._by, now=now, until=now + self._claim, over=over)
        self._claimed_at = self._clock()
        if before and not before.attempted_at:
            self._risked_at = self._claimed_at
        return before

    def prolong(self, waiting: Waiting) -> bool:
        """Keep a claim for as long again, if it is no longer fresh; False where another has the notice by now."""
        return self._clock() - self._claimed_at < STILL_FRESH or self.claim(waiting) is not None

    def give_back(self, before: Waiting, *, may_stand: bool, wait: float = 0.0) -> None:
        """Let others try, and hold the line back oneself, for `wait` seconds at least.

        `may_stand` where it may have been posted.
        """
        line = line_of(before.notice)
        _, last = self._held.get(line, (0.0, 0.0))
        pause = self._backoff.after(last)
        self._held[line] = (self._clock() + max(pause, wait), pause)
        self._failures += may_stand
        attempted_at = (before.attempted_at or self._now()) if may_stand else before.attempted_at
        with self._store.writing() as transaction:
            transaction.give_back(before.number, self._by, attempted_at=attempted_at)

    def delivered(self, waiting: Waiting, posted: Posted | None) -> None:
        """Keep that a notice was delivered."""
        with self._store.writing() as transaction:
            transaction.delivered(waiting.number, posted)
        self._held.pop(line_of(waiting.notice), None)
        self._failures = 0


def first_of(waiting: Sequence[Waiting]) -> Waiting:
    """Return the first urgent notice, or what was told before it of the same; the first of all where none is urgent."""
    urgent = next((each for each in waiting if each.notice.told_as.is_urgent), waiting[0])
    return next(each for each in waiting if line_of(each.notice) == line_of(urgent.notice))


def line_of(notice: Notice) -> str:
    """Name what a notice is about: only notices about the same must come in order."""
    return notice.trade_id or ("" if notice.told_as.is_steering else f":{notice.subject}")
