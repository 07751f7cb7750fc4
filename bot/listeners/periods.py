"""Reading a period as people write it, in English and Korean: yesterday, last week, 2025-08, Aug 4 to Aug 8, 지난달.

Every day is one of the exchange's, as New York's calendar has it.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from bot.listeners.backtest_words import last_of_month
from bot.listeners.parsing import LONGEST_WORD
from engine.errors import BadPeriod
from engine.model.performance import Period, Span

Days = tuple[date, date]

MOST_WORDS: Final = 8
"""Words of the longest way to write a period: from August 4 2025 to August 8 2025."""
MOST_BACK: Final = 36_600

NAMES: Final[Mapping[Period, tuple[str, ...]]] = {
    Period.TODAY: ("today", "this day", "오늘", "금일", "당일"),
    Period.YESTERDAY: ("yesterday", "yday", "어제", "전일"),
    Period.WEEK: ("week", "this week", "wtd", "이번주", "이번 주", "금주"),
    Period.LAST_WEEK: ("last-week", "last week", "previous week", "지난주", "지난 주", "저번주", "저번 주", "전주"),
    Period.MONTH: ("month", "this month", "mtd", "이번달", "이번 달", "이달", "금월", "당월"),
    Period.LAST_MONTH: ("last-month", "last month", "previous month", "지난달", "지난 달", "저번달", "저번 달", "전월"),
    Period.YEAR: ("year", "this year", "ytd", "올해", "금년", "이번 해"),
    Period.LAST_YEAR: ("last-year", "last year", "previous year", "작년", "지난해", "지난 해", "전년"),
    Period.ALL: ("all", "all time", "everything", "since inception", "inception", "전체", "전체 기간", "누적", "전부"),
}
NAMED: Final = {name: period for period, names in NAMES.items() for name in names}
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
            ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("october", "oct"), ("november", "nov"),
            ("december", "dec"),
        ),
        1,
    )
    for name in names
}  # fmt: skip
WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("monday", "mon", "월요일"), ("tuesday", "tue", "화요일"), ("wednesday", "wed", "수요일"),
            ("thursday", "thu", "목요일"), ("friday", "fri", "금요일"), ("saturday", "sat", "토요일"),
            ("sunday", "sun", "일요일"),
        )
    )
    for name in names
}  # fmt: skip
UNITS: Final = {"d": 1, "w": 7, "m": 30, "y": 365, "일": 1, "주": 7, "개": 30, "달": 30, "년": 365}
"""Days of what a number is followed by, told by its first letter."""
NAME: Final = "|".join(MONTHS)

BACK: Final = re.compile(
    r"(?:last |past |최근 ?|지난 ?)?(\d{1,5}) ?(d|days?|w|weeks?|m|months?|y|years?|일|주일?|개월|달|년)(?:간)?"
)
RANGE: Final = re.compile(r"(?:from )?(.+?)(?: ?(?:\.\.+|…|~|–|—) ?| to | through | until | - |부터 ?)(.+?)(?:까지)?")
SINCE: Final = re.compile(r"since (.+)|(.+?) ?(?:부터|이후)")
YMD: Final = re.compile(
    r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})|(\d{4})(\d{2})(\d{2})|(\d{4})년 ?(\d{1,2})월 ?(\d{1,2})일"
)
MD: Final = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})|(\d{{1,2}})월 ?(\d{{1,2}})일|({NAME}) (\d{{1,2}})(?:st|nd|rd|th)?")
MDY: Final = re.compile(rf"({NAME}) (\d{{1,2}})(?:st|nd|rd|th)? (\d{{4}})|(\d{{1,2}})/(\d{{1,2}})/(\d{{4}})")
DMY: Final = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)? ({NAME})(?: (\d{{4}}))?")
MONTH: Final = re.compile(
    rf"(\d{{4}})[-./](\d{{1,2}})|(\d{{4}})년 ?(\d{{1,2}})월|({NAME})(?: (\d{{4}}))?|(\d{{1,2}})월"
)
YEAR: Final = re.compile(r"((?:19|20)\d{2})년?")
QUARTER: Final = re.compile(r"q([1-4])(?: (\d{4}))?|(?:(\d{4})년? ?)?([1-4])분기")
THIS_QUARTER: Final = frozenset({"quarter", "this quarter", "qtd", "이번 분기", "이번분기"})
LAST_QUARTER: Final = frozenset({"last quarter", "previous quarter", "지난 분기", "지난분기", "전분기"})
BEFORE_YESTERDAY: Final = frozenset({"그제", "그저께", "엊그제"})
ONE_DAY: Final = timedelta(days=1)


def read_span(typed: Sequence[str], today: date) -> tuple[Span | None, list[str]]:
    """Return the period among some words, None where none says one, and the words that are left.

    Where several say one, the longest is meant. Raises BadPeriod for days that do not exist, are still to come, or end
    before they begin.
    """
    found = [word.lower().replace(",", "") for word in typed]
    for length in range(min(len(found), MOST_WORDS), 0, -1):
        for start in range(len(found) - length + 1):
            span = _span(" ".join(found[start : start + length]), today)
            if span is not None:
                return span, [*typed[:start], *typed[start + length :]]
    return None, list(typed)


def _span(said: str, today: date) -> Span | None:
    if said in NAMED:
        return NAMED[said].span(today)
    days = _days(said, today) or _range(said, today)
    if days is None:
        return None
    first, last = days
    if last < first:
        raise BadPeriod("order", said[:LONGEST_WORD], today)
    if first > today:
        raise BadPeriod("future", said[:LONGEST_WORD], today)
    return Span(period=Period.DAYS, first=first, last=min(last, today))


def _range(said: str, today: date) -> Days | None:
    """Return the days from one to another, or from one until today."""
    since = SINCE.fullmatch(said)
    if since and (begin := _ends(since[1] or since[2], today)):
        return begin[0], max(today, begin[0])
    if (parts := RANGE.fullmatch(said)) and (begin := _ends(parts[1], today)) and (end := _ends(parts[2], today)):
        return begin[0], end[1]
    typed = said.split()
    for split in range(1, len(typed)):
        begin, end = _days(" ".join(typed[:split]), today), _days(" ".join(typed[split:]), today)
        if begin and end:
            return begin[0], end[1]
    return None


def _ends(said: str, today: date) -> Days | None:
    """Return the first and the last day of what may stand at either end of a range."""
    if said in NAMED:
        span = NAMED[said].span(today)
        return None if span.first is None else (span.first, span.last)
    return _days(said, today)


def _days(said: str, today: date) -> Days | None:
    """Return the first and the last day of a day, a month, a quarter, a year, or so long back."""
    try:
        return next((days for read in READERS if (days := read(said, today)) is not None), None)
    except ValueError:
        raise BadPeriod("no_such_day", said[:LONGEST_WORD], today) from None


def _back(said: str, today: date) -> Days | None:
    found = BACK.fullmatch(said)
    if found is None or YEAR.fullmatch(said):
        return None
    count = int(found[1]) * UNITS[found[2][0]]
    if not 1 <= count <= MOST_BACK:
        raise ValueError(said)
    return today - (count - 1) * ONE_DAY, today


def _day(said: str, today: date) -> Days | None:
    if said in BEFORE_YESTERDAY:
        return (today - 2 * ONE_DAY,) * 2
    if said in WEEKDAYS:
        return (today - (today.weekday() - WEEKDAYS[said]) % 7 * ONE_DAY,) * 2
    on = _dated(said) or _without_year(said, today)
    return None if on is None else (on, on)


def _dated(said: str) -> date | None:
    if found := YMD.fullmatch(said):
        year, month, day = (int(part) for part in found.groups() if part)
        return date(year, month, day)
    if found := MDY.fullmatch(said):
        named, day_of, year_of, *figures = found.groups()
        month, day, year = (MONTHS[named], int(day_of), int(year_of)) if named else map(int, figures)
        return date(year, month, day)
    if (found := DMY.fullmatch(said)) and found[3]:
        return date(int(found[3]), MONTHS[found[2]], int(found[1]))
    return None


def _without_year(said: str, today: date) -> date | None:
    """Return the last such day, today at the latest."""
    if found := MD.fullmatch(said):
        month, day = (part for part in found.groups() if part)
        return _latest(MONTHS.get(month) or int(month), int(day), today)
    if found := DMY.fullmatch(said):
        return _latest(MONTHS[found[2]], int(found[1]), today)
    return None


def _latest(month: int, day: int, today: date) -> date:
    date(2024, month, day)  # a leap year: it raises ValueError for a day that no year has
    years = (today.year - back for back in range(8))
    return next(on for year in years if (on := _of(year, month, day)) is not None and on <= today)


def _of(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if day <= monthrange(year, month)[1] else None


def _month(said: str, today: date) -> Days | None:
    found = MONTH.fullmatch(said)
    if found is None:
        return None
    year, month = found[1] or found[3] or found[6], found[2] or found[4] or found[7]
    number = int(month) if month else MONTHS[found[5]]
    first = date(int(year) if year else today.year - (number > today.month), number, 1)
    return first, last_of_month(first)


def _quarter(said: str, today: date) -> Days | None:
    now = (today.month - 1) // 3
    if said in THIS_QUARTER:
        return _of_quarter(today.year, now)
    if said in LAST_QUARTER:
        return _of_quarter(today.year - (now == 0), (now - 1) % 4)
    if found := QUARTER.fullmatch(said):
        number, year = int(found[1] or found[4]) - 1, found[2] or found[3]
        return _of_quarter(int(year) if year else today.year - (number > now), number)
    return None


def _of_quarter(year: int, number: int) -> Days:
    return date(year, 3 * number + 1, 1), last_of_month(date(year, 3 * number + 3, 1))


def _year(said: str, _today: date) -> Days | None:
    found = YEAR.fullmatch(said)
    return (date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)) if found else None


READERS: Final[tuple[Callable[[str, date], Days | None], ...]] = (_day, _year, _month, _quarter, _back)
