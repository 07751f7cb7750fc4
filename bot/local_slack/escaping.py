"""The three signs that Slack escapes: `&`, `<` and `>` stand for themselves only as entities."""

import re
from typing import Final

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What has a meaning: a mention, a link, a date, or a sign that is escaped already.
_MEANT: Final = re.compile(r"(<(?:[@#!]|[a-z][a-z0-9+.-]*:)[^<>\n]+>|&(?:amp|lt|gt);)")


def escaped(text: str) -> str:
    """Escape every sign of a text as a person typed it."""
    return re.sub("[&<>]", lambda sign: _ENTITIES[sign[0]], text)


def as_stored(text: str) -> str:
    """Return a message's text as Slack keeps it: what has a meaning stays, every other sign is escaped."""
    return "".join(part if index % 2 else escaped(part) for index, part in enumerate(_MEANT.split(text)))
