"""Why something was done or refused: a value, of which the database keeps a text."""

from dataclasses import dataclass
from typing import ClassVar

from engine.model.risk import RiskVerdict

LASTING = frozenset({"prices_stale", "clock_differs"})
"""Words of the engine's that may be kept with the seconds that they are about: 'clock_differs 45'."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """A rule's verdict, a word of the engine's, or a person's own words.

    `word` is the rule's name, the engine's word, or all that the person wrote. `seconds` is what a word of LASTING is
    about, None where it does not say.
    """

    NONE: ClassVar["Reason"]
    """No reason was given."""

    word: str
    verdict: RiskVerdict | None = None
    seconds: int | None = None

    def __str__(self) -> str:
        """Return the reason as the database keeps it."""
        if self.verdict:
            return self.verdict.reason
        return self.word if self.seconds is None else f"{self.word} {self.seconds}"

    @classmethod
    def of(cls, verdict: RiskVerdict) -> "Reason":
        """Return a rule's refusal as a reason."""
        return cls(word=verdict.rule, verdict=verdict)

    @classmethod
    def read(cls, text: str) -> "Reason":
        """Return the reason that a text keeps: the one place where stored reasons become values again."""
        if verdict := RiskVerdict.read(text):
            return cls.of(verdict)
        word, _, seconds = text.partition(" ")
        if word in LASTING and (whole := seconds.partition(".")[0]).isascii() and whole.isdecimal():
            return cls(word=word, seconds=int(whole[:9]))
        return cls(word=text)


Reason.NONE = Reason(word="")
