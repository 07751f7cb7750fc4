"""The news, as the port Reader returns it: what was found and scored, what was left out, and what that cost."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, bindparam, select

from engine.adapters.sql.news_tables import FindingRow, ModelCallRow, ScoredRow, SpendingRow, UnscoredRow
from engine.adapters.sql.values import call_of, value_of
from engine.model.news import ModelCall
from engine.model.signal import Finding

SPENT = select(SpendingRow.dollars).where(SpendingRow.day == bindparam("day"))


class SqlNewsRows:
    """Reads what became of the news within one transaction."""

    _connection: Connection

    def findings(self, symbols: Sequence[str], since: datetime) -> Mapping[str, tuple[Finding, ...]]:
        """Return what the news said of each symbol since an instant, newest first; symbols without news are missing."""
        about = select(FindingRow).where(FindingRow.symbol.in_(symbols), FindingRow.at >= since)
        found = defaultdict[str, list[Finding]](list)
        for row in self._connection.execute(about.order_by(FindingRow.at.desc(), FindingRow.id)):
            found[row.symbol].append(value_of(Finding, row))
        return {symbol: tuple(findings) for symbol, findings in found.items()}

    def scorers(self, symbols: Collection[str], since: datetime) -> Mapping[tuple[str, str], str]:
        """Return who found what the news said of symbols since an instant, by symbol and headline id."""
        row = FindingRow
        query = select(row.symbol, row.headline_id, row.scorer).where(row.symbol.in_(symbols), row.at >= since)
        return {(found.symbol, found.headline_id): found.scorer for found in self._connection.execute(query)}

    def scored(self, headline_ids: Collection[str]) -> Mapping[tuple[str, str], str]:
        """Return for which symbols these headlines were scored already and in which wording, by (headline id, symbol).

        The wording is '' where it was not kept.
        """
        query = select(ScoredRow.__table__).where(ScoredRow.headline_id.in_(headline_ids))
        return {(row.headline_id, row.symbol): row.wording for row in self._connection.execute(query)}

    def unscored(self, symbols: Collection[str], since: datetime) -> Mapping[str, str]:
        """Return by whom and why headlines about a symbol were left out since an instant, 'claude: budget' for one.

        Symbols about which everything was scored are missing.
        """
        query = select(UnscoredRow).where(UnscoredRow.symbol.in_(symbols), UnscoredRow.at >= since)
        return {row.symbol: row.reason for row in self._connection.execute(query)}

    def calls(self, *, symbol: str = "", limit: int = 50) -> tuple[ModelCall, ...]:
        """Return calls to a model, newest first."""
        query = select(ModelCallRow).order_by(ModelCallRow.at.desc(), ModelCallRow.id.desc()).limit(limit)
        if symbol:
            query = query.where(ModelCallRow.symbol == symbol)
        return tuple(map(call_of, self._connection.execute(query)))

    def spent(self, day: date) -> Decimal:
        """Return the dollars spent on a model on a day (UTC), 0 when there were none."""
        return self._connection.scalar(SPENT, {"day": day}) or Decimal(0)
