"""How the desk has done, in sums that the database makes: however many trades ended, few rows come out of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, Row, Subquery, bindparam, case, cast, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute

from engine.adapters.sql.account_tables import EquityRow, RiskRow
from engine.adapters.sql.base import Base
from engine.adapters.sql.decision_records import APPROVALS
from engine.adapters.sql.equity import flows, in_later_money
from engine.adapters.sql.news_tables import ModelCallRow
from engine.adapters.sql.result_rollups import SUMS, Tables, parts_of
from engine.adapters.sql.tables import TradeRow
from engine.adapters.sql.track_record import SqlTrackRecord
from engine.model.performance import Ending, EquityPoint, GrowthPoint, Performance, SymbolResult, TradeResult

POINTS = 150
"""About as many points of the curve as a picture can show."""
LARGE = Decimal("0.001")
"""The part of equity from which on money that came or went changes what a result is a share of."""

ENDING = select(
    TradeRow.id,
    TradeRow.symbol,
    TradeRow.exit_shares,
    TradeRow.exit_price,
    TradeRow.fill_price,
    TradeRow.restated_cash,
).where(TradeRow.id == bindparam("this"))
RESULTS = select(
    TradeRow.exit_shares,
    TradeRow.exit_price,
    TradeRow.fill_price,
    TradeRow.sizing_stop,
    TradeRow.restated_cash,
).where(TradeRow.exit_price.is_not(None), TradeRow.fill_price.is_not(None))
DAY = 86_400
BEHIND = 4 * 3600
"""Seconds that New York's summer time is behind UTC: in winter its days are cut at eleven, when no session is left."""
Flows = Sequence[tuple[datetime, Decimal]]

TABLES = Tables(
    trades=Base.metadata.tables["trades"], results=Base.metadata.tables["results"], approved=APPROVALS.subquery()
)


class SqlPerformance(SqlTrackRecord):
    """The port PerformanceHistory within one transaction."""

    def performance(self, since: datetime | None, until: datetime, symbol: str = "") -> Performance:
        """Return what came of the trades that ended from an instant (None: the first) to another, of one symbol too."""
        part = parts_of(self._connection, TABLES, since, until, symbol).subquery()
        result = func.sum(part.c.result).label("result")
        sums = [func.sum(part.c[name]).label(name) for name in SUMS if name != "result"]
        query = select(
            part.c.symbol, result, *sums, func.max(part.c.best).label("best"), func.min(part.c.worst).label("worst")
        )
        rows = self._connection.execute(query.group_by(part.c.symbol).order_by(result.desc(), part.c.symbol)).all()
        best, worst = self._extremes(part, rows)
        with_multiple = sum(row.with_multiple for row in rows)
        began = since or self._connection.scalar(select(func.min(EquityRow.at)))
        changes = flows(self._connection, began, until) if began else ()
        return Performance(
            since=since,
            until=until,
            symbol=symbol,
            trades=sum(row.trades for row in rows),
            wins=sum(row.wins for row in rows),
            result=_cents(sum(row.result for row in rows)),
            best=best,
            worst=worst,
            multiple=_decimal(sum(row.multiples for row in rows) / with_multiple, 4) if with_multiple else None,
            slippage=_cents(sum(row.slippage for row in rows)),
            risk_used=self._highest(func.max(cast(RiskRow.open_risk, Float)), _during(RiskRow.at, since, until)),
            cost=self._cost(since, until),
            equity_before=self._equity_before(began, changes) if began else None,
            result_now=self._result_now(since, until, symbol, changes),
            curve=self._curve(began, until, changes),
            drawdown=self._drawdown(since, until),
            by_symbol=tuple(map(_of_symbol, rows)),
        )

    def trade_results(
        self, since: datetime | None, until: datetime, symbol: str = "", *, limit: int
    ) -> tuple[TradeResult, ...]:
        """Return the newest trades that ended from an instant (None: the first) to another, in the order of that."""
        query = RESULTS.where(*_during(TradeRow.closed_at, since, until))
        query = query.order_by(TradeRow.closed_at.desc(), TradeRow.id.desc()).limit(limit)
        rows = self._connection.execute(query.where(TradeRow.symbol == symbol) if symbol else query).all()
        return tuple(map(_trade_result, reversed(rows)))

    def daily_growth(self, since: datetime | None, until: datetime) -> tuple[GrowthPoint, ...]:
        """Return the last point of growth before an instant, and of each of New York's days from there to another."""
        second = cast(extract("epoch", EquityRow.at), BigInteger)
        last = select(func.max(EquityRow.at)).where(*_during(EquityRow.at, since, until))
        points = select(EquityRow.at, EquityRow.growth)
        of_days = points.where(EquityRow.at.in_(last.group_by((second - BEHIND) // DAY))).order_by(EquityRow.at)
        rows = list(self._connection.execute(of_days))
        if since is not None:
            before = points.where(EquityRow.at < since).order_by(EquityRow.at.desc()).limit(1)
            rows[:0] = self._connection.execute(before)
        return tuple(GrowthPoint(at=row.at, growth=row.growth) for row in rows)

    def _extremes(self, part: Subquery, rows: Sequence[Any]) -> tuple[Ending | None, Ending | None]:
        """Return the best and the worst trade, of those that are alike the first by its id."""
        if not rows:
            return None, None
        best, worst = max(row.best for row in rows), min(row.worst for row in rows)
        of_best = func.min(case((part.c.best == best, part.c.best_id)))
        of_worst = func.min(case((part.c.worst == worst, part.c.worst_id)))
        found = select(of_best, of_worst).where((part.c.best == best) | (part.c.worst == worst))
        first, last = self._connection.execute(found).one()
        return self._ending(first), self._ending(last)

    def _ending(self, trade_id: str) -> Ending:
        row = self._connection.execute(ENDING, {"this": trade_id}).one()
        result = row.exit_shares * (row.exit_price - row.fill_price) + row.restated_cash
        return Ending(trade_id=row.id, symbol=row.symbol, result=result)

    def _equity_before(self, began: datetime, changes: Flows) -> Decimal | None:
        """Return the equity with which a period began, in the money of its end."""
        equity = self.equity_at(began)
        return None if equity is None else _rounded(equity, in_later_money(changes, began))

    def _result_now(self, since: datetime | None, until: datetime, symbol: str, changes: Flows) -> Decimal | None:
        """Return the result in the money of the period's end, None where no money worth the name came or went.

        What was won before a deposit was won on less.
        """
        large = [(at, factor) for at, factor in changes if abs(factor - 1) >= LARGE]
        if not large:
            return None
        total, begins = Decimal(0), since
        for ends in sorted({*(at for at, _ in large), until}):
            part = parts_of(self._connection, TABLES, begins, ends, symbol).subquery()
            won = _cents(self._connection.scalar(select(func.sum(part.c.result))) or 0)
            total += won * in_later_money(large, ends - timedelta.resolution)
            begins = ends + timedelta.resolution
        return _cents(float(total))

    def _curve(self, since: datetime | None, until: datetime, changes: Flows) -> tuple[EquityPoint, ...]:
        """Return the last point of each of as many stretches of time as are shown, in the money of the last of all.

        So the curve is of trading: money that came or went in between is no step in it.
        """
        if since is None:
            return ()
        stretch = max(1, int((until - since).total_seconds()) // POINTS)
        second = cast(extract("epoch", EquityRow.at), BigInteger)
        last = select(func.max(EquityRow.at)).where(*_during(EquityRow.at, since, until)).group_by(second // stretch)
        query = select(EquityRow.at, EquityRow.equity).where(EquityRow.at.in_(last)).order_by(EquityRow.at)
        rows = self._connection.execute(query).all()
        return tuple(
            EquityPoint(at=row.at, equity=_rounded(row.equity, in_later_money(changes, row.at))) for row in rows
        )

    def _drawdown(self, since: datetime | None, until: datetime) -> Decimal:
        peak = func.max(EquityRow.growth).over(order_by=EquityRow.at)
        points = (
            select(EquityRow.growth.label("growth"), peak.label("peak"))
            .where(*_during(EquityRow.at, since, until))
            .subquery()
        )
        return self._highest(func.max(1 - points.c.growth / points.c.peak), [points.c.peak > 0])

    def _cost(self, since: datetime | None, until: datetime) -> Decimal:
        spent = func.sum(cast(ModelCallRow.dollars, Float))
        return _decimal(self._connection.scalar(select(spent).where(*_during(ModelCallRow.at, since, until))) or 0, 4)

    def _highest(self, figure: ColumnElement[float], among: Sequence[ColumnElement[bool]]) -> Decimal:
        return _decimal(self._connection.scalar(select(figure).where(*among)) or 0, 6)


def _rounded(dollars: Decimal, factor: Decimal) -> Decimal:
    return dollars if factor == 1 else round(dollars * factor, 2)


def _during(at: InstrumentedAttribute[Any], since: datetime | None, until: datetime) -> list[ColumnElement[bool]]:
    return [at <= until, *([at >= since] if since else [])]


def _of_symbol(row: Row[*tuple[object, ...]]) -> SymbolResult:
    return SymbolResult(symbol=row.symbol, trades=row.trades, wins=row.wins, result=_cents(row.result))


def _trade_result(row: Row[*tuple[object, ...]]) -> TradeResult:
    """Tell a trade's result as Trade.result and Trade.multiple do."""
    result = row.exit_shares * (row.exit_price - row.fill_price) + row.restated_cash
    risked = row.fill_price - row.sizing_stop
    multiple = float((row.exit_price - row.fill_price) / risked) if risked > 0 else None
    return TradeResult(result=float(result), multiple=multiple)


def _cents(dollars: float) -> Decimal:
    return _decimal(dollars, 2)


def _decimal(figure: float, places: int) -> Decimal:
    return round(Decimal(figure), places)
