"""How the protections stand, for people to look at; `protections.py` has the rules themselves."""

from datetime import datetime, timedelta
from decimal import Decimal

from engine.model.portfolio import Portfolio
from engine.model.risk import LimitUnit
from engine.model.signal_outcome import ProtectionStatus
from engine.risk.limits import Limits
from engine.risk.protections import DailyLoss, Drawdown


def guards(portfolio: Portfolio, limits: Limits, at: datetime) -> tuple[ProtectionStatus, ...]:
    """Return every protection as it stands at an instant, in the order in which the rules are asked."""
    return (
        _loss(DailyLoss(), portfolio, limits, limits.daily_loss),
        _loss(Drawdown(), portfolio, limits, limits.drawdown),
        _streak(portfolio, limits, at),
        *_rests(portfolio, limits, at),
        _counted("trades_a_day", portfolio.record.entries, limits.trades_a_day),
        _counted("open_positions", len(portfolio.symbols), limits.open_positions),
    )


def _loss(rule: DailyLoss | Drawdown, portfolio: Portfolio, limits: Limits, limit: Decimal | None) -> ProtectionStatus:
    verdict = rule.look(portfolio, limits)
    return ProtectionStatus(
        rule=verdict.rule, figure=verdict.figure, limit=limit, unit=verdict.unit, stops=not verdict.allowed
    )


def _streak(portfolio: Portfolio, limits: Limits, at: datetime) -> ProtectionStatus:
    record, most = portfolio.record, limits.losing_streak
    until = record.lost_at + timedelta(seconds=limits.losing_streak_seconds) if record.lost_at else None
    rests = most is not None and record.losses >= most and until is not None and at < until
    return ProtectionStatus(
        rule="losing_streak",
        figure=Decimal(record.losses),
        limit=None if most is None else Decimal(most),
        unit=LimitUnit.COUNT,
        stops=rests,
        until=until if rests else None,
    )


def _rests(portfolio: Portfolio, limits: Limits, at: datetime) -> tuple[ProtectionStatus, ...]:
    """Return a guard for each symbol that rests after its stop; one without a symbol where none does."""
    rest = limits.stop_cooldown_seconds
    limit = None if rest is None else Decimal(rest)
    ends = {name: stopped + timedelta(seconds=rest or 0) for name, stopped in portfolio.record.stopped.items()}
    resting = sorted((end, name) for name, end in ends.items() if at < end)
    none = ProtectionStatus(rule="stop_cooldown", figure=Decimal(0), limit=limit, unit=LimitUnit.SECONDS, stops=False)
    return tuple(
        ProtectionStatus(
            rule="stop_cooldown",
            figure=Decimal(round((end - at).total_seconds())),
            limit=limit,
            unit=LimitUnit.SECONDS,
            stops=True,
            until=end,
            symbol=name,
        )
        for end, name in resting
    ) or (none,)


def _counted(rule: str, count: int, most: int | None) -> ProtectionStatus:
    return ProtectionStatus(
        rule=rule,
        figure=Decimal(count),
        limit=None if most is None else Decimal(most),
        unit=LimitUnit.COUNT,
        stops=most is not None and count >= most,
    )
