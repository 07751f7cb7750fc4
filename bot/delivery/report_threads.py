"""Where reports and events are told: in the channel, in the thread of their day's first report, or not at all."""

from engine.model.market import EXCHANGE_ZONE
from engine.model.notice import Notice, NoticeKind
from engine.model.report import Report, ReportKind, Telling
from engine.ports.store import Store

EVENTS = frozenset(
    {
        NoticeKind.SIGNAL,
        NoticeKind.RESIZED,
        NoticeKind.SUBMITTED,
        NoticeKind.TARGET_SET,
        NoticeKind.WATCHLIST,
        NoticeKind.STARTED,
        NoticeKind.MONEY_MOVED,
        NoticeKind.CASH_IN_LIEU,
    }
)
"""Notices that nobody must act on and that change no position; all the others are told whatever is set."""


def is_left_out(notice: Notice, events: Telling) -> bool:
    """Tell whether the desk is told nothing of a notice."""
    return notice.kind in EVENTS and events is Telling.OFF


def quiet_thread(notice: Notice, store: Store, events: Telling = Telling.ON) -> str:
    """Return the thread into which a silent notice goes: that of its day's first report, '' where there is none yet."""
    if notice.kind is NoticeKind.REPORT and _is_silent(notice):
        day = notice.key.rpartition(":")[2]
    elif notice.kind in EVENTS and events is Telling.SILENT:
        day = f"{notice.at.astimezone(EXCHANGE_ZONE):%Y%m%d}"
    else:
        return ""
    with store.reading() as reader:
        posted = (reader.posted(f"report:{kind}:{day}") for kind in ReportKind)
        return next((each.ts for each in posted if each), "")


def _is_silent(notice: Notice) -> bool:
    try:
        return Report.read(notice.detail).silent
    except ValueError:  # its card says that it cannot be read
        return False
