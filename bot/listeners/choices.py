"""/watch and /settings: what is watched, how the desk trades, and the changes that people may make to both."""

from bot.access import Verb
from bot.cards import choices
from bot.cards.message import Message
from bot.listeners.asked import Command
from bot.listeners.typed import misunderstood
from bot.listeners.words import LONGEST_WORD, words

LIST, ADD, REMOVE = "list", "add", "remove"
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
    return choices.watch_changed(asked.engine.rewatch(named, asked.request, more=verb == ADD), asked.texts)


def settings(asked: Command) -> Message:
    """/settings [NAME VALUE]: show every setting, or change one."""
    name, _, value = (part.strip(WRAPPED) for part in " ".join(asked.text.split()).partition(" "))
    if not name:
        return choices.settings(asked.engine.settings(), asked.texts)
    if not value:
        raise misunderstood(asked)
    asked.tools.access.require(asked.request.by, Verb.SET)
    change = asked.engine.set_setting(name[:LONGEST_WORD], value[:LONGEST_WORD], asked.request)
    return choices.setting_changed(change, asked.texts)
