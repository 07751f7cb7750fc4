"""The slash commands that look at signals, news and risk."""

from bot.cards import survey
from bot.cards.message import Message
from bot.listeners.asked import Command
from bot.listeners.typed import typed


def signals(asked: Command) -> Message:
    """/signals [SYMBOL]: show the last signals and what became of them."""
    symbol = "".join(typed(asked, 1)).upper()
    return survey.signals(asked.engine.signals(symbol), symbol, asked.texts)


def news(asked: Command) -> Message:
    """/news [SYMBOL]: show the last headlines with their points."""
    symbol = "".join(typed(asked, 1)).upper()
    return survey.news(asked.engine.news(symbol), symbol, asked.texts)


def risk(asked: Command) -> Message:
    """/risk: show the risk meter, symbol by symbol, and how the protections stand."""
    typed(asked, 0)
    return survey.risk(asked.engine.risk(), asked.texts)
