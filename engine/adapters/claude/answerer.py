import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import structlog
from pydantic import BaseModel, ConfigDict, Field

from engine.adapters.claude.api import MessagesApi
from engine.adapters.claude.fact_text import request_text
from engine.adapters.claude.grounding import stands
from engine.adapters.claude.pause import Pause
from engine.adapters.claude.prompt import visible
from engine.adapters.claude.spending_limit import Prices, SpendingLedger, SpendingLimit
from engine.adapters.claude.task import ModelTask
from engine.errors import NewsUnavailable
from engine.model.fact import Fact, GroundedAnswer, Sentence
from engine.model.news import ModelCall, NoScore
from engine.ports.clock import Clock

log = structlog.get_logger()

MOST_SENTENCES: Final = 8
CALLS_AT_ONCE: Final = 2
OF_THE_BUDGET: Final = Decimal("0.5")
"""The part of the day's dollars up to which questions are answered: the rest is for the news, which scores need."""
SCHEMA: Final[dict[str, object]] = {
    "type": "object",
    "properties": {
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string", "description": "one sentence in the language of the question"},
                    "facts": {
                        "type": "array",
                        "items": {"type": "integer"},
                        "description": "the numbers of the facts that it stands on",
                    },
                },
                "required": ["text", "facts"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["sentences"],
    "additionalProperties": False,
}
ANSWERING: Final = ModelTask(
    instructions=(files("engine.adapters.claude") / "questions.md").read_text(encoding="utf-8"),
    schema=SCHEMA,
    most_output=1_500,
)


class _Sentence(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    text: Annotated[str, Field(max_length=4_000)]
    facts: Annotated[list[int], Field(max_length=100)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    sentences: Annotated[list[_Sentence], Field(max_length=50)]


class ClaudeAnswerer:
    """Has Claude put facts into sentences, in one call without a tool, and keeps only those that stand on the facts.

    It spends of the same dollars as the scorer, up to half of a day's. Nobody waits for a second try: a failure is the
    answer's problem at once, and for a while after it nobody is asked (see Pause). `clock` is the wall's; times are
    told in `zone`.
    """

    def __init__(
        self,
        *,
        api_key: str,
        model: str,
        url: str,
        seconds: float,
        dollars_a_day: Decimal,
        prices: Prices,
        clock: Clock,
        zone: ZoneInfo,
        spending: SpendingLedger,
        keep: Callable[[ModelCall], None],
    ) -> None:
        self._api = MessagesApi(
            task=ANSWERING, api_key=api_key, model=model, url=url, seconds=seconds, prices=prices, clock=clock
        )
        self._budget = SpendingLimit(dollars_a_day=dollars_a_day * OF_THE_BUDGET, spending=spending, clock=clock)
        self._pause = Pause(clock)
        self._calls = threading.BoundedSemaphore(CALLS_AT_ONCE)
        self._clock = clock
        self._zone = zone
        self._keep = keep

    def answer(self, question: str, facts: Sequence[Fact]) -> GroundedAnswer:
        """Answer a question in its own language by these facts alone; what it cannot do is the answer's problem."""
        if not self._calls.acquire(blocking=False):
            return GroundedAnswer(problem=NoScore.BUSY)
        try:
            self._pause.check()
            call = self._asked(request_text(question, facts, self._zone))
            return self._grounded(call, facts)
        except NewsUnavailable as error:
            problem = NoScore(str(error))
            return GroundedAnswer(problem=problem, again_at=self._tomorrow() if problem is NoScore.BUDGET else None)
        finally:
            self._calls.release()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _asked(self, request: str) -> ModelCall:
        most = self._api.most(request)
        with self._budget.hold(most) as bill:
            outcome = self._api.ask("", request)
            bill.dollars = outcome.call.dollars
        self._keep(outcome.call)
        if outcome.problem is not None:
            log.warning("question_failed", problem=outcome.problem, detail=outcome.call.answer)
            self._pause.begin(outcome.problem)
            raise NewsUnavailable(outcome.problem)
        self._pause.end()
        return outcome.call

    def _grounded(self, call: ModelCall, facts: Sequence[Fact]) -> GroundedAnswer:
        try:
            said = _said(call)
        except ValueError as error:
            log.warning("answer_rejected", why=str(error)[:500], answer=call.answer[:500])
            raise NewsUnavailable(NoScore.ANSWER) from error
        read = [self._checked(sentence, facts) for sentence in said]
        kept = tuple(sentence for sentence in read if sentence)[:MOST_SENTENCES]
        return GroundedAnswer(sentences=kept, dropped=len(said) - len(kept))

    def _checked(self, said: _Sentence, facts: Sequence[Fact]) -> Sentence | None:
        """Return a sentence that stands on the facts which it cites, None for any other."""
        text, cites = visible(said.text), tuple(dict.fromkeys(said.facts))
        known = {fact.number: fact for fact in facts}
        is_cited = bool(cites) and known.keys() >= set(cites)
        if is_cited and stands(text, [known[number] for number in cites], facts, self._zone):
            return Sentence(text=text, cites=cites)
        log.warning("sentence_dropped", sentence=text[:500], cites=list(cites[:20]))
        return None

    def _tomorrow(self) -> datetime:
        """Return when the next day of spending begins, midnight UTC."""
        today = self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return today + timedelta(days=1)


def _said(call: ModelCall) -> list[_Sentence]:
    """Return the sentences of an answer; raises ValueError for one that is not whole, or not in its format."""
    if call.stop_reason != "end_turn":
        raise ValueError(f"the answer was ended by {call.stop_reason}")
    return _Answer.model_validate_json(call.answer).sentences
