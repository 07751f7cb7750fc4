"""How the desk has done, in sums that the database makes: however many trades ended, few rows come out of it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, Row, Select, case, cast, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute

from engine.adapters.sql.news_tables import ModelCallRow
from engine.adapters.sql.record import SqlTrackRecord
from engine.adapters.sql.tables import EquityRow, RiskRow, TradeRow
from engine.model.performance import Ending, EquityPoint, Performance, SymbolResult

POINTS = 150
"""About as many points of the curve as a picture can show."""

# SQLite keeps money as text, so sums are made of floats: exact to far less than the cent to which they are cut.
FILL, EXIT = cast(TradeRow.fill_price, Float), cast(TradeRow.exit_price, Float)
RISKED = FILL - cast(TradeRow.sizing_stop, Float)
RESULT = TradeRow.exit_shares * (EXIT - FILL)
SLIPPED = TradeRow.filled_shares * (FILL - cast(TradeRow.sizing_entry, Float))
MULTIPLE = case((RISKED > 0, (EXIT - FILL) / RISKED))
EQUITY = cast(EquityRow.equity, Float)

BY_SYMBOL = select(
    TradeRow.symbol,
    func.count().label("trades"),
    func.sum(case((RESULT > 0, 1), else_=0)).label("wins"),
    func.sum(RESULT).label("result"),
    func.sum(SLIPPED).label("slippage"),
    func.sum(MULTIPLE).label("multiples"),
    func.count(MULTIPLE).label("with_multiple"),
).group_by(TradeRow.symbol)
ENDINGS = select(TradeRow.id, TradeRow.symbol, TradeRow.exit_shares, TradeRow.exit_price, TradeRow.fill_price)


class SqlPerformance(SqlTrackRecord):
    """The port History within one transaction."""

    def performance(self, since: datetime | None, until: datetime, symbol: str = "") -> Performance:
        """Return what came of the trades that ended from an instant (None: the first) to another, of one symbol too."""
        ended = [
            TradeRow.exit_price.is_not(None),
            TradeRow.fill_price.is_not(None),
            *_during(TradeRow.closed_at, since, until),
        ]
        ended += [TradeRow.symbol == symbol] if symbol else []
        rows = self._connection.execute(
            BY_SYMBOL.where(*ended).order_by(func.sum(RESULT).desc(), TradeRow.symbol)
        ).all()
        with_multiple = sum(row.with_multiple for row in rows)
        began = since or self._connection.scalar(select(func.min(EquityRow.at)))
        return Performance(
            since=since,
            until=until,
            symbol=symbol,
            trades=sum(row.trades for row in rows),
            wins=sum(row.wins for row in rows),
            result=_cents(sum(row.result for row in rows)),
            best=self._ending(ENDINGS.where(*ended).order_by(RESULT.desc(), TradeRow.id)),
            worst=self._ending(ENDINGS.where(*ended).order_by(RESULT, TradeRow.id)),
            multiple=_decimal(sum(row.multiples or 0 for row in rows) / with_multiple, 4) if with_multiple else None,
            slippage=_cents(sum(row.slippage for row in rows)),
            risk_used=self._highest(func.max(cast(RiskRow.open_risk, Float)), _during(RiskRow.at, since, until)),
            cost=self._cost(since, until),
            equity_before=self.equity_at(began) if began else None,
            curve=self._curve(began, until),
            drawdown=self._drawdown(since, until),
            by_symbol=tuple(map(_of_symbol, rows)),
        )

    def _ending(self, query: Select[*tuple[object, ...]]) -> Ending | None:
        row = self._connection.execute(query.limit(1)).first()
        if row is None:
            return None
        return Ending(trade_id=row.id, symbol=row.symbol, result=row.exit_shares * (row.exit_price - row.fill_price))

    def _curve(self, since: datetime | None, until: datetime) -> tuple[EquityPoint, ...]:
        """Return the last point of each of as many stretches of time as are shown."""
        if since is None:
            return ()
        stretch = max(1, int((until - since).total_seconds()) // POINTS)
        second = cast(extract("epoch", EquityRow.at), BigInteger)
        last = select(func.max(EquityRow.at)).where(*_during(EquityRow.at, since, until)).group_by(second // stretch)
        query = select(EquityRow.at, EquityRow.equity).where(EquityRow.at.in_(last)).order_by(EquityRow.at)
        return tuple(EquityPoint(at=row.at, equity=row.equity) for row in self._connection.execute(query))

    def _drawdown(self, since: datetime | None, until: datetime) -> Decimal:
        peak = func.max(EQUITY).over(order_by=EquityRow.at)
        points = (
            select(EQUITY.label("equity"), peak.label("peak")).where(*_during(EquityRow.at, since, until)).subquery()
        )
        return self._highest(func.max(1 - points.c.equity / points.c.peak), [points.c.peak > 0])

    def _cost(self, since: datetime | None, until: datetime) -> Decimal:
        spent = func.sum(cast(ModelCallRow.dollars, Float))
        return _decimal(self._connection.scalar(select(spent).where(*_during(ModelCallRow.at, since, until))) or 0, 4)

    def _highest(self, figure: ColumnElement[float], among: Sequence[ColumnElement[bool]]) -> Decimal:
        return _decimal(self._connection.scalar(select(figure).where(*among)) or 0, 6)


def _during(at: InstrumentedAttribute[Any], since: datetime | None, until: datetime) -> list[ColumnElement[bool]]:
    return [at <= until, *([at >= since] if since else [])]


def _of_symbol(row: Row[*tuple[object, ...]]) -> SymbolResult:
    return SymbolResult(symbol=row.symbol, trades=row.trades, wins=row.wins, result=_cents(row.result))


def _cents(dollars: float) -> Decimal:
    return _decimal(dollars, 2)


def _decimal(figure: float, places: int) -> Decimal:
    return round(Decimal(figure), places)
