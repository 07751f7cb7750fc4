"""Reading a number as people type it: one parser for settings, sizes and windows.

Both of the desk's languages write 1,234.56: a comma between thousands, a point before decimals. What that makes no
number, or what could be meant the other way round as well (2,50 or 1.000), is refused with both readings.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

LONGEST = 80
"""Characters of the longest text that is read as a number."""
NARROW: Mapping[int, str] = {
    **{0xFF01 + place: chr(0x21 + place) for place in range(94)},
    **dict.fromkeys(map(ord, "\u2212\u2010\u2011\u2012\u2013\u2014\u2015\ufe63"), "-"),
}
"""Full-width forms as their narrow twins, and every dash as a minus sign."""
TYPED = re.compile(r"(?P<before>[^0-9.,+-]*)(?P<sign>[+-]?)(?P<money>\$?) ?(?P<figure>[0-9][0-9.,]*)(?P<after>.*)")
PLAIN = re.compile(r"[0-9]{1,12}")
DECIMAL = re.compile(r"[0-9]{1,12}\.[0-9]{1,8}")
GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3}){1,3}(?:\.[0-9]{1,8})?")
ONE_GROUP = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
COMMA = re.compile(r"([0-9]{1,12}),([0-9]{1,8})")
THE_OTHER_WAY = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,3}(?:,[0-9]{1,8})?")
MULTIPLES: Mapping[str, int] = {"": 1, "k": 1_000, "천": 1_000, "만": 10_000}


class InputUnit(StrEnum):
    """What was typed beside a number."""

    NONE = ""
    SHARES = "shares"
    DOLLARS = "dollars"
    PERCENT = "percent"
    BASIS_POINTS = "basis_points"
    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"


WORDS: Mapping[InputUnit, tuple[str, ...]] = {
    InputUnit.NONE: ("",),
    InputUnit.SHARES: ("share", "shares", "주"),
    InputUnit.DOLLARS: ("$", "usd", "us$", "dollar", "dollars", "달러", "불"),
    InputUnit.PERCENT: ("%", "percent", "pct", "퍼센트", "프로"),
    InputUnit.BASIS_POINTS: ("bp", "bps", "basis points", "베이시스포인트"),
    InputUnit.SECONDS: ("s", "sec", "second", "seconds", "초"),
    InputUnit.MINUTES: ("min", "minute", "minutes", "분"),
    InputUnit.HOURS: ("h", "hour", "hours", "시간"),
    InputUnit.DAYS: ("d", "day", "days", "일"),
}
"""How people write a unit, in either language whatever the desk's own is."""
UNITS = {word: unit for unit, words in WORDS.items() for word in words}
ENDING = re.compile(rf"(?P<multiple>{'|'.join(filter(None, MULTIPLES))}|) ?(?P<unit>{'|'.join(map(re.escape, UNITS))})")
NEXT_UNIT = re.compile(r"(?<=[a-z가-힣]) ?(?=[0-9])")
"""Where the next unit of a time begins, as in '1 h 30 min'."""
IN_SECONDS: Mapping[InputUnit, int] = {
    InputUnit.SECONDS: 1,
    InputUnit.MINUTES: 60,
    InputUnit.HOURS: 3_600,
    InputUnit.DAYS: 86_400,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberInput:
    """A number of at least 0 that was typed, and its unit: 2.5 and PERCENT for '2.5 %'."""

    number: Decimal
    unit: InputUnit


class AmbiguousNumber(ValueError):
    """What was typed could mean two numbers; `readings` has both as they would be written without a doubt."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} or {other}")
        self.readings = (one, other)


def narrowed(text: str) -> str:
    """Return text in small letters on one line, full-width digits, signs and letters as their narrow twins."""
    return " ".join(text.translate(NARROW).casefold().split())


def read_number(text: str) -> NumberInput:
    """Read a number with its unit; raises ValueError for none, AmbiguousNumber for one that could be two.

    No sign is taken: nothing that people type here is below 0, and a plus could mean so much more than before.
    """
    typed = narrowed(text)
    found = TYPED.fullmatch(typed) if len(typed) <= LONGEST else None
    if found is None:
        raise ValueError(text[:LONGEST])
    before, ending = UNITS.get(found["before"].strip()), ENDING.fullmatch(found["after"].strip())
    if before not in {InputUnit.NONE, InputUnit.DOLLARS} or ending is None or found["sign"]:
        raise ValueError(text[:LONGEST])
    units = {before, UNITS[ending["unit"]], InputUnit.DOLLARS if found["money"] else InputUnit.NONE} - {InputUnit.NONE}
    if len(units) > 1 or (ending["multiple"] and units - {InputUnit.DOLLARS, InputUnit.SHARES}):
        raise ValueError(text[:LONGEST])
    unit = units.pop() if units else InputUnit.NONE
    multiple = ending["multiple"]
    try:
        figure = _figure(found["figure"], unit)
    except AmbiguousNumber as error:
        raise AmbiguousNumber(*(f"{reading}{multiple}" for reading in error.readings)) from None
    return NumberInput(number=figure * MULTIPLES[multiple], unit=unit)


def read_seconds(text: str, *, bare: int = 1) -> Decimal:
    """Read a time, '5400', '90 min' or '1 h 30 min', in seconds; `bare` is what a number without a unit counts.

    Raises ValueError for none, and for units that do not go from the larger to the smaller; AmbiguousNumber for two.
    """
    typed = narrowed(text)
    if len(typed) > LONGEST:
        raise ValueError(text[:LONGEST])
    found = [read_number(piece) for piece in NEXT_UNIT.split(typed)]
    counts = [IN_SECONDS.get(each.unit) if each.unit or len(found) > 1 else bare for each in found]
    known = [count for count in counts if count]
    if len(known) < len(found) or known != sorted(set(known), reverse=True):
        raise ValueError(text[:LONGEST])
    return sum((each.number * count for each, count in zip(found, known, strict=True)), Decimal(0))


def _figure(written: str, unit: InputUnit) -> Decimal:
    """Read digits, commas and points; raises ValueError."""
    digits = written.replace(",", "")
    together = digits.replace(".", "")
    if PLAIN.fullmatch(written) or GROUPED.fullmatch(written):
        return Decimal(digits)
    if DECIMAL.fullmatch(written):
        # More than 100 % is typed nowhere, so 1.125% means one thing only.
        if ONE_GROUP.fullmatch(written) and unit is not InputUnit.PERCENT:
            raise AmbiguousNumber(_beyond_doubt(written), together)
        return Decimal(written)
    comma = COMMA.fullmatch(written)
    if comma:
        raise AmbiguousNumber(f"{comma[1]}.{comma[2]}", together.lstrip("0") or "0")
    if THE_OTHER_WAY.fullmatch(written) and "," in written:
        # It is no number here, and reading it as elsewhere would be a guess.
        raise AmbiguousNumber(written.replace(".", "").replace(",", "."), together)
    raise ValueError(written)


def _beyond_doubt(written: str) -> str:
    """Write three decimals as no one group of thousands could be."""
    figure = written.rstrip("0").removesuffix(".")
    return f"{figure}0" if ONE_GROUP.fullmatch(figure) else figure
