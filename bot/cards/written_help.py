"""What the bot answers to whoever writes to it or mentions it: that it takes commands, and which."""

from bot.cards.message import Message, header, message, section
from bot.cards.mrkdwn import escaped
from bot.messages import Texts


def written_help(texts: Texts, meant: str = "") -> Message:
    """Say how the bot is used; `meant` is the command that was probably meant, '/halt', '' where none was."""
    command = f"`{escaped(meant.replace('`', ''), 100)}`"
    lines = (texts("written-help-meant", command=command), texts("written-help-nothing-done")) if meant else ()
    shown = [section("\n".join(lines))] if lines else []
    return message(
        header(texts("written-help-title")),
        *shown,
        section("\n".join((texts("written-help"), texts("written-help-commands")))),
    )
