from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, Float, cast, func, select

from engine.adapters.sql.tables import EquityRow, FillRow, OrderRow, TradeRow
from engine.model.record import Outcome
from engine.model.trade import RESERVED, OrderRole, OrderState, TradeState

ENTERED = RESERVED | {TradeState.CLOSED}
OVER = frozenset(state for state in OrderState if state.is_over)
OUTCOMES = select(
    TradeRow.symbol,
    TradeRow.exit_shares,
    TradeRow.exit_price,
    TradeRow.fill_price,
    TradeRow.exit_reason,
    TradeRow.closed_at,
).where(
    # Not by their state: SQLite would go through every ended trade, where `closed_at` leads it to the newest.
    TradeRow.closed_at.is_not(None),
    TradeRow.exit_price.is_not(None),
    TradeRow.fill_price.is_not(None),
)
UNFILLED = (
    select(OrderRow.trade_id, func.sum(OrderRow.shares - OrderRow.filled_shares))
    .join(TradeRow, TradeRow.id == OrderRow.trade_id)
    .where(
        TradeRow.state.in_((TradeState.OPEN, TradeState.CLOSING)),
        OrderRow.role == OrderRole.ENTRY,
        OrderRow.state.not_in(OVER),
    )
    .group_by(OrderRow.trade_id)
)


class SqlTrackRecord:
    """The port TrackRecord within one transaction; every question is answered from an index."""

    _connection: Connection

    def entries(self, since: datetime) -> int:
        """Count the trades proposed since an instant that were approved, and came to nothing neither then nor later."""
        count = select(func.count()).where(TradeRow.proposed_at >= since, TradeRow.state.in_(ENTERED))
        return self._connection.scalar(count) or 0

    def outcomes(self, *, since: datetime | None = None, limit: int | None = None) -> tuple[Outcome, ...]:
        """Return how trades ended, newest first."""
        query = OUTCOMES.order_by(TradeRow.closed_at.desc()).limit(limit)
        if since:
            query = query.where(TradeRow.closed_at >= since)
        return tuple(
            Outcome(
                symbol=row.symbol,
                result=row.exit_shares * (row.exit_price - row.fill_price),
                reason=row.exit_reason,
                at=row.closed_at,
            )
            for row in self._connection.execute(query)
        )

    def unfilled(self) -> Mapping[str, int]:
        """Return the shares that the entries of trades already open may still buy, by trade id."""
        return {trade_id: int(shares) for trade_id, shares in self._connection.execute(UNFILLED)}

    def equity_at(self, at: datetime) -> Decimal | None:
        """Return the last equity known before an instant, else the first after it; None on an empty curve."""
        before = select(EquityRow.equity).where(EquityRow.at < at).order_by(EquityRow.at.desc()).limit(1)
        after = select(EquityRow.equity).where(EquityRow.at >= at).order_by(EquityRow.at).limit(1)
        known = self._connection.scalar(before)
        return self._connection.scalar(after) if known is None else known

    def peak_equity(self, since: datetime) -> Decimal | None:
        """Return the highest equity since an instant, None where there is none."""
        # SQLite keeps money as text, which has another order than the numbers.
        highest = select(EquityRow.equity).where(EquityRow.at >= since).order_by(cast(EquityRow.equity, Float).desc())
        return self._connection.scalar(highest.limit(1))

    def last_fill(self) -> int:
        """Return the number of the newest fill that was kept, 0 before the first."""
        return self._connection.scalar(select(func.max(FillRow.id))) or 0
