"""Whether a trade is still within limits that were tightened after its approval, by what the trade itself knows."""

from engine.model.risk import RiskVerdict, Sizing, share_of
from engine.risk.limits import Limits
from engine.risk.verdicts import of_exposure, of_one_trade, of_open_risk


def tightened(sizing: Sizing, limits: Limits) -> RiskVerdict | None:
    """Return the verdict of the limit that an approved size is over now, None for none.

    It is never stricter than the rules that the approval passed, while their limits are the same.
    """
    verdicts = (
        of_one_trade(sizing.planned_risk, sizing.equity * limits.per_trade, limits),
        of_open_risk(sizing.risk_after, limits),
        of_exposure(share_of(sizing.cost, sizing.equity), limits),
    )
    return next((verdict for verdict in verdicts if not verdict.allowed), None)
