from datetime import datetime, timedelta
from typing import Final

import structlog

from engine.common.duty_calls import DutyCalls, called_before, was_asked
from engine.duty.calls import Members
from engine.model.duty import CallKind
from engine.model.notices.duty import DecisionReminded, SecondLineCalled
from engine.model.trade import Trade, TradeState
from engine.ports.clock import Clock
from engine.ports.store import Store

log = structlog.get_logger()

REMINDED_AFTER: Final = 1 / 2
SECOND_AFTER: Final = 3 / 4
"""Parts of a proposal's life after which who is on duty is reminded, and after which the second line is called."""


class Remind:
    """Calls those on duty about proposals that nobody decides: again at half of their life, the second line later.

    What came due while nothing ran is not made up for one by one: only the later of the two still counts.
    """

    def __init__(self, *, store: Store, clock: Clock, calls: DutyCalls) -> None:
        self._store = store
        self._clock = clock
        self._calls = calls

    def __call__(self) -> None:
        """Call who is due; raises StoreUnavailable, and the next round calls the rest."""
        now = self._clock.now()
        with self._store.reading() as reader:
            waiting = [(each, _due(each, now)) for each in reader.trades({TradeState.PROPOSED})]
            due = [
                (trade.id, notice)
                for trade, notice in reversed(waiting)
                if notice and was_asked(reader, trade.id) and not reader.was_enqueued(notice.key)
            ]
        if not due:
            return
        members = self._calls.members()
        for trade_id, notice in due:
            self._call(trade_id, notice, members)

    def _call(self, trade_id: str, notice: DecisionReminded | SecondLineCalled, members: Members) -> None:
        kind = CallKind.REMINDER if isinstance(notice, DecisionReminded) else CallKind.ESCALATION
        with self._store.writing() as transaction:
            trade = transaction.trade(trade_id)
            if trade is None or trade.state is not TradeState.PROPOSED:
                return  # it was decided meanwhile
            earlier = called_before(transaction, trade_id)
            is_told = self._calls.enqueue(
                transaction, notice, kind, members=members, earlier=earlier, only_if_called=True
            )
        if is_told:
            log.info("duty_called", trade_id=trade_id, kind=kind)


def _due(trade: Trade, now: datetime) -> DecisionReminded | SecondLineCalled | None:
    """Return what is due of a proposal at an instant, None before half of its life and after its end."""
    life: timedelta = trade.expires_at - trade.proposed_at
    if not trade.proposed_at + life * REMINDED_AFTER <= now < trade.expires_at:
        return None
    if now < trade.proposed_at + life * SECOND_AFTER:
        return DecisionReminded(key=f"{trade.id}:reminded", at=now, trade_id=trade.id)
    return SecondLineCalled(key=f"{trade.id}:second-line", at=now, trade_id=trade.id)
