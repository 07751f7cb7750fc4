from datetime import datetime

import structlog

from engine.model.desk import OWN_ACCORD, DeskState
from engine.model.market import day_start
from engine.model.notice import Notice, NoticeKind, stamp
from engine.model.portfolio import Portfolio
from engine.ports import Broker, Clock
from engine.risk.limits import LimitsInForce
from engine.risk.protections import LOSSES
from engine.stages.portfolio import joined
from engine.stages.services import Service, Services
from engine.stages.steer import Steer
from engine.truth import Book, Ledger, Store

log = structlog.get_logger()

LOOKED = "looked_at"
"""The setting that remembers when the risk monitor last looked."""
WARNED = "risk_warned"
"""The setting that remembers whether the present crossing of the warning level was told."""


class Watch:
    """The risk monitor: warns once at each crossing of the warning level, halts at the ceiling, keeps the curves.

    Losses that reach their limit are told once a day of the exchange; they halt only where the setting says so.
    """

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        steer: Steer,
        services: Services,
        limits: LimitsInForce,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._steer = steer
        self._services = services
        self._limits = limits
        self._fills_seen = 0

    def __call__(self) -> None:
        """Look at the open risk and the losses; raises BrokerUnavailable."""
        now = self._clock.now()
        account, positions = self._broker.account(), self._broker.positions()
        self._services.back(Service.BROKER)
        with self._store.writing() as book:
            portfolio = joined(book, account, positions, now, self._limits.now)
            book.keep_equity(now, portfolio.account, portfolio.open_risk)
            book.set_setting(LOOKED, now.isoformat())
            self._warn(book, portfolio, now)
            reasons = self._tell_losses(book, portfolio, now)
            if portfolio.open_risk >= self._limits.now.ceiling:
                reasons.insert(0, "open_risk")
            halts = bool(reasons) and book.desk().state is not DeskState.HALTED
        if halts:
            self._steer.halt(OWN_ACCORD, reasons[0])

    def after_fills(self) -> None:
        """Look if anything was filled since the last such look, by whomever it was booked; raises BrokerUnavailable."""
        with self._store.reading() as ledger:
            newest = ledger.last_fill()
        if newest > self._fills_seen:
            self()
            self._fills_seen = newest

    def _warn(self, book: Book, portfolio: Portfolio, now: datetime) -> None:
        over = portfolio.open_risk >= self._limits.now.warning
        if over == (book.setting(WARNED) == "1"):
            return
        book.set_setting(WARNED, "1" if over else "0")
        if over:
            detail = str(portfolio.open_risk)
            book.tell(Notice(key=f"risk:{stamp(now)}", kind=NoticeKind.RISK_WARNING, at=now, detail=detail))

    def _tell_losses(self, book: Book, portfolio: Portfolio, now: datetime) -> list[str]:
        """Tell which losses reached their limit, each once a day; return those just told that halt the desk."""
        halting = []
        for rule in LOSSES:
            verdict = rule.look(portfolio, self._limits.now)
            key = f"{NoticeKind.LOSS_LIMIT}:{verdict.rule}:{day_start(now):%Y%m%d}"
            notice = Notice(key=key, kind=NoticeKind.LOSS_LIMIT, at=now, subject=verdict.rule, detail=verdict.reason)
            if not verdict.allowed and book.tell(notice):
                log.warning("loss_limit", rule=verdict.rule, figure=str(verdict.figure), limit=str(verdict.limit))
                book.record(OWN_ACCORD.entry(now, "loss_limit", outcome=verdict.rule, why=verdict.reason))
                halting += [verdict.rule] if self._limits.now.losses_halt else []
        return halting


def last_seen(ledger: Ledger) -> datetime | None:
    """Return the market's time when the desk last did or looked at anything, None before its first start."""
    seen = [entry.at for entry in ledger.audit(limit=1)]
    looked = ledger.setting(LOOKED)
    return max([*seen, datetime.fromisoformat(looked)] if looked else seen, default=None)
