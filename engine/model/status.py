"""How the desk stands, read at one instant: what its home shows."""

from dataclasses import dataclass
from datetime import datetime

from engine.model.desk import Desk
from engine.model.duty import DutyView
from engine.model.market import Session
from engine.model.performance import Performance
from engine.model.standing import StandingApproval
from engine.model.trade import Trade
from engine.model.view import PortfolioView


@dataclass(frozen=True, kw_only=True, slots=True)
class MarketHours:
    """The session that the exchange is in, the one that comes next, and when (aware UTC)."""

    session: Session
    then: Session
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceState:
    """An outside system by its name, and since when it is lost (aware UTC); None while it works."""

    service: str
    lost_since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaderStatus:
    """Whether this process leads, the number of the term that is now, and the seconds since its lease was renewed.

    There is no lease where a database belongs to one process, or before anybody led.
    """

    leads: bool
    term: int
    lease_age: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """The desk with all that a person asks of it first.

    `portfolio` is None while the broker does not answer. `today` is the day of the exchange. `pending` waits for a
    decision, oldest first; `decided` are the last decisions, newest first. `standing` are the approvals that were given
    beforehand and are not over. `newest_halt` is the number of the newest halt, 0 for none. `leaderless_since` is since
    when no process runs the timetable, None while one does.
    """

    at: datetime
    desk: Desk
    duty: DutyView
    hours: MarketHours
    symbols: int
    services: tuple[ServiceState, ...]
    portfolio: PortfolioView | None
    today: Performance
    pending: tuple[Trade, ...]
    decided: tuple[Trade, ...]
    standing: tuple[StandingApproval, ...] = ()
    newest_halt: int = 0
    leaderless_since: datetime | None = None
