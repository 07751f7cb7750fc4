"""What is watched and how the desk is set, and what became of a change of either."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import accumulate

from slack_sdk.models.blocks import ButtonElement

from bot.cards import ids
from bot.cards.message import Message, actions, button, context, header, message, note, section, sections
from bot.cards.mrkdwn import NOTHING, actor, day_and_time, fitted, foreign, quantity, symbol
from bot.messages import Texts
from engine.model.notice import Notice, NoticeKind
from engine.model.runtime_settings import PendingChange, SettingChange, SettingLine, SettingUnit, WatchChange

SETTINGS_LENGTH = 5_000
WATCHED_LENGTH = 2_500
TOLD = re.compile(r"([a-z_]{1,40}) (none|[0-9.]{1,20}) (none|[0-9.]{1,20}) ([a-z_]{1,20})")
"""A changed setting as its notice keeps it: the name, the figure before and after, and their unit."""
WAITING = re.compile(
    TOLD.pattern + r" ([a-z_]{1,20}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+\d\d:\d\d) ([0-9.]{1,30})"
)
"""One that waits: the same, then when it expires or takes effect, or why it ended, and its number."""


def watched(symbols: Sequence[str], texts: Texts) -> Message:
    """Show what is watched, and how to change it."""
    names = [symbol(name) for name in symbols]
    fitting = sum(total <= WATCHED_LENGTH for total in accumulate(len(name) + 1 for name in names))
    shown = " ".join(names[:fitting])
    rest = () if fitting == len(names) else (texts("and-more", count=len(names) - fitting),)
    return message(
        header(texts("watch-title", count=len(names))), *sections((shown, *rest)), context(texts("watch-how"))
    )


def watch_changed(change: WatchChange, texts: Texts) -> Message:
    """Say what became of each symbol, and how many are watched now."""
    lines = [texts("watch-outcome", outcome=outcome.value, symbol=symbol(name)) for name, outcome in change.outcomes]
    return message(*sections(fitted(lines, texts)), context(texts("watch-title", count=len(change.symbols))))


def settings(lines: Sequence[SettingLine], texts: Texts, waiting: Sequence[PendingChange] = ()) -> Message:
    """Show every setting with its value, default and bounds, and the changes that wait.

    A mark tells which people may change here.
    """
    told = fitted([_line(line, texts) for line in lines], texts, SETTINGS_LENGTH)
    pending = [_pending(change, texts) for change in waiting]
    return message(header(texts("settings-title")), *sections((*told, *pending)), context(texts("settings-how")))


def change_confirmed(change: PendingChange, texts: Texts) -> Message:
    """Say to who confirmed a change when it takes effect."""
    return note(_pending(change, texts))


def change_withdrawn(change: PendingChange, texts: Texts) -> Message:
    """Say to who took a change back that nothing changes."""
    return note(texts("change-withdrawn", label=texts("setting", name=change.name)))


def change_told(notice: Notice, texts: Texts) -> Message:
    """Tell the desk of a change that loosens a limit: that it waits, when it takes effect, or that it does not."""
    found = WAITING.fullmatch(notice.detail)
    if not found:
        return note(texts("change-told-plainly", what=foreign(notice.detail), by=actor(notice.subject)))
    name, before, after, unit, detail, number = found.groups()
    facts = {
        "label": texts("setting", name=name),
        "name": name.upper(),
        "before": _told(before, unit, texts),
        "after": _told(after, unit, texts),
        "by": actor(notice.subject),
    }
    if notice.kind is NoticeKind.LOOSENING_ENDED:
        return note(texts("change-ended", why=detail, **facts))
    at = day_and_time(datetime.fromisoformat(detail), texts)
    is_confirmed = notice.kind is NoticeKind.LOOSENING_CONFIRMED
    said = texts("change-confirmed" if is_confirmed else "change-asked", at=at, **facts)
    how = texts("change-confirmed-how" if is_confirmed else "change-asked-how", name=name.upper())
    buttons = () if is_confirmed else (_decision("confirm", ids.CONFIRM_CHANGE, name, number, texts),)
    cancel = _decision("withdraw", ids.WITHDRAW_CHANGE, name, number, texts)
    return message(section(said), context(how), actions(ids.CHANGE_BLOCK, *buttons, cancel))


def setting_changed(change: SettingChange, texts: Texts) -> Message:
    """Say what a setting was and is, and that it holds at once, or for what it waits."""
    if change.pending:
        return note(_pending(change.pending, texts))
    before, after = (_value(line.value, line.unit, texts) for line in (change.before, change.after))
    name = change.after.name
    return note(
        texts("setting-changed", label=texts("setting", name=name), name=name.upper(), before=before, after=after)
    )


def watchlist_told(notice: Notice, texts: Texts) -> Message:
    """Tell the desk who changed what is watched."""
    verb, _, named = notice.detail.partition(" ")
    kind = "add" if verb == "add" else "remove"
    return note(texts("watch-told", verb=kind, symbols=foreign(named, 400), by=actor(notice.subject)))


def setting_told(notice: Notice, texts: Texts) -> Message:
    """Tell the desk who changed a setting."""
    found = TOLD.fullmatch(notice.detail)
    if not found:
        return note(
            texts("setting-told", label=foreign(notice.detail), before=NOTHING, after=NOTHING, by=actor(notice.subject))
        )
    name, before, after, unit = found.groups()
    return note(
        texts(
            "setting-told",
            label=texts("setting", name=name),
            before=_told(before, unit, texts),
            after=_told(after, unit, texts),
            by=actor(notice.subject),
        )
    )


def _pending(change: PendingChange, texts: Texts) -> str:
    return texts(
        "change-waits",
        state="confirmed" if change.effective_at else "asked",
        label=texts("setting", name=change.name),
        name=change.name.upper(),
        before=_told(change.before, change.unit, texts),
        after=_told(change.after, change.unit, texts),
        at=day_and_time(change.effective_at or change.expires_at, texts),
        by=actor(change.by),
    )


def _decision(word: str, action: str, name: str, number: str, texts: Texts) -> ButtonElement:
    label = texts(f"label-{word}-change", label=texts("setting", name=name))
    return button(texts(f"button-{word}-change"), action=action, value=f"{name}{ids.AND}{number}", label=label)


def _told(figure: str, unit: str, texts: Texts) -> str:
    is_figure = re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,8})?", figure)
    return _value(Decimal(figure) if is_figure else None, unit, texts)


def _line(line: SettingLine, texts: Texts) -> str:
    is_text = line.unit is SettingUnit.TEXT
    return texts(
        "setting-line",
        mark="changed" if line.is_changed else "open" if line.is_changeable else "fixed",
        label=texts("setting", name=foreign(line.name, 60)),
        name=foreign(line.name, 60).upper(),
        value=_words(line.text, 120, texts) if is_text else _value(line.value, line.unit, texts),
        default=_words(line.default_text, 60, texts) if is_text else _value(line.default, line.unit, texts),
        bounds=_bounds(line, texts),
    )


def _words(text: str, limit: int, texts: Texts) -> str:
    return foreign(text, limit) if text else texts("setting-unset")


def _bounds(line: SettingLine, texts: Texts) -> str:
    if line.unit is SettingUnit.SWITCH or (line.least is None and line.most is None):
        return NOTHING
    least = NOTHING if line.least is None else _value(line.least, line.unit, texts)
    most = NOTHING if line.most is None else _value(line.most, line.unit, texts)
    return texts("setting-bounds", least=least, most=most)


def _value(value: Decimal | None, unit: str, texts: Texts) -> str:
    if value is None:
        return texts("setting-unset")
    if unit == SettingUnit.SWITCH:
        return texts("setting-switch", on="on" if value else "off")
    return quantity(value, unit, texts)
