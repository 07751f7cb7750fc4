"""/watch and /settings: what is watched, how the desk trades, and the changes that people may make to both."""

from bot.access import Verb
from bot.cards import runtime_settings
from bot.cards.message import Message
from bot.listeners.command_args import misunderstood
from bot.listeners.command_spec import CommandSpec
from bot.listeners.parsing import LONGEST_WORD, words
from bot.listeners.request import SlackRequest
from bot.listeners.request_kinds import Click, Command

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
        return runtime_settings.watched(asked.queries.watchlist(), asked.texts)
    if verb not in {ADD, REMOVE}:
        raise misunderstood(asked, (LIST, ADD, REMOVE))
    if not 1 <= len(symbols) <= MOST_SYMBOLS:
        raise misunderstood(asked, problem="many" if symbols else "value")
    asked.context.access.require(asked.request.by, Verb.REWATCH)
    named = tuple(dict.fromkeys(symbol.upper() for symbol in symbols))
    return runtime_settings.watch_changed(
        asked.commands.change_watchlist(named, asked.request, more=verb == ADD), asked.texts
    )


def settings(asked: Command) -> Message:
    """/settings [NAME VALUE] [confirm|cancel NAME]: show every setting, change one, or decide a change that waits."""
    name, _, value = (part.strip(WRAPPED) for part in " ".join(asked.text.split()).partition(" "))
    if not name:
        return runtime_settings.settings(asked.queries.settings(), asked.texts, asked.queries.pending_changes())
    if not value:
        raise misunderstood(asked, problem="value")
    if name.lower() in CONFIRM:
        return _confirmed(asked, value[:LONGEST_WORD], "")
    if name.lower() in CANCEL:
        return _withdrawn(asked, value[:LONGEST_WORD], "")
    asked.context.access.require(asked.request.by, Verb.SET)
    change = asked.commands.runtime_settings.change(name[:LONGEST_WORD], value[:LONGEST_WORD], asked.request)
    return runtime_settings.setting_changed(change, asked.texts)


def confirm(asked: Click) -> Message:
    """Confirm, on a change that loosens a limit: as the second person."""
    return _confirmed(asked, asked.trade_id, asked.choice)


def withdraw(asked: Click) -> Message:
    """Cancel, on a change that loosens a limit: nothing changes."""
    return _withdrawn(asked, asked.trade_id, asked.choice)


def _confirmed(asked: SlackRequest, name: str, number: str) -> Message:
    asked.context.access.require(asked.request.by, Verb.CONFIRM)
    return runtime_settings.change_confirmed(
        asked.commands.runtime_settings.confirm(name, asked.request, number), asked.texts
    )


def _withdrawn(asked: SlackRequest, name: str, number: str) -> Message:
    asked.context.access.require(asked.request.by, Verb.WITHDRAW)
    return runtime_settings.change_withdrawn(
        asked.commands.runtime_settings.withdraw(name, asked.request, number), asked.texts
    )


COMMANDS = (
    CommandSpec(
        name="/watch",
        verb=Verb.WATCH,
        usage="[list|add|remove] [SYMBOL …]",
        summary="Show or change the watchlist",
        handler=watch,
        example="add AAPL",
    ),
    CommandSpec(
        name="/settings",
        verb=Verb.SETTINGS,
        usage="[NAME VALUE|default] [confirm|cancel NAME]",
        summary="Show every setting, or change one",
        handler=settings,
        example="MAX_DAILY_LOSS 2%",
    ),
)
