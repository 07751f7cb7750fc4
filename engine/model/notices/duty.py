"""Who is called about a proposal that waits, what came of one that nobody decided, and who has the duty."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.model.duty import DutyLine
from engine.model.notices.base import Notice, NoticeKind, TradeNotice
from engine.model.trade import ExitReason


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionReminded(TradeNotice):
    """Half of a proposal's life is over, and nobody has decided."""

    kind = NoticeKind.DECISION_REMINDED
    asks_for_decision = True


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondLineCalled(TradeNotice):
    """Three quarters of a proposal's life are over, and the first line has not decided."""

    kind = NoticeKind.SECOND_LINE_CALLED
    asks_for_decision = True
    is_urgent = True


@dataclass(frozen=True, kw_only=True, slots=True)
class MissedResult(TradeNotice):
    """What would have come of a proposal that expired, as it was simulated after its end.

    Prices are dollars a share; `result` is in dollars before fees and `multiple` the same over the risk, None where
    nothing would have been bought: then `why` says so in a word.
    """

    kind = NoticeKind.MISSED_RESULT

    shares: int
    entry: Decimal | None
    exit: Decimal | None
    result: Decimal | None
    multiple: Decimal | None
    exit_reason: ExitReason | None
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DirectCall(Notice):
    """What another notice says, to one person by direct message; `copy_of` is that one's key.

    Where Slack takes no direct message to them, they are mentioned in the channel instead.
    """

    kind = NoticeKind.DIRECT_CALL
    about = "to"

    to: str
    copy_of: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UrgentDirectCall(DirectCall):
    """The same of what cannot wait: an alarm, or the last call about a proposal."""

    kind = NoticeKind.URGENT_DIRECT_CALL
    is_urgent = True


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyHandedOver(Notice):
    """Somebody handed the duty of a line to another person, until an instant."""

    kind = NoticeKind.DUTY_HANDED_OVER
    about = "by"

    by: str
    line: DutyLine
    until: datetime
