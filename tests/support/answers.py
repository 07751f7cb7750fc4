"""What a command is answered, wherever the answer comes."""

from bot.cards import ids
from bot.local_slack.launch import CHANNEL
from bot.local_slack.people import Person
from bot.local_slack.seed import Json
from tests.support.waiting import until


def answered(person: Person, typed: str) -> str:
    """Return what a person alone is answered, in a message or in the window that told of the work.

    It is '' where another window opened, which asks something.
    """
    for window in person.views():
        person.close(window)
    before = {message["ts"] for message in person.messages(CHANNEL.id)}
    person.command(CHANNEL.id, typed)
    found: list[str] = []

    def has_come() -> bool:
        new = [each for each in person.messages(CHANNEL.id) if each["ephemeral"] and each["ts"] not in before]
        windows = [each for each in person.views() if each["callback_id"] != ids.WORKING_MODAL]
        found[:] = [str(each["text"]) for each in new] or [told_in(each) for each in windows]
        return bool(found)

    until(has_come)
    return found[0]


def told_in(window: Json) -> str:
    """Return what an answer's window says; '' for one that asks."""
    if window["callback_id"] != ids.ANSWER_MODAL:
        return ""
    return "\n".join(block["text"]["text"] for block in window["blocks"] if "text" in block)
