from collections.abc import Collection
from datetime import date, datetime
from functools import cache

from sqlalchemy import Connection, Select, bindparam, exists, func, select

from engine.adapters.sql.account_tables import ActivityRow, CorporateActionRow
from engine.adapters.sql.base import one_of
from engine.adapters.sql.tables import OrderRow
from engine.adapters.sql.values import action_of, activity_of
from engine.model.activity import Activity, ActivityKind
from engine.model.corporate_action import ActionState, CorporateAction

IN_ORDER = select(ActivityRow).order_by(ActivityRow.at, ActivityRow.id)
OWNER = select(OrderRow.trade_id).where(OrderRow.broker_id == bindparam("order")).limit(1)
LAST_ACTIVITY = select(func.max(ActivityRow.at))
IN_DAYS = (
    select(CorporateActionRow)
    .where(CorporateActionRow.ex_date.between(bindparam("first"), bindparam("last")))
    .order_by(CorporateActionRow.ex_date, CorporateActionRow.id)
)


class SqlAccountHistory:
    """The port AccountReader within one transaction."""

    _connection: Connection

    def activities(self, *, symbol: str = "", since: datetime | None = None) -> tuple[Activity, ...]:
        """Return what happened in the account, oldest first, of one symbol if it is named."""
        given = {"symbol": symbol, "since": since}
        named = {name: value for name, value in given.items() if value}
        return tuple(map(activity_of, self._connection.execute(_among(IN_ORDER, *named), named)))

    def unclaimed(self, kinds: Collection[ActivityKind], *, symbol: str = "") -> tuple[Activity, ...]:
        """Return activities that belong to no trade or order of ours, oldest first, of one symbol if it is named."""
        named = {"symbol": symbol} if symbol else {}
        return tuple(map(activity_of, self._connection.execute(_unclaimed_by(frozenset(kinds), *named), named)))

    def last_activity(self) -> datetime | None:
        """Return the instant of the newest activity that was kept, None before the first."""
        return self._connection.scalar(LAST_ACTIVITY)

    def trade_of_order(self, broker_id: str) -> str:
        """Return the id of the trade that an order belongs to, by the broker's id; '' where it is none of ours."""
        return self._connection.scalar(OWNER, {"order": broker_id}) or ""

    def corporate_actions(self, first: date, last: date) -> tuple[tuple[CorporateAction, ActionState], ...]:
        """Return the actions whose ex-date is one of these days, and how far the desk is with each, in their order."""
        rows = self._connection.execute(IN_DAYS, {"first": first, "last": last})
        return tuple((action_of(row), row.state) for row in rows)


@cache
def _unclaimed_by(kinds: frozenset[ActivityKind], *named: str) -> Select[ActivityRow]:
    """Return the query for unclaimed activities of these kinds, with a parameter for `symbol` where it is named."""
    query = IN_ORDER.where(ActivityRow.trade_id == "", one_of(ActivityRow.kind, sorted(kinds)))
    # An order may have become known after its execution was read.
    query = query.where(~exists().where(OrderRow.broker_id == ActivityRow.order_id, ActivityRow.order_id != ""))
    return _among(query, *named)


@cache
def _among(query: Select[ActivityRow], *named: str) -> Select[ActivityRow]:
    """Return a query for activities, with a parameter for each of `symbol` and `since`."""
    if "symbol" in named:
        query = query.where(ActivityRow.symbol == bindparam("symbol"))
    return query.where(ActivityRow.at >= bindparam("since")) if "since" in named else query
