"""What the shares of trades seem to have become before a company's change of them is understood and booked; pure.

A trade goes on in the shares of before until then, and the market's price is that of the shares of now.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from engine.model.account import AssetKind, Position
from engine.model.money import ZERO
from engine.model.trade import Trade
from engine.risk.restating import (
    LARGEST_RATIO,
    SAME,
    SHOWN,
    UNEVEN,
    closest,
    fits,
    is_doubtful,
    plausible,
)

Readings = Sequence[Fraction]
"""What a share that the account shows may be worth, in shares at the last price."""
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
    paid = _paid(trades)
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


def readings(ratio: Fraction, paid: Decimal, price: Decimal) -> Readings:
    """Return what a share of before may be worth while a split at a ratio is due and the account does not show it.

    The market may trade the new shares already, as it does on the day, or still the old ones: what was `paid` for a
    share says which where the `price` fits one of the two alone.
    """
    both = tuple(dict.fromkeys((SAME, ratio)))
    return tuple(each for each in both if fits(each, paid, price)) or both


def awaited_readings(
    trades: Sequence[Trade], positions: Sequence[Position], due: Mapping[str, Fraction], seeming: Collection[str]
) -> dict[str, Readings]:
    """Return the readings of the symbols of trades whose exchange is `due`, at its ratio, and does not show yet.

    In those of `seeming` the cost or the count shows it, and only its booking is to come.
    """
    found = dict[str, Readings]()
    for position in (each for each in positions if each.symbol in due and each.symbol not in seeming):
        own = [trade for trade in trades if trade.symbol == position.symbol and trade.held_shares]
        if own:
            found[position.symbol] = readings(due[position.symbol], _paid(own), position.price)
    return found


def others_readings(
    positions: Sequence[Position], due: Mapping[str, Fraction], awaited: Collection[str]
) -> dict[str, Readings]:
    """Return what a share may be worth in positions whose exchange is `due` and that no trade waits for.

    Nobody books their exchange, so the account may have shown it already. Both cost and price are of the shares of now
    then: the one reading that brings the price nearest to the cost is taken, and none where it may be as it is.
    """
    stocks = (each for each in positions if each.kind is AssetKind.STOCK and each.symbol in due)
    others = [each for each in stocks if each.symbol not in awaited and each.cost > 0 and each.price > 0]
    return {each.symbol: (_likeliest(due[each.symbol], each),) for each in others}


def _likeliest(ratio: Fraction, position: Position) -> Fraction:
    if fits(SAME, position.cost, position.price):
        return SAME
    moved = Fraction(position.price) / Fraction(position.cost)
    return min((SAME, ratio), key=lambda each: max(moved * each, 1 / (moved * each)))


def misread(positions: Sequence[Position], awaited: Mapping[str, Readings]) -> tuple[Decimal, Decimal]:
    """Return by how many dollars the account's equity is too high, and too low, for what is awaited, at most.

    It has the shares of before at the last price, which may be one of the shares of after. Where the price tells
    without doubt, the one is the other below 0: what the shares are worth is known, and counts.
    """
    too_much = too_little = ZERO
    for position in (each for each in positions if each.symbol in awaited):
        off = [position.value * (each - 1).numerator / each.denominator for each in awaited[position.symbol]]
        too_much, too_little = too_much - min(off), too_little + max(off)
    return too_much, too_little


def seen_by_price(awaited: Mapping[str, Readings]) -> dict[str, Fraction | None]:
    """Return the ratios at which awaited shares trade already, None where the price does not tell."""
    told = {symbol: each[0] if len(each) == 1 else None for symbol, each in awaited.items()}
    return {symbol: ratio for symbol, ratio in told.items() if ratio != SAME}


def _paid(trades: Sequence[Trade]) -> Decimal:
    """Return the dollars that a share of some trades that hold any cost on average."""
    held = sum(trade.held_shares for trade in trades)
    return sum((trade.held_shares * trade.entry for trade in trades), Decimal(0)) / held
