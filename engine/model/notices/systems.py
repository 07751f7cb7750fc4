"""How the bot itself is, and the outside systems that it needs."""

from dataclasses import dataclass
from datetime import datetime

from engine.model.notices.base import Notice, NoticeKind


@dataclass(frozen=True, kw_only=True, slots=True)
class BotStarted(Notice):
    """The bot is running, with the labels of its broker and of its source of prices."""

    kind = NoticeKind.STARTED
    about = "broker"
    is_event = True

    broker: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaderReplaced(Notice):
    """The process that led has been silent since an instant, and another one leads; both by host and process id."""

    kind = NoticeKind.LEADER_REPLACED
    about = "leader"
    text = "leader-replaced"

    leader: str
    before: str
    silent_since: datetime
    broker: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaderLost(Notice):
    """No process runs the timetable since an instant; `leader` did last, by host and process id, '' if it stopped."""

    kind = NoticeKind.LEADER_LOST
    about = "leader"
    text = "leader-lost"
    is_urgent = True

    leader: str
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaderBack(Notice):
    """A process runs the timetable again."""

    kind = NoticeKind.LEADER_BACK
    text = "leader-back"


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeFaulted(Notice):
    """A fault of the program's own keeps it from handling a trade, or a symbol, by its id or ticker.

    It is none of the trade's own notices, which are told from the trade: that may be just what cannot be read.
    """

    kind = NoticeKind.TRADE_FAULT
    about = "what"
    text = "trade-fault"
    is_urgent = True

    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class JobFailed(Notice):
    """A job of the timetable failed; the log has its error under `error_id`."""

    kind = NoticeKind.JOB_FAILED
    about = "job"
    text = "job-failed"

    job: str
    error_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRecovered(Notice):
    """A job that failed runs again."""

    kind = NoticeKind.JOB_RECOVERED
    about = "job"
    text = "job-recovered"

    job: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceLost(Notice):
    """An outside system cannot be used; `trouble` is what it said."""

    kind = NoticeKind.SERVICE_LOST
    about = "service"
    text = "service-lost"

    service: str
    trouble: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceBack(Notice):
    """An outside system is back."""

    kind = NoticeKind.SERVICE_BACK
    about = "service"
    text = "service-back"

    service: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackBack(Notice):
    """The desk can be reached again, after so many minutes of market time."""

    kind = NoticeKind.SLACK_BACK
    text = "slack-back"

    minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetSpent(Notice):
    """The day's budget for Claude is used up."""

    kind = NoticeKind.BUDGET_SPENT
    text = "budget-spent"


@dataclass(frozen=True, kw_only=True, slots=True)
class EntriesSetAside(Notice):
    """Entries of the stream name no proposal; `stream` is which part of the desk reads it."""

    kind = NoticeKind.SET_ASIDE
    about = "stream"
    text = "set-aside"

    count: int
    stream: str = "stream"


@dataclass(frozen=True, kw_only=True, slots=True)
class EarningsUnreadable(Notice):
    """The dates of earnings cannot be read; `line` is the one to correct, 0 where the whole file is.

    `kept`: the dates that were read before still hold. Without them nothing is bought.
    """

    kind = NoticeKind.EARNINGS_UNREADABLE
    about = "file"
    text = "earnings-unreadable"

    file: str
    line: int
    kept: bool = False
