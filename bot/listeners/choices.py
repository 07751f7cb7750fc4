"""/watch and /settings: what is watched, how the desk trades, and the changes that people may make to both."""

from bot.access import Verb
from bot.cards import choices
from bot.cards.message import Message
from bot.listeners.asked import Asked, Click, Command
from bot.listeners.typed import misunderstood
from bot.listeners.words import LONGEST_WORD, words

LIST, ADD, REMOVE = "list", "add", "remove"
CONFIRM = frozenset({"confirm", "확인"})
CANCEL = frozenset({"cancel", "취소"})
WRAPPED = " `*~_'\"‘’“”"
"""What may be wrapped around a name or a value."""
MOST_SYMBOLS = 50
"""Symbols that one command may name: the broker is asked about each."""


def watch(asked: Command) -> Message:
    """/watch [list|add|remove] [SYMBOL ...]: show what is watched, or change it, many symbols at once."""
    first, *symbols = words(asked.text.replace(",", " ")) or [LIST]
    verb = first.lower()
    if verb == LIST and not symbols:
        return choices.watched(asked.engine.watched(), asked.texts)
    if verb not in {ADD, REMOVE} or not 1 <= len(symbols) <= MOST_SYMBOLS:
        raise misunderstood(asked, (LIST, ADD, REMOVE))
    asked.tools.access.require(asked.request.by, Verb.REWATCH)
    named = tuple(dict.fromkeys(symbol.upper() for symbol in symbols))
    return choices.watch_changed(asked.engine.change_watchlist(named, asked.request, more=verb == ADD), asked.texts)


def settings(asked: Command) -> Message:
    """/settings [NAME VALUE] [confirm|cancel NAME]: show every setting, change one, or decide a change that waits."""
    name, _, value = (part.strip(WRAPPED) for part in " ".join(asked.text.split()).partition(" "))
    if not name:
        return choices.settings(asked.engine.settings(), asked.texts, asked.engine.pending_changes())
    if not value:
        raise misunderstood(asked)
    if name.lower() in CONFIRM:
        return _confirmed(asked, value[:LONGEST_WORD], "")
    if name.lower() in CANCEL:
        return _withdrawn(asked, value[:LONGEST_WORD], "")
    asked.tools.access.require(asked.request.by, Verb.SET)
    change = asked.engine.set_setting(name[:LONGEST_WORD], value[:LONGEST_WORD], asked.request)
    return choices.setting_changed(change, asked.texts)


def confirm(asked: Click) -> Message:
    """Confirm, on a change that loosens a limit: as the second person."""
    return _confirmed(asked, asked.trade_id, asked.choice)


def withdraw(asked: Click) -> Message:
    """Cancel, on a change that loosens a limit: nothing changes."""
    return _withdrawn(asked, asked.trade_id, asked.choice)


def _confirmed(asked: Asked, name: str, number: str) -> Message:
    asked.tools.access.require(asked.request.by, Verb.CONFIRM)
    return choices.change_confirmed(asked.engine.confirm_setting(name, asked.request, number), asked.texts)


def _withdrawn(asked: Asked, name: str, number: str) -> Message:
    asked.tools.access.require(asked.request.by, Verb.WITHDRAW)
    return choices.change_withdrawn(asked.engine.withdraw_setting(name, asked.request, number), asked.texts)
