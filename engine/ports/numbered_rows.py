from collections.abc import Collection
from typing import Protocol

from engine.model.numbered import Measured, NumberedEntry, NumberedSignal, TradeMove


class NumberedRows(Protocol):
    """What is read with the keys of its rows, newest first, so that it can be cited."""

    def numbered_signals(self, limit: int, *, symbol: str = "", trade_id: str = "") -> tuple[NumberedSignal, ...]:
        """Return signals with what became of them, of one symbol or one trade if it is named."""
        ...

    def moves(self, limit: int, *, trade_id: str = "") -> tuple[TradeMove, ...]:
        """Return the moves of trades, of one trade if it is named."""
        ...

    def numbered_audit(self, actions: Collection[str], limit: int) -> tuple[NumberedEntry, ...]:
        """Return entries of the audit about some actions."""
        ...

    def measured(self) -> Measured | None:
        """Return the account and the open risk as they were last kept, None before the first time."""
        ...
