"""What can be read of the database, by subject."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from engine.model.account import Account
from engine.model.activity import Activity, ActivityKind
from engine.model.audit import AuditCheck, Mark
from engine.model.corporate_action import ActionState, CorporateAction
from engine.model.decision_record import KeptDecision
from engine.model.desk import AuditEntry, Desk, Term
from engine.model.manual_proposal import KeptKey
from engine.model.news import ModelCall
from engine.model.notices.base import Notice, NoticeKind, Posted, Waiting
from engine.model.outage import Outage
from engine.model.performance import GrowthPoint, Performance, TradeResult
from engine.model.signal import Finding, Signal
from engine.model.signal_outcome import ScoredHeadline, SignalOutcome
from engine.model.trade import Clearance, Order, Trade, TradeState
from engine.model.trade_record import TradeOutcome


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

    def bids(self) -> Mapping[str, Decimal]:
        """Return the limits of the entries that may still buy, dollars a share, by trade id."""
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

    def trade_results(
        self, since: datetime | None, until: datetime, symbol: str = "", *, limit: int
    ) -> tuple[TradeResult, ...]:
        """Return the newest trades that ended from an instant (None: the first) to another, in the order of that."""
        ...

    def daily_growth(self, since: datetime | None, until: datetime) -> tuple[GrowthPoint, ...]:
        """Return the last point of growth before an instant, and of each of New York's days from there to another."""
        ...


class SignalHistory(Protocol):
    """What people look at of signals and news."""

    def signal_outcomes(
        self, limit: int, symbol: str = "", *, since: datetime | None = None, without: Collection[str] = ()
    ) -> tuple[SignalOutcome, ...]:
        """Return signals with what became of them, newest first, of one symbol if it is named, from an instant on.

        Those that were not proposed for the very reasons of `without` are left out; '' is that of what was proposed.
        """
        ...

    def headlines(self, symbols: Collection[str], since: datetime, limit: int) -> tuple[ScoredHeadline, ...]:
        """Return headlines about any of the symbols as they were scored since an instant, newest first."""
        ...


class AccountReader(Protocol):
    """What the account and companies did, as far as it was read."""

    def activities(self, *, symbol: str = "", since: datetime | None = None) -> tuple[Activity, ...]:
        """Return what happened in the account, oldest first, of one symbol if it is named."""
        ...

    def unclaimed(self, kinds: Collection[ActivityKind], *, symbol: str = "") -> tuple[Activity, ...]:
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

    def trace_of(self, trade_id: str) -> str:
        """Return the traceparent of the last move of a trade that was traced, '' where none was."""
        ...

    def shares_in_fills(self, trade_id: str) -> Mapping[str, tuple[int, int]]:
        """Return the filled shares of each order of a trade as the order says, and as its fills sum up, by its id."""
        ...


class DeskReader(Protocol):
    """The desk, its settings, and what was asked of it."""

    def desk(self) -> Desk:
        """Return the desk's state."""
        ...

    def outages(self) -> tuple[Outage, ...]:
        """Return what processes found lost and nobody has reached since, including what has run out."""
        ...

    def term(self) -> Term:
        """Return the term that is now."""
        ...

    def desk_term(self) -> int:
        """Return the number of the term that began when the desk's state was changed last, 0 before it ever was."""
        ...

    def setting(self, name: str) -> str | None:
        """Return a setting that was changed at run time."""
        ...

    def settings(self, names: Collection[str]) -> Mapping[str, str]:
        """Return those of some settings that were changed at run time, by name, in one look."""
        ...

    def is_served(self, request_id: str) -> bool:
        """Tell whether the audit has an entry of a request; one without an id is always new."""
        ...

    def kept_key(self, key: str) -> KeptKey | None:
        """Return what a key from elsewhere was used for, None where it is new."""
        ...


class TradeReader(Protocol):
    """Trades and their orders."""

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
        """Return proposals that never reached the stream, oldest first, those of one instant as they were proposed."""
        ...

    def orders(self, trade_id: str) -> tuple[Order, ...]:
        """Return a trade's orders as last seen, entry first, without nesting."""
        ...

    def orders_of(self, trade_ids: Collection[str]) -> Mapping[str, tuple[Order, ...]]:
        """Return the orders of many trades as `orders` does, by trade; those of a trade without any are empty."""
        ...


class NewsReader(Protocol):
    """Signals, and what the news said and cost."""

    def findings(self, symbols: Sequence[str], since: datetime) -> Mapping[str, tuple[Finding, ...]]:
        """Return what the news said of each symbol since an instant, newest first; symbols without news are missing."""
        ...

    def scorers(self, symbols: Collection[str], since: datetime) -> Mapping[tuple[str, str], str]:
        """Return who found what the news said of symbols since an instant, by symbol and headline id."""
        ...

    def signals(self, limit: int, symbol: str = "") -> tuple[Signal, ...]:
        """Return signals, newest first, of one symbol if it is named, whether a trade came of them or not."""
        ...

    def scored(self, headline_ids: Collection[str]) -> Mapping[tuple[str, str], str]:
        """Return for which symbols these headlines were scored already and in which wording, by (headline id, symbol).

        The wording is '' where it was not kept.
        """
        ...

    def unscored(self, symbols: Collection[str], since: datetime) -> Mapping[str, str]:
        """Return by whom and why headlines about a symbol were left out since an instant, 'claude: budget' for one.

        Symbols about which everything was scored are missing.
        """
        ...

    def calls(self, *, symbol: str = "", limit: int = 50) -> tuple[ModelCall, ...]:
        """Return calls to a model, newest first."""
        ...

    def spent(self, day: date) -> Decimal:
        """Return the dollars spent on a model on a day (UTC), 0 when there were none."""
        ...


class OutboxReader(Protocol):
    """What waits to be told, and what was."""

    def waiting(self, limit: int) -> tuple[Waiting, ...]:
        """Return notices not yet delivered, in the order in which they were told."""
        ...

    def was_enqueued(self, key: str, kind: NoticeKind | None = None) -> bool:
        """Tell whether a notice was ever put into the outbox, as this kind where one is named."""
        ...

    def enqueued(self, key: str) -> Notice | None:
        """Return a notice that was put into the outbox, delivered or not; None where there is none any more."""
        ...

    def posted(self, key: str) -> Posted | None:
        """Return where the message of a notice stands."""
        ...


class AuditReader(Protocol):
    """The audit, and the tables as they are."""

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
