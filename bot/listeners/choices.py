"""/watch and /settings: what is watched, how the desk trades, and the changes that people may make to both."""

from bot.access import Verb
from bot.cards import choices
from bot.cards.message import Message
from bot.listeners.asked import Command
from bot.listeners.typed import misunderstood
from bot.listeners.words import LONGEST_WORD, plain, words

LIST, ADD, REMOVE = "list", "add", "remove"
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
    typed = plain(asked.text).split()
    if not typed:
        return choices.settings(asked.engine.settings(), asked.texts)
    if len(typed) != 2:  # noqa: PLR2004 - a name and its value
        raise misunderstood(asked)
    asked.tools.access.require(asked.request.by, Verb.SET)
    name, value = (word.strip("`*~_'\"‘’“”") for word in typed)
    change = asked.engine.set_setting(name[:LONGEST_WORD], value[:LONGEST_WORD], asked.request)
    return choices.setting_changed(change, asked.texts)
