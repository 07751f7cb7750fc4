"""Reading what people type after a command: plain words, whatever Slack or a phone's keyboard wrapped around them."""

import re
from html import unescape

from engine.errors import BadNumber

WRAPPING = "`*~_'\"‘’“”[]$#"
ENDINGS = ".,;:!?" + WRAPPING
LONGEST_WORD = 60
LONGEST_REASON = 500
NUMBER = re.compile("[0-9]{1,9}|[0-9]{1,3}(,[0-9]{3}){1,2}")


def plain(text: str) -> str:
    """Return text as it was typed: Slack sends &, < and > of a command as entities."""
    return unescape(text).strip()


def words(text: str) -> list[str]:
    """Split text into words without what may be wrapped around them; no word is longer than a sentence can quote."""
    stripped = (word.lstrip(WRAPPING).rstrip(ENDINGS) for word in plain(text).split())
    return [word[:LONGEST_WORD] for word in stripped if word]


def reason(text: str) -> str:
    """Return words meant for people, on one line and not longer than a card can show."""
    return " ".join(plain(text).split())[:LONGEST_REASON]


def shares(text: str) -> int:
    """Read a whole number of shares, such as 300 or 1,000; raises BadNumber, also for a decimal comma."""
    typed = text.strip()
    if not NUMBER.fullmatch(typed) or not int(typed.replace(",", "")):
        raise BadNumber(typed[:LONGEST_WORD])
    return int(typed.replace(",", ""))
