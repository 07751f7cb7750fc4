"""Every kind of notice as a message. A notice about a trade is rendered from the trade as it is now."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from bot.cards import account_changes, trade_thread
from bot.cards.answers import halt_note
from bot.cards.message import Message, note
from bot.cards.mrkdwn import NOTHING, actor, day_and_time, duration, foreign, symbol, why
from bot.cards.proposal import CEILING, proposal
from bot.cards.report import missed, report
from bot.cards.runtime_settings import change_told, setting_told, watchlist_told
from bot.messages import Texts
from engine.model.notice import Notice, NoticeKind
from engine.model.report import Report
from engine.model.trade import Trade

TENTHS = re.compile(r"-?[0-9]{1,3}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+\d\d:\d\d")
COUNT = re.compile(r"[0-9]{1,9}")
FRACTION = re.compile(r"[0-9]{1,3}(\.[0-9]{1,40})?")


def render(
    notice: Notice, trade: Trade | None, texts: Texts, *, source: str = "", ceiling: Decimal = CEILING
) -> Message:
    """Return a notice as a message; `source` and `ceiling` are what a card says of the market and of open risk."""
    if notice.kind in OF_THE_NOTICE:
        return OF_THE_NOTICE[notice.kind](notice, texts)
    if trade is None:
        return note(texts("trade-unreadable", kind=notice.kind.value, id=foreign(notice.trade_id)))
    if notice.kind in CARDS:
        return proposal(trade, texts, source=source, ceiling=ceiling)
    if notice.kind in OF_BOTH:
        return OF_BOTH[notice.kind](notice, trade, texts)
    return OF_THE_TRADE[notice.kind](trade, texts)


def _resized(notice: Notice, trade: Trade, texts: Texts) -> Message:
    return trade_thread.resized(trade, texts, notice.subject)


def _exit_asked(notice: Notice, trade: Trade, texts: Texts) -> Message:
    scored = TENTHS.fullmatch(notice.detail)
    return trade_thread.exit_asked(trade, texts, texts.score(int(notice.detail)) if scored else NOTHING)


def _time_exit(notice: Notice, trade: Trade, texts: Texts) -> Message:
    return trade_thread.time_exit(trade, texts, notice.detail)


def _second_asked(notice: Notice, trade: Trade, texts: Texts) -> Message:
    return trade_thread.second_asked(trade, texts, notice.subject)


def _signal(notice: Notice, texts: Texts) -> Message:
    return note(texts("signal-kept", symbol=symbol(notice.subject), why=why(notice.detail, texts)))


def _halted(notice: Notice, texts: Texts) -> Message:
    return halt_note(notice.subject, notice.detail, texts)


def _flattening(notice: Notice, texts: Texts) -> Message:
    return note(texts("flattening", by=actor(notice.subject)))


def _flatten_waits(notice: Notice, texts: Texts) -> Message:
    opens = day_and_time(datetime.fromisoformat(notice.detail), texts) if INSTANT.fullmatch(notice.detail) else NOTHING
    return note(texts("flatten-waits", at=opens))


def _flatten_stuck(notice: Notice, texts: Texts) -> Message:
    return note(texts("flatten-stuck", what=foreign(notice.subject, 60), detail=foreign(notice.detail)))


def _flat(_notice: Notice, texts: Texts) -> Message:
    return note(texts("flat"))


def _slack_back(notice: Notice, texts: Texts) -> Message:
    minutes = notice.detail
    told = duration(int(minutes) * 60, texts) if COUNT.fullmatch(minutes) else foreign(minutes, 60)
    return note(texts("slack-back", span=told))


def _resumed(notice: Notice, texts: Texts) -> Message:
    return note(texts("resumed", by=actor(notice.subject)))


def _reducing(notice: Notice, texts: Texts) -> Message:
    said = texts("reducing", by=actor(notice.subject))
    return note(said, texts("because", why=why(notice.detail, texts))) if notice.detail else note(said)


def _unprotected(notice: Notice, trade: Trade, texts: Texts) -> Message:
    return trade_thread.unprotected(trade, texts, notice.detail)


def _foreign_position(notice: Notice, texts: Texts) -> Message:
    held = notice.detail
    shares = NOTHING if held == "0" else int(held) if COUNT.fullmatch(held) else foreign(held, 60)
    return note(texts("foreign-position", symbol=symbol(notice.subject), shares=shares))


def _foreign_protected(notice: Notice, texts: Texts) -> Message:
    return note(texts("foreign-protected", symbol=symbol(notice.subject), stop=foreign(notice.detail, 60)))


def _foreign_bare(notice: Notice, texts: Texts) -> Message:
    return note(texts("foreign-bare", symbol=symbol(notice.subject), trouble=foreign(notice.detail)))


def _auto_changed(notice: Notice, texts: Texts) -> Message:
    mode = "on" if notice.detail == "on" else "off"
    return note(texts("auto", mode=mode), texts("set-by", by=actor(notice.subject)))


def _risk_warning(notice: Notice, texts: Texts) -> Message:
    told = notice.detail
    figure = texts.part(Decimal(told)) if FRACTION.fullmatch(told) else foreign(told, 60)
    return note(texts("risk-warning", figure=figure))


def _loss_limit(notice: Notice, texts: Texts) -> Message:
    return note(texts("loss-limit", rule=foreign(notice.subject, 60), why=why(notice.detail, texts)))


def _earnings_unreadable(notice: Notice, texts: Texts) -> Message:
    line = int(notice.detail) if notice.detail.isdecimal() else 0
    return note(texts("earnings-unreadable", file=foreign(notice.subject, 80), line=line))


def _set_aside(notice: Notice, texts: Texts) -> Message:
    return note(texts("set-aside", count=int(notice.detail) if notice.detail.isdecimal() else 1))


def _job_failed(notice: Notice, texts: Texts) -> Message:
    return note(texts("job-failed", job=foreign(notice.subject), id=foreign(notice.detail, 60)))


def _job_recovered(notice: Notice, texts: Texts) -> Message:
    return note(texts("job-recovered", job=foreign(notice.subject)))


def _service_lost(notice: Notice, texts: Texts) -> Message:
    return note(texts("service-lost", service=foreign(notice.subject), detail=foreign(notice.detail)))


def _service_back(notice: Notice, texts: Texts) -> Message:
    return note(texts("service-back", service=foreign(notice.subject)))


def _budget_spent(_notice: Notice, texts: Texts) -> Message:
    return note(texts("budget-spent"))


def _started(notice: Notice, texts: Texts) -> Message:
    broker, source = foreign(notice.subject, 60), foreign(notice.detail, 60)
    return note(texts("started", broker=broker), texts("started-broker", broker=broker), texts("source", source=source))


def _report(notice: Notice, texts: Texts) -> Message:
    try:
        return report(Report.read(notice.detail), texts)
    except ValueError:  # it may have been written by an earlier version
        return note(texts("report-unreadable", kind=foreign(notice.subject, 60)))


def _reports_missed(notice: Notice, texts: Texts) -> Message:
    return missed(notice.subject, notice.detail, texts)


CARDS = frozenset({NoticeKind.APPROVAL_ASKED, NoticeKind.PROPOSED_AUTO})
"""Notices that are a trade's card."""

OF_THE_TRADE: Mapping[NoticeKind, Callable[[Trade, Texts], Message]] = {
    NoticeKind.DECIDED: trade_thread.decided,
    NoticeKind.SUBMITTED: trade_thread.submitted,
    NoticeKind.FILLED: trade_thread.filled,
    NoticeKind.TARGET_SET: trade_thread.target_set,
    NoticeKind.CLOSED: trade_thread.closed,
}
"""Notices that the trade itself tells."""

OF_BOTH: Mapping[NoticeKind, Callable[[Notice, Trade, Texts], Message]] = {
    NoticeKind.RESIZED: _resized,
    NoticeKind.SECOND_ASKED: _second_asked,
    NoticeKind.EXIT_ASKED: _exit_asked,
    NoticeKind.TIME_EXIT: _time_exit,
    NoticeKind.UNPROTECTED: _unprotected,
    NoticeKind.SOLD_BY_HAND: account_changes.sold_by_hand,
    NoticeKind.OVERSOLD: account_changes.oversold,
    NoticeKind.COVERING: account_changes.covering,
    NoticeKind.EXIT_MOVED: account_changes.exit_moved,
    NoticeKind.EXIT_SENSELESS: account_changes.exit_senseless,
    NoticeKind.RESTATED: account_changes.restated,
    NoticeKind.SPIN_OFF_WAITS: account_changes.spin_off_waits,
    NoticeKind.CASH_IN_LIEU: account_changes.cash_in_lieu,
    NoticeKind.ADOPTED: account_changes.adopted,
    NoticeKind.FILLED_LATE: account_changes.filled_late,
    NoticeKind.CANCEL_STUCK: account_changes.cancel_stuck,
}
"""Notices of a trade that also carry a fact of their own."""

OF_THE_NOTICE: Mapping[NoticeKind, Callable[[Notice, Texts], Message]] = {
    NoticeKind.SIGNAL: _signal,
    NoticeKind.ACTION_DUE: account_changes.action_due,
    NoticeKind.UNEXPLAINED: account_changes.unexplained,
    NoticeKind.MONEY_MOVED: account_changes.money_moved,
    NoticeKind.FOREIGN: _foreign_position,
    NoticeKind.FOREIGN_PROTECTED: _foreign_protected,
    NoticeKind.FOREIGN_BARE: _foreign_bare,
    NoticeKind.HALTED: _halted,
    NoticeKind.FLATTENING: _flattening,
    NoticeKind.FLATTEN_WAITS: _flatten_waits,
    NoticeKind.FLATTEN_STUCK: _flatten_stuck,
    NoticeKind.FLAT: _flat,
    NoticeKind.SLACK_BACK: _slack_back,
    NoticeKind.RESUMED: _resumed,
    NoticeKind.REDUCING: _reducing,
    NoticeKind.AUTO_CHANGED: _auto_changed,
    NoticeKind.RISK_WARNING: _risk_warning,
    NoticeKind.LOSS_LIMIT: _loss_limit,
    NoticeKind.SET_ASIDE: _set_aside,
    NoticeKind.EARNINGS_UNREADABLE: _earnings_unreadable,
    NoticeKind.JOB_FAILED: _job_failed,
    NoticeKind.JOB_RECOVERED: _job_recovered,
    NoticeKind.SERVICE_LOST: _service_lost,
    NoticeKind.SERVICE_BACK: _service_back,
    NoticeKind.BUDGET_SPENT: _budget_spent,
    NoticeKind.STARTED: _started,
    NoticeKind.WATCHLIST: watchlist_told,
    NoticeKind.SETTING: setting_told,
    NoticeKind.LOOSENING_ASKED: change_told,
    NoticeKind.LOOSENING_CONFIRMED: change_told,
    NoticeKind.LOOSENING_ENDED: change_told,
    NoticeKind.REPORT: _report,
    NoticeKind.REPORTS_MISSED: _reports_missed,
}
"""Notices that belong to no trade: their facts are all there is."""
