"""Reading what people type after a command: plain words, whatever Slack or a phone's keyboard wrapped around them."""

from html import unescape

from engine.errors import BadNumber

WRAPPING = "`*~_'\"‘’“”[]$#"
ENDINGS = ".,;:!?" + WRAPPING
LONGEST_WORD = 60
LONGEST_REASON = 500
LONGEST_NUMBER = 9


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
    """Read a whole number of shares, such as 300 or 1,000; raises BadNumber."""
    digits = text.strip().replace(",", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER and int(digits) > 0):
        raise BadNumber(text.strip()[:LONGEST_WORD])
    return int(digits)
