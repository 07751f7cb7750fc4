"""Halt, resume and AUTO_MODE: the desk's state, changed in one transaction with its notice and its audit row."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from engine.common.doubt_reasons import DOUBTS, STRATEGY
from engine.common.duty_calls import DutyCalls
from engine.common.order_ids import is_own
from engine.common.recall import LostHalt, Recall, is_overtaken, still_sells
from engine.common.service_health import Service, ServiceHealth
from engine.control import halt_record
from engine.errors import (
    FlattenUnderway,
    HaltNotPersisted,
    HaltStands,
    MemoryUnavailable,
    NoUsableStrategy,
    OrderRefused,
    Repeated,
    StoreUnavailable,
    TemporaryError,
)
from engine.execution.order_gate import OrderGate
from engine.model.desk import ENGINE, FLATTENED, FLATTENING, OWN_ACCORD, RESUMED, Desk, DeskState, Request
from engine.model.duty import CallKind
from engine.model.notices.base import Notice, NoticeKind, stamp
from engine.model.notices.desk import (
    AutoModeChanged,
    DeskHalted,
    DeskReducing,
    DeskResumed,
    FlattenStarted,
    HaltReasonAdded,
    HaltTakenBack,
)
from engine.model.notices.proposals import TradeDecided
from engine.model.reason import Reason
from engine.model.trade import OrderRole, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store, Transaction

log = structlog.get_logger()

REMEMBERED_FIRST = 0.25
"""Seconds that the database waits for the desk's memory to have a halt first: whoever dies between them, or finds the
database put back to an earlier time, then knows of it. A memory that takes longer delays no halt."""
PATIENCE = 5.0
"""Seconds that whoever halts waits for the database; the halt holds from the first moment on."""
OVERTAKEN = "a person resumed after it was asked for"
"""Why a halt that waited to be written halts nothing any more."""
UNKNOWN = "unknown"
"""Who else halted, where the desk's memory does not tell whether somebody did."""
NOT_FLATTENED = "not flattened: that was done already, or a person may have resumed since"
"""Why a flatten that waited to be written only halts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Halt:
    """A halt as it was asked for; `flatten` also sells everything."""

    request: Request
    reason: str
    at: datetime
    flatten: bool


class KillSwitch:
    """Changes the desk's state. `patience` is how many seconds a halt waits for the books."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        gate: OrderGate,
        services: ServiceHealth,
        recall: Recall,
        calls: DutyCalls,
        patience: float = PATIENCE,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._gate = gate
        self._services = services
        self._recall = recall
        self._calls = calls
        self._patience = patience
        # Every halt that is not written yet, the first one first; the gate is held while there is one.
        self._unwritten = list[_Halt]()
        # Those of them that somebody is still writing at the first attempt: no halt is late before that failed.
        self._fresh = list[_Halt]()
        self._holding = threading.Lock()  # for the list and the hold; never kept while the database is asked
        self._writing = threading.Lock()

    def halt(self, request: Request, reason: str, *, flatten: bool = False) -> Desk:
        """Stop new trading, refuse what waits for a decision, then cancel entries that are not filled.

        The halt is committed, and holds, before the broker is spoken to. A second halt adds its reason to the first's.
        Where the database is out of reach, or does not answer, it holds in this process and in the desk's memory, is
        written as soon as that can be done, and HaltNotPersisted is raised. `flatten` remembers that all is to be sold.
        """
        return self._halt(_Halt(request=request, reason=reason, at=self._clock.now(), flatten=flatten))

    def _halt(self, asked: _Halt) -> Desk:
        waiting = self._hold(asked)
        others = Future[str]()
        remembering = self._remember(waiting, others)
        try:
            desk = self._written_in_time(waiting, remembering)
        except (StoreUnavailable, TimeoutError) as error:
            remembering.join(self._patience)
            raise HaltNotPersisted(str(error)) from error
        except Repeated:
            if waiting is asked:  # else it waits since before, and is still to be written
                self._let_go(asked)
                self._update_memory(is_decided=True)  # the database knows this very halt, and what came after it
            raise
        self.cancel_entries()
        self._note_others(others)
        self._update_memory(is_decided=True)
        return desk

    def _note_others(self, others: "Future[str]") -> None:
        """Note in the database whose halt waits beside this one, which stands before theirs in the desk's memory now.

        Where the memory does not tell in time, somebody's may wait.
        """
        try:
            by = others.result(timeout=self._patience)
        except (TimeoutError, MemoryUnavailable):
            by = UNKNOWN
        if by:
            with suppress(StoreUnavailable), self._store.writing() as transaction:
                halt_record.add(transaction, by)

    def flush_pending_halts(self) -> None:
        """Write every halt that could not be written when it was asked for; raises StoreUnavailable."""
        if self._waiting():
            with self._turn():
                for halt in self._waiting():  # nobody else wrote it meanwhile
                    self._write(halt, is_own=False)
                self._update_memory(is_decided=True)

    def hold_to_memory(self) -> None:
        """Halt where the desk's memory knows of a halt that the database lost, or of a later time.

        Otherwise bring the memory up to date. Raises StoreUnavailable.
        """
        if self._waiting():
            return  # what the memory knows more is a halt of ours on its way
        lost = self._recall.lost_halt()
        if lost:
            at = (lost.flatten and lost.since) or self._clock.now()  # which tells who else writes it that it is written
            self._halt(_Halt(request=Request(by=lost.by), reason=lost.reason, at=at, flatten=lost.flatten))
        self._recall.bring_up_to_date()

    def cancel_entries(self) -> None:
        """Cancel at the broker every entry of ours that is not filled, those too that the database does not know.

        One that cannot be cancelled now is logged.
        """
        try:
            orders = self._broker.orders()
        except TemporaryError as error:
            self._services.lost(Service.BROKER, error)
            return
        for order in orders:
            if not is_own(order.client_order_id) or order.role is not OrderRole.ENTRY or order.state.is_over:
                continue
            try:
                self._broker.cancel(order)
            except (TemporaryError, OrderRefused) as error:
                log.warning("entry_not_cancelled", trade_id=order.client_order_id, error=str(error))

    def reduce(self, request: Request, reason: str) -> Desk:
        """Take exits only; what is halted stays halted."""

        def reduced(_: Transaction, desk: Desk, now: datetime) -> Desk:
            if desk.state is not DeskState.ACTIVE:
                return desk
            return replace(desk, state=DeskState.REDUCING, by=request.by, reason=reason, since=now)

        with self._gate.shut():
            now = self._clock.now()
            key = f"{NoticeKind.REDUCING}:{stamp(now)}"
            told = DeskReducing(key=key, at=now, by=request.by, reason=Reason.read(reason))
            return self._change(request, "reduce", told, reduced, reason)

    def restore_active(self) -> Desk:
        """Trade again where the engine itself had gone over to exits only; a person's word stands."""

        def trusted(_: Transaction, desk: Desk, now: datetime) -> Desk:
            if desk.state is not DeskState.REDUCING or desk.by != ENGINE:
                return desk
            return replace(desk, state=DeskState.ACTIVE, by=ENGINE, reason="", since=now)

        return self._change(OWN_ACCORD, "trust again", _resumed(OWN_ACCORD, self._clock.now()), trusted)

    def resume(self, request: Request, *, anyway: bool = False) -> Desk:
        """Trade again; raises FlattenUnderway while everything is being sold, which `anyway` ends.

        Raises NoUsableStrategy where the process that leads has none: then nothing that is asked for may be bought.
        """
        self.flush_pending_halts()

        def resumed(transaction: Transaction, desk: Desk, now: datetime) -> Desk:
            if transaction.setting(FLATTENING) and not anyway:
                raise FlattenUnderway
            if STRATEGY in json.loads(transaction.setting(DOUBTS) or "{}"):
                raise NoUsableStrategy
            transaction.set_setting(FLATTENING, "")
            if request.by != ENGINE:
                transaction.set_setting(RESUMED, now.isoformat())
            return replace(desk, state=DeskState.ACTIVE, by=request.by, reason="", since=now)

        action = "resume anyway" if anyway else "resume"
        told = _resumed(request, self._clock.now())
        return self._change(request, action, told, resumed, is_decided=request.by != ENGINE)

    def take_back(self, request: Request, given_at: datetime) -> Desk:
        """Trade again where a person takes back in time the halt that they gave at an instant, and nothing else halts.

        Unlike a resume it overtakes nothing: a halt that still waits to be written, here or elsewhere, holds. What the
        halt refused and cancelled stays so. Raises HaltStands.
        """
        self.flush_pending_halts()

        def taken_back(transaction: Transaction, desk: Desk, now: datetime) -> Desk:
            why = halt_record.objection(
                transaction, desk, by=request.by, given_at=given_at, now=now, speed=self._clock.speed
            )
            if not why and (self._waiting() or self._recall.knows_of_another_halt()):
                why = "halt_waits"
            if why:
                raise HaltStands(why)
            return replace(desk, state=DeskState.ACTIVE, by=request.by, reason="", since=now)

        with self._gate.shut():
            now = self._clock.now()
            told = HaltTakenBack(key=f"{NoticeKind.HALT_TAKEN_BACK}:{stamp(now)}", at=now, by=request.by)
            return self._change(request, "take back", told, taken_back)

    def set_auto(self, request: Request, *, on: bool) -> Desk:
        """Switch AUTO_MODE."""
        now, action = self._clock.now(), "auto on" if on else "auto off"
        told = AutoModeChanged(key=f"{NoticeKind.AUTO_CHANGED}:{stamp(now)}", at=now, by=request.by, is_on=on)
        return self._change(request, action, told, lambda _book, desk, _now: replace(desk, auto=on))

    def _change(
        self,
        request: Request,
        action: str,
        told: Notice,
        change: Callable[[Transaction, Desk, datetime], Desk],
        why: str = "",
        *,
        is_decided: bool = False,
    ) -> Desk:
        """Change the desk as of the instant of a notice, which is told where anything changed."""
        now = told.at
        with self._store.writing() as transaction:
            before = transaction.desk()
            desk = change(transaction, before, now)
            transaction.write_audit(request.entry(now, action, outcome=desk.state, why=why))
            if (desk.state, desk.auto) == (before.state, before.auto):
                return before
            transaction.set_desk(desk)
            transaction.enqueue_notice(told)
        self._update_memory(is_decided=is_decided)
        log.info("desk_changed", action=action, by=request.by)
        return desk

    def _update_memory(self, *, is_decided: bool = False) -> None:
        """Let the desk's memory follow what was just committed; if that fails, the next round does it."""
        with suppress(StoreUnavailable):
            self._recall.bring_up_to_date(is_decided=is_decided)

    def _remember(self, halt: _Halt, others: "Future[str]") -> threading.Thread:
        """Let the desk's memory know of a halt from the first moment, beside the database, which may not answer.

        `others` gets who else gave one that waits.
        """
        lost = LostHalt(by=halt.request.by, reason=halt.reason, since=halt.at, flatten=halt.flatten)

        def remember() -> None:
            try:
                others.set_result(self._recall.hold(lost, lambda: halt in self._waiting()))
            except BaseException as error:  # noqa: BLE001 - whoever waits for the future raises it
                others.set_exception(error)

        remembering = threading.Thread(target=remember, name="memory", daemon=True)
        remembering.start()
        return remembering

    def _written_in_time(self, asked: _Halt, remembering: threading.Thread) -> Desk:
        """Write a halt in a thread of its own, which goes on where it takes too long; raises TimeoutError then."""
        written = Future[Desk]()

        def write() -> None:
            try:
                with self._turn():  # which nobody else may use meanwhile: to them it would be a halt that is late
                    remembering.join(REMEMBERED_FIRST)
                    written.set_result(self._write_up_to(asked))
            except BaseException as error:  # noqa: BLE001 - whoever waits for the future raises it
                self._give_up(asked)
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

    def _write_up_to(self, asked: _Halt) -> Desk:
        """Write a halt after those that were asked for before it, unless somebody has written it meanwhile."""
        for halt in self._waiting():
            if halt is asked:
                return self._write(halt)
            self._write(halt, is_own=False)
        with self._store.reading() as reader:
            return reader.desk()

    def _write(self, halt: _Halt, *, is_own: bool = True) -> Desk:
        """Commit a halt, one's own or another's; from here on the gate reads HALTED and refuses.

        One that waited may be overtaken by a person who resumed through another process: then it halts nothing, and
        where the clocks do not tell which was first it halts but does not sell.
        """
        request, reason, at = halt.request, halt.reason, halt.at
        now = self._clock.now()
        has_waited = not self._is_fresh(halt) or now - at > timedelta(seconds=self._patience)
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
        self._let_go(halt)
        if is_overtaken_now:
            log.warning("halt_overtaken", by=request.by, reason=reason)
        else:
            log.warning("halted", by=request.by, reason=reason)
        return desk

    def _commit(self, transaction: Transaction, halt: _Halt, *, flatten: bool) -> Desk:
        request, reason, at = halt.request, halt.reason, halt.at
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

    def _hold(self, asked: _Halt) -> _Halt:
        """Hold the gate for a halt; return the one that waits for the same request already, if one does."""
        with self._holding:
            same = (halt for halt in self._unwritten if (halt.request, halt.flatten) == (asked.request, asked.flatten))
            waiting = next(same, asked)
            if waiting is asked:
                self._unwritten.append(asked)
                self._fresh.append(asked)
            first = self._unwritten[0]
            self._gate.hold(first.request.by, first.reason)
            return waiting

    def _waiting(self) -> tuple[_Halt, ...]:
        with self._holding:
            return tuple(self._unwritten)

    def _is_fresh(self, halt: _Halt) -> bool:
        with self._holding:
            return any(halt is each for each in self._fresh)

    def _give_up(self, halt: _Halt) -> None:
        """Note that a halt could not be written when it was asked for."""
        with self._holding:
            self._fresh = [each for each in self._fresh if each is not halt]

    def _let_go(self, done: _Halt) -> None:
        """Forget one halt; the gate stays held while another waits to be written."""
        self._give_up(done)
        with self._holding:
            self._unwritten = [halt for halt in self._unwritten if halt is not done]
            if not self._unwritten:
                self._gate.release()

    def _refuse_proposals(self, transaction: Transaction, request: Request, now: datetime) -> None:
        for trade in transaction.trades({TradeState.PROPOSED}):
            refused = replace(trade, decided_by=request.by, decided_at=now, reason="halted")
            transaction.move(refused, TradeState.REFUSED)
            transaction.enqueue_notice(TradeDecided(key=f"{trade.id}:refused", at=now, trade_id=trade.id))
            transaction.write_audit(OWN_ACCORD.entry(now, TradeState.REFUSED, trade.id, why="halted"))


def _resumed(request: Request, now: datetime) -> DeskResumed:
    return DeskResumed(key=f"{NoticeKind.RESUMED}:{stamp(now)}", at=now, by=request.by)
