"""The slash commands that look at signals, news and risk."""

from bot.access import Verb
from bot.cards import signal_views
from bot.cards.message import Message
from bot.listeners.command_args import typed
from bot.listeners.command_spec import CommandSpec
from bot.listeners.request_kinds import Command


def signals(asked: Command) -> Message:
    """/signals [SYMBOL]: show the last signals and what became of them."""
    symbol = "".join(typed(asked, 1)).upper()
    return signal_views.signals(asked.queries.signals.signals(symbol), symbol, asked.texts)


def news(asked: Command) -> Message:
    """/news [SYMBOL]: show the last headlines with their points."""
    symbol = "".join(typed(asked, 1)).upper()
    return signal_views.news(asked.queries.signals.news(symbol), symbol, asked.texts)


def risk(asked: Command) -> Message:
    """/risk: show the risk meter, symbol by symbol, and how the protections stand."""
    typed(asked, 0)
    return signal_views.risk(asked.queries.signals.risk(), asked.texts)


COMMANDS = (
    CommandSpec(
        name="/signals",
        verb=Verb.SIGNALS,
        usage="[SYMBOL]",
        summary="Show the latest signals and what came of them",
        handler=signals,
        example="AAPL",
    ),
    CommandSpec(
        name="/news",
        verb=Verb.NEWS,
        usage="[SYMBOL]",
        summary="Show the latest headlines and their scores",
        handler=news,
        example="AAPL",
    ),
    CommandSpec(
        name="/risk",
        verb=Verb.RISK,
        usage="[help]",
        summary="Show open risk by symbol, and the protections",
        handler=risk,
    ),
)
