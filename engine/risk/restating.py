"""What a split, a spin-off, or anything that changes shares or prices makes of a trade; and how to recognise one; pure.

Shares are multiplied by the exact ratio and cut to whole ones, prices divided by it. In a spin-off the shares stay, and
prices keep the part of their worth that stays in them. What the cut leaves over, and what was won or lost before, is
kept in `Restatement.cash`, so that a trade's result is the same before and after, but for cash that is paid in lieu.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from engine.model.risk import Sizing
from engine.model.trade import Order, Restatement, Trade
from engine.risk.sizing import cut
from engine.risk.tightening import without_moves

LARGEST_RATIO = 200
"""New shares for an old one, or the other way round, that anybody ever heard of."""
UNEVEN = tuple(Fraction(new, old) for old in range(2, 11) for new in range(2, 21))
"""Ratios such as 3 for 2."""
TOLERANCE = Fraction(1, 5)
"""By how much a price over a night may differ from what the ratio makes of it."""
SHOWN = Fraction(1, 50)
"""How far the ratio that a cost shows may be from the one that happened: costs are told to the cent."""
DOUBTFUL = Fraction(3, 10)
"""A price that far from what was expected may be one of other shares than those that were bought."""
SLIPPED = Fraction(1, 20)
"""How far from its own price a stop or target is rarely filled where the shares are those that it was sent for."""

SAME = Fraction(1)
"""The ratio at which nothing is exchanged."""
WHOLE_SHARE = Fraction(1)
"""Nothing was spun off: all of their worth stays in the shares."""


def restated(trade: Trade, ratio: Fraction, *, symbol: str = "", kept: Fraction = WHOLE_SHARE) -> Trade:
    """Return a trade after its shares were exchanged at a ratio (2 for a 2-for-1 split); `symbol` is the new one.

    So are those that it sold beyond what it bought, and owes.
    `kept` is the part of their worth that stays in the shares, 9/10 where a tenth of it was spun off. What is booked
    was bought and sold before; what orders did and is not booked yet will count in the shares of after.
    """
    net, factor = whole(trade.net_shares * ratio), kept / ratio
    bought = net + whole(trade.exit_shares * ratio) if net >= 0 else max(1, whole(trade.filled_shares * ratio))
    sold = bought - net
    fill, got = _price(trade.fill_price, factor), _price(trade.exit_price, factor)
    after = replace(
        trade,
        symbol=symbol or trade.symbol,
        sizing=_sizing(trade.sizing, ratio, factor),
        shares=max(bought, whole(trade.shares * ratio)),
        stop=cut(_times(trade.stop, factor)),
        target=cut(_times(trade.target, factor)),
        filled_shares=bought,
        fill_price=fill,
        exit_shares=sold,
        exit_price=got,
        exit_plan=without_moves(trade.exit_plan),
    )
    return replace(after, restated=_restatement(trade, after, ratio))


def kept_part(price: Decimal | Fraction, rate: Fraction, spun_off: Decimal) -> Fraction:
    """Return the part of its worth that stays in a share out of which came `rate` shares of another company.

    `price` and `spun_off` are what a share of each trades at, dollars over 0.
    """
    left = Fraction(price)
    return left / (left + rate * Fraction(spun_off))


def whole(shares: Fraction) -> int:
    """Cut shares to whole ones: what is left over is paid in cash. Of those that are owed, a part counts as one."""
    return shares.numerator // shares.denominator


def plausible(before: int, after: int) -> Iterator[Fraction]:
    """Yield the ratios of splits, simple ones first, that make one number of shares of another.

    Both are counted in whole shares: there may have been a part of a share as well before, which became more than one.
    Shares sold short are below 0, and what the account shows of them is cut towards it.
    """
    simple = (Fraction(number) for number in range(2, LARGEST_RATIO + 1))
    reverse = (Fraction(1, number) for number in range(2, LARGEST_RATIO + 1))
    if (before > 0 <= after or before < 0 > after) and before != after:
        for ratio in (*simple, *reverse, *UNEVEN):
            if ratio != 1 and _may_make(ratio, before, after):
                yield ratio


def _may_make(ratio: Fraction, before: int, after: int) -> bool:
    least, beyond = before * ratio, (before + 1) * ratio
    if before < 0:
        return int(least) <= after <= int(beyond)
    return after == whole(least) or whole(least) < after < beyond


def closest(ratios: Iterable[Fraction], moved: Fraction | None) -> Fraction | None:
    """Return the ratio that a cost shows to have happened, else the first; None of none."""
    found = tuple(ratios)
    shown = [each for each in found if moved and abs(each / moved - 1) <= SHOWN]
    return min(shown, key=lambda each: abs(each - (moved or 0)), default=next(iter(found), None))


def is_denied(ratio: Fraction, moved: Fraction | None) -> bool:
    """Tell whether the cost moved by a different ratio; a cost that did not move at all speaks against none."""
    return moved is not None and all(abs(moved / each - 1) > SHOWN for each in (ratio, SAME))


def fits(ratio: Fraction, price_before: Decimal, price_now: Decimal) -> bool:
    """Tell whether a price moved by the inverse of a ratio, as far as one night allows."""
    if price_before <= 0 or price_now <= 0:
        return False
    return abs(Fraction(price_now) * ratio / Fraction(price_before) - 1) <= TOLERANCE


def is_shown_by_price(ratio: Fraction, price_before: Decimal, price_now: Decimal) -> bool:
    """Tell whether a price moved by the inverse of a ratio, and by more than it moves where there was no split."""
    return fits(ratio, price_before, price_now) and not fits(SAME, price_before, price_now)


def is_doubtful(price: Decimal, expected: Decimal) -> bool:
    """Tell whether a price is so far from the expected one that the shares may have been changed meanwhile."""
    return expected > 0 and abs(Fraction(price) / Fraction(expected) - 1) > DOUBTFUL


def slipped(order: Order) -> bool:
    """Tell whether an exit was filled so far from its own price that it may have been of other shares."""
    if not order.price or not order.fill_price:
        return False
    return abs(Fraction(order.fill_price) / Fraction(order.price) - 1) > SLIPPED


def _restatement(before: Trade, after: Trade, ratio: Fraction) -> Restatement:
    """Return what is to be added to the sums of the orders, which go on in the shares of before, to give the trade."""
    more = before.restated
    return Restatement(
        bought_shares=more.bought_shares + after.filled_shares - before.filled_shares,
        bought_dollars=more.bought_dollars + _paid(after) - _paid(before),
        sold_shares=more.sold_shares + after.exit_shares - before.exit_shares,
        sold_dollars=more.sold_dollars + _got(after) - _got(before),
        cash=more.cash + _left_over(before, after, ratio),
    )


def _left_over(before: Trade, after: Trade, ratio: Fraction) -> Decimal:
    """Return the dollars of the result that whole shares do not show: of sold fractions, and the cost of held ones."""
    if before.fill_price is None or after.fill_price is None:
        return Decimal(0)
    realised = Decimal(0)
    if before.exit_price is not None and after.exit_price is not None:
        realised = before.exit_shares * (before.exit_price - before.fill_price)
        realised -= after.exit_shares * (after.exit_price - after.fill_price)
    return realised - _times(after.fill_price, before.net_shares * ratio - after.net_shares)


def _paid(trade: Trade) -> Decimal:
    return trade.filled_shares * (trade.fill_price or Decimal(0))


def _got(trade: Trade) -> Decimal:
    return trade.exit_shares * (trade.exit_price or Decimal(0))


def _sizing(sizing: Sizing, ratio: Fraction, factor: Fraction) -> Sizing:
    return replace(
        sizing,
        shares=whole(sizing.shares * ratio),
        entry=_times(sizing.entry, factor),
        stop=_times(sizing.stop, factor),
        target=_times(sizing.target, factor),
        unrounded=_times(sizing.unrounded, ratio),
    )


def _price(price: Decimal | None, factor: Fraction) -> Decimal | None:
    return None if price is None else _times(price, factor)


def _times(number: Decimal, factor: Fraction) -> Decimal:
    return number * factor.numerator / factor.denominator
