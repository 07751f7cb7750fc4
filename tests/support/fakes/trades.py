"""The blueprint's example trade in AAPL, as proposed; each builder takes the fields that should differ."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.model.overnight import Overnight
from engine.model.risk import BindingLimit, Sizing
from engine.model.signal import Component, Finding, Part, Readings, Signal
from engine.model.trade import Trade, TradeState

PROPOSED_AT = datetime(2025, 8, 19, 14, 45, 15, tzinfo=UTC)
"""23:45:15 in Seoul, the desk's time zone."""

READINGS = Readings(
    rsi=35.0,
    lower=149.10,
    middle=151.20,
    upper=153.30,
    low=149.05,
    high=150.60,
    macd=0.12,
    macd_signal=0.08,
    macd_cross=1,
    volume_ratio=1.2,
)

COMPONENTS = (
    Component(part=Part.RSI, tenths=3),
    Component(part=Part.BOLLINGER, tenths=2),
    Component(part=Part.MACD, tenths=4),
    Component(part=Part.VOLUME, tenths=1),
    Component(part=Part.NEWS, tenths=5),
)

FINDINGS = (
    Finding(
        headline_id="news-2",
        symbol="AAPL",
        at=PROPOSED_AT - timedelta(minutes=20),
        headline="Apple beats expectations and raises its outlook",
        tenths=3,
        reason="beats, raises",
        url="https://news.example/2",
    ),
    Finding(
        headline_id="news-1",
        symbol="AAPL",
        at=PROPOSED_AT - timedelta(minutes=50),
        headline="Analysts upgrade Apple",
        tenths=2,
        reason="upgrade",
    ),
)

SIGNAL = Signal(
    symbol="AAPL",
    at=PROPOSED_AT,
    price=Decimal("150.25"),
    readings=READINGS,
    components=COMPONENTS,
    findings=FINDINGS,
    scorer="keywords",
    previous_close=Decimal("148.47"),
)

SIZING = Sizing(
    shares=512,
    entry=Decimal("150.25"),
    stop=Decimal("147.99"),
    target=Decimal("154.75"),
    equity=Decimal(231_368),
    budget=Decimal("1156.84"),
    unrounded=Decimal("1156.84") / Decimal("2.26"),
    cap=BindingLimit.RISK,
    risk_before=Decimal("0.01"),
    target_distance=Decimal("0.03"),
    overnight_before=Decimal("0.02"),
    night_loss=Decimal("0.04"),
)

OVERNIGHT = Overnight(dollars=Decimal(4_628), share=Decimal("0.02"))
"""What the worst nights would cost the example's account before it buys."""

TRADE = Trade(
    id="AAPL_20250819_234515",
    symbol="AAPL",
    state=TradeState.PROPOSED,
    signal=SIGNAL,
    sizing=SIZING,
    shares=512,
    stop=Decimal("147.99"),
    target=Decimal("154.75"),
    proposed_at=PROPOSED_AT,
    expires_at=PROPOSED_AT + timedelta(minutes=5),
)


def a_signal(**changes: Any) -> Signal:
    """Return the example's signal: 1.5 points, a strong buy."""
    return replace(SIGNAL, **changes)


def a_sizing(**changes: Any) -> Sizing:
    """Return the example's sizing: 512 shares, 511.88 before rounding."""
    return replace(SIZING, **changes)


def a_trade(**changes: Any) -> Trade:
    """Return the example's trade, waiting for a decision."""
    return replace(TRADE, **changes)
