"""Halt, resume and AUTO_MODE: the desk's state, changed in one transaction with its notice and its audit row."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from engine.errors import OrderRefused, TryAgain
from engine.model.desk import Desk, DeskState, Request
from engine.model.notice import Notice, NoticeKind, stamp
from engine.model.trade import TradeState
from engine.ports import Broker, Clock
from engine.stages.gate import Gate
from engine.stages.services import Service, Services
from engine.truth import Book, Store

log = structlog.get_logger()


class Steer:
    """Changes the desk's state."""

    def __init__(self, *, store: Store, broker: Broker, clock: Clock, gate: Gate, services: Services) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._gate = gate
        self._services = services

    def halt(self, request: Request, reason: str) -> Desk:
        """Stop new trading, refuse what waits for a decision, then cancel entries that are not filled.

        The halt is committed, and holds, before the broker is spoken to. A second halt keeps the first one's reason.
        """
        now = self._clock.now()
        with self._gate.shut(), self._store.writing() as book:
            desk = book.desk()
            if desk.state is not DeskState.HALTED:
                desk = replace(desk, state=DeskState.HALTED, by=request.by, reason=reason, since=now)
                book.set_desk(desk)
                book.tell(
                    Notice(key=f"halt:{stamp(now)}", kind=NoticeKind.HALTED, at=now, subject=request.by, detail=reason)
                )
            book.record(request.entry(now, "halt", outcome=desk.state, why=reason))
            self._refuse_proposals(book, request, now)
        log.warning("halted", by=request.by, reason=reason)
        self.cancel_entries()
        return desk

    def cancel_entries(self) -> None:
        """Cancel at the broker every entry that is not filled; one that cannot be cancelled now is logged."""
        with self._store.reading() as ledger:
            trades = ledger.trades({TradeState.SUBMITTED, TradeState.OPEN})
        for trade in trades:
            try:
                order = self._broker.order(trade.id)
                if order and not order.state.is_over:
                    self._broker.cancel(order)
            except TryAgain as error:
                log.warning("entry_not_cancelled", trade_id=trade.id, error=str(error))
                self._services.lost(Service.BROKER, error)
            except OrderRefused as error:
                log.warning("entry_not_cancelled", trade_id=trade.id, error=str(error))

    def resume(self, request: Request) -> Desk:
        """Trade again."""
        return self._change(
            request,
            "resume",
            NoticeKind.RESUMED,
            lambda desk, now: replace(desk, state=DeskState.ACTIVE, by=request.by, reason="", since=now),
        )

    def set_auto(self, request: Request, *, on: bool) -> Desk:
        """Switch AUTO_MODE."""
        return self._change(
            request,
            "auto on" if on else "auto off",
            NoticeKind.AUTO_CHANGED,
            lambda desk, _: replace(desk, auto=on),
        )

    def _change(
        self,
        request: Request,
        action: str,
        kind: NoticeKind,
        change: Callable[[Desk, datetime], Desk],
    ) -> Desk:
        now = self._clock.now()
        with self._store.writing() as book:
            before = book.desk()
            desk = change(before, now)
            book.record(request.entry(now, action, outcome=desk.state))
            if (desk.state, desk.auto) == (before.state, before.auto):
                return before
            book.set_desk(desk)
            detail = "on" if desk.auto else "off"
            book.tell(Notice(key=f"{kind}:{stamp(now)}", kind=kind, at=now, subject=request.by, detail=detail))
        log.info(action, by=request.by)
        return desk

    def _refuse_proposals(self, book: Book, request: Request, now: datetime) -> None:
        for trade in book.trades({TradeState.PROPOSED}):
            refused = replace(trade, decided_by=request.by, decided_at=now, reason="halted")
            book.move(refused, TradeState.REFUSED)
            book.tell(Notice(key=f"{trade.id}:refused", kind=NoticeKind.DECIDED, at=now, trade_id=trade.id))
            book.record(request.entry(now, TradeState.REFUSED, trade.id, why="halted"))
