"""What the shares of trades seem to have become before a company's change of them is understood and booked; pure.

A trade goes on in the shares of before until then, and the market's price is that of the shares of now.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from engine.model.portfolio import Position
from engine.model.trade import Trade
from engine.risk.restating import (
    LARGEST_RATIO,
    SHOWN,
    UNEVEN,
    closest,
    fits,
    is_doubtful,
    plausible,
)

SAME = Fraction(1)
RATIOS = (
    *(Fraction(number) for number in range(2, LARGEST_RATIO + 1)),
    *(Fraction(1, number) for number in range(2, LARGEST_RATIO + 1)),
    *(ratio for ratio in UNEVEN if ratio != SAME),
)


def seeming_ratio(trades: Sequence[Trade], foreign: int, position: Position) -> Fraction | None:
    """Return how many shares seem to have come out of each share of the trades of a symbol; None if nobody can tell.

    `foreign` are the shares of the position that are told as those of others. Without them the cost of a share, which
    the broker changes by the exact inverse, says it; else the count beside the price.
    """
    held = sum(trade.held_shares for trade in trades)
    if not held or position.cost <= 0:
        return SAME
    paid = sum((trade.held_shares * trade.entry for trade in trades), Decimal(0)) / held
    if foreign:
        fitting = [ratio for ratio in plausible(held + foreign, position.shares) if fits(ratio, paid, position.price)]
        return next(iter(fitting), SAME)
    moved = Fraction(paid) / Fraction(position.cost)
    if abs(moved - 1) <= SHOWN:
        return SAME
    near = [ratio for ratio in RATIOS if abs(ratio / moved - 1) <= SHOWN]
    return closest(near, moved) or (None if is_doubtful(position.cost, paid) else SAME)


def seeming_ratios(
    trades: Sequence[Trade], foreign: Mapping[str, int], positions: Sequence[Position], unclear: frozenset[str]
) -> dict[str, Fraction | None]:
    """Return the ratios of the symbols whose shares seem to be others than those that our trades bought.

    In those that are `unclear` nobody can tell, unless the cost or the count says it.
    """
    found = dict[str, Fraction | None]()
    for position in positions:
        own = [trade for trade in trades if trade.symbol == position.symbol and trade.held_shares]
        if own:
            ratio = seeming_ratio(own, foreign.get(position.symbol, 0), position)
            found[position.symbol] = None if ratio == SAME and position.symbol in unclear else ratio
    return {symbol: ratio for symbol, ratio in found.items() if ratio != SAME}
