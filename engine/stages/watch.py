from datetime import datetime

import structlog

from engine.model.desk import OWN_ACCORD
from engine.model.notice import Notice, NoticeKind, stamp
from engine.model.portfolio import Portfolio
from engine.ports import Broker, Clock
from engine.risk.limits import Limits
from engine.stages.portfolio import read_portfolio
from engine.stages.services import Service, Services
from engine.stages.steer import Steer
from engine.truth import Ledger, Store

log = structlog.get_logger()

LOOKED = "looked_at"
"""The setting that remembers when the risk monitor last looked."""
WARNED = "risk_warned"
"""The setting that remembers whether the present crossing of the warning level was told."""


class Watch:
    """The risk monitor: warns once at each crossing of the warning level, halts at the ceiling, keeps the curves."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        steer: Steer,
        services: Services,
        limits: Limits,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._steer = steer
        self._services = services
        self._limits = limits

    def __call__(self) -> None:
        """Look at the open risk; raises BrokerUnavailable."""
        portfolio = read_portfolio(self._broker, self._store)
        self._services.back(Service.BROKER)
        now = self._clock.now()
        with self._store.writing() as book:
            book.keep_equity(now, portfolio.account, portfolio.open_risk)
            book.set_setting(LOOKED, now.isoformat())
        self._warn(portfolio, now)
        if portfolio.open_risk >= self._limits.ceiling:
            self._steer.halt(OWN_ACCORD, "open_risk")

    def _warn(self, portfolio: Portfolio, now: datetime) -> None:
        over = portfolio.open_risk >= self._limits.warning
        with self._store.writing() as book:
            if over == (book.setting(WARNED) == "1"):
                return
            book.set_setting(WARNED, "1" if over else "0")
            if over:
                key = f"risk:{stamp(now)}"
                detail = str(portfolio.open_risk)
                book.tell(Notice(key=key, kind=NoticeKind.RISK_WARNING, at=now, detail=detail))


def last_seen(ledger: Ledger) -> datetime | None:
    """Return the market's time when the desk last did or looked at anything, None before its first start."""
    seen = [entry.at for entry in ledger.audit(limit=1)]
    looked = ledger.setting(LOOKED)
    return max([*seen, datetime.fromisoformat(looked)] if looked else seen, default=None)
