from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from engine.adapters.sql.tables import ShadowTradeRow
from engine.adapters.sql.values import columns_of, value_of
from engine.model.json_values import plain, valued
from engine.model.shadow import Cause, ShadowProgress, ShadowState, ShadowTrade

TRADES = select(ShadowTradeRow.__table__).order_by(ShadowTradeRow.bar, ShadowTradeRow.key)
AT_ONCE = 500


class SqlShadowTrades:
    """The port ShadowReader within one transaction."""

    _connection: Connection

    def shadow_trades(self, states: Collection[ShadowState] = (), *, strategy: str = "") -> tuple[ShadowTrade, ...]:
        """Return simulated trades by their bars, of one fingerprint in shadow if it is named."""
        query: Select[Any] = TRADES
        if states:
            query = query.where(ShadowTradeRow.state.in_(states))
        if strategy:
            query = query.where(_in_shadow(strategy))
        return tuple(map(_trade_of, self._connection.execute(query)))

    def last_shadow_exits(self, strategy: str) -> dict[str, ShadowTrade]:
        """Return the newest trade of each symbol that a strategy in shadow had, by symbol."""
        newest = (
            select(ShadowTradeRow.symbol, func.max(ShadowTradeRow.bar).label("bar"))
            .where(_in_shadow(strategy))
            .group_by(ShadowTradeRow.symbol)
            .subquery()
        )
        same = (ShadowTradeRow.symbol == newest.c.symbol) & (ShadowTradeRow.bar == newest.c.bar)
        rows = self._connection.execute(TRADES.join(newest, same).where(_in_shadow(strategy)))
        return {row.symbol: _trade_of(row) for row in rows}

    def shadow_keys(self, keys: Collection[str]) -> frozenset[str]:
        """Return those of some keys that are kept."""
        found, asked = set[str](), sorted(keys)
        for first in range(0, len(asked), AT_ONCE):
            some = ShadowTradeRow.key.in_(asked[first : first + AT_ONCE])
            found.update(self._connection.scalars(select(ShadowTradeRow.key).where(some)))
        return frozenset(found)


def save(connection: Connection, trade: ShadowTrade, before: ShadowTrade | None) -> bool:
    """Keep a new trade, or what became of one, see the port ShadowWriter."""
    columns = columns_of(trade, without={"progress"}) | {"progress": plain(trade.progress)}
    if before is None:
        if connection.scalar(select(ShadowTradeRow.key).where(ShadowTradeRow.key == trade.key)):
            return False
        connection.execute(insert(ShadowTradeRow), columns)
        return True
    same = update(ShadowTradeRow).where(
        ShadowTradeRow.key == trade.key,
        ShadowTradeRow.state == before.state,
        ShadowTradeRow.through == before.through,
    )
    return bool(connection.execute(same, columns).rowcount)


def _in_shadow(strategy: str) -> Any:
    return (ShadowTradeRow.cause == Cause.SHADOW) & (ShadowTradeRow.strategy_fingerprint == strategy)


def _trade_of(row: Row[Any]) -> ShadowTrade:
    progress = None if row.progress is None else valued(ShadowProgress, row.progress)
    return value_of(ShadowTrade, row, progress=progress)
