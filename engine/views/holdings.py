"""Whose the shares of each position are: a line for each of our trades that holds some, and one for the rest; pure.

The risks of the lines, and of the trades that have none, are together the open risk.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from engine.model.account import AssetKind, Position
from engine.model.money import ZERO
from engine.model.portfolio import Portfolio, protected_by
from engine.model.trade import Trade
from engine.model.view import MissingShares, PositionLine


def position_lines(portfolio: Portfolio) -> tuple[PositionLine, ...]:
    """Return what is held, position by position, what is ours of each before what is not."""
    ours, foreign = defaultdict[str, list[Trade]](list), {position.symbol: position for position in portfolio.foreign}
    for trade in reversed(portfolio.trades):  # the oldest first
        ours[trade.symbol].append(trade)
    return tuple(
        line
        for position in portfolio.positions
        for line in _lines(position, foreign.get(position.symbol), ours[position.symbol], portfolio)
    )


def waiting_risk(portfolio: Portfolio, lines: Sequence[PositionLine]) -> Decimal:
    """Return the dollars of open risk of what is not bought yet: of trades that hold nothing, which have no line."""
    return _risk(portfolio, (trade for trade in _unshown(portfolio, lines) if not trade.held_shares))


def missing_shares(portfolio: Portfolio, lines: Sequence[PositionLine]) -> MissingShares:
    """Return what trades hold and the account does not show: somebody took it out, or a sale is not booked yet."""
    missing = [trade for trade in _unshown(portfolio, lines) if trade.held_shares]
    symbols = tuple(dict.fromkeys(trade.symbol for trade in missing))
    return MissingShares(symbols=symbols, risk=_risk(portfolio, missing))


def awaits(trade: Trade, portfolio: Portfolio) -> bool:
    """Tell whether shares of a trade have no stop, and get none, before a corporate action or their count is clear."""
    stops = (*portfolio.stops.get(trade.id, ()), *portfolio.hand_stops.get(trade.id, ()))
    return trade.symbol in portfolio.awaited and protected_by(stops) < trade.held_shares


def _unshown(portfolio: Portfolio, lines: Sequence[PositionLine]) -> Iterator[Trade]:
    shown = {line.trade.id for line in lines if line.trade}
    return (trade for trade in portfolio.trades if trade.id not in shown)


def _risk(portfolio: Portfolio, trades: Iterable[Trade]) -> Decimal:
    return sum(map(portfolio.risk_of, trades), ZERO)


def _lines(
    position: Position, foreign: Position | None, trades: Sequence[Trade], portfolio: Portfolio
) -> Iterator[PositionLine]:
    if position.kind is not AssetKind.STOCK:
        yield _line(position, portfolio.risk_beyond(position))
        return
    if position.shares < 0:
        yield _short(position, trades, portfolio)
        return
    ours = position.shares - (foreign.shares if foreign else 0)
    parts = _divided(ours, trades)
    unclear = ours - sum(shares for _, shares in parts)
    is_one = len(parts) + bool(foreign) + bool(unclear) == 1 or position.symbol in portfolio.exchanged
    for trade, shares in parts:
        cost = position.cost if is_one else trade.entry
        stopped, lacks = portfolio.as_stopped(trade), awaits(trade, portfolio)
        yield _line(_cut(position, shares, cost), portfolio.risk_of(trade), trade=stopped, awaits=lacks)
    if unclear:
        yield _line(_cut(position, unclear, position.cost), ZERO, beside_a_trade=True, is_unclear=True)
    if foreign:
        cost = position.cost if is_one else _cost_of_the_rest(position, foreign, parts)
        yield _line(replace(foreign, cost=cost), portfolio.risk_beyond(foreign), beside_a_trade=bool(trades))


def _cut(position: Position, shares: int, cost: Decimal) -> Position:
    return replace(position, shares=shares, quantity=None, cost=cost)


def _short(position: Position, trades: Sequence[Trade], portfolio: Portfolio) -> PositionLine:
    """Return what is sold short: it belongs to a trade that sold more than it had, where there is one."""
    short = next((trade for trade in trades if trade.short_shares), None)
    risk = portfolio.risk_beyond(position) + (portfolio.risk_of(short) if short else ZERO)
    return _line(position, risk, trade=short, beside_a_trade=bool(trades))


def _divided(shares: int, trades: Sequence[Trade]) -> list[tuple[Trade, int]]:
    """Divide shares that are not others' among trades by what they hold; a trade that gets none is left out."""
    parts = list[tuple[Trade, int]]()
    for trade in trades:
        part = min(shares, trade.held_shares)
        if part:
            parts.append((trade, part))
            shares -= part
    return parts


def _cost_of_the_rest(position: Position, foreign: Position, parts: Sequence[tuple[Trade, int]]) -> Decimal:
    """Return dollars a unit for shares of others: what the position cost beyond what our trades paid.

    The broker knows one average for all, so the gains of the lines are together that of the position. Where that leaves
    nothing, the average counts for them as well.
    """
    ours = sum(shares for _, shares in parts)
    paid = sum((shares * trade.entry for trade, shares in parts), ZERO)
    left = (ours + foreign.units) * position.cost - paid
    return left / foreign.units if left > 0 else position.cost


def _line(
    part: Position,
    risk: Decimal,
    *,
    trade: Trade | None = None,
    beside_a_trade: bool = False,
    is_unclear: bool = False,
    awaits: bool = False,
) -> PositionLine:
    return PositionLine(
        symbol=part.symbol,
        shares=part.shares,
        cost=part.cost,
        price=part.price,
        risk=risk,
        trade=trade,
        kind=part.kind,
        quantity=part.quantity,
        multiplier=part.multiplier,
        beside_a_trade=beside_a_trade,
        is_unclear=is_unclear,
        awaits=awaits,
    )
