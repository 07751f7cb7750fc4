"""What trades came to by the exchange's days, months and years: a look back over years does not read every trade.

trades ──► a row for each day and symbol ──► one for each month and symbol ──► one for each year and symbol

A row is never added to: it is made again from what it sums, in the transaction that changed a trade. So it says what
the trades say, however often one of them was changed. What a period has of a day that is not whole is read from the
trades themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    Delete,
    Float,
    FromClause,
    Insert,
    Select,
    TableClause,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
)

from engine.model.market import day_begin, exchange_date

DAY, MONTH, YEAR = "day", "month", "year"
Instant = datetime | BindParameter[datetime]
SHORTER = {MONTH: DAY, YEAR: MONTH}
"""Of which rows those of a longer span are made."""
ONE_DAY = timedelta(days=1)
SUMS = ("trades", "wins", "result", "slippage", "multiples", "with_multiple")
COLUMNS = (*SUMS, "best", "best_id", "worst", "worst_id")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """Trades and their results, with the columns of today or those that a migration knows.

    `approved` has what was approved of each trade that was, where that is kept.
    """

    trades: TableClause
    results: TableClause
    approved: FromClause | None = None


def make_again(connection: Connection, tables: Tables, day: date, symbol: str) -> None:
    """Make the rows again that have the trades of a symbol that ended on a day."""
    for span in (DAY, MONTH, YEAR):
        start = begin_of(span, day)
        connection.execute(_deletion(tables), {"of_span": span, "begin": start, "one": symbol})
        connection.execute(_making(tables, span, of_one=True), _limits(span, start) | {"one": symbol})


def make_all(connection: Connection, tables: Tables) -> None:
    """Make every row, where there is none yet."""
    newer = select(func.min(tables.trades.c.closed_at))
    at, days = connection.scalar(newer), list[date]()
    while at:
        days.append(exchange_date(at))
        at = connection.scalar(newer.where(tables.trades.c.closed_at >= day_begin(days[-1] + ONE_DAY)))
    for span in (DAY, MONTH, YEAR):
        for start in sorted({begin_of(span, day) for day in days}):
            connection.execute(_making(tables, span, of_one=False), _limits(span, start))


def parts_of(
    connection: Connection, tables: Tables, since: datetime | None, until: datetime, symbol: str
) -> CompoundSelect[Any]:
    """Select what makes up the time from an instant to another, both included, from as few rows as can be."""
    before, newest = until + timedelta.resolution, connection.scalar(select(func.max(tables.trades.c.closed_at)))
    if newest is None or newest < before:
        # Nothing ended later: so what is kept of today, of this month and of this year has nothing too much.
        before = day_begin(_next(YEAR, exchange_date(before)))
    parts = [
        _ended(tables, part.since, part.before)
        if isinstance(part, RollupHours)
        else _kept(tables, part.span).where(tables.results.c.start >= part.since, tables.results.c.start < part.before)
        for part in cut(since, before)
    ]
    return union_all(*(part.where(part.selected_columns.symbol == symbol) if symbol else part for part in parts))


@dataclass(frozen=True, kw_only=True, slots=True)
class RollupHours:
    """The time from an instant (None: ever) on and before another."""

    since: datetime | None
    before: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole:
    """Whole days, months or years, from one on and before another."""

    span: str
    since: date
    before: date


def cut(since: datetime | None, before: datetime) -> tuple[RollupHours | Whole, ...]:
    """Cut a time into whole years, months and days, and what is left at both ends, in its order; pure."""
    first = date.min if since is None else exchange_date(since - timedelta.resolution) + ONE_DAY
    last = exchange_date(before)
    if first >= last:
        return (RollupHours(since=since, before=before),)
    head = () if since is None else (RollupHours(since=since, before=day_begin(first)),)
    parts = (*head, *_whole(first, last, YEAR, MONTH, DAY), RollupHours(since=day_begin(last), before=before))
    return tuple(part for part in parts if part.since is None or part.since < part.before)


def _proposed(tables: Tables) -> ColumnElement[float]:
    """Return the price that was shown to who approved a trade, in the shares of today; else the plan's."""
    plan = cast(tables.trades.c.sizing_entry, Float)
    if tables.approved is None:  # a migration from before it was kept
        return plan
    approved, shown = (cast(tables.approved.c[name], Float) for name in ("entry", "shown_entry"))
    return case((tables.approved.c.trade_id.is_(None), plan), else_=shown * (plan / approved))


def begin_of(span: str, day: date) -> date:
    """Return the first day of the day, month or year that a day is in."""
    return {DAY: day, MONTH: day.replace(day=1), YEAR: day.replace(month=1, day=1)}[span]


def _whole(first: date, last: date, span: str, *shorter: str) -> Iterator[Whole]:
    begin, end = first if begin_of(span, first) == first else _next(span, first), begin_of(span, last)
    if begin >= end:
        yield from _whole(first, last, *shorter) if shorter else ()
        return
    yield from _whole(first, begin, *shorter) if shorter else ()
    yield Whole(span=span, since=begin, before=end)
    yield from _whole(end, last, *shorter) if shorter else ()


def _next(span: str, day: date) -> date:
    return begin_of(span, begin_of(span, day) + timedelta(days={DAY: 1, MONTH: 31, YEAR: 366}[span]))


@cache
def _deletion(tables: Tables) -> Delete:
    results = tables.results.c
    same = (results.span == bindparam("of_span"), results.start == bindparam("begin"))
    return delete(tables.results).where(*same, results.symbol == bindparam("one"))


@cache
def _making(tables: Tables, span: str, *, of_one: bool) -> Insert:
    """Return how rows are made, of all symbols or of one: built once, for to build it takes longer than to run it."""
    if span == DAY:
        parts = _ended(tables, bindparam("since"), bindparam("before"))
    else:
        parts = _kept(tables, SHORTER[span]).where(tables.results.c.start.in_(bindparam("starts", expanding=True)))
    if of_one:
        parts = parts.where(parts.selected_columns.symbol == bindparam("one"))
    rows = select(literal(span), bindparam("begin", type_=Date), *by_symbol(parts).subquery().c)
    return insert(tables.results).from_select(["span", "start", "symbol", *COLUMNS], rows)


def _limits(span: str, start: date) -> dict[str, Any]:
    """Return the time of which a row is made."""
    if span == DAY:
        return {"begin": start, "since": day_begin(start), "before": day_begin(start + ONE_DAY)}
    return {"begin": start, "starts": list(_all_of(SHORTER[span], start, _next(span, start)))}


def _all_of(span: str, start: date, before: date) -> Iterator[date]:
    while start < before:
        yield start
        start = _next(span, start)


def by_symbol(parts: Select[Any]) -> Select[Any]:
    """Sum trades, or rows of results, by symbol; of those that are best alike the first by its id is named."""
    part = parts.subquery()
    ranked = select(
        part,
        _first(part.c.best_id, part.c.symbol, part.c.best.desc()).label("the_best"),
        _first(part.c.worst_id, part.c.symbol, part.c.worst).label("the_worst"),
    ).subquery()
    return select(
        ranked.c.symbol,
        *(func.sum(ranked.c[name]).label(name) for name in SUMS),
        func.max(ranked.c.best).label("best"),
        func.min(ranked.c.the_best).label("best_id"),
        func.min(ranked.c.worst).label("worst"),
        func.min(ranked.c.the_worst).label("worst_id"),
    ).group_by(ranked.c.symbol)


def _first(trade_id: ColumnElement[str], symbol: ColumnElement[str], order: ColumnElement[float]) -> ColumnElement[str]:
    return func.first_value(trade_id).over(partition_by=symbol, order_by=(order, trade_id))


def _kept(tables: Tables, span: str) -> Select[Any]:
    return select(*(tables.results.c[name] for name in ("symbol", *COLUMNS))).where(tables.results.c.span == span)


def _ended(tables: Tables, since: Instant | None, before: Instant) -> Select[Any]:
    """Select of each trade that ended from an instant on (None: ever) and before another what is summed."""
    trades = tables.trades
    # SQLite keeps money as text, so sums are made of floats: exact to far less than the cent to which they are cut.
    fill, price = cast(trades.c.fill_price, Float), cast(trades.c.exit_price, Float)
    risked, result = fill - cast(trades.c.sizing_stop, Float), trades.c.exit_shares * (price - fill)
    if "restated_cash" in trades.c:  # a migration from before that column does without
        result += cast(trades.c.restated_cash, Float)
    columns = {
        "trades": literal(1),
        "wins": case((result > 0, 1), else_=0),
        "result": result,
        "slippage": trades.c.filled_shares * (fill - _proposed(tables)),
        "multiples": case((risked > 0, (price - fill) / risked), else_=0.0),
        "with_multiple": case((risked > 0, 1), else_=0),
        "best": result,
        "best_id": trades.c.id,
        "worst": result,
        "worst_id": trades.c.id,
    }
    found = select(trades.c.symbol, *(columns[name].label(name) for name in COLUMNS))
    if tables.approved is not None:
        found = found.outerjoin(tables.approved, tables.approved.c.trade_id == trades.c.id)
    return found.where(
        trades.c.exit_price.is_not(None),
        trades.c.fill_price.is_not(None),
        trades.c.closed_at < before,
        *([trades.c.closed_at >= since] if since is not None else []),
    )
