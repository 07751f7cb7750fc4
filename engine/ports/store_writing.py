"""What can be written in a transaction, by subject."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from engine.model.account import Account
from engine.model.activity import Activity
from engine.model.corporate_action import ActionState, CorporateAction
from engine.model.decision_record import DecisionRecord
from engine.model.desk import AuditEntry, Desk, Unfinished
from engine.model.manual_proposal import KeptKey
from engine.model.market import Headline
from engine.model.news import ModelCall
from engine.model.notices.base import Notice, Posted, Waiting
from engine.model.outage import Outage
from engine.model.signal import Finding, Signal
from engine.model.trade import Order, Trade, TradeState


class DeskWriter(Protocol):
    """The desk, its settings, what is asked of it, and the audit."""

    def set_desk(self, desk: Desk) -> None:
        """Change the desk; where that changes its state a new term begins."""
        ...

    def save_outage(self, outage: Outage) -> None:
        """Keep that a process finds a service lost."""
        ...

    def prolong_outage(self, outage: Outage) -> bool:
        """Keep until when it still holds; False where somebody has reached the service meanwhile."""
        ...

    def end_outages(self, service: str, process: str, now: datetime) -> int:
        """Forget a process's outage of a service, and those of others that hold no more; return how many."""
        ...

    def set_setting(self, name: str, value: str) -> None:
        """Change a setting at run time."""
        ...

    def begin_request(self, unfinished: Unfinished, by: str, until: datetime) -> None:
        """Note that a request is acknowledged before it is finished, by whom, and until when that bot surely lives."""
        ...

    def end_request(self, request_id: str) -> None:
        """Note that a request is finished; nothing happens where it was never noted."""
        ...

    def take_unfinished(self, by: str, *, now: datetime, until: datetime) -> tuple[Unfinished, ...]:
        """Prolong one's own requests, and take over, until an instant, those of bots that live no more."""
        ...

    def write_audit(self, entry: AuditEntry) -> None:
        """Add to the audit; raises Repeated where it has an entry of the same request."""
        ...

    def keep_key(self, key: str, kept: KeptKey, at: datetime) -> None:
        """Keep what a new key was used for at an instant; raises Repeated where it was used before."""
        ...

    def forget_keys(self, before: datetime) -> int:
        """Forget the keys that were kept before an instant; return how many."""
        ...


class TradeWriter(Protocol):
    """Signals, trades, orders and decisions."""

    def add_signal(self, signal: Signal, why_not: str) -> None:
        """Keep a signal that no trade came of, and why."""
        ...

    def propose(self, trade: Trade) -> None:
        """Keep a new proposal with its signal; it is not yet published."""
        ...

    def mark_published(self, trade_id: str) -> None:
        """Note that a proposal is on the stream."""
        ...

    def move(self, trade: Trade, to: TradeState) -> Trade:
        """Move a trade on, with whatever else of it has changed, and return it in its new state.

        A compare-and-set: raises AlreadyDecided when the stored state is not `trade.state`, ValueError for a move that
        does not exist.
        """
        ...

    def update(self, trade: Trade) -> None:
        """Keep what has changed of a trade that stays in its state; raises AlreadyDecided when it is in another."""
        ...

    def save_decision(self, record: DecisionRecord) -> None:
        """Add the record of a decision about a trade; it is never changed."""
        ...

    def save_order(self, trade_id: str, order: Order) -> None:
        """Keep an order and its legs as last seen, and each new fill."""
        ...


class NewsWriter(Protocol):
    """What the news said and cost."""

    def save_findings(
        self, symbol: str, headlines: Sequence[Headline], findings: Sequence[Finding], scorer: str
    ) -> None:
        """Keep headlines as scored for a symbol, with what was found in them."""
        ...

    def forget_scored(self, retracted: Collection[tuple[str, str]]) -> None:
        """Take away what was found in headlines about symbols, by (headline id, symbol): they count as not scored."""
        ...

    def note_unscored(self, at: datetime, reasons: Mapping[str, str]) -> None:
        """Note for each symbol by whom and why headlines about it are left out, and with '' that none are any more."""
        ...

    def save_call(self, call: ModelCall) -> None:
        """Keep a call to a model."""
        ...

    def add_spending(self, day: date, dollars: Decimal) -> None:
        """Add dollars to what was spent on a model on a day (UTC)."""
        ...


class AccountWriter(Protocol):
    """What the account and companies did."""

    def add_activity(self, activity: Activity, trade_id: str = "") -> bool:
        """Keep an activity, and the trade that it belongs to; False, and nothing done, when it was kept before."""
        ...

    def claim_activity(self, activity_id: str, trade_id: str) -> None:
        """Note that an activity belongs to a trade, or to nobody's (`NOBODY`)."""
        ...

    def save_action(self, action: CorporateAction, state: ActionState) -> None:
        """Keep a corporate action, and how far the desk is with it."""
        ...

    def save_equity(self, at: datetime, account: Account, open_risk: Decimal) -> None:
        """Add a point to the curve of equity and to the risk log."""
        ...


class OutboxWriter(Protocol):
    """What is to be told."""

    def enqueue_notice(self, notice: Notice) -> bool:
        """Put a notice into the outbox; False, and nothing done, when its key was told before."""
        ...

    def claim(self, number: int, by: str, *, now: datetime, until: datetime, over: str = "") -> Waiting | None:
        """Take a waiting notice to post it, until an instant, and return it as it was before.

        A compare-and-set: None where it is delivered by now, or another's claim holds, but for the one that it goes
        `over`. From here on it counts as attempted, until it is given back.
        """
        ...

    def give_back(self, number: int, by: str, *, attempted_at: datetime | None) -> None:
        """Give up one's claim on a notice; `attempted_at` is None where it is sure that nothing was posted."""
        ...

    def delivered(self, number: int, posted: Posted | None) -> None:
        """Note that a waiting notice was delivered, and where its message stands if it has one."""
        ...

    def rehearse(self) -> None:
        """Write as much as a long notice needs, and take it back: to leave the transaction well proves writes work."""
        ...
