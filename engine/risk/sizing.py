"""How many shares: the risk of one trade divided by the distance to the stop, then the caps.

    shares = equity x 0.5 % / (entry - stop)

rounded to the nearest whole share if that exceeds the budget by at most 0.1 % of it, else down. The smallest cap wins
and is named.
"""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal

from engine.model.portfolio import Portfolio
from engine.model.risk import BindingLimit, Sizing
from engine.risk.limits import Limits

CENT = Decimal("0.01")


def cut(price: Decimal) -> Decimal:
    """Cut a price to the cent."""
    return price.quantize(CENT, rounding=ROUND_DOWN)


def stop_for(entry: Decimal, limits: Limits) -> Decimal:
    """Return the stop of an entry, dollars a share, cut to the cent."""
    return cut(entry * (1 - limits.stop_distance))


def target_for(fill: Decimal, distance: Decimal) -> Decimal:
    """Return the target of a fill, a part of its price (0.03 = 3 %) over it, dollars a share, cut to the cent."""
    return cut(fill * (1 + distance))


def limit_for(price: Decimal, limits: Limits) -> Decimal:
    """Return the most that is paid a share outside regular hours, cut to the cent: what the drift allows over a price.

    Beyond it the rule of the drift would refuse the trade, so the order need not be filled there either.
    """
    return cut(price * (1 + limits.price_drift))


def size(symbol: str, entry: Decimal, portfolio: Portfolio, limits: Limits, *, wanted: int | None = None) -> Sizing:
    """Size a buy at an entry price against a portfolio, by the rule or, where given, at the number that the desk wants.

    A cap that leaves nothing gives 0 shares; what is wanted is not raised, only capped. Raises ValueError for an entry
    so low that its stop is no lower.
    """
    stop = stop_for(entry, limits)
    if stop >= entry:
        raise ValueError(f"an entry of {entry} is too low for a stop {limits.stop_distance:%} under it")
    budget = portfolio.account.equity * limits.per_trade
    unrounded = budget / (entry - stop)
    caps = {
        BindingLimit.RISK: _whole(unrounded, entry - stop, budget, limits),
        **_caps(symbol, entry, stop, portfolio, limits),
    }
    if wanted is not None:
        caps[BindingLimit.DESK] = wanted
    cap = min(caps, key=lambda name: caps[name])
    return Sizing(
        shares=max(0, caps[cap]),
        entry=entry,
        stop=stop,
        target=target_for(entry, limits.target_distance),
        equity=portfolio.account.equity,
        budget=budget,
        unrounded=unrounded,
        cap=cap,
        risk_before=portfolio.open_risk,
        target_distance=limits.target_distance,
    )


def _whole(unrounded: Decimal, distance: Decimal, budget: Decimal, limits: Limits) -> int:
    nearest = int(unrounded.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return nearest if nearest * distance <= budget * (1 + limits.rounding) else int(unrounded)


def _caps(symbol: str, entry: Decimal, stop: Decimal, portfolio: Portfolio, limits: Limits) -> dict[BindingLimit, int]:
    """Return the most shares that each other limit allows."""
    account = portfolio.account
    # A fill may be worse than planned, which costs equity and adds to the risk; it must not reach the ceiling either.
    slips = portfolio.slips(limits.slippage)
    headroom = (account.equity - slips) * limits.ceiling - portfolio.risk - slips
    at_worst = entry - stop + entry * limits.slippage * (1 + limits.ceiling)
    caps = {
        BindingLimit.BUYING_POWER: int(portfolio.buying_power / entry),
        # Shares that would reach the ceiling exactly are one too many.
        BindingLimit.HEADROOM: int((headroom / at_worst).to_integral_value(rounding=ROUND_CEILING)) - 1,
    }
    if limits.exposure is not None:
        caps[BindingLimit.EXPOSURE] = int((account.equity * limits.exposure - portfolio.exposure(symbol)) / entry)
    return caps
