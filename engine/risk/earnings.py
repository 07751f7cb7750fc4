from engine.model.overnight import Outlook
from engine.risk.limits import Limits


def earnings_are_near(outlook: Outlook, limits: Limits) -> bool:
    """Tell whether a company's earnings are as near as the desk wants to mind them."""
    least, days = limits.earnings_days, outlook.earnings_in
    return least is not None and days is not None and days <= least
