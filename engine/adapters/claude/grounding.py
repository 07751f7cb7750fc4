"""Whether a sentence stands on the facts that it cites, with each figure, time, name, quotation and act; else it goes.

What no program can judge is left: whether the right figure stands beside the right word. So people are shown the rows.
Acts, and numbers as words, are known in English and Korean; the model is told to write digits in every language.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from engine.adapters.claude.fact_text import SPANS
from engine.adapters.claude.prompt import visible
from engine.model.fact import Fact, FactUnit

LONGEST_SENTENCE: Final = 400
ORDINARY: Final = frozenset({"RSI", "MACD", "AUTO_MODE", "PNL", "US", "USD", "OK", "ID", "A"})
"""Words in capitals that are no symbol."""

_STEERS: Final = re.compile(r"[<>@#`]|://|www\.|[a-z]{2,}\.[a-z]{2,}|(?<![\w.])/\s?\w", re.IGNORECASE)
"""What a link, a mention, a channel or a command is made of."""
_QUOTE: Final = re.compile(r"“([^“”]*)”|\"([^\"]*)\"")
_STRAY: Final = re.compile(r"[“”\"]")
_NAME: Final = re.compile(
    r"(?<![A-Za-z0-9_])(?:[A-Z][A-Z0-9.]*(?:_[A-Z0-9]+)+|[A-Z][A-Z0-9]+(?:\.[A-Z]{1,2})?|[A-Z](?![A-Za-z0-9_'’&.]))(?![a-z0-9_])"
)
_WORD: Final = re.compile(r"(?<![A-Za-z])[A-Za-z]{3,6}(?![A-Za-z])")

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})(?!\d)",
        r"(?:(?P<year>\d{4})년\s*)?(?P<number>\d{1,2})월\s*(?P<day>\d{1,2})일",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<year>\d{{4}}))?",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}(?:,?\s+(?P<year>\d{{4}}))?",
    )
)
_CLOCKS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?![\d:])(?:\s*(?P<half>[ap]\.?m)\b)?",
        r"(?:(?P<half>오전|오후)\s*)?(?<!\d)(?P<hour>\d{1,2})시(?!간)(?:\s*(?P<minute>\d{1,2})분)?(?:\s*(?P<second>\d{1,2})초)?",
    )
)
_NUMBER: Final = re.compile(
    r"(?P<sign>(?<![\w.,%)])[+\-−–])?\s?(?P<dollar>\$)?\s?(?P<inner>(?<=\$)[+\-−–])?"
    r"(?P<figure>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,.]\d)|\d+(?:\.\d+)?(?![\d,.]\d))"
    r"\s?(?P<times>천만|백만|천|만|억|조|(?:k|m|mn|bn|b|thousand|million|billion|trillion)(?![a-z]))?"
    r"\s?(?P<unit>%|percent|퍼센트|프로|달러|dollars?|usd|bps?(?![a-z])|basis points?|r(?![a-z])|shares?|주(?!일)"
    r"|days?|hours?|h(?![a-z])|시간|minutes?|mins?(?![a-z])|분|seconds?|sec(?![a-z])|s(?![a-z])|초)?",
    re.IGNORECASE,
)
_MARKS: Final = {
    "$": ("$", "달러", "dollar", "dollars", "usd"),
    "%": ("%", "percent", "퍼센트", "프로"),
    "bp": ("bp", "bps", "basis point", "basis points"),
    "R": ("r",),
    "n": ("share", "shares", "주"),
    "d": ("day", "days"),
    "h": ("h", "hour", "hours", "시간"),
    "min": ("min", "mins", "minute", "minutes", "분"),
    "s": ("s", "sec", "second", "seconds", "초"),
}
_MARK_OF: Final = {word: mark for mark, words in _MARKS.items() for word in words}
_MARK_OF_UNIT: Final = {
    FactUnit.DOLLARS: "$",
    FactUnit.PRICE: "$",
    FactUnit.PART: "%",
    FactUnit.BASIS_POINTS: "bp",
    FactUnit.MULTIPLE: "R",
    FactUnit.COUNT: "n",
}
_AS_WORDS: Final = re.compile(
    r"\b(?:zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|trillions?|dozens?|half|halves|thirds?|quarters?"
    r"|twice|thrice|doubled?|doubles|tripled?|triples|\w+fold)\b"
    r"|절반|[일이삼사오육칠팔구십백천만억조]{2,}\s*(?:달러|퍼센트|프로|주(?![가-힣])|건|번|회|분|초|시간|개|종목|배)"
    r"|[십백천만억]\s*(?:달러|퍼센트|프로|주(?![가-힣]))"
    r"|(?<![가-힣])(?:두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무|서른)\s?(?:건|번|주|개|회|배|달러|퍼센트|종목|시간|가지)",
    re.IGNORECASE,
)


_DONE: Final = r"(?:했|됐|되었|하였|됨|함|돼|된|완료)"
_NOT: Final = r"(?<!not )(?<!n't )(?<!n’t )(?<!never )"
_ACTS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), tokens)
    for pattern, tokens in (
        (rf"{_NOT}\bapproved|승인{_DONE}", {"approved", "submitted", "open", "closing", "closed"}),
        (rf"{_NOT}\brejected|거절{_DONE}", {"rejected"}),
        (rf"{_NOT}\b(?:halted|stopped trading)|(?:중지|정지|중단){_DONE}", {"halted", "halt", "flatten"}),
        (rf"{_NOT}\bresumed|재개{_DONE}", {"resume", "resume anyway", "active"}),
        (rf"{_NOT}\b(?:bought|purchased|filled|executed)|(?:매수|체결|실행){_DONE}", {"bought"}),
        (rf"{_NOT}\b(?:sold|closed|flattened|liquidated)|(?:매도|청산){_DONE}", {"exit_price", "closed", "flatten"}),
        (rf"{_NOT}\bcancell?ed|취소{_DONE}", {"cancelled"}),
        (
            rf"{_NOT}\b(?:raised|lowered|changed|disabled|enabled|switched|removed|reset)|(?:변경|상향|하향|해제){_DONE}",
            {"audit"},
        ),
    )
)
"""What a sentence may say was done, and what a fact must have for it: a state, a word, a field or its kind."""


def stands(sentence: str, cited: Sequence[Fact], shown: Sequence[Fact], zone: ZoneInfo) -> bool:
    """Tell whether all that a sentence says stands in the facts that it cites; `shown` are all that there were.

    If it names symbols or trades, facts of others bear nothing of it.
    """
    if not sentence or len(sentence) > LONGEST_SENTENCE or _STEERS.search(sentence):
        return False
    named = set(_NAME.findall(_QUOTE.sub(" ", sentence))) & {name for fact in shown for name in _subjects(fact)}
    near = [fact for fact in cited if not named or not _subjects(fact) or _subjects(fact) & named]
    return _Ground(near, shown, named, zone).bears(sentence)


class _Ground:
    """What may be said on some facts: figures by their marks, instants, names, acts, and other people's words."""

    def __init__(self, facts: Sequence[Fact], shown: Sequence[Fact], named: set[str], zone: ZoneInfo) -> None:
        self._facts = facts
        self._named = named
        self._figures = {pair for fact in facts for pair in _pairs(fact)}
        self._instants = [at.astimezone(zone) for fact in facts for at in _instants(fact)]
        self._names = _names(facts) | ORDINARY
        self._foreign = _names(shown) - self._names
        self._quotes = [visible(text) for text in _texts(facts, {FactUnit.QUOTE})]

    def bears(self, sentence: str) -> bool:
        """Tell whether all that a sentence says stands in the facts."""
        rest = self._without_quotes(sentence)
        if rest is None or _AS_WORDS.search(rest) or not self._bears_acts(rest):
            return False
        for part in (self._without_times, self._without_names, self._without_numbers):
            rest = part(rest)
            if rest is None:
                return False
        return not any(unicodedata.numeric(sign, None) is not None for sign in rest)

    def _bears_acts(self, text: str) -> bool:
        """Tell whether what is said to be done stands in a fact, for each symbol and trade that is named."""
        for pattern, tokens in _ACTS:
            if pattern.search(text):
                done = [_subjects(fact) for fact in self._facts if _tokens(fact) & tokens]
                if not done or any(not any(name in of for of in done) for name in self._named):
                    return False
        return True

    def _without_quotes(self, text: str) -> str | None:
        for found in _QUOTE.finditer(text):
            words = (found[1] or found[2] or "").strip(" .,")
            if not words or not any(words in quote for quote in self._quotes):
                return None
        rest = _QUOTE.sub(" ", text)
        return None if _STRAY.search(rest) else rest

    def _without_names(self, text: str) -> str | None:
        if any(name not in self._names for name in _NAME.findall(text)):
            return None
        rest = _NAME.sub(" ", text)
        return None if any(word.upper() in self._foreign for word in _WORD.findall(rest)) else rest

    def _without_times(self, text: str) -> str | None:
        for pattern in _DATES:
            if not all(self._was_on(found) for found in pattern.finditer(text)):
                return None
            text = pattern.sub(" ", text)
        for pattern in _CLOCKS:
            if not all(self._was_at(found) for found in pattern.finditer(text)):
                return None
            text = pattern.sub(" ", text)
        return text

    def _was_on(self, found: re.Match[str]) -> bool:
        parts = found.groupdict()
        month = int(parts["number"]) if parts.get("number") else _MONTHS.index(parts["month"].lower()) + 1
        day, year = int(parts["day"]), parts.get("year")
        return any((at.month, at.day) == (month, day) and (not year or at.year == int(year)) for at in self._instants)

    def _was_at(self, found: re.Match[str]) -> bool:
        hour, half = int(found["hour"]), (found["half"] or "").lower()
        if half:
            hour = hour % 12 + (12 if half[0] in {"p", "오"} and half != "오전" else 0)
        minute, second = int(found["minute"] or 0), found["second"]
        return any(
            (at.hour, at.minute) == (hour, minute) and (second is None or at.second == int(second))
            for at in self._instants
        )

    def _without_numbers(self, text: str) -> str | None:
        if not all(self._stands(found) for found in _NUMBER.finditer(text)):
            return None
        return _NUMBER.sub(" ", text)

    def _stands(self, found: re.Match[str]) -> bool:
        if found["times"]:
            return False  # facts have no figure in thousands
        sign, value = found["sign"] or found["inner"], Decimal(found["figure"].replace(",", ""))
        said = {_MARK_OF[word] for word in ((found["unit"] or "").lower(), found["dollar"] or "") if word}
        signed = -value if sign and sign != "+" else value
        return any(
            said <= {mark} and (known == signed if sign else abs(known) == value) for mark, known in self._figures
        )


def _pairs(fact: Fact) -> Iterator[tuple[str, Decimal]]:
    for figure in fact.figures:
        if not isinstance(figure.value, Decimal):
            continue
        if figure.unit is FactUnit.SECONDS:
            yield from ((name, figure.value / length) for name, length in SPANS)
        else:
            value = 100 * figure.value if figure.unit is FactUnit.PART else figure.value
            yield _MARK_OF_UNIT.get(figure.unit, ""), value


def _instants(fact: Fact) -> Iterator[datetime]:
    if fact.at:
        yield fact.at
    yield from (figure.value for figure in fact.figures if isinstance(figure.value, datetime))


def _names(facts: Iterable[Fact]) -> set[str]:
    return _texts(facts, {FactUnit.NAME, FactUnit.PERSON}).union(*map(_subjects, facts))


def _subjects(fact: Fact) -> set[str]:
    """The symbols and trades that a fact is about; a trade's id begins with its symbol."""
    names = [str(figure.value) for figure in fact.figures if figure.name in {"symbol", "trade"}]
    return {part for name in names for part in (name, name.partition("_")[0])}


def _tokens(fact: Fact) -> set[str]:
    """What a fact has to say of an act: states and words, the names of its fields, its kind."""
    words = _texts([fact], {FactUnit.STATE, FactUnit.DESK_STATE, FactUnit.WORD, FactUnit.RULE})
    return words | {fact.kind.value} | {figure.name for figure in fact.figures}


def _texts(facts: Iterable[Fact], units: set[FactUnit]) -> set[str]:
    return {
        figure.value
        for fact in facts
        for figure in fact.figures
        if figure.unit in units and isinstance(figure.value, str)
    }
