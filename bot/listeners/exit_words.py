"""The prices and distances of /stop, /target and /trail, as people write them."""

import re
from decimal import Decimal

from bot.listeners.parsing import AROUND_NUMBERS, LONGEST_WORD
from engine.errors import BadExit
from engine.model.number_input import AmbiguousNumber, InputUnit, NumberInput, narrowed, read_number

TRAIL = "trail"
OFF = frozenset({"off", "none"})
OF_ATR = re.compile(r"(.+?) ?(?:x ?)?atr|atr ?(?:x ?)?(.+)")


def price(text: str, field: str) -> Decimal:
    """Read a price in dollars for the stop or target, as `field` says; raises BadExit."""
    found = _number(text, field, "no_price")
    if found.unit not in {InputUnit.NONE, InputUnit.DOLLARS}:
        raise BadExit(field, "no_price", text.strip()[:LONGEST_WORD])
    return found.number


def trail_of(text: str) -> tuple[Decimal | None, Decimal | None]:
    """Read a trail: a part of the price ('2%' is 0.02), or average true ranges ('3 ATR'); neither for 'off'.

    Raises BadExit.
    """
    said = narrowed(text.strip().strip(AROUND_NUMBERS))
    if said in OFF:
        return None, None
    ranges = OF_ATR.fullmatch(said[: 2 * LONGEST_WORD])
    found = _number((ranges[1] or ranges[2]) if ranges else said, TRAIL, "no_trail")
    if ranges and found.unit is InputUnit.NONE:
        return None, found.number
    if ranges or found.unit is not InputUnit.PERCENT:
        raise BadExit(TRAIL, "no_trail", text.strip()[:LONGEST_WORD])
    return found.number / 100, None


def _number(text: str, field: str, problem: str) -> NumberInput:
    typed = text.strip().strip(AROUND_NUMBERS)
    try:
        return read_number(typed)
    except AmbiguousNumber as error:
        raise BadExit(field, "unclear", " / ".join(error.readings)) from error
    except ValueError as error:
        raise BadExit(field, problem, typed[:LONGEST_WORD]) from error
