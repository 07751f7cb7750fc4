"""Halt, resume and AUTO_MODE: the desk's state, changed in one transaction with its notice and its audit row."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from engine.common.doubt_reasons import DOUBTS, STRATEGY
from engine.common.duty_calls import DutyCalls
from engine.common.kept_orders import KeptOrders
from engine.common.newest_halt import newest_halt
from engine.common.order_ids import is_own
from engine.common.recall import LostHalt, Recall
from engine.common.retry_each import for_each
from engine.common.service_health import Service, ServiceHealth
from engine.control import halt_record
from engine.control.halt_writer import HaltWriter
from engine.control.halts_meanwhile import AskedToTrade
from engine.control.pending_halts import PendingHalt, PendingHalts
from engine.errors import (
    FlattenUnderway,
    HaltedMeanwhile,
    HaltNotPersisted,
    HaltStands,
    MemoryUnavailable,
    NoUsableStrategy,
    OrderRefused,
    Repeated,
    StoreUnavailable,
    TemporaryError,
    TradeFault,
)
from engine.execution.order_gate import OrderGate
from engine.model.desk import ENGINE, FLATTENING, OWN_ACCORD, RESUMED, Desk, DeskState, Request
from engine.model.notices.base import Notice, NoticeKind, stamp
from engine.model.notices.desk import AutoModeChanged, DeskReducing, DeskResumed, HaltTakenBack
from engine.model.reason import Reason
from engine.model.trade import OrderRole
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store, Transaction

log = structlog.get_logger()

PATIENCE = 5.0
"""Seconds that whoever halts waits for the database; the halt holds from the first moment on."""
UNKNOWN = "unknown"
"""Who else halted, where the desk's memory does not tell whether somebody did."""


class KillSwitch:
    """Changes the desk's state. `patience` is how many seconds a halt waits for the database."""

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
        kept_orders: KeptOrders,
        patience: float = PATIENCE,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._gate = gate
        self._services = services
        self._recall = recall
        self._kept_orders = kept_orders
        self._patience = patience
        self._pending = PendingHalts(gate)
        self._writer = HaltWriter(
            store=store, clock=clock, gate=gate, calls=calls, pending=self._pending, patience=patience
        )

    def halt(self, request: Request, reason: str, *, flatten: bool = False) -> Desk:
        """Stop new trading, refuse what waits for a decision, then cancel entries that are not filled.

        The halt is committed, and holds, before the broker is spoken to. A second halt adds its reason to the first's.
        Where the database is out of reach, or does not answer, it holds in this process and in the desk's memory, is
        written as soon as that can be done, and HaltNotPersisted is raised. `flatten` remembers that all is to be sold.
        """
        return self._halt(PendingHalt(request=request, reason=reason, at=self._clock.now(), flatten=flatten))

    def _halt(self, asked: PendingHalt) -> Desk:
        waiting = self._pending.hold(asked)
        others = Future[str]()
        remembering = self._remember(waiting, others)
        try:
            desk = self._writer.write_in_time(waiting, remembering)
        except (StoreUnavailable, TimeoutError) as error:
            remembering.join(self._patience)
            raise HaltNotPersisted(str(error)) from error
        except Repeated:
            if waiting is asked:  # else it waits since before, and is still to be written
                self._pending.let_go(asked)
                self._update_memory(is_decided=True)  # the database knows this very halt, and what came after it
            raise
        with suppress(TradeFault):  # the halt holds: each round meets the fault again, and tells it
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
        if self._pending.all():
            self._writer.write_pending()
            self._update_memory(is_decided=True)

    def hold_to_memory(self) -> None:
        """Halt where the desk's memory knows of a halt that the database lost, or of a later time.

        Otherwise bring the memory up to date. Raises StoreUnavailable.
        """
        if self._pending.all():
            return  # what the memory knows more is a halt of ours on its way
        lost = self._recall.lost_halt()
        if lost:
            at = (lost.flatten and lost.since) or self._clock.now()  # which tells who else writes it that it is written
            self._halt(PendingHalt(request=Request(by=lost.by), reason=lost.reason, at=at, flatten=lost.flatten))
        self._recall.bring_up_to_date()

    def cancel_entries(self) -> None:
        """Cancel at the broker every entry of ours that is not filled, those too that the database does not know.

        One that cannot be cancelled now is logged. Raises TradeFault at the end.
        """
        try:
            orders = self._broker.orders()
        except TemporaryError as error:
            self._services.lost(Service.BROKER, error)
            return
        entries = {
            order.client_order_id: order
            for order in orders
            if is_own(order.client_order_id) and order.role is OrderRole.ENTRY and not order.state.is_over
        }

        def cancel(trade_id: str) -> None:
            self._kept_orders.expect_end(entries[trade_id])
            try:
                self._broker.cancel(entries[trade_id])
            except (TemporaryError, OrderRefused) as error:
                log.warning("entry_not_cancelled", trade_id=trade_id, error=str(error))

        for_each(entries, cancel)

    def reduce(self, request: Request, reason: str) -> Desk:
        """Take exits only; what is halted stays halted."""

        def reduced(_: Transaction, desk: Desk, now: datetime) -> Desk:
            if desk.state is not DeskState.ACTIVE:
                return desk
            return replace(desk, state=DeskState.REDUCING, by=request.by, reason=reason, since=now)

        def notice_at(now: datetime) -> Notice:
            key = f"{NoticeKind.REDUCING}:{stamp(now)}"
            return DeskReducing(key=key, at=now, by=request.by, reason=Reason.read(reason))

        with self._gate.shut():
            return self._change(request, "reduce", notice_at, reduced, reason)

    def restore_active(self) -> Desk:
        """Trade again where the engine itself had gone over to exits only; a person's word stands."""

        def trusted(_: Transaction, desk: Desk, now: datetime) -> Desk:
            if desk.state is not DeskState.REDUCING or desk.by != ENGINE:
                return desk
            return replace(desk, state=DeskState.ACTIVE, by=ENGINE, reason="", since=now)

        return self._change(OWN_ACCORD, "trust again", partial(_resumed, OWN_ACCORD), trusted)

    def resume(self, request: Request, *, anyway: bool = False, shown: int | None = None) -> Desk:
        """Trade again; raises FlattenUnderway while everything is being sold, which `anyway` ends.

        Raises HaltedMeanwhile where somebody halted since it was asked for, or since the halt of the number that
        whoever asks was `shown`, and NoUsableStrategy where the process that leads has none: then nothing that is
        asked for may be bought.
        """
        asked = self._asked_to_trade()

        def resumed(transaction: Transaction, desk: Desk, now: datetime) -> Desk:
            asked.refuse_halted_since(transaction, now, self._pending, self._recall)
            newest = newest_halt(transaction)
            is_halted = desk.state is DeskState.HALTED
            if is_halted and shown is not None and newest is not None and newest.number != shown:
                raise HaltedMeanwhile(newest.by)
            if transaction.setting(FLATTENING) and not anyway:
                raise FlattenUnderway
            if STRATEGY in json.loads(transaction.setting(DOUBTS) or "{}"):
                raise NoUsableStrategy
            transaction.set_setting(FLATTENING, "")
            if request.by != ENGINE:
                transaction.set_setting(RESUMED, asked.at.isoformat())
            return replace(desk, state=DeskState.ACTIVE, by=request.by, reason="", since=now)

        action = "resume anyway" if anyway else "resume"
        return self._change(request, action, partial(_resumed, request), resumed, is_decided=request.by != ENGINE)

    def take_back(self, request: Request, given_at: datetime) -> Desk:
        """Trade again where a person takes back in time the halt that they gave at an instant, and nothing else halts.

        Unlike a resume it overtakes nothing: a halt that still waits to be written, here or elsewhere, holds. What the
        halt refused and cancelled stays so. Raises HaltStands, and HaltedMeanwhile where they halted once more.
        """
        asked = self._asked_to_trade()

        def taken_back(transaction: Transaction, desk: Desk, now: datetime) -> Desk:
            why = halt_record.objection(
                transaction, desk, by=request.by, given_at=given_at, now=now, speed=self._clock.speed
            )
            if not why and (self._pending.all() or self._recall.knows_of_another_halt()):
                why = "halt_waits"
            if why:
                raise HaltStands(why)
            asked.refuse_halted_since(transaction, now, self._pending, self._recall)
            return replace(desk, state=DeskState.ACTIVE, by=request.by, reason="", since=now)

        def notice_at(now: datetime) -> Notice:
            return HaltTakenBack(key=f"{NoticeKind.HALT_TAKEN_BACK}:{stamp(now)}", at=now, by=request.by)

        with self._gate.shut():
            return self._change(request, "take back", notice_at, taken_back)

    def set_auto(self, request: Request, *, on: bool) -> Desk:
        """Switch AUTO_MODE."""

        def notice_at(now: datetime) -> Notice:
            return AutoModeChanged(key=f"{NoticeKind.AUTO_CHANGED}:{stamp(now)}", at=now, by=request.by, is_on=on)

        action = "auto on" if on else "auto off"
        return self._change(request, action, notice_at, lambda _transaction, desk, _now: replace(desk, auto=on))

    def _asked_to_trade(self) -> AskedToTrade:
        """Note when it is asked to trade again, and write the halts that were given before."""
        at, known = self._clock.now(), self._recall.known()
        self.flush_pending_halts()
        with self._store.reading() as reader:
            return AskedToTrade(at=at, known=known, newest=newest_halt(reader))

    def _change(
        self,
        request: Request,
        action: str,
        notice_at: Callable[[datetime], Notice],
        change: Callable[[Transaction, Desk, datetime], Desk],
        why: str = "",
        *,
        is_decided: bool = False,
    ) -> Desk:
        """Change the desk as of now that it is this one's turn to write, and tell of it where anything changed."""
        with self._store.writing() as transaction:
            now, before = self._clock.now(), transaction.desk()
            desk = change(transaction, before, now)
            transaction.write_audit(request.entry(now, action, outcome=desk.state, why=why))
            if (desk.state, desk.auto) == (before.state, before.auto):
                return before
            transaction.set_desk(desk)
            transaction.enqueue_notice(notice_at(now))
        self._update_memory(is_decided=is_decided)
        log.info("desk_changed", action=action, by=request.by)
        return desk

    def _update_memory(self, *, is_decided: bool = False) -> None:
        """Let the desk's memory follow what was just committed; if that fails, the next round does it."""
        with suppress(StoreUnavailable):
            self._recall.bring_up_to_date(is_decided=is_decided)

    def _remember(self, halt: PendingHalt, others: "Future[str]") -> threading.Thread:
        """Let the desk's memory know of a halt from the first moment, beside the database, which may not answer.

        `others` gets who else gave one that waits.
        """
        lost = LostHalt(by=halt.request.by, reason=halt.reason, since=halt.at, flatten=halt.flatten)

        def remember() -> None:
            try:
                others.set_result(self._recall.hold(lost, lambda: halt in self._pending.all()))
            except BaseException as error:  # noqa: BLE001 - whoever waits for the future raises it
                others.set_exception(error)

        remembering = threading.Thread(target=remember, name="memory", daemon=True)
        remembering.start()
        return remembering


def _resumed(request: Request, now: datetime) -> DeskResumed:
    return DeskResumed(key=f"{NoticeKind.RESUMED}:{stamp(now)}", at=now, by=request.by)
