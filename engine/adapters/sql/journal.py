from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from engine.adapters.sql.desk_tables import MessageRow
from engine.adapters.sql.signals import at_once
from engine.adapters.sql.tables import FillRow, JournalRow, OrderRow
from engine.adapters.sql.values import columns_of, value_of
from engine.model.journal import JournalEntry
from engine.model.notices.base import Posted
from engine.model.tax_lots import Fill

CARD = ":card"
"""What the key of a card's notice ends with, after its trade's id."""
ENTRIES = select(JournalRow.__table__).where(JournalRow.text != "").order_by(JournalRow.at, JournalRow.key)
FILLS = (
    select(OrderRow.trade_id, OrderRow.side, FillRow.shares, FillRow.price, FillRow.at, OrderRow.fill_price)
    .join(OrderRow, FillRow.order_id == OrderRow.id)
    .order_by(FillRow.id)
)


class SqlJournal:
    """The port JournalReader within one transaction."""

    _connection: Connection

    def journal(
        self, trade_ids: Collection[str] | None = None, *, since: datetime | None = None
    ) -> tuple[JournalEntry, ...]:
        """Return what is written down, oldest first; see the port."""
        query: Select[Any] = ENTRIES if since is None else ENTRIES.where(JournalRow.at >= since)
        if trade_ids is None:
            found = list(self._connection.execute(query))
        else:
            found = [
                row
                for some in at_once(sorted(trade_ids))
                for row in self._connection.execute(query.where(_about(some)))
            ]
        return tuple(value_of(JournalEntry, row) for row in found)

    def trade_of_card(self, card: Posted) -> str:
        """Return the id of the trade whose card stands there, '' where none does."""
        there = (MessageRow.channel == card.channel) & (MessageRow.ts == card.ts)
        keys = self._connection.scalars(select(MessageRow.key).where(there))
        return next((key.removesuffix(CARD) for key in keys if key.endswith(CARD)), "")

    def fills(self, trade_ids: Collection[str]) -> Mapping[str, tuple[Fill, ...]]:
        """Return what was bought and sold for trades, oldest first, by their ids."""
        found: dict[str, list[Fill]] = {trade_id: [] for trade_id in trade_ids}
        for some in at_once(sorted(trade_ids)):
            for row in self._connection.execute(FILLS.where(OrderRow.trade_id.in_(some))):
                price = row.fill_price if row.price is None else row.price
                if price is not None and row.at is not None:
                    found[row.trade_id].append(Fill(side=row.side, shares=Decimal(row.shares), price=price, at=row.at))
        return {trade_id: tuple(fills) for trade_id, fills in found.items()}


def save(connection: Connection, entry: JournalEntry) -> bool:
    """Keep an entry, see the port JournalWriter."""
    columns = columns_of(entry)
    kept = connection.scalar(select(JournalRow.version).where(JournalRow.key == entry.key))
    if kept is None:
        connection.execute(insert(JournalRow), columns)
        return True
    if kept >= entry.version:
        return False
    connection.execute(update(JournalRow).where(JournalRow.key == entry.key).values(columns))
    return True


def _about(trade_ids: Collection[str]) -> Any:
    return JournalRow.trade_id.in_(trade_ids)
