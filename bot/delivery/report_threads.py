"""Where reports and events are told: in the thread of their day, in the channel as well, or not at all.

The first of a day opens its thread, whatever it is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.model.market import exchange_date
from engine.model.notices.base import Notice, Posted
from engine.model.notices.reports import ReportMade, ReportsMissed
from engine.model.notices.systems import BotStarted
from engine.model.report import Telling
from engine.ports.store import Store

DAY_THREAD: Final = "day_thread"
"""The setting that remembers the newest day's thread: the day, and the message that opened it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A day's thread: the message that opened it, '' where none has yet; whether the channel sees what goes there."""

    on: datetime
    ts: str
    is_shown: bool


def is_left_out(notice: Notice, events: Telling) -> bool:
    """Tell whether the desk is told nothing of a notice."""
    return notice.told_as.is_event and events is Telling.OFF


def day_place(notice: Notice, store: Store, events: Telling = Telling.ON) -> Place | None:
    """Return where a notice goes that belongs into its day's thread, None for any other."""
    if isinstance(notice, ReportMade):
        on, is_shown = notice.report.due, not notice.report.silent
    elif isinstance(notice, ReportsMissed) or (notice.told_as.is_event and events is Telling.SILENT):
        on, is_shown = notice.at, isinstance(notice, BotStarted)  # whoever trades must see that the bot began anew
    else:
        return None
    with store.reading() as reader:
        day, _, ts = (reader.setting(DAY_THREAD) or "").partition(" ")
    return Place(on=on, ts=ts if day == f"{exchange_date(on)}" else "", is_shown=is_shown)


def thread_of(notice: Notice, store: Store) -> str:
    """Return the thread into which what belongs to a posted report goes, '' where it opened none and is in none."""
    place = day_place(notice, store)
    return place.ts if place else ""


def keep_place(place: Place, posted: Posted, store: Store) -> None:
    """Remember the message that opened a day's thread; one that came late opens none in the place of a newer day's."""
    if place.ts:
        return
    day = f"{exchange_date(place.on)}"
    with store.writing() as transaction:
        if (transaction.setting(DAY_THREAD) or "").partition(" ")[0] <= day:
            transaction.set_setting(DAY_THREAD, f"{day} {posted.ts}")
