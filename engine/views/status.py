from collections.abc import Collection
from datetime import datetime

from engine.common.leader_watch import LeaderWatch
from engine.common.newest_halt import newest_halt
from engine.common.service_health import Service, ServiceHealth
from engine.errors import TemporaryError
from engine.model.market import Session, exchange_date
from engine.model.performance import Period
from engine.model.status import MarketHours, ServiceState, Status
from engine.model.trade import Trade, TradeState
from engine.model.view import PortfolioView
from engine.pipeline.standing_approvals import StandingApprovals
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.store import Store
from engine.views.duty import DutyQuery
from engine.views.performance import PerformanceQuery
from engine.views.portfolio import PortfolioQueries

DECISIONS = 5
LATELY = 50
"""Trades, newest first, among which the last decisions are looked for."""


class StatusQuery:
    """Tells how the desk stands; `parts` are the outside systems that it has at all."""

    def __init__(
        self,
        *,
        store: Store,
        calendar: Calendar,
        clock: Clock,
        portfolio: PortfolioQueries,
        performance: PerformanceQuery,
        services: ServiceHealth,
        duty: DutyQuery,
        standing: StandingApprovals,
        parts: Collection[Service],
        leader_watch: LeaderWatch,
    ) -> None:
        self._store = store
        self._calendar = calendar
        self._clock = clock
        self._portfolio = portfolio
        self._performance = performance
        self._services = services
        self._duty = duty
        self._standing = standing
        self._parts = tuple(parts)
        self._leader_watch = leader_watch

    def __call__(self) -> Status:
        """Return how the desk stands now; raises StoreUnavailable."""
        now = self._clock.now()
        with self._store.reading() as reader:
            desk, pending, lately = reader.desk(), reader.trades({TradeState.PROPOSED}), reader.trades(limit=LATELY)
            halt = newest_halt(reader)
        lost = self._services.lost_since()
        return Status(
            at=now,
            desk=desk,
            duty=self._duty.now(),
            hours=hours(self._calendar, now),
            symbols=len(self._portfolio.symbols),
            services=tuple(ServiceState(service=part, lost_since=lost.get(part)) for part in self._parts),
            portfolio=self._portfolio_now(),
            today=self._performance(Period.TODAY),
            pending=tuple(reversed(pending)),
            decided=_decided(lately),
            standing=self._standing.current(),
            newest_halt=halt.number if halt else 0,
            leaderless_since=self._leader_watch.lost_since,
        )

    def _portfolio_now(self) -> PortfolioView | None:
        try:
            return self._portfolio.portfolio()
        except TemporaryError:
            return None


def hours(calendar: Calendar, now: datetime) -> MarketHours:
    """Return the session of an instant and the turn that follows it: of this day, else the start of the next one."""
    session = calendar.session(now)
    today = calendar.day(exchange_date(now))
    if today is not None:
        turns = (
            (today.pre, Session.PRE),
            (today.open, Session.REGULAR),
            (today.close, Session.AFTER),
            (today.post, Session.CLOSED),
        )
        for at, then in turns:
            if at > now:
                return MarketHours(session=session, then=then, at=at)
    opens = calendar.next_open(now)
    day = calendar.day(exchange_date(opens))
    if day is None:
        return MarketHours(session=session, then=Session.REGULAR, at=opens)
    return MarketHours(session=session, then=Session.PRE, at=day.pre)


def _decided(lately: Collection[Trade]) -> tuple[Trade, ...]:
    """Return the trades that were decided last, the newest decision first."""
    decided = [trade for trade in lately if trade.state is not TradeState.PROPOSED]
    return tuple(sorted(decided, key=lambda trade: trade.decided_at or trade.expires_at, reverse=True)[:DECISIONS])
