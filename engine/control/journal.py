"""What people write down of trades: notes in the thread of a trade's card, and a grade of how it was made and led."""

from dataclasses import replace
from decimal import Decimal

import structlog

from engine.common.trade_lookup import existing
from engine.errors import NotGradable
from engine.model.desk import Request
from engine.model.journal import Grade, JournalEntry, JournalKind
from engine.model.notices.base import Posted, stamp
from engine.model.notices.trades import TradeGraded
from engine.model.trade import Trade, TradeState
from engine.ports.clock import Clock
from engine.ports.store import Store

log = structlog.get_logger()


class Journal:
    """Keeps notes and grades. A note follows its message: edited with it, and taken back where that is deleted."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def note(self, thread: Posted, entry: JournalEntry) -> bool:
        """Keep a note, or what became of one; False where the thread is no trade's, or a newer version is kept.

        `thread` is where the message stands that the thread hangs on; the entry's trade is found by it.
        """
        with self._store.writing() as transaction:
            trade_id = transaction.trade_of_card(thread)
            if not trade_id:
                return False
            kept = transaction.save_journal(replace(entry, trade_id=trade_id))
            if kept:
                request = Request(by=entry.by, said="")
                outcome = "kept" if entry.text else "taken back"
                transaction.write_audit(request.entry(self._clock.now(), "note", trade_id, outcome))
        if kept:
            log.info("note_kept", trade_id=trade_id, by=entry.by)
        return kept

    def grade(self, trade_id: str, grade: Grade, request: Request) -> Trade:
        """Grade how a closed trade was made and led; the last grade counts. Raises RequestRefused."""
        now = self._clock.now()
        with self._store.writing() as transaction:
            trade = existing(transaction, trade_id)
            if trade.state is not TradeState.CLOSED:
                raise NotGradable(trade_id, trade.state)
            graded = JournalEntry(
                key=f"grade:{trade_id}",
                trade_id=trade_id,
                kind=JournalKind.GRADE,
                at=now,
                by=request.by,
                text=grade,
                version=Decimal(str(now.timestamp())),
            )
            if transaction.save_journal(graded):
                key = f"{trade_id}:graded:{request.by}:{stamp(now)}"
                transaction.enqueue_notice(TradeGraded(key=key, at=now, trade_id=trade_id, by=request.by, grade=grade))
                transaction.write_audit(request.entry(now, "grade", trade_id, grade))
        log.info("trade_graded", trade_id=trade_id, grade=grade, by=request.by)
        return trade
