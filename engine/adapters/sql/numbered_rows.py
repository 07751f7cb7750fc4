from collections.abc import Collection

from sqlalchemy import Connection, select

from engine.adapters.sql.account_tables import EquityRow, RiskRow
from engine.adapters.sql.desk_tables import AuditRow
from engine.adapters.sql.signals import SIGNAL
from engine.adapters.sql.tables import DecisionRow, SignalRow, TradeRow
from engine.adapters.sql.values import signal_of, value_of
from engine.model.account import Account
from engine.model.desk import AuditEntry
from engine.model.numbered import Measured, NumberedEntry, NumberedSignal, TradeMove
from engine.model.signal_outcome import SignalOutcome

SIGNALS = (
    select(SignalRow.id.label("number"), *SIGNAL, *TradeRow.__table__.c["id", "state"])
    .outerjoin(TradeRow, TradeRow.signal_id == SignalRow.id)
    .order_by(SignalRow.at.desc(), SignalRow.id.desc())
)
MOVES = select(DecisionRow.id.label("number"), *DecisionRow.__table__.c).order_by(DecisionRow.id.desc())
MEASURED = select(*[*EquityRow.__table__.c, RiskRow.__table__.c.open_risk]).join(RiskRow, RiskRow.at == EquityRow.at)
MEASURED_LAST = MEASURED.order_by(EquityRow.at.desc()).limit(1)


class SqlNumberedRows:
    """The port NumberedRows within one transaction."""

    _connection: Connection

    def numbered_signals(self, limit: int, *, symbol: str = "", trade_id: str = "") -> tuple[NumberedSignal, ...]:
        """Return signals with what became of them, of one symbol or one trade if it is named."""
        query = SIGNALS.limit(limit)
        if symbol:
            query = query.where(SignalRow.symbol == symbol)
        if trade_id:
            query = query.where(TradeRow.id == trade_id)
        return tuple(
            NumberedSignal(
                number=row.number,
                outcome=SignalOutcome(
                    signal=signal_of(row), why_not=row.signal_why_not, trade_id=row.id or "", state=row.state
                ),
            )
            for row in self._connection.execute(query)
        )

    def moves(self, limit: int, *, trade_id: str = "") -> tuple[TradeMove, ...]:
        """Return the moves of trades, of one trade if it is named."""
        query = MOVES.limit(limit)
        if trade_id:
            query = query.where(DecisionRow.trade_id == trade_id)
        return tuple(value_of(TradeMove, row) for row in self._connection.execute(query))

    def numbered_audit(self, actions: Collection[str], limit: int) -> tuple[NumberedEntry, ...]:
        """Return entries of the audit about some actions."""
        query = select(AuditRow).where(AuditRow.action.in_(actions)).order_by(AuditRow.number.desc()).limit(limit)
        return tuple(
            NumberedEntry(number=row.number, entry=value_of(AuditEntry, row)) for row in self._connection.execute(query)
        )

    def measured(self) -> Measured | None:
        """Return the account and the open risk as they were last kept, None before the first time."""
        row = self._connection.execute(MEASURED_LAST).first()
        return None if row is None else Measured(at=row.at, account=value_of(Account, row), open_risk=row.open_risk)
