"""What is watched and how the desk is set, and what became of a change of either."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate

from slack_sdk.models.blocks import ButtonElement

from bot.cards import ids
from bot.cards.data_table import Cell
from bot.cards.message import Message, actions, button, context, header, message, note, section, sections, table
from bot.cards.mrkdwn import NO_FACT, actor, day_and_time, escaped, fitted, quantity, symbol
from bot.messages import NO_FIGURE, Texts
from engine.model.notices.settings import (
    LooseningAsked,
    LooseningConfirmed,
    LooseningEnded,
    SettingChanged,
    WatchlistChanged,
)
from engine.model.runtime_settings import PendingChange, SettingChange, SettingLine, SettingUnit, WatchChange

SETTINGS_LENGTH = 5_000
SETTING_COLUMNS = ("setting", "setting_now", "default", "range", "name")
WATCHED_LENGTH = 2_500


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
    rows = [(f"{escaped(each.name, 60).upper()} {_now(each, texts)}", _cells(each, texts)) for each in lines]
    pending = [_pending(change, texts) for change in waiting]
    shown = table(texts("settings-title"), SETTING_COLUMNS, rows, texts, length=SETTINGS_LENGTH)
    return message(*shown, *sections(pending), context(texts("settings-how")))


def change_confirmed(change: PendingChange, texts: Texts) -> Message:
    """Say to who confirmed a change when it takes effect."""
    return note(_pending(change, texts))


def change_withdrawn(change: PendingChange, texts: Texts) -> Message:
    """Say to who took a change back that nothing changes."""
    return note(texts("change-withdrawn", label=texts("setting", name=change.name)))


def loosening_asked(told: LooseningAsked, texts: Texts) -> Message:
    """Tell the desk of a change that loosens a limit, and ask a second person to confirm it."""
    at, facts = day_and_time(told.change.expires_at, texts), _facts(told.change, told.by, texts)
    confirm = _decision("confirm", ids.CONFIRM_CHANGE, told.change, texts)
    return message(
        section(texts("change-asked", at=at, **facts)),
        context(texts("change-asked-how", name=facts["name"])),
        actions(ids.CHANGE_BLOCK, confirm, _withdraw(told.change, texts)),
    )


def loosening_confirmed(told: LooseningConfirmed, texts: Texts) -> Message:
    """Tell the desk when such a change takes effect, and how to cancel it until then."""
    at, facts = day_and_time(told.change.effective_at or told.at, texts), _facts(told.change, told.by, texts)
    return message(
        section(texts("change-confirmed", at=at, **facts)),
        context(texts("change-confirmed-how", name=facts["name"])),
        actions(ids.CHANGE_BLOCK, _withdraw(told.change, texts)),
    )


def loosening_ended(told: LooseningEnded, texts: Texts) -> Message:
    """Tell the desk why such a change does not take effect."""
    return note(texts(told.text, why=told.why.value, **_facts(told.change, told.by, texts)))


def setting_changed(change: SettingChange, texts: Texts) -> Message:
    """Say what a setting was and is, and that it holds at once, or for what it waits."""
    if change.pending:
        return note(_pending(change.pending, texts))
    before, after = (_value(line.value, line.unit, texts) for line in (change.before, change.after))
    name = change.after.name
    return note(
        texts("setting-changed", label=texts("setting", name=name), name=name.upper(), before=before, after=after)
    )


def watchlist_told(told: WatchlistChanged, texts: Texts) -> Message:
    """Tell the desk who changed what is watched."""
    verb, symbols = "add" if told.is_added else "remove", escaped(" ".join(told.symbols), 400)
    return note(texts(told.text, verb=verb, symbols=symbols, by=actor(told.by)))


def setting_told(told: SettingChanged, texts: Texts) -> Message:
    """Tell the desk who changed a setting."""
    before, after = _value(told.before, told.unit, texts), _value(told.after, told.unit, texts)
    label = _label(told.name, texts)
    return note(texts(told.text, label=label, before=before, after=after, by=actor(told.by)))


def _pending(change: PendingChange, texts: Texts) -> str:
    at = day_and_time(change.effective_at or change.expires_at, texts)
    state = "confirmed" if change.effective_at else "asked"
    return texts("change-waits", state=state, at=at, **_facts(change, change.by, texts))


def _facts(change: PendingChange, by: str, texts: Texts) -> dict[str, str]:
    """Return what every sentence about a change that waits tells."""
    return {
        "label": _label(change.name, texts),
        "name": escaped(change.name, 60).upper(),
        "before": _value(change.before, change.unit, texts),
        "after": _value(change.after, change.unit, texts),
        "by": actor(by),
    }


def _label(name: str, texts: Texts) -> str:
    return texts("setting", name=escaped(name, 60))


def _withdraw(change: PendingChange, texts: Texts) -> ButtonElement:
    return _decision("withdraw", ids.WITHDRAW_CHANGE, change, texts)


def _decision(word: str, action: str, change: PendingChange, texts: Texts) -> ButtonElement:
    label = texts(f"label-{word}-change", label=_label(change.name, texts))
    value = f"{change.name[:60]}{ids.AND}{change.number}"
    return button(texts(f"button-{word}-change"), action=action, value=value, label=label)


def _cells(line: SettingLine, texts: Texts) -> tuple[Cell, ...]:
    """Return a setting's row: what it is called and named, how it stands, what it would be, what it may be."""
    is_text = line.unit is SettingUnit.TEXT
    mark = texts("setting-mark", mark="changed" if line.is_changed else "open" if line.is_changeable else "fixed")
    default = _words(line.default_text, 60, texts) if is_text else _value(line.default, line.unit, texts)
    bounds = _bounds(line, texts)
    return (
        Cell(text=f"{mark} {texts('setting', name=escaped(line.name, 60))}"),
        Cell(text=_now(line, texts)),
        Cell(text=default),
        Cell(text=NO_FIGURE if bounds == NO_FACT else bounds),
        Cell(text=escaped(line.name, 60).upper()),
    )


def _now(line: SettingLine, texts: Texts) -> str:
    is_text = line.unit is SettingUnit.TEXT
    return _words(line.text, 120, texts) if is_text else _value(line.value, line.unit, texts)


def _words(text: str, limit: int, texts: Texts) -> str:
    return escaped(text, limit) if text else texts("setting-unset")


def _bounds(line: SettingLine, texts: Texts) -> str:
    if line.unit is SettingUnit.SWITCH or (line.least is None and line.most is None):
        return NO_FACT
    least = NO_FACT if line.least is None else _value(line.least, line.unit, texts)
    most = NO_FACT if line.most is None else _value(line.most, line.unit, texts)
    return texts("setting-bounds", least=least, most=most)


def _value(value: Decimal | None, unit: str, texts: Texts) -> str:
    if value is None:
        return texts("setting-unset")
    if unit == SettingUnit.SWITCH:
        return texts("setting-switch", on="on" if value else "off")
    return quantity(value, unit, texts)
