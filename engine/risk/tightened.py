"""Whether a trade is still within limits that were tightened after its approval, by what the trade itself knows."""

from decimal import Decimal

from engine.model.risk import LimitUnit, RiskVerdict, Sizing, share_of
from engine.risk.limits import Limits


def tightened(sizing: Sizing, limits: Limits) -> RiskVerdict | None:
    """Return the verdict of the limit that an approved size is over now, None for none.

    It is never stricter than the rules that the approval passed, while their limits are the same.
    """
    budget = sizing.equity * limits.per_trade * (1 + limits.rounding)
    part = share_of(sizing.cost, sizing.equity)
    most = limits.exposure
    verdicts = (
        RiskVerdict(
            rule="risk_of_one_trade",
            allowed=sizing.planned_risk <= budget,
            figure=sizing.planned_risk,
            limit=budget,
            unit=LimitUnit.DOLLARS,
        ),
        RiskVerdict(
            rule="open_risk",
            allowed=sizing.risk_after < limits.ceiling,
            figure=sizing.risk_after,
            limit=limits.ceiling,
            unit=LimitUnit.SHARE_OF_EQUITY,
        ),
        RiskVerdict(
            rule="exposure",
            allowed=most is None or part <= most,
            figure=part,
            limit=Decimal(0) if most is None else most,
            unit=LimitUnit.SHARE_OF_EQUITY,
        ),
    )
    return next((verdict for verdict in verdicts if not verdict.allowed), None)
