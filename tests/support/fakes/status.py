"""How the blueprint's desk stands on its day; each builder takes the fields that should differ."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.duty.schedule import view_of
from engine.model.account import Account
from engine.model.desk import Desk, DeskState
from engine.model.duty import Roster
from engine.model.market import Session, day_start
from engine.model.performance import EquityPoint, Performance
from engine.model.status import MarketHours, ServiceState, Status
from engine.model.view import PortfolioView
from tests.support.fakes.trades import OVERNIGHT

AT = datetime(2025, 8, 19, 14, 45, 30, tzinfo=UTC)
CLOSES = datetime(2025, 8, 19, 20, 0, tzinfo=UTC)
BEFORE = Decimal(230_000)
EQUITY = Decimal(231_368)


def a_portfolio(**changes: Any) -> PortfolioView:
    """Return the example's account before the trade."""
    view = PortfolioView(
        at=AT,
        account=Account(equity=EQUITY, cash=Decimal(66_788), buying_power=Decimal(66_788), margin=False),
        lines=(),
        open_risk=Decimal("0.01"),
        warning=Decimal("0.016"),
        ceiling=Decimal("0.02"),
        per_trade=Decimal("0.005"),
        overnight=OVERNIGHT,
    )
    return replace(view, **changes)


def a_day(**changes: Any) -> Performance:
    """Return a day on which two trades ended, and equity went down before it went up."""
    points = (BEFORE, Decimal(229_100), Decimal(230_600), EQUITY)
    day = Performance(
        since=day_start(AT),
        until=AT,
        symbol="",
        trades=2,
        wins=1,
        result=Decimal(640),
        best=None,
        worst=None,
        multiple=Decimal("0.4"),
        slippage=Decimal(12),
        risk_used=Decimal("0.015"),
        cost=Decimal("0.31"),
        equity_before=BEFORE,
        curve=tuple(EquityPoint(at=AT + timedelta(minutes=5 * n), equity=point) for n, point in enumerate(points)),
        drawdown=Decimal("0.004"),
        by_symbol=(),
    )
    return replace(day, **changes)


def a_status(**changes: Any) -> Status:
    """Return the desk at work: in regular hours, with nothing waiting and nothing lost."""
    status = Status(
        at=AT,
        desk=Desk(state=DeskState.ACTIVE, auto=False),
        duty=view_of(Roster(), AT, ZoneInfo("Asia/Seoul")),
        hours=MarketHours(session=Session.REGULAR, then=Session.AFTER, at=CLOSES),
        symbols=5,
        services=tuple(ServiceState(service=name) for name in ("market", "news", "broker", "redis")),
        portfolio=a_portfolio(),
        today=a_day(),
        pending=(),
        decided=(),
    )
    return replace(status, **changes)
