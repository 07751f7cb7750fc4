from datetime import UTC, datetime
from typing import Final

from bot.access import Verb
from bot.cards import questions as cards
from bot.cards.message import Message
from bot.listeners.command_spec import CommandSpec
from bot.listeners.request_kinds import Command

LONGEST_QUESTION: Final = 500
"""Characters of a question that are read."""


def ask(asked: Command) -> Message:
    """/ask QUESTION: answer it from the database, with the rows behind it. The words of a question are only read."""
    question = " ".join(asked.text.split())
    if not question:
        return cards.how(asked.texts)
    if len(question) > LONGEST_QUESTION:
        return cards.too_long(LONGEST_QUESTION, asked.texts)
    found = asked.queries.questions.answer(question)
    return cards.answered(found, datetime.now(UTC), asked.context.people.name_of, asked.texts)


COMMANDS = (
    CommandSpec(
        name="/ask",
        verb=Verb.ASK,
        usage="QUESTION",
        summary="Answer a question from the desk's own records, row by row; changes nothing",
        handler=ask,
    ),
)
