from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.adapters.sql.news_tables import FindingRow, HeadlineRow, ScoredRow
from engine.adapters.sql.signals import SIGNAL
from engine.adapters.sql.tables import SignalRow, TradeRow
from engine.adapters.sql.values import signal_of, value_of
from engine.model.market import Headline
from engine.model.signal_outcome import ScoredHeadline, SignalOutcome

FATES = (
    select(*SIGNAL, *TradeRow.__table__.c["id", "state"])
    .outerjoin(TradeRow, TradeRow.signal_id == SignalRow.id)
    .order_by(SignalRow.at.desc(), SignalRow.id.desc())
)
HEADLINES = (
    select(*HeadlineRow.__table__.c, *[ScoredRow.symbol.label("scored_for")])
    .join(ScoredRow, ScoredRow.headline_id == HeadlineRow.id)
    .order_by(HeadlineRow.at.desc(), HeadlineRow.id, ScoredRow.symbol)
)


class SqlSignalHistory:
    """The port SignalHistory within one transaction."""

    _connection: Connection

    def signal_outcomes(
        self, limit: int, symbol: str = "", *, since: datetime | None = None, without: Collection[str] = ()
    ) -> tuple[SignalOutcome, ...]:
        """Return signals with what became of them, newest first; see the port."""
        query = FATES.limit(limit)
        if since is not None:
            query = query.where(SignalRow.at >= since)
        if symbol:
            query = query.where(SignalRow.symbol == symbol)
        if without:
            query = query.where(SignalRow.why_not.not_in(without))
        return tuple(
            SignalOutcome(signal=signal_of(row), why_not=row.signal_why_not, trade_id=row.id or "", state=row.state)
            for row in self._connection.execute(query)
        )

    def headlines(self, symbols: Collection[str], since: datetime, limit: int) -> tuple[ScoredHeadline, ...]:
        """Return headlines about any of the symbols as they were scored since an instant, newest first."""
        about = HEADLINES.where(ScoredRow.symbol.in_(symbols), HeadlineRow.at >= since).limit(limit)
        rows = self._connection.execute(about).all()
        query = select(FindingRow.__table__).where(FindingRow.headline_id.in_({row.id for row in rows}))
        found = defaultdict[tuple[str, str], list[Any]](list)
        for finding in self._connection.execute(query.order_by(FindingRow.id)):
            found[finding.headline_id, finding.symbol].append(finding)
        return tuple(_scored(row, found[row.id, row.scored_for]) for row in rows)


def _scored(row: Row[Any], findings: Sequence[Any]) -> ScoredHeadline:
    return ScoredHeadline(
        symbol=row.scored_for,
        headline=value_of(Headline, row, symbols=tuple(row.symbols)),
        tenths=sum(finding.tenths for finding in findings),
        reason=", ".join(finding.reason for finding in findings if finding.reason),
        scorer=findings[0].scorer if findings else "",
    )
