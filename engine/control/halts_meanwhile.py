"""Somebody who lets the desk trade again may wait for the database, and a halt does not: one that came since holds."""

from dataclasses import dataclass
from datetime import datetime

from engine.common.newest_halt import NewestHalt, newest_halt
from engine.common.recall import CLOCKS_WITHIN, Recall
from engine.control.pending_halts import PendingHalts
from engine.errors import HaltedMeanwhile
from engine.model.desk_record import DeskRecord
from engine.ports.store import Reader


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedToTrade:
    """When somebody asked to let the desk trade again, what its memory knew, and which halt was the newest written."""

    at: datetime
    known: DeskRecord | None
    newest: NewestHalt | None

    def refuse_halted_since(self, reader: Reader, now: datetime, pending: PendingHalts, recall: Recall) -> None:
        """Raise HaltedMeanwhile where somebody halted since; what this process has pending was asked for since then.

        A halt that neither the database nor the memory had yet came since, by whatever clock. The database may have
        taken its time to answer: of a halt that it had, the instant says so, unless that is by a clock far ahead.
        """
        newest, ours, known = newest_halt(reader), pending.all(), recall.known()
        if newest and (newest != self.newest or self.at < newest.at <= now + CLOCKS_WITHIN):
            raise HaltedMeanwhile(newest.by)
        if ours:
            raise HaltedMeanwhile(ours[0].request.by)
        if known and known.is_pending and known != self.known:
            raise HaltedMeanwhile(known.by)
