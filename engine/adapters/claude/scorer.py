import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

import structlog

from engine.adapters.claude.answer import SCHEMA, ModelFinding, verdicts
from engine.adapters.claude.api import CallOutcome, MessagesApi
from engine.adapters.claude.pause import Pause
from engine.adapters.claude.prompt import INSTRUCTIONS, user_text
from engine.adapters.claude.spending_limit import Prices, SpendingLedger, SpendingLimit
from engine.adapters.claude.task import ModelTask
from engine.errors import NewsUnavailable, ScorerNotAsked
from engine.model.market import Headline
from engine.model.news import ModelCall, NoScore
from engine.model.signal import Finding
from engine.ports.clock import Clock

log = structlog.get_logger()

MOST_HEADLINES = 30
"""Headlines in one call."""
OUTPUT_TOKENS = 40
"""Tokens in which a headline is usually judged."""
RETRIES = 2
REMEMBERED = 128
"""Answers that are remembered."""
SCORING = ModelTask(instructions=INSTRUCTIONS, schema=SCHEMA, most_output=6_000)
"""Two findings in each of thirty headlines at most."""

Question = tuple[str, frozenset[tuple[str, str]]]
Answer = tuple[ModelFinding, ...] | None


class ClaudeScorer:
    """Has Claude read the headlines about a symbol, thirty at most in one call, and checks every word of the answer.

    An answer that breaks its format anywhere gives nothing, and is remembered like a good one: the same headlines are
    not asked about, or paid for, a second time. `clock` is the wall's, since dollars are spent in real days. `keep` is
    handed every call, bad ones too. Everything it cannot do is a NewsUnavailable whose text is a NoScore. After a
    failure nobody is asked for a while: see Pause.
    """

    name = "claude"

    def __init__(
        self,
        *,
        api_key: str,
        model: str,
        url: str,
        seconds: float,
        calls_at_once: int,
        dollars_a_day: Decimal,
        prices: Prices,
        clock: Clock,
        spending: SpendingLedger,
        keep: Callable[[ModelCall], None],
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._api = MessagesApi(
            task=SCORING, api_key=api_key, model=model, url=url, seconds=seconds, prices=prices, clock=clock
        )
        self._budget = SpendingLimit(dollars_a_day=dollars_a_day, spending=spending, clock=clock)
        self._pause = Pause(clock)
        self._calls = threading.BoundedSemaphore(calls_at_once)
        self._seconds = seconds
        self._keep = keep
        self._sleep = sleep
        self._answers = _Answers()

    def findings(self, symbol: str, headlines: Sequence[Headline]) -> tuple[Finding, ...]:
        """Return what the headlines say about a symbol, in their order; findings of 0 points are left out."""
        about = list({headline.id: headline for headline in headlines if symbol in headline.symbols}.values())
        parts = [about[start : start + MOST_HEADLINES] for start in range(0, len(about), MOST_HEADLINES)]
        return tuple(finding for part in parts for finding in self._read(symbol, part))

    def cost(self, symbol: str, headlines: Sequence[Headline]) -> tuple[Decimal, Decimal]:
        """Return what headlines about a symbol will cost about, and at most, in dollars, asked about together."""
        request = user_text(symbol, headlines)
        return self._api.about(request, OUTPUT_TOKENS * len(headlines)), self._api.most(request)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _read(self, symbol: str, headlines: Sequence[Headline]) -> Iterator[Finding]:
        given = self._verdicts(symbol, headlines)
        return (
            Finding.of(headline, symbol, tenths=verdict.points_tenths, reason=verdict.reason)
            for headline in headlines
            for verdict in given
            if verdict.headline_id == headline.id and verdict.points_tenths
        )

    def _verdicts(self, symbol: str, headlines: Sequence[Headline]) -> tuple[ModelFinding, ...]:
        question = (symbol, frozenset((headline.id, headline.text) for headline in headlines))
        try:
            answer = self._answers.find(question)
        except KeyError:
            call = self._asked(symbol, user_text(symbol, headlines))
            answer = self._answers.keep(question, _judged(call, [headline.id for headline in headlines]))
        if answer is None:
            raise NewsUnavailable(NoScore.ANSWER)
        return answer

    def _asked(self, symbol: str, request: str) -> ModelCall:
        """Return an answered call; raises NewsUnavailable after the last try, or when trying again is no use."""
        self._pause.check()
        outcome = self._once(symbol, request)
        for _ in range(RETRIES):
            if outcome.wait is None:
                break
            self._sleep(outcome.wait)
            outcome = self._once(symbol, request)
        if outcome.problem is not None:
            self._pause.begin(outcome.problem)
            raise NewsUnavailable(outcome.problem)
        self._pause.end()
        return outcome.call

    def _once(self, symbol: str, request: str) -> CallOutcome:
        most = self._api.most(request)
        with self._turn(), self._budget.hold(most) as bill:
            outcome = self._api.ask(symbol, request)
            bill.dollars = outcome.call.dollars
        self._keep(outcome.call)
        if outcome.problem is not None:
            log.warning("claude_failed", symbol=symbol, problem=outcome.problem, detail=outcome.call.answer)
        return outcome

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._calls.acquire(timeout=self._seconds):
            raise ScorerNotAsked(NoScore.BUSY)
        try:
            yield
        finally:
            self._calls.release()


class _Answers:
    """The answers last used, None for one that was rejected."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Question, Answer] = OrderedDict()

    def find(self, question: Question) -> Answer:
        with self._lock:
            self._kept.move_to_end(question)
            return self._kept[question]

    def keep(self, question: Question, answer: Answer) -> Answer:
        with self._lock:
            self._kept[question] = answer
            if len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
        return answer


def _judged(call: ModelCall, asked: Sequence[str]) -> Answer:
    try:
        return verdicts(call.answer, call.stop_reason, asked)
    except ValueError as error:
        log.warning("claude_answer_rejected", symbol=call.symbol, why=str(error), answer=call.answer[:500])
        return None
