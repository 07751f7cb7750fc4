from dataclasses import dataclass

from engine.model.desk import OWN_ACCORD
from engine.model.notices.base import NoticeKind
from engine.model.notices.proposals import ApprovalAsked, AutoProposed
from engine.model.trade import Trade
from engine.ports.clock import Clock
from engine.ports.store import Store, Transaction


@dataclass(frozen=True, kw_only=True)
class Present:
    """Puts a proposal from the stream before the desk: what people see of it before anybody decides."""

    store: Store
    clock: Clock

    def __call__(self, trade: Trade, *, asking: bool) -> None:
        """Put a proposal's card before the desk, once: to be decided, or only to be seen because AUTO_MODE decides.

        Where that card said that AUTO_MODE decides, and it does not any more, the desk is asked after all.
        """
        key, card = f"{trade.id}:card", ApprovalAsked if asking else AutoProposed
        with self.store.writing() as transaction:
            transaction.enqueue_notice(card(key=key, at=self.clock.now(), trade_id=trade.id))
            if asking and transaction.was_enqueued(key, NoticeKind.PROPOSED_AUTO):
                self._ask(transaction, trade, "auto does not decide")

    def ask_after_all(self, trade: Trade) -> None:
        """Ask the desk about a proposal whose card said that AUTO_MODE decides, once."""
        with self.store.writing() as transaction:
            self._ask(transaction, trade, "two must approve")

    def _ask(self, transaction: Transaction, trade: Trade, why: str) -> None:
        now = self.clock.now()
        if transaction.enqueue_notice(ApprovalAsked(key=f"{trade.id}:asked", at=now, trade_id=trade.id)):
            transaction.write_audit(OWN_ACCORD.entry(now, "ask", trade.id, why=why))
