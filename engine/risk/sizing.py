"""How many shares: the risk of one trade divided by the distance to the stop, then the caps.

    shares = equity x 0.5 % / (entry - stop)

rounded to the nearest whole share if that exceeds the budget by at most 0.1 % of it, else down. The smallest cap wins
and is named.
"""

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal

from engine.model.calculation import Amount, AmountKind
from engine.model.money import CENT
from engine.model.origin import BY_STRATEGY, Origin
from engine.model.portfolio import Portfolio
from engine.model.risk import BindingLimit, Sizing
from engine.risk.limits import Limits


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


def entry_price(
    price: Decimal, planned: Decimal, limits: Limits, *, is_regular: bool, asked: Origin = BY_STRATEGY
) -> Decimal:
    """Return the price at which an entry is sized, dollars a share: its limit where it has one, else the price of now.

    Outside regular hours the limit is what the drift allows over the planned price, unless another one was asked for.
    """
    if asked.limit is not None:
        return asked.limit
    return price if is_regular else limit_for(planned, limits)


def shares_of(amount: Amount, most: Sizing) -> int:
    """Return the whole shares that an amount buys; parts of a share are left out, so that it is never exceeded."""
    match amount.kind:
        case AmountKind.SHARES:
            return int(amount.figure)
        case AmountKind.DOLLARS:
            return int(amount.figure / most.entry)
        case AmountKind.EQUITY:
            return int(amount.figure * most.equity / most.entry)
        case AmountKind.RISK:
            return int(amount.figure * most.equity / (most.entry - most.stop))


def size(
    symbol: str,
    entry: Decimal,
    portfolio: Portfolio,
    limits: Limits,
    *,
    wanted: int | None = None,
    asked: Origin = BY_STRATEGY,
) -> Sizing:
    """Size a buy at an entry price against a portfolio, by the rule or, where given, at the number that the desk wants.

    A cap that leaves nothing gives 0 shares; what is wanted is not raised, only capped. `asked` may have a stop and a
    target of its own: at or under that stop there are 0 shares. A strategy's score may have brought the distance of its
    stop. Raises ValueError for an entry so low that the rule's stop, or the score's, is no lower.
    """
    if asked.stop_distance is not None:
        limits = replace(limits, stop_distance=asked.stop_distance)
    stop = stop_for(entry, limits) if asked.stop is None else asked.stop
    budget, unrounded = portfolio.account.equity * limits.per_trade, Decimal(0)
    caps = {BindingLimit.RISK: 0}
    if stop < entry:
        unrounded = budget / (entry - stop)
        caps = {
            BindingLimit.RISK: _whole(unrounded, entry - stop, budget, limits),
            **_caps(symbol, entry, stop, portfolio, limits),
        }
    elif asked.stop is None:
        raise ValueError(f"an entry of {entry} is too low for a stop {limits.stop_distance:%} under it")
    if wanted is not None:
        caps[BindingLimit.DESK] = wanted
    cap = min(caps, key=lambda name: caps[name])
    return Sizing(
        shares=max(0, caps[cap]),
        entry=entry,
        stop=stop,
        target=target_for(entry, limits.target_distance) if asked.target is None else asked.target,
        equity=portfolio.account.equity,
        budget=budget,
        unrounded=unrounded,
        cap=cap,
        risk_before=portfolio.open_risk,
        target_distance=limits.target_distance if asked.target is None else asked.target / entry - 1,
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
