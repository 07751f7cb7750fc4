"""Where reports and events are told: in the channel, in the thread of their day's first report, or not at all."""

from engine.model.market import exchange_date
from engine.model.notices.base import Notice
from engine.model.notices.reports import ReportMade
from engine.model.report import ReportKind, Telling
from engine.ports.store import Store


def is_left_out(notice: Notice, events: Telling) -> bool:
    """Tell whether the desk is told nothing of a notice."""
    return notice.told_as.is_event and events is Telling.OFF


def quiet_thread(notice: Notice, store: Store, events: Telling = Telling.ON) -> str:
    """Return the thread into which a silent notice goes: that of its day's first report, '' where there is none yet."""
    if isinstance(notice, ReportMade) and notice.report.silent:
        on = notice.report.due
    elif notice.told_as.is_event and events is Telling.SILENT:
        on = notice.at
    else:
        return ""
    with store.reading() as reader:
        posted = (reader.posted(f"report:{kind}:{exchange_date(on):%Y%m%d}") for kind in ReportKind)
        return next((each.ts for each in posted if each), "")
