from collections.abc import Sequence
from decimal import Decimal

from engine.common.duty_calls import NOBODY, DutyCalls, called_before, was_asked
from engine.duty.calls import Members
from engine.model.duty import CallKind
from engine.model.notices.duty import MissedResult
from engine.model.shadow import Cause, ShadowState, ShadowTrade
from engine.ports.clock import Clock
from engine.ports.store import Transaction


class Missed:
    """Tells what would have come of proposals that expired, to whoever was called about them, once each."""

    def __init__(self, *, clock: Clock, calls: DutyCalls) -> None:
        self._clock = clock
        self._calls = calls

    def members(self, trades: Sequence[ShadowTrade]) -> Members:
        """Return who is in the groups that may be called, where any of some trades is told of."""
        return self._calls.members() if any(map(_is_told, trades)) else NOBODY

    def tell(self, transaction: Transaction, trade: ShadowTrade, members: Members) -> None:
        """Tell of a simulated trade, if it is over, and its proposal expired after the desk was asked about it."""
        if not _is_told(trade) or not was_asked(transaction, trade.trade_id):
            return
        notice = MissedResult(
            key=f"{trade.trade_id}:missed",
            at=self._clock.now(),
            trade_id=trade.trade_id,
            shares=trade.shares,
            entry=trade.entry,
            exit=trade.exit,
            result=trade.result,
            multiple=None if trade.multiple is None else Decimal(str(trade.multiple)),
            exit_reason=trade.exit_reason,
            why=trade.why,
        )
        earlier = called_before(transaction, trade.trade_id)
        self._calls.enqueue(transaction, notice, CallKind.RESULT, members=members, earlier=earlier)


def _is_told(trade: ShadowTrade) -> bool:
    return trade.cause is Cause.EXPIRED and trade.state is not ShadowState.OPEN
