"""A good day of the blueprint's desk, as its reports tell it; each builder takes the fields that should differ."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.model.desk import Desk, DeskState
from engine.model.market import TradingDay, day_start
from engine.model.performance import Ending, EquityPoint, Performance, SymbolResult
from engine.model.report import Holding, Report, ReportAccount, ReportKind
from tests.support.fakes.trades import FINDINGS, OVERNIGHT, PROPOSED_AT

HOUR = timedelta(hours=1)
MIDNIGHT = day_start(PROPOSED_AT)
EQUITIES = (231_368, 231_020, 230_400, 231_900, 233_100, 232_804)

GOOD_DAY = Performance(
    since=MIDNIGHT,
    until=PROPOSED_AT + 9 * HOUR,
    symbol="",
    trades=3,
    wins=2,
    result=Decimal("1436.00"),
    best=Ending(trade_id="AAPL_20250819_234515", symbol="AAPL", result=Decimal("2304.00")),
    worst=Ending(trade_id="MSFT_20250819_230000", symbol="MSFT", result=Decimal("-1120.00")),
    multiple=Decimal("0.7200"),
    slippage=Decimal("31.50"),
    risk_used=Decimal("0.0151"),
    cost=Decimal("0.1234"),
    equity_before=Decimal(231_368),
    curve=tuple(
        EquityPoint(at=PROPOSED_AT + hours * HOUR, equity=Decimal(equity)) for hours, equity in enumerate(EQUITIES)
    ),
    drawdown=Decimal("0.004184"),
    by_symbol=(
        SymbolResult(symbol="AAPL", trades=1, wins=1, result=Decimal("2304.00")),
        SymbolResult(symbol="TSLA", trades=1, wins=1, result=Decimal("252.00")),
        SymbolResult(symbol="MSFT", trades=1, wins=0, result=Decimal("-1120.00")),
    ),
)

NOTHING_DONE = replace(
    GOOD_DAY, trades=0, wins=0, result=Decimal(0), best=None, worst=None, multiple=None, slippage=Decimal(0),
    risk_used=Decimal(0), cost=Decimal(0), equity_before=None, curve=(), drawdown=Decimal(0), by_symbol=(),
)  # fmt: skip

REPORT = Report(
    kind=ReportKind.DAY,
    due=MIDNIGHT + 20 * HOUR,
    at=MIDNIGHT + 20 * HOUR,
    hours=TradingDay(
        pre=MIDNIGHT + 4 * HOUR,
        open=MIDNIGHT + 9.5 * HOUR,
        close=MIDNIGHT + 16 * HOUR,
        post=MIDNIGHT + 20 * HOUR,
    ),
    desk=Desk(state=DeskState.ACTIVE, auto=False),
    broker="paper",
    source="replay",
    watched=5,
    pending=1,
    down=(),
    account=ReportAccount(
        equity=Decimal(232_804),
        open_risk=Decimal("0.0151"),
        ceiling=Decimal("0.02"),
        holdings=(
            Holding(symbol="MSFT", shares=300, price=Decimal("421.35"), unrealised=Decimal(165)),
            Holding(symbol="TSLA", shares=150, price=Decimal("251.10"), unrealised=Decimal(-675)),
        ),
        overnight=OVERNIGHT,
    ),
    news=FINDINGS,
    performance=GOOD_DAY,
    market=Decimal("0.0041"),
)


def a_performance(**changes: Any) -> Performance:
    """Return the good day's result."""
    return replace(GOOD_DAY, **changes)


def a_report(**changes: Any) -> Report:
    """Return the good day's report."""
    return replace(REPORT, **changes)
