"""Reading what was typed after /duty and /notify: people, lines, weekdays, times of day and dates.

A span whose end is not after its begin ends on the next day, as a night's duty does. Whatever cannot be read is refused
with what is wrong with it, and with a command that would be taken.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Final

from engine.errors import BadDuty
from engine.model.duty import MINUTES_A_DAY, CallKind, DutyLine

MENTION: Final = re.compile(r"<(?:@|!subteam\^)([UWS][A-Z0-9]{2,20})(?:\|[^>]*)?>")
"""A person or a user group as Slack sends whom somebody picked from its list."""
ID: Final = re.compile(r"[UWS](?=[A-Z0-9]*[0-9])[A-Z0-9]{2,20}")
ME: Final = "me"
TIME: Final = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
BETWEEN: Final = re.compile(r"-|–|—|~|\.\.+|…|∼")
LASTING: Final = re.compile(r"(?:(\d{1,3})d)?(?:(\d{1,3})h)?(?:(\d{1,4})m(?:in)?)?", re.IGNORECASE)
DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
DATES: Final = re.compile(rf"({DATE.pattern})(?:(?:{BETWEEN.pattern})({DATE.pattern}))?")
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORTEST: Final = 3
"""Letters of a weekday that tell it from the others."""
WHOLE_DAYS: Final[Mapping[str, tuple[int, ...]]] = {
    "daily": tuple(range(7)),
    "weekdays": tuple(range(5)),
    "weekends": (5, 6),
}
LINES: Final[Mapping[str, DutyLine]] = {line.value: line for line in DutyLine}
KINDS: Final[Mapping[str, CallKind]] = {
    "proposals": CallKind.PROPOSAL,
    "reminders": CallKind.REMINDER,
    "escalations": CallKind.ESCALATION,
    "expiries": CallKind.EXPIRY,
    "results": CallKind.RESULT,
    "handovers": CallKind.HANDOVER,
    "halts": CallKind.HALT,
    "unprotected": CallKind.UNPROTECTED,
    "losses": CallKind.LOSS,
}
"""What somebody is called for, as it is typed; the last three are refused with their own sentence."""
LONGEST: Final = 60


def words_of(text: str) -> list[str]:
    """Return the words, each person or group who was picked as their id after an @.

    The sign that stands for a colon where Slack would begin a picture is read as one: it is copied from our answers.
    """
    text = text.replace("\N{RATIO}", ":")
    typed = re.sub(rf"\s*({BETWEEN.pattern})\s*", r"\1", MENTION.sub(lambda found: f" @{found[1]} ", text))
    return [word[:LONGEST].rstrip(",;") for word in typed.replace(",", " ").split() if word.rstrip(",;")]


def person_in(word: str, asker: str) -> str:
    """Return the id of a person or a group, '' for a word that names none."""
    if word.lower() == ME:
        return asker
    bare = word.removeprefix("@")
    return bare if ID.fullmatch(bare) else ""


def line_in(word: str, example: str) -> DutyLine:
    """Return a line by its name; raises BadDuty."""
    if word.lower() not in LINES:
        raise BadDuty("line", word, example=example, known=nearest(word, ("first", "second")))
    return LINES[word.lower()]


def days_in(words: Sequence[str], example: str) -> tuple[int, ...]:
    """Return weekdays from words such as mon-fri, sat or daily, each once and in order; raises BadDuty."""
    found = set[int]()
    for word in words:
        if word.lower() in WHOLE_DAYS:
            found |= {*WHOLE_DAYS[word.lower()]}
            continue
        ends = [_day(part, word, example) for part in BETWEEN.split(word)]
        if len(ends) > 2:  # noqa: PLR2004  a range has two ends
            raise BadDuty("days", word, example=example)
        first, last = ends[0], ends[-1]
        found |= {day % 7 for day in range(first, last + 1 if first <= last else last + 8)}
    if not found:
        raise BadDuty("days", "", example=example)
    return tuple(sorted(found))


def hours_in(word: str, example: str) -> tuple[int, int]:
    """Return minutes after midnight from words such as 22:00-06:00, the end after the begin; raises BadDuty."""
    parts = BETWEEN.split(word)
    if len(parts) != 2 or not all(parts):  # noqa: PLR2004  a span has two ends
        raise BadDuty("hours", word, example=example)
    begins, ends = (clock_in(part, word, example) for part in parts)
    if begins in {ends, MINUTES_A_DAY}:
        raise BadDuty("empty", word, example=example)
    return begins, ends if ends > begins else ends + MINUTES_A_DAY


def clock_in(typed: str, said: str, example: str) -> int:
    """Return the minutes after midnight of a time such as 22:00, 24:00 being the day's end; raises BadDuty."""
    found = TIME.fullmatch(typed)
    minutes = int(found[1]) * 60 + int(found[2]) if found else MINUTES_A_DAY + 1
    if minutes > MINUTES_A_DAY:
        raise BadDuty("hours", said, example=example)
    return minutes


def until_in(word: str, example: str) -> timedelta | int:
    """Return how long from 2h, 90m or 1d, or of 18:00 the minutes after midnight; raises BadDuty."""
    lasting = LASTING.fullmatch(word)
    if word and lasting:
        days, hours, minutes = (int(part or 0) for part in lasting.groups())
        if span := timedelta(days=days, hours=hours, minutes=minutes):
            return span
    if not TIME.fullmatch(word):
        raise BadDuty("until", word, example=example)
    return clock_in(word, word, example)


def dates_in(word: str, example: str) -> tuple[date, date]:
    """Return the first and the last day from 2026-12-24..2026-12-27 or one day; raises BadDuty."""
    found = DATES.fullmatch(word)
    if not found:
        raise BadDuty("dates", word, example=example)
    first = _date(found[1], word, example)
    return first, _date(found[5], word, example) if found[5] else first


def kinds_in(words: Sequence[str], example: str) -> tuple[CallKind, ...]:
    """Return what hours are quiet for, everything but alarms where nothing is said; raises BadDuty."""
    kinds = list[CallKind]()
    for word in words:
        typed = word.lower()
        named = next((name for name in (typed, f"{typed}s", typed.removesuffix("y") + "ies") if name in KINDS), "")
        if not named:
            known = tuple(name for name, kind in KINDS.items() if not kind.is_alarm)
            raise BadDuty("kind", word, example=example, known=nearest(typed, known) or ", ".join(known))
        kinds.append(KINDS[named])
    return tuple(dict.fromkeys(kinds)) or tuple(kind for kind in CallKind if not kind.is_alarm)


def nearest(word: str, known: Sequence[str]) -> str:
    """Return the known word that is nearest to what was typed, '' where none is."""
    return next(iter(get_close_matches(word.lower(), known, n=1)), "")


def _day(part: str, said: str, example: str) -> int:
    typed = part.lower()
    found = [number for number, name in enumerate(DAYS) if len(typed) >= SHORTEST and name.startswith(typed)]
    if not found:
        raise BadDuty("days", said, example=example)
    return found[0]


def _date(part: str, said: str, example: str) -> date:
    year, month, day = map(int, part.split("-"))
    try:
        return date(year, month, day)
    except ValueError:
        raise BadDuty("dates", said, example=example) from None
