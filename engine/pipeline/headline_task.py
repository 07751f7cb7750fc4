from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from engine.errors import NewsUnavailable, ScorerNotAsked
from engine.model.market import Headline
from engine.model.news import NoScore
from engine.model.signal import Finding
from engine.ports.news import NewsScorer
from engine.ports.task_queue import TaskKind, json_codec

ANSWERED: Final = frozenset({None, NoScore.ANSWER})
"""Outcomes that stay as they are; every other problem may pass."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadlineQuestion:
    """What do these headlines say about a symbol?"""

    symbol: str
    headlines: tuple[Headline, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadlineAnswer:
    """What was found in headlines, or why nothing could be; then it `is_asked` unless the problem was there before."""

    findings: tuple[Finding, ...]
    problem: NoScore | None = None
    is_asked: bool = True


HeadlineTask = TaskKind[HeadlineQuestion, HeadlineAnswer]


def headline_task(scorer: str, seconds: float, open_scorer: Callable[[], NewsScorer]) -> HeadlineTask:
    """Return how headlines are scored by the scorer of that name, in so many seconds at most.

    The name holds all that an answer depends on. A worker with another scorer, or another model, does not know this
    kind and says so, so that findings are always by whom cards say.
    """
    return TaskKind(
        name=f"headlines.{scorer}.2",
        seconds=seconds,
        do=lambda question: _scored(open_scorer(), question),
        question=json_codec(HeadlineQuestion),
        answer=json_codec(HeadlineAnswer),
        holds=lambda answer: answer.problem in ANSWERED,
    )


def _scored(scorer: NewsScorer, question: HeadlineQuestion) -> HeadlineAnswer:
    try:
        return HeadlineAnswer(findings=scorer.findings(question.symbol, question.headlines))
    except NewsUnavailable as error:
        return HeadlineAnswer(findings=(), problem=_reason(error), is_asked=not isinstance(error, ScorerNotAsked))


def _reason(error: NewsUnavailable) -> NoScore:
    try:
        return NoScore(str(error))
    except ValueError:
        return NoScore.OUTAGE
