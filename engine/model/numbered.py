"""Values beside the keys of their rows, for those who say where they read something."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.model.account import Account
from engine.model.desk import AuditEntry
from engine.model.signal_outcome import SignalOutcome
from engine.model.trade import TradeState


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberedSignal:
    """A signal with what became of it, and the number of its row."""

    number: int
    outcome: SignalOutcome


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberedEntry:
    """An entry of the audit, and its number."""

    number: int
    entry: AuditEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeMove:
    """A move of a trade from one state to another: the number of its row, by whom, when (aware UTC) and why."""

    number: int
    trade_id: str
    from_state: TradeState
    to_state: TradeState
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """The account and the open risk (a share of equity) as they were last kept, at one instant (aware UTC)."""

    at: datetime
    account: Account
    open_risk: Decimal
