"""Overnight risk: what the worst 1 % of nights of each symbol would cost, summed over what is held.

A night is the way from a day's close to the next day's open, split-adjusted, as a part of that close. Of n nights the
worst n / 100, rounded up, are averaged: of 60 nights that is the worst one, of 500 the mean of the worst five. The sum
takes the symbols' bad nights to come together, as they do when it matters.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

import numpy as np
from numpy.typing import NDArray

from engine.model.account import AssetKind, Position
from engine.model.overnight import NightLoss, Overnight
from engine.model.portfolio import Portfolio
from engine.model.risk import share_of

FEWEST = 60
"""Nights under which a symbol's overnight risk counts as unknown."""
ONE_IN = 100
"""Of so many nights the worst one is looked at."""
PLACES = Decimal("0.000001")


def night_loss(opened: NDArray[np.float64], close: NDArray[np.float64]) -> NightLoss | None:
    """Return what the worst nights of a symbol took; None where fewer than 60 are known.

    `opened` and `close` have shape (days,), dollars a share, oldest first. Days without a good price are left out, and
    a night lasts from the last day that has one.
    """
    with np.errstate(invalid="ignore"):
        good = np.isfinite(opened) & np.isfinite(close) & (opened > 0) & (close > 0)
    opened, close = opened[good], close[good]
    moves = np.sort(opened[1:] / close[:-1] - 1)
    if len(moves) < FEWEST:
        return None
    worst = -(-len(moves) // ONE_IN)
    return NightLoss(nights=len(moves), fall=_part(-moves[:worst].mean()), rise=_part(moves[-worst:].mean()))


def overnight(portfolio: Portfolio, nights: Mapping[str, NightLoss]) -> Overnight:
    """Return the overnight risk of what is held or being bought.

    Whoever holds the shares is not asked: those that no trade of ours holds gap as well. What is no stock counts as in
    open risk.
    """
    dollars, unknown = Decimal(0), set[str]()
    for position in portfolio.positions:
        loss = nights.get(position.symbol)
        if position.kind is not AssetKind.STOCK:
            dollars += portfolio.risk_beyond(position)
        elif loss is None:
            unknown.add(position.symbol)
        else:
            dollars += _cost(position, loss)
    for trade in portfolio.trades:
        coming, loss = portfolio.unfilled(trade), nights.get(trade.symbol)
        if coming and loss is None:
            unknown.add(trade.symbol)
        elif coming and loss is not None:
            dollars += coming * trade.sizing.entry * loss.fall
    share = share_of(dollars, portfolio.account.equity)
    return Overnight(dollars=dollars, share=share, unknown=tuple(sorted(unknown)))


def _cost(position: Position, loss: NightLoss) -> Decimal:
    return abs(position.value) * (loss.fall if position.units > 0 else loss.rise)


def _part(mean: np.floating) -> Decimal:
    """Return a part of the price to a millionth, rounded up but for the noise of floats: never told too small."""
    return max(Decimal(0), Decimal(str(round(float(mean), 9))).quantize(PLACES, rounding=ROUND_CEILING))
