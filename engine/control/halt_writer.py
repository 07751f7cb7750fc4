"""How halts come into the database: one at a time, in the order in which they were asked for, and never by surprise."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from engine.common.duty_calls import DutyCalls
from engine.common.newest_halt import keep_newest_halt
from engine.common.recall import is_overtaken, still_sells
from engine.control import halt_record
from engine.control.pending_halts import PendingHalt, PendingHalts
from engine.errors import StoreUnavailable
from engine.execution.order_gate import OrderGate
from engine.model.desk import FLATTENED, FLATTENING, OWN_ACCORD, Desk, DeskState, Request
from engine.model.duty import CallKind
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.desk import DeskHalted, FlattenStarted, HaltReasonAdded
from engine.model.notices.proposals import TradeDecided
from engine.model.reason import Reason
from engine.model.trade import TradeState
from engine.ports.clock import Clock
from engine.ports.store import Store, Transaction

log = structlog.get_logger()

REMEMBERED_FIRST = 0.25
"""Seconds that the database waits for the desk's memory to have a halt first: whoever dies between them, or finds the
database put back to an earlier time, then knows of it. A memory that takes longer delays no halt."""
OVERTAKEN = "a person resumed after it was asked for"
"""Why a halt that waited to be written halts nothing any more."""
NOT_FLATTENED = "not flattened: that was done already, or a person may have resumed since"
"""Why a flatten that waited to be written only halts."""


class HaltWriter:
    """Writes what is pending. `patience` is how many seconds a halt waits for the database."""

    def __init__(
        self, *, store: Store, clock: Clock, gate: OrderGate, calls: DutyCalls, pending: PendingHalts, patience: float
    ) -> None:
        self._store = store
        self._clock = clock
        self._gate = gate
        self._calls = calls
        self._pending = pending
        self._patience = patience
        self._writing = threading.Lock()

    def write_pending(self) -> None:
        """Write every halt that could not be written when it was asked for; raises StoreUnavailable."""
        with self._turn():
            for halt in self._pending.all():  # nobody else wrote it meanwhile
                self._write(halt, is_own=False)

    def write_in_time(self, asked: PendingHalt, remembering: threading.Thread) -> Desk:
        """Write a halt in a thread of its own, which goes on where it takes too long; raises TimeoutError then.

        The thread that lets the desk's memory know of it is given a moment to be first.
        """
        written = Future[Desk]()

        def write() -> None:
            try:
                with self._turn():  # which nobody else may use meanwhile: to them it would be a halt that is late
                    remembering.join(REMEMBERED_FIRST)
                    written.set_result(self._write_up_to(asked))
            except BaseException as error:  # noqa: BLE001 - whoever waits for the future raises it
                self._pending.mark_failed(asked)
                written.set_exception(error)

        threading.Thread(target=write, name="halt", daemon=True).start()
        return written.result(timeout=self._patience)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one write a halt at a time; raises StoreUnavailable where it takes too long."""
        if not self._writing.acquire(timeout=self._patience):
            raise StoreUnavailable("a halt is still being written")
        try:
            yield
        finally:
            self._writing.release()

    def _write_up_to(self, asked: PendingHalt) -> Desk:
        """Write a halt after those that were asked for before it, unless somebody has written it meanwhile."""
        for halt in self._pending.all():
            if halt is asked:
                return self._write(halt)
            self._write(halt, is_own=False)
        with self._store.reading() as reader:
            return reader.desk()

    def _write(self, halt: PendingHalt, *, is_own: bool = True) -> Desk:
        """Commit a halt, one's own or another's; from here on the gate reads HALTED and refuses.

        One that waited may be overtaken by a person who resumed through another process: then it halts nothing, and
        where the clocks do not tell which was first it halts but does not sell.
        """
        request, reason, at = halt.request, halt.reason, halt.at
        now = self._clock.now()
        has_waited = not self._pending.is_fresh(halt) or now - at > timedelta(seconds=self._patience)
        with self._gate.shut(urgent=True), self._store.writing(urgent=True) as transaction:
            if not is_own and transaction.is_served(request.id):
                request = replace(request, id="")  # that it was asked for stands in the audit already
            is_overtaken_now = has_waited and is_overtaken(transaction, at)
            if is_overtaken_now:
                desk = transaction.desk()
                action = "flatten" if halt.flatten else "halt"
                transaction.write_audit(request.entry(now, action, outcome="overtaken", why=OVERTAKEN))
            else:
                flatten = halt.flatten and (not has_waited or still_sells(transaction, at))
                desk = self._commit(transaction, replace(halt, request=request), flatten=flatten)
        self._pending.let_go(halt)
        if is_overtaken_now:
            log.warning("halt_overtaken", by=request.by, reason=reason)
        else:
            log.warning("halted", by=request.by, reason=reason)
        return desk

    def _commit(self, transaction: Transaction, halt: PendingHalt, *, flatten: bool) -> Desk:
        request, reason, at = halt.request, halt.reason, halt.at
        keep_newest_halt(transaction, request.by, at)
        before = desk = transaction.desk()
        if desk.state is not DeskState.HALTED:
            halt_record.begin(transaction, desk.state)
            desk = replace(desk, state=DeskState.HALTED, by=request.by, reason=reason, since=at)
            transaction.set_desk(desk)
            told = DeskHalted(key=f"halt:{stamp(at)}", at=at, by=request.by, reason=Reason.read(reason))
            self._calls.enqueue(transaction, told, CallKind.HALT)
        else:
            if request.by != desk.by:
                halt_record.add(transaction, request.by)
            desk = halt_record.with_reason(before, reason)
            if desk != before:
                transaction.set_desk(desk)
                key = f"{NoticeKind.HALT_REASON}:{stamp(at)}"
                added = HaltReasonAdded(key=key, at=at, by=request.by, reason=Reason.read(reason))
                transaction.enqueue_notice(added)
        why = reason if flatten == halt.flatten else f"{reason} ({NOT_FLATTENED})".lstrip()
        transaction.write_audit(request.entry(at, "flatten" if flatten else "halt", outcome=desk.state, why=why))
        if flatten:
            halt_record.add(transaction, FLATTENING)
            transaction.set_setting(FLATTENED, at.isoformat())
        if flatten and not transaction.setting(FLATTENING):
            transaction.set_setting(FLATTENING, at.isoformat())
            key = f"{NoticeKind.FLATTENING}:{stamp(at)}"
            transaction.enqueue_notice(FlattenStarted(key=key, at=at, by=request.by))
        self._refuse_proposals(transaction, request, at)
        return desk

    def _refuse_proposals(self, transaction: Transaction, request: Request, now: datetime) -> None:
        for trade in transaction.trades({TradeState.PROPOSED}):
            refused = replace(trade, decided_by=request.by, decided_at=now, reason=DeskState.HALTED)
            transaction.move(refused, TradeState.REFUSED)
            transaction.enqueue_notice(TradeDecided(key=f"{trade.id}:refused", at=now, trade_id=trade.id))
            transaction.write_audit(OWN_ACCORD.entry(now, TradeState.REFUSED, trade.id, why=DeskState.HALTED))
