from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, Select, bindparam, func, select

from engine.adapters.sql.account_tables import ActivityRow, EquityRow
from engine.adapters.sql.base import one_of
from engine.adapters.sql.equity import EXTERNAL, Point, flows, is_shown, last_point, made_of, money_waiting
from engine.adapters.sql.tables import FillRow, OrderRow, TradeRow
from engine.model.account import Account
from engine.model.trade import AT_THE_BROKER, RESERVED, OrderRole, OrderState, TradeState
from engine.model.trade_record import TradeOutcome

ENTERED = RESERVED | {TradeState.CLOSED}
ENTRIES = select(func.count()).where(
    TradeRow.proposed_at >= bindparam("since"), one_of(TradeRow.state, sorted(ENTERED))
)
OVER = frozenset(state for state in OrderState if state.is_over)
OUTCOMES = select(
    TradeRow.symbol,
    TradeRow.exit_shares,
    TradeRow.exit_price,
    TradeRow.fill_price,
    TradeRow.exit_reason,
    TradeRow.closed_at,
    TradeRow.restated_cash,
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
        one_of(TradeRow.state, (TradeState.OPEN, TradeState.CLOSING)),
        OrderRow.role == OrderRole.ENTRY,
        ~one_of(OrderRow.state, sorted(OVER)),
    )
    .group_by(OrderRow.trade_id)
)
BIDS = (
    select(OrderRow.trade_id, OrderRow.price)
    .join(TradeRow, TradeRow.id == OrderRow.trade_id)
    .where(
        one_of(TradeRow.state, sorted(AT_THE_BROKER)),
        OrderRow.role == OrderRole.ENTRY,
        ~one_of(OrderRow.state, sorted(OVER)),
        OrderRow.price.is_not(None),
    )
)
STOPS = (
    select(OrderRow.trade_id, OrderRow.shares - OrderRow.filled_shares, OrderRow.price)
    .join(TradeRow, TradeRow.id == OrderRow.trade_id)
    .where(
        one_of(TradeRow.state, (TradeState.OPEN, TradeState.CLOSING)),
        OrderRow.role == OrderRole.STOP,
        ~one_of(OrderRow.state, sorted(OVER)),
        OrderRow.price.is_not(None),
    )
    .order_by(OrderRow.id)
)


LAST_FILL = select(func.max(FillRow.id))


class SqlTrackRecord:
    """The port TrackRecord within one transaction; every question is answered from an index."""

    _connection: Connection

    def entries(self, since: datetime) -> int:
        """Count the trades proposed since an instant that were approved, and came to nothing neither then nor later."""
        return self._connection.scalar(ENTRIES, {"since": since}) or 0

    def outcomes(self, *, since: datetime | None = None, limit: int | None = None) -> tuple[TradeOutcome, ...]:
        """Return how trades ended, newest first."""
        given = {"since": since, "limit": limit}
        named = {name: value for name, value in given.items() if value is not None}
        return tuple(
            TradeOutcome(
                symbol=row.symbol,
                result=row.exit_shares * (row.exit_price - row.fill_price) + row.restated_cash,
                reason=row.exit_reason,
                at=row.closed_at,
            )
            for row in self._connection.execute(_outcomes_by(*named), named)
        )

    def unfilled(self) -> Mapping[str, int]:
        """Return the shares that the entries of trades already open may still buy, by trade id."""
        return {trade_id: int(shares) for trade_id, shares in self._connection.execute(UNFILLED)}

    def bids(self) -> Mapping[str, Decimal]:
        """Return the limits of the entries that may still buy, dollars a share, by trade id."""
        return {row.trade_id: row.price for row in self._connection.execute(BIDS)}

    def stops(self) -> Mapping[str, tuple[tuple[int, Decimal], ...]]:
        """Return what the live stops of trades already open protect: shares and price of each, by trade id."""
        found = defaultdict[str, list[tuple[int, Decimal]]](list)
        for trade_id, shares, price in self._connection.execute(STOPS):
            if price is not None:
                found[trade_id].append((int(shares), price))
        return {trade_id: tuple(stops) for trade_id, stops in found.items()}

    def external(self, since: datetime | None = None) -> Decimal:
        """Return the dollars that came by no trade since an instant, None for ever; those that went are below 0."""
        money = select(ActivityRow.dollars).where(EXTERNAL)
        if since:
            money = money.where(ActivityRow.at >= since)
        return sum(self._connection.scalars(money), Decimal(0))

    def equity_at(self, at: datetime) -> Decimal | None:
        """Return the last equity known before an instant, else the first after it; None on an empty curve."""
        before = select(EquityRow.equity).where(EquityRow.at < at).order_by(EquityRow.at.desc()).limit(1)
        after = select(EquityRow.equity).where(EquityRow.at >= at).order_by(EquityRow.at).limit(1)
        known = self._connection.scalar(before)
        return self._connection.scalar(after) if known is None else known

    def flows(self, since: datetime, now: Account | None = None) -> tuple[tuple[datetime, Decimal], ...]:
        """Return when money came or went after an instant, and what it made of a dollar of the account, oldest first.

        1.5 means that half as much came as was there. What the curve does not show yet is among them where the account
        of now does.
        """
        last = last_point(self._connection)
        coming = self._coming(last, now)
        shown = flows(self._connection, since)
        return (*shown, (last.at, made_of(now.equity, coming))) if last and now and coming else shown

    def peak_equity(self, since: datetime, now: Account | None = None) -> Decimal | None:
        """Return the highest equity since an instant, None where there is none.

        It is told in the money of now: what came in or went out since does not make the account better or worse.
        """
        highest = self._connection.scalar(select(func.max(EquityRow.growth)).where(EquityRow.at >= since))
        base, last = last_point(self._connection, base=True), last_point(self._connection)
        if highest is None or base is None or last is None:
            return None
        in_money_of_now = base.equity + last.external - base.external + self._coming(last, now)
        return round(in_money_of_now * Decimal(highest / base.growth), 2)

    def _coming(self, last: Point | None, now: Account | None) -> Decimal:
        """Return the dollars that are known and that the account of now shows, but not yet the curve."""
        money = money_waiting(self._connection, last) if last else Decimal(0)
        return money if last and now and money and is_shown(last, now, money) else Decimal(0)

    def last_fill(self) -> int:
        """Return the number of the newest fill that was kept, 0 before the first."""
        return self._connection.scalar(LAST_FILL) or 0


@cache
def _outcomes_by(*named: str) -> Select[*tuple[Any, ...]]:
    """Return the query for outcomes, newest first, with a parameter for each of `since` and `limit`."""
    query = OUTCOMES.order_by(TradeRow.closed_at.desc())
    if "since" in named:
        query = query.where(TradeRow.closed_at >= bindparam("since"))
    return query.limit(bindparam("limit", type_=Integer)) if "limit" in named else query
