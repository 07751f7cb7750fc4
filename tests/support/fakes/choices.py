"""What the desk looks at, works out and changes on the blueprint's day; each builder takes what should differ."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.model.calculation import Calculation
from engine.model.market import Headline
from engine.model.risk import BindingLimit, LimitUnit
from engine.model.runtime_settings import PendingChange, SettingLine, SettingUnit
from engine.model.signal_outcome import ProtectionStatus, RiskLine, RiskView, ScoredHeadline, SignalOutcome
from engine.model.trade import TradeState
from tests.support.fakes.trades import OVERNIGHT, PROPOSED_AT, a_signal, a_trade

GUARDS = (
    ProtectionStatus(
        rule="daily_loss", figure=Decimal("0.004"), limit=Decimal("0.03"), unit=LimitUnit.SHARE_OF_EQUITY, stops=False
    ),
    ProtectionStatus(
        rule="drawdown", figure=Decimal("0.12"), limit=Decimal("0.1"), unit=LimitUnit.SHARE_OF_EQUITY, stops=True
    ),
    ProtectionStatus(rule="losing_streak", figure=Decimal(2), limit=None, unit=LimitUnit.COUNT, stops=False),
    ProtectionStatus(
        rule="stop_cooldown",
        figure=Decimal(600),
        limit=Decimal(3600),
        unit=LimitUnit.SECONDS,
        stops=True,
        until=PROPOSED_AT + timedelta(minutes=10),
        symbol="IBM",
    ),
    ProtectionStatus(rule="trades_a_day", figure=Decimal(3), limit=Decimal(20), unit=LimitUnit.COUNT, stops=False),
)


def a_fate(**changes: Any) -> SignalOutcome:
    """Return the example's signal with the trade that came of it."""
    fate = SignalOutcome(signal=a_signal(), trade_id=a_trade().id, state=TradeState.OPEN)
    return replace(fate, **changes)


def a_scored_headline(**changes: Any) -> ScoredHeadline:
    """Return a headline in which good news was found."""
    headline = Headline(
        id="news-2",
        at=PROPOSED_AT - timedelta(minutes=20),
        symbols=("AAPL",),
        text="Apple beats expectations and raises its outlook",
        source="wire",
        url="https://news.example/2",
    )
    scored = ScoredHeadline(symbol="AAPL", headline=headline, tenths=3, reason="beats, raises", scorer="keywords")
    return replace(scored, **changes)


def a_risk_view(**changes: Any) -> RiskView:
    """Return the example's risk after the fill, with a position that is no trade of ours."""
    view = RiskView(
        equity=Decimal(231_368),
        open_risk=Decimal("0.0151"),
        warning=Decimal("0.016"),
        ceiling=Decimal("0.02"),
        lines=(
            RiskLine(symbol="AAPL", dollars=Decimal("1172.48"), stop=Decimal("147.99"), trade_id=a_trade().id),
            RiskLine(symbol="MSFT", dollars=Decimal("1893.60")),
        ),
        protections=GUARDS,
        overnight=OVERNIGHT,
    )
    return replace(view, **changes)


def a_calculation(**changes: Any) -> Calculation:
    """Return the example's proposal worked out at 400 of at most 512 shares."""
    found = Calculation(
        symbol="AAPL",
        trade=a_trade(),
        shares=400,
        most=512,
        bound_by=BindingLimit.RISK,
        entry=Decimal("150.25"),
        stop=Decimal("147.99"),
        target=Decimal("154.75"),
        cost=Decimal(60_100),
        risk=Decimal(904),
        equity=Decimal(231_368),
        risk_before=Decimal("0.01"),
        risk_after=Decimal("0.0139"),
        broken=None,
    )
    return replace(found, **changes)


def a_setting(**changes: Any) -> SettingLine:
    """Return the daily loss limit as it stands by default."""
    line = SettingLine(
        name="max_daily_loss",
        unit=SettingUnit.PART,
        value=Decimal("0.03"),
        default=Decimal("0.03"),
        least=Decimal(0),
        most=Decimal(1),
        is_changeable=True,
    )
    return replace(line, **changes)


def a_pending_change(**changes: Any) -> PendingChange:
    """Return a wider spread that the admin asked for and nobody confirmed yet."""
    change = PendingChange(
        name="max_spread_bp",
        kept="80",
        before=Decimal(50),
        after=Decimal(80),
        unit=SettingUnit.BASIS_POINTS,
        by="U0ADMIN",
        asked_at=PROPOSED_AT,
        expires_at=PROPOSED_AT + timedelta(hours=1),
    )
    return replace(change, **changes)
