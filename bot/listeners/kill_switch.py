"""The kill switch: /halt stops new trading at once, /resume lets it run again."""

from bot.cards import answers
from bot.cards.message import Message
from bot.listeners.asked import Command
from bot.listeners.words import reason


def halt(asked: Command) -> Message:
    """/halt [reason]: stop new trading."""
    return answers.halted(asked.engine.halt(asked.request, reason(asked.text)), asked.texts)


def resume(asked: Command) -> Message:
    """/resume: trade again."""
    return answers.resumed(asked.engine.resume(asked.request), asked.texts)
