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


def of_exits(sizing: Sizing, price: Decimal) -> RiskVerdict | None:
    """Return what speaks against a stop that the price of now has reached, or a target that is no gain.

    An order with a limit over the price is filled under its limit: there a stop between the two would sell at once.
    """
    reached = of_stop(sizing.stop, min(sizing.entry, price))
    if reached.allowed and sizing.target <= sizing.entry:
        return RiskVerdict(
            rule="target_passed", allowed=False, figure=sizing.target, limit=sizing.entry, unit=LimitUnit.PRICE
        )
    return None if reached.allowed else reached


def of_stop(stop: Decimal, price: Decimal) -> RiskVerdict:
    """Judge a stop by the price that an entry is filled at, both dollars a share."""
    return RiskVerdict(rule="stop_passed", allowed=stop < price, figure=stop, limit=price, unit=LimitUnit.PRICE)
