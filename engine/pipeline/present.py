from dataclasses import dataclass

from engine.common.duty_calls import DutyCalls
from engine.duty.calls import Members
from engine.model.desk import OWN_ACCORD
from engine.model.duty import CallKind
from engine.model.notices.base import NoticeKind
from engine.model.notices.proposals import ApprovalAsked, AutoProposed
from engine.model.trade import Trade
from engine.ports.clock import Clock
from engine.ports.store import Store, Transaction


@dataclass(frozen=True, kw_only=True)
class Present:
    """Puts a proposal from the stream before the desk: what people see of it before anybody decides.

    Who is on duty is called with the card, where the desk is asked.
    """

    store: Store
    clock: Clock
    calls: DutyCalls

    def __call__(self, trade: Trade, *, asking: bool) -> None:
        """Put a proposal's card before the desk, once: to be decided, or only to be seen because AUTO_MODE decides.

        Where that card said that AUTO_MODE decides, and it does not any more, the desk is asked after all.
        """
        key = f"{trade.id}:card"
        members = self.calls.members() if asking else {}
        with self.store.writing() as transaction:
            now = self.clock.now()
            if not asking:
                transaction.enqueue_notice(AutoProposed(key=key, at=now, trade_id=trade.id))
                return
            card = ApprovalAsked(key=key, at=now, trade_id=trade.id)
            self.calls.enqueue(transaction, card, CallKind.PROPOSAL, members=members)
            if transaction.was_enqueued(key, NoticeKind.PROPOSED_AUTO):
                self._ask(transaction, trade, "auto does not decide", members)

    def ask_after_all(self, trade: Trade) -> None:
        """Ask the desk about a proposal whose card said that AUTO_MODE decides, once."""
        members = self.calls.members()
        with self.store.writing() as transaction:
            self._ask(transaction, trade, "two must approve", members)

    def _ask(self, transaction: Transaction, trade: Trade, why: str, members: Members) -> None:
        now = self.clock.now()
        card = ApprovalAsked(key=f"{trade.id}:asked", at=now, trade_id=trade.id)
        if self.calls.enqueue(transaction, card, CallKind.PROPOSAL, members=members):
            transaction.write_audit(OWN_ACCORD.entry(now, "ask", trade.id, why=why))
