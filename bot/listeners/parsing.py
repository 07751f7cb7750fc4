"""Reading what people type after a command: plain words, whatever a phone's keyboard wrapped around them."""

from collections.abc import Mapping
from decimal import Decimal

from bot.cards import ids
from engine.errors import BadNumber
from engine.model.number_input import AmbiguousNumber, InputUnit, read_number
from engine.model.reason import CHOICES

AROUND_NUMBERS = "`*~_'\"‘’“”[]"
"""What a phone's keyboard, or somebody who marks up their words, puts around a number."""
WRAPPING = AROUND_NUMBERS + "$#"
ENDINGS = ".,;:!?" + WRAPPING
LONGEST_WORD = 60
LONGEST_REASON = 500
MOST_SHARES = Decimal(999_999_999)


def words(text: str) -> list[str]:
    """Split text into words without what may be wrapped around them; no word is longer than a sentence can quote."""
    stripped = (word.lstrip(WRAPPING).rstrip(ENDINGS) for word in text.split())
    return [word[:LONGEST_WORD] for word in stripped if word]


def reason(text: str) -> str:
    """Return words meant for people, on one line and not longer than a card can show."""
    return " ".join(text.split())[:LONGEST_REASON]


def reason_given(typed: Mapping[str, str]) -> str:
    """Return the reason of a window: the one that was chosen from the list, with the words that were written."""
    chosen = typed.get(ids.CHOICE_BLOCK, "")
    return reason(
        " ".join(part for part in (chosen if chosen in CHOICES else "", typed.get(ids.REASON_BLOCK, "")) if part)
    )


def shares(text: str) -> int:
    """Read a whole number of shares, such as 300 or 1,000; raises BadNumber, with both readings where there are two."""
    asked = text.strip()[:LONGEST_WORD]
    try:
        found = read_number(text)
    except AmbiguousNumber as error:
        raise BadNumber(asked, *error.readings) from error
    except ValueError as error:
        raise BadNumber(asked) from error
    is_whole = found.number == found.number.to_integral_value()
    if found.unit not in {InputUnit.NONE, InputUnit.SHARES} or not is_whole or not 1 <= found.number <= MOST_SHARES:
        raise BadNumber(asked)
    return int(found.number)
