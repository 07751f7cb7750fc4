"""What all notices share: who must be told what, how urgently and where."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar


def stamp(at: datetime) -> str:
    """Write an instant so that the key of a notice that may come again is told apart from the one before."""
    return f"{at:%Y%m%dT%H%M%S.%f}"


class NoticeKind(StrEnum):
    """Everything the desk must learn. A notice about a trade is rendered from the trade itself."""

    APPROVAL_ASKED = "approval_asked"
    DECISION_REMINDED = "decision_reminded"
    SECOND_LINE_CALLED = "second_line_called"
    MISSED_RESULT = "missed_result"
    DIRECT_CALL = "direct_call"
    URGENT_DIRECT_CALL = "urgent_direct_call"
    DUTY_HANDED_OVER = "duty_handed_over"
    PROPOSED_AUTO = "proposed_auto"
    RESIZED = "resized"
    SECOND_ASKED = "second_asked"
    DECIDED = "decided"
    STANDING_ASKED = "standing_asked"
    STANDING = "standing"
    STANDING_USED = "standing_used"
    SUBMITTED = "submitted"
    FILLED = "filled"
    TARGET_SET = "target_set"
    CLOSED = "closed"
    GRADED = "graded"
    SIGNAL = "signal"
    SIGNALS = "signals"
    HALTED = "halted"
    FLATTENING = "flattening"
    FLATTEN_WAITS = "flatten_waits"
    FLATTEN_STUCK = "flatten_stuck"
    FLAT = "flat"
    HALT_REASON = "halt_reason"
    HALT_TAKEN_BACK = "halt_taken_back"
    RESUMED = "resumed"
    REDUCING = "reducing"
    AUTO_CHANGED = "auto_changed"
    STRATEGY_SWITCHED = "strategy_switched"
    STRATEGY_UNUSABLE = "strategy_unusable"
    EXIT_ASKED = "exit_asked"
    CLOSING = "closing"
    TIME_EXIT = "time_exit"
    EARNINGS_UNREADABLE = "earnings_unreadable"
    RISK_WARNING = "risk_warning"
    LOSS_LIMIT = "loss_limit"
    SYMBOL_HALTED = "symbol_halted"
    SYMBOL_RESUMED = "symbol_resumed"
    UNPROTECTED = "unprotected"
    SOLD_BY_HAND = "sold_by_hand"
    STOP_BY_HAND = "stop_by_hand"
    OVERSOLD = "oversold"
    COVERING = "covering"
    COVER_REFUSED = "cover_refused"
    EXIT_MOVED = "exit_moved"
    ENTRY_CHANGED = "entry_changed"
    EXIT_SENSELESS = "exit_senseless"
    EXIT_CHANGED = "exit_changed"
    EXIT_NOT_MOVED = "exit_not_moved"
    STOP_TRAILED = "stop_trailed"
    PART_SOLD = "part_sold"
    STOP_SOLD = "stop_sold"
    TRAIL_SET = "trail_set"
    ACTION_DUE = "action_due"
    RESTATED = "restated"
    ACTION_LATE = "action_late"
    SPIN_OFF_WAITS = "spin_off_waits"
    CASH_IN_LIEU = "cash_in_lieu"
    UNEXPLAINED = "unexplained"
    ADOPTED = "adopted"
    FILLED_LATE = "filled_late"
    MONEY_MOVED = "money_moved"
    CANCEL_STUCK = "cancel_stuck"
    ORDER_KEPT = "order_kept"
    FOREIGN = "foreign"
    FOREIGN_PROTECTED = "foreign_protected"
    FOREIGN_BARE = "foreign_bare"
    SET_ASIDE = "set_aside"
    TRADE_FAULT = "trade_fault"
    JOB_FAILED = "job_failed"
    JOB_RECOVERED = "job_recovered"
    SERVICE_LOST = "service_lost"
    SERVICE_BACK = "service_back"
    BUDGET_SPENT = "budget_spent"
    STARTED = "started"
    LEADER_REPLACED = "leader_replaced"
    LEADER_LOST = "leader_lost"
    LEADER_BACK = "leader_back"
    REPORT = "report"
    REPORTS_MISSED = "reports_missed"
    SLACK_BACK = "slack_back"
    WATCHLIST = "watchlist"
    SETTING = "setting"
    STRATEGY = "strategy"
    LOOSENING_ASKED = "loosening_asked"
    LOOSENING_CONFIRMED = "loosening_confirmed"
    LOOSENING_ENDED = "loosening_ended"


NO_REASON = "no_reason"
"""The trouble of an order that the broker took and then rejected without a word."""

AWAITS_ACTION = "awaits_action"
"""The trouble of shares of which nobody can say how many a company made, so that no stop is sent for them."""

AFTER_OURS = "after_ours"
"""The trouble of what everything is sold with, and that the bot's own sales, which are not through yet, go before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Something the desk must learn, told once for each `key`; each kind is a class with fields of its own.

    `called` are the users and user groups that its message mentions, `direct` who gets what it says by direct message.
    Class attributes say how a kind is told. Its values go into the database by their field names, so a renamed field
    needs the old name to be read still.
    """

    kind: ClassVar[NoticeKind]
    """The name under which it is stored."""
    about: ClassVar[str] = ""
    """The field that says who or what it is about, '' for none."""
    text: ClassVar[str] = ""
    """The key of its sentence in the catalogues, where one is enough."""
    is_urgent: ClassVar[bool] = False
    """It overtakes those of others."""
    goes_before_all: ClassVar[bool] = False
    """It does not even wait for a card to be drawn again."""
    is_steering: ClassVar[bool] = False
    """It tells of the desk's state, so it makes sense only in the order of all that do."""
    is_of_trade: ClassVar[bool] = False
    """It belongs into the thread of its trade's card, and is told from the trade as it is now."""
    is_card: ClassVar[bool] = False
    """It is its trade's card."""
    is_for_channel: ClassVar[bool] = False
    """The whole channel sees it, though it stands in a thread: it changed positions, or the desk must act."""
    redraws_card: ClassVar[bool] = False
    """Its trade's card shows something else after it."""
    asks_for_decision: ClassVar[bool] = False
    """It is of no use once its trade is decided, or where it mentions nobody."""
    is_event: ClassVar[bool] = False
    """Nobody must act on it and it changes no position, so it may be silent or left out; others never are."""

    key: str
    at: datetime
    trade_id: str = ""
    called: tuple[str, ...] = ()
    direct: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """Who or what it is about: a user id, a job, a service, a symbol."""
        return str(getattr(self, self.about)) if self.about else ""

    @property
    def told_as(self) -> type["Notice"]:
        """The kind whose class attributes say how it is told."""
        return type(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeNotice(Notice):
    """A notice about a trade."""

    is_of_trade = True

    trade_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadableNotice(Notice):
    """One in the outbox that this version cannot read: it is told by its kind, with what is kept, and never dropped.

    `stored_kind`, `stored_subject` and `detail` are as the database has them; `kept_as` is the class of that kind,
    UnreadableNotice itself where no such kind is known.
    """

    stored_kind: str
    stored_subject: str
    detail: str
    kept_as: type[Notice]

    @property
    def subject(self) -> str:
        """What it is about, as the database has it."""
        return self.stored_subject

    @property
    def told_as(self) -> type[Notice]:
        """The kind as which it was put into the outbox: an alarm that cannot be read is still one."""
        return self.kept_as


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A notice in the outbox, with its number: the order in which it was told.

    Who posts it has claimed it until an instant. `attempted_at` is when it was first sent without word of what became
    of it: it may stand in Slack already. `trace` is the traceparent of what it tells, '' where that was not traced.
    """

    number: int
    notice: Notice
    claimed_by: str = ""
    claimed_until: datetime | None = None
    attempted_at: datetime | None = None
    trace: str = ""

    def is_anothers(self, by: str, now: datetime) -> bool:
        """Tell whether somebody else is about to post it."""
        return self.claimed_by not in {"", by} and self.claimed_until is not None and self.claimed_until > now


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """Where a message stands in Slack: the channel's id and the message's timestamp, which is its id there."""

    channel: str
    ts: str
