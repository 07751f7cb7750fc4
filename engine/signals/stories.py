"""One story counts once: which headlines tell what an earlier one told already.

Two headlines about a symbol tell the same story when

- the second came while the first one still counted, and
- they are word for word the same, or
- of all the words that either has, both have at least four in five, all figures among them, and their points go the
  same way (beating an estimate is not missing it).

Words are compared without case, punctuation, wire tags ('UPDATE 1-'), the source's name at the end (' - Reuters') and
small words such as 'the'. A word that is only in another form counts as another word.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.model.signal import Finding

ALIKE = 0.8
"""Words that both headlines have, as a part of all the words that either has."""
LEAST_WORDS = 3
"""What looks like a source's name stays where fewer words than this would be left."""

TAG = re.compile(
    r"^\s*(?:(?:update|corrected|refile|recast|wrapup)\s*\d*|brief|exclusive|breaking(?: news)?)\s*[-–—:]\s*",
    re.IGNORECASE,
)
SOURCE = re.compile(r"\s+[-–—|]\s+(?:[A-Z0-9가-힣][^\s]*)(?:\s+(?:[A-Z0-9&가-힣][^\s]*|of|the)){0,3}\s*$")
IN_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]{1,40}[)\]]\s*$")
BETWEEN_DIGITS = re.compile(r"(?<=\d),(?=\d{3})")
POSSESSIVE = re.compile(r"['’]s\b")
WORD = re.compile(r"\d+(?:\.\d+)?\w*|\w+")
SMALL = frozenset(
    ["a", "an", "the", "of", "to", "in", "on", "at", "by", "for", "and", "as", "its", "it", "is", "with", "from"]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """What a headline tells: when it did, all its words in order, those that are compared, and which way it points.

    `way` is the sign of all its points together: -1, 0 or 1.
    """

    at: datetime
    text: tuple[str, ...]
    words: frozenset[str]
    way: int

    @property
    def figures(self) -> frozenset[str]:
        """The words that have a digit in them."""
        return frozenset(word for word in self.words if any(map(str.isdigit, word)))


def words_of(headline: str) -> frozenset[str]:
    """Return the words of a headline that are compared: figures and words, in lower case."""
    text = TAG.sub("", unicodedata.normalize("NFKC", headline))
    for ending in (IN_BRACKETS, SOURCE):
        shorter = ending.sub("", text)
        if len(WORD.findall(shorter)) >= LEAST_WORDS:
            text = shorter
    return frozenset(_spelled(text)) - SMALL


def is_retold(first: Story, later: Story, window: timedelta) -> bool:
    """Say whether a later headline tells what the first one told, while that one counted."""
    if later.at - first.at > window:
        return False
    if first.text == later.text:
        return True
    either = first.words | later.words
    alike = bool(either) and len(first.words & later.words) >= ALIKE * len(either)
    return alike and first.way == later.way and first.figures == later.figures


def counted(findings: Sequence[Finding], at: datetime, window: timedelta) -> tuple[Finding, ...]:
    """Return the findings that count at an instant, in their order: of each story those of its first headline.

    `findings` are those about one symbol of the last two windows: a headline that retells an older story would count
    again if that one were forgotten.
    """
    firsts: dict[str, Story] = {}
    for headline_id, story in sorted(_stories(findings).items(), key=lambda item: (item[1].at, item[0])):
        if not any(is_retold(first, story, window) for first in firsts.values()):
            firsts[headline_id] = story
    return tuple(
        finding
        for finding in findings
        if finding.headline_id in firsts and at - window <= firsts[finding.headline_id].at <= at
    )


def _stories(findings: Iterable[Finding]) -> dict[str, Story]:
    """Return each headline's story by its id; one headline may give several findings."""
    by_headline: dict[str, list[Finding]] = {}
    for finding in findings:
        by_headline.setdefault(finding.headline_id, []).append(finding)
    return {
        headline_id: Story(
            at=same[0].at,
            text=tuple(_spelled(unicodedata.normalize("NFKC", same[0].headline))),
            words=words_of(same[0].headline),
            way=_sign(sum(finding.tenths for finding in same)),
        )
        for headline_id, same in by_headline.items()
    }


def _spelled(text: str) -> list[str]:
    return WORD.findall(BETWEEN_DIGITS.sub("", POSSESSIVE.sub("", text)).casefold())


def _sign(tenths: int) -> int:
    return (tenths > 0) - (tenths < 0)
