"""Verdicts on figures that are judged twice: when an entry is approved, and again as its order leaves."""

from decimal import Decimal

from engine.model.risk import LimitUnit, RiskVerdict, Sizing
from engine.risk.limits import Limits


def of_one_trade(risk: Decimal, budget: Decimal, limits: Limits) -> RiskVerdict:
    """Judge the dollars that a trade risks by its budget; the rounding of one share is forgiven."""
    most = budget * (1 + limits.rounding)
    return RiskVerdict(rule="risk_of_one_trade", allowed=risk <= most, figure=risk, limit=most, unit=LimitUnit.DOLLARS)


def of_open_risk(after: Decimal, limits: Limits) -> RiskVerdict:
    """Judge all open risk, the trade's in it, as a share of equity."""
    return RiskVerdict(
        rule="open_risk",
        allowed=after < limits.ceiling,
        figure=after,
        limit=limits.ceiling,
        unit=LimitUnit.SHARE_OF_EQUITY,
    )


def of_exposure(part: Decimal, limits: Limits) -> RiskVerdict:
    """Judge what is held of a symbol, as a share of equity, where a limit is set."""
    most = limits.exposure
    return RiskVerdict(
        rule="exposure",
        allowed=most is None or part <= most,
        figure=part,
        limit=Decimal(0) if most is None else most,
        unit=LimitUnit.SHARE_OF_EQUITY,
    )


def of_exits(sizing: Sizing) -> RiskVerdict | None:
    """Return what speaks against a stop or a target that the price has passed since somebody asked for it."""
    passed = {"stop_passed": (sizing.stop, sizing.stop >= sizing.entry)}
    passed["target_passed"] = (sizing.target, sizing.target <= sizing.entry)
    return next(
        (
            RiskVerdict(rule=rule, allowed=False, figure=price, limit=sizing.entry, unit=LimitUnit.PRICE)
            for rule, (price, is_passed) in passed.items()
            if is_passed
        ),
        None,
    )
