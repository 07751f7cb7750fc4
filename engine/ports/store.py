"""The truth as Protocols: what is stored, how it is read, and how it is written.

The one port with parts of its own, so it has a file of its own beside `engine.ports`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from engine.model.activity import Activity, ActivityKind
from engine.model.audit import AuditCheck, Mark
from engine.model.corporate_action import ActionState, CorporateAction
from engine.model.decision_record import DecisionRecord, KeptDecision
from engine.model.desk import AuditEntry, Desk, Term, Unfinished
from engine.model.market import Headline
from engine.model.news import ModelCall
from engine.model.notices.base import Notice, NoticeKind, Posted, Waiting
from engine.model.performance import Performance
from engine.model.portfolio import Account
from engine.model.record import TradeOutcome
from engine.model.signal import Finding, Signal
from engine.model.signal_outcome import ScoredHeadline, SignalOutcome
from engine.model.trade import Clearance, Order, Trade, TradeState

LOOK_HOLDS = 0.25
"""Real seconds for which what was read of the desk's state may be acted on, measured on a clock that counts sleep.

An order leaves within this time of its last look or not at all; who takes the way to the broker over from somebody
who did not leave it waits as long, so that nothing which was looked at before can still leave after.
"""


class TrackRecord(Protocol):
    """What the desk did lately, for the rules; cheap however many trades there ever were."""

    def entries(self, since: datetime) -> int:
        """Count the trades proposed since an instant that were approved, and came to nothing neither then nor later."""
        ...

    def outcomes(self, *, since: datetime | None = None, limit: int | None = None) -> tuple[TradeOutcome, ...]:
        """Return how trades ended, newest first."""
        ...

    def unfilled(self) -> Mapping[str, int]:
        """Return the shares that the entries of trades already open may still buy, by trade id."""
        ...

    def stops(self) -> Mapping[str, tuple[tuple[int, Decimal], ...]]:
        """Return what the live stops of trades already open protect: shares and price of each, by trade id."""
        ...

    def external(self, since: datetime | None = None) -> Decimal:
        """Return the dollars that came by no trade since an instant, None for ever; those that went are below 0."""
        ...

    def equity_at(self, at: datetime) -> Decimal | None:
        """Return the last equity known before an instant, else the first after it; None on an empty curve."""
        ...

    def flows(self, since: datetime, now: Account | None = None) -> tuple[tuple[datetime, Decimal], ...]:
        """Return when money came or went after an instant, and what it made of a dollar of the account, oldest first.

        1.5 means that half as much came as was there. What the curve does not show yet is among them where the account
        of now does.
        """
        ...

    def peak_equity(self, since: datetime, now: Account | None = None) -> Decimal | None:
        """Return the highest equity since an instant, None where there is none.

        It is told in the money of now: what came in or went out since does not make the account better or worse.
        """
        ...

    def last_fill(self) -> int:
        """Return the number of the newest fill that was kept, 0 before the first."""
        ...


class PerformanceHistory(Protocol):
    """How the desk has done."""

    def performance(self, since: datetime | None, until: datetime, symbol: str = "") -> Performance:
        """Return what came of the trades that ended from an instant (None: the first) to another, of one symbol too."""
        ...


class SignalHistory(Protocol):
    """What people look at of signals and news."""

    def signal_outcomes(self, limit: int, symbol: str = "") -> tuple[SignalOutcome, ...]:
        """Return signals with what became of them, newest first, of one symbol if it is named."""
        ...

    def headlines(self, symbols: Collection[str], since: datetime, limit: int) -> tuple[ScoredHeadline, ...]:
        """Return headlines about any of the symbols as they were scored since an instant, newest first."""
        ...


class AccountReader(Protocol):
    """What the account and companies did, as far as it was read."""

    def activities(self, *, symbol: str = "", since: datetime | None = None) -> tuple[Activity, ...]:
        """Return what happened in the account, oldest first, of one symbol if it is named."""
        ...

    def unclaimed(
        self, kinds: Collection[ActivityKind], *, symbol: str = "", since: datetime | None = None
    ) -> tuple[Activity, ...]:
        """Return activities that belong to no trade or order of ours, oldest first, of one symbol if it is named."""
        ...

    def last_activity(self) -> datetime | None:
        """Return the instant of the newest activity that was kept, None before the first."""
        ...

    def trade_of_order(self, broker_id: str) -> str:
        """Return the id of the trade that an order belongs to, by the broker's id; '' where it is none of ours."""
        ...

    def corporate_actions(self, first: date, last: date) -> tuple[tuple[CorporateAction, ActionState], ...]:
        """Return the actions whose ex-date is one of these days, and how far the desk is with each, in their order."""
        ...


class DecisionRecords(Protocol):
    """What decisions about trades stand on."""

    def decision_records(self, trade_id: str) -> tuple[KeptDecision, ...]:
        """Return the records of the decisions about a trade, oldest first."""
        ...

    def trade_ids(self) -> tuple[str, ...]:
        """Return the ids of all trades, newest first."""
        ...

    def states_of(self, trade_id: str) -> frozenset[TradeState]:
        """Return every state into which a trade was moved."""
        ...

    def shares_in_fills(self, trade_id: str) -> Mapping[str, tuple[int, int]]:
        """Return the filled shares of each order of a trade as the order says, and as its fills sum up, by its id."""
        ...


class Reader(TrackRecord, PerformanceHistory, SignalHistory, AccountReader, DecisionRecords, Protocol):
    """What can be read of the truth."""

    def desk(self) -> Desk:
        """Return the desk's state."""
        ...

    def term(self) -> Term:
        """Return the term that is now."""
        ...

    def desk_term(self) -> int:
        """Return the number of the term that began when the desk's state was changed last, 0 before it ever was."""
        ...

    def clearance(self, trade_id: str) -> Clearance | None:
        """Return what says whether a trade's entry may leave, in one read; None where there is no such trade."""
        ...

    def trade(self, trade_id: str) -> Trade | None:
        """Return a trade."""
        ...

    def trades(
        self,
        states: Collection[TradeState] = (),
        *,
        symbol: str = "",
        since: datetime | None = None,
        limit: int | None = None,
    ) -> tuple[Trade, ...]:
        """Return trades, newest first; in any state where none is named, `since` those proposed or ended from then."""
        ...

    def symbols(self, states: Collection[TradeState], among: Collection[str]) -> frozenset[str]:
        """Return those of some symbols that have a trade in one of these states."""
        ...

    def unpublished(self) -> tuple[Trade, ...]:
        """Return proposals that never reached the stream, oldest first."""
        ...

    def orders(self, trade_id: str) -> tuple[Order, ...]:
        """Return a trade's orders as last seen, entry first, without nesting."""
        ...

    def orders_of(self, trade_ids: Collection[str]) -> Mapping[str, tuple[Order, ...]]:
        """Return the orders of many trades as `orders` does, by trade; those of a trade without any are empty."""
        ...

    def findings(self, symbols: Sequence[str], since: datetime) -> Mapping[str, tuple[Finding, ...]]:
        """Return what the news said of each symbol since an instant, newest first; symbols without news are missing."""
        ...

    def signals(self, limit: int, symbol: str = "") -> tuple[Signal, ...]:
        """Return signals, newest first, of one symbol if it is named, whether a trade came of them or not."""
        ...

    def scored(self, headline_ids: Collection[str]) -> frozenset[tuple[str, str]]:
        """Return for which symbols these headlines were scored already, as (headline id, symbol)."""
        ...

    def unscored(self, symbols: Collection[str], since: datetime) -> Mapping[str, str]:
        """Return by whom and why headlines about a symbol were left out since an instant, 'claude: budget' for one.

        Symbols about which everything was scored are missing.
        """
        ...

    def calls(self, *, symbol: str = "", since: datetime | None = None, limit: int = 50) -> tuple[ModelCall, ...]:
        """Return calls to a model, newest first."""
        ...

    def spent(self, day: date) -> Decimal:
        """Return the dollars spent on a model on a day (UTC), 0 when there were none."""
        ...

    def setting(self, name: str) -> str | None:
        """Return a setting that was changed at run time."""
        ...

    def waiting(self, limit: int) -> tuple[Waiting, ...]:
        """Return notices not yet delivered, in the order in which they were told."""
        ...

    def was_enqueued(self, key: str, kind: NoticeKind | None = None) -> bool:
        """Tell whether a notice was ever put into the outbox, as this kind where one is named."""
        ...

    def posted(self, key: str) -> Posted | None:
        """Return where the message of a notice stands."""
        ...

    def is_served(self, request_id: str) -> bool:
        """Tell whether the audit has an entry of a request; one without an id is always new."""
        ...

    def audit(self, *, subject: str = "", limit: int = 50) -> tuple[AuditEntry, ...]:
        """Return audit entries, newest first, without the fingerprints of trades."""
        ...

    def audit_head(self) -> tuple[int, str]:
        """Return how many rows the audit has, and the hash of the last."""
        ...

    def audit_mark(self) -> Mark:
        """Return the last row of the audit."""
        ...

    def has_mark(self, mark: Mark) -> bool:
        """Tell whether the audit has a row of this number and hash; before the first row it always has."""
        ...

    def check_audit(self, known: str = "", anchors: Collection[Mark] = ()) -> AuditCheck:
        """Go through the audit's chain and the trades that it covers, and say what is wrong first.

        `known` is a hash that must be in it, `anchors` are rows that must.
        """
        ...

    def rows(self, table: str) -> Iterator[object]:
        """Yield all of 'trades', 'orders', 'decisions' or 'audit', oldest first, each column an attribute."""
        ...


class Transaction(Reader, Protocol):
    """The truth open for writing, in one transaction that no other write runs beside."""

    def set_desk(self, desk: Desk) -> None:
        """Change the desk; where that changes its state a new term begins."""
        ...

    def set_setting(self, name: str, value: str) -> None:
        """Change a setting at run time."""
        ...

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

    def save_findings(
        self, symbol: str, headlines: Sequence[Headline], findings: Sequence[Finding], scorer: str
    ) -> None:
        """Keep headlines as scored for a symbol, with what was found in them."""
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

    def begin_request(self, unfinished: Unfinished, by: str, until: datetime) -> None:
        """Note that a request is acknowledged before it is finished, by whom, and until when that bot surely lives."""
        ...

    def end_request(self, request_id: str) -> None:
        """Note that a request is finished; nothing happens where it was never noted."""
        ...

    def take_unfinished(self, by: str, *, now: datetime, until: datetime) -> tuple[Unfinished, ...]:
        """Prolong one's own requests, and take over, until an instant, those of bots that live no more."""
        ...

    def record(self, entry: AuditEntry) -> None:
        """Add to the audit; raises Repeated where it has an entry of the same request."""
        ...


class Store(Protocol):
    """The truth. Raises StoreUnavailable when it cannot be read or written."""

    def reading(self) -> AbstractContextManager[Reader]:
        """Open the truth for reading."""
        ...

    def writing(self, term: Term | None = None, *, urgent: bool = False) -> AbstractContextManager[Transaction]:
        """Open the truth for writing; what was written is kept on leaving without an exception, and only then.

        Writers wait for each other, so what is read inside stays true; one who is urgent goes before the others.
        Nothing outside is called while it is open. Raises Fenced, and nothing is written, once `term` is over.
        """
        ...

    def order_lock(self, *, urgent: bool = False) -> AbstractContextManager[Term]:
        """Hold the way to the broker, which one at a time may go: of all threads of all processes on this truth.

        Gives the term in which it is held. One who is urgent takes it over from whoever keeps it for too long: that
        one's term is over then, and what it last looked at is too old to act on before this returns.
        """
        ...
