"""Why something was done or refused: a value, of which the database keeps a text."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from engine.model.risk import RiskVerdict

LASTING = frozenset({"prices_stale", "clock_differs"})
"""Words of the engine's that may be kept with the seconds that they are about: 'clock_differs 45'."""
CHOICES = (
    "for_news",
    "for_earnings",
    "for_chart",
    "for_risk",
    "for_market",
    "for_data",
    "for_absence",
    "for_mistake",
)
"""What people choose as a reason from a list; their own words may follow: 'for_news CPI at 8:30'."""
SEPARATOR = "; "
"""Stands between the reasons of several people."""


class EndReason(StrEnum):
    """Why a trade ended unbought, beside rules' verdicts, the desk's states, and what people and brokers say.

    Each has its words in the catalogues.
    """

    EXPIRED = "expired"
    NEVER_ARRIVED = "never_arrived"
    NOT_FILLED = "not_filled"
    OUTSIDE_HOURS = "outside_regular_hours"
    OTHER_STRATEGY = "other_strategy"
    NO_PRICE = "no_price"
    SYMBOL_HALTED = "symbol_halted"
    CORPORATE_ACTION = "corporate_action"
    ORDER_REFUSED = "order_refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """A rule's verdict, a word of the engine's, or a person's own words.

    `word` is the rule's name, the engine's word, the one of CHOICES that a person chose, or all that the person wrote.
    `seconds` is what a word of LASTING is about, None where it does not say; `words` what somebody wrote beside their
    choice; `also` what others added, to be read in turn.
    """

    NONE: ClassVar["Reason"]
    """No reason was given."""

    word: str
    verdict: RiskVerdict | None = None
    seconds: int | None = None
    words: str = ""
    also: str = ""

    def __str__(self) -> str:
        """Return the reason as the database keeps it."""
        if self.verdict:
            return self.verdict.reason
        own = " ".join(filter(None, (self.word, self.words)))
        if self.seconds is not None:
            own = f"{self.word} {self.seconds}"
        return SEPARATOR.join(filter(None, (own, self.also)))

    @classmethod
    def of(cls, verdict: RiskVerdict) -> "Reason":
        """Return a rule's refusal as a reason."""
        return cls(word=verdict.rule, verdict=verdict)

    @classmethod
    def read(cls, text: str) -> "Reason":
        """Return the reason that a text keeps: the one place where stored reasons become values again."""
        if verdict := RiskVerdict.read(text):
            return cls.of(verdict)
        if any(part.partition(" ")[0] in CHOICES for part in text.split(SEPARATOR)):
            return cls._chosen(*text.partition(SEPARATOR)[::2])
        word, _, seconds = text.partition(" ")
        if word in LASTING and (whole := seconds.partition(".")[0]).isascii() and whole.isdecimal():
            return cls(word=word, seconds=int(whole[:9]))
        return cls(word=text)

    @classmethod
    def _chosen(cls, first: str, also: str) -> "Reason":
        word, _, words = first.partition(" ")
        return cls(word=word, words=words, also=also) if word in CHOICES else cls(word=first, also=also)


Reason.NONE = Reason(word="")
