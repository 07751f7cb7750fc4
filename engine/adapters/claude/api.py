from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated

import httpx2
from anthropic import Anthropic, APIConnectionError, APIStatusError
from pydantic import BaseModel, Field, ValidationError

from engine.adapters.claude.connection import watched_client
from engine.adapters.claude.spending_limit import Prices
from engine.adapters.claude.task import ModelTask
from engine.adapters.deadline import within
from engine.model.news import ModelCall, NoScore, TokenCounts
from engine.ports.clock import Clock

OWN_URL = "https://api.anthropic.com"
FRAME = 2_000
"""Bytes of a request beside the instructions and the user's part: its schema, and what the API adds of its own."""
TOKEN = 4
"""Bytes of a token, as texts usually are."""
SECONDS_TO_WAIT = 2.0
"""Pause before another try, where the API names none."""
LONGEST_WAIT = 10.0

_PASSING = frozenset({408, 409, 429})
_SERVER_ERROR = 500
_NOTHING_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout)

_Count = Annotated[int, Field(ge=0)]


class _Block(BaseModel):
    type: str
    text: str = ""


class _Usage(BaseModel):
    input_tokens: _Count
    output_tokens: _Count
    cache_creation_input_tokens: _Count | None = None
    cache_read_input_tokens: _Count | None = None

    @property
    def tokens(self) -> TokenCounts:
        return TokenCounts(
            input=self.input_tokens,
            output=self.output_tokens,
            cache_write=self.cache_creation_input_tokens or 0,
            cache_read=self.cache_read_input_tokens or 0,
        )


class _Message(BaseModel):
    content: list[_Block]
    stop_reason: str
    usage: _Usage

    @property
    def text(self) -> str:
        return "".join(block.text for block in self.content if block.type == "text")


@dataclass(frozen=True, kw_only=True, slots=True)
class CallOutcome:
    """A call, why it brought no answer (None: it did), and after how many seconds to try again (None: do not)."""

    call: ModelCall
    problem: NoScore | None = None
    wait: float | None = None


class MessagesApi:
    """Sends one request at a time to the Messages API; whatever comes of it is an Outcome, never an exception.

    The SDK's own retries are off, since they wait as long as the server likes, and a call ends within `seconds` however
    its bytes come. The server is always named, since the
    SDK would otherwise take it from the environment.
    """

    def __init__(
        self, *, task: ModelTask, api_key: str, model: str, url: str, seconds: float, prices: Prices, clock: Clock
    ) -> None:
        self._client = Anthropic(
            api_key=api_key, base_url=url or OWN_URL, timeout=seconds, max_retries=0, http_client=watched_client()
        )
        self._task = task
        self._seconds = seconds
        self._model = model
        self._prices = prices
        self._clock = clock

    def most(self, request: str) -> Decimal:
        """Return the most dollars that a request can cost."""
        return self._prices.most(len((self._task.instructions + request).encode()) + FRAME, self._task.most_output)

    def about(self, request: str, output: int) -> Decimal:
        """Return the dollars of a usual request with so many tokens of answer; its instructions are cached by then."""
        fresh, cached = (len(text.encode()) // TOKEN for text in (request, self._task.instructions))
        return self._prices.cost(TokenCounts(input=fresh, output=output, cache_read=cached))

    def ask(self, symbol: str, request: str) -> CallOutcome:
        """Send the instructions, which the API caches, and the user's part."""
        draft = ModelCall(
            model=self._model,
            symbol=symbol,
            at=self._clock.now(),
            instructions=self._task.fingerprint,
            request=request,
            answer="",
            stop_reason="error",
            tokens=TokenCounts(),
            dollars=Decimal(0),
        )
        try:
            with within(self._seconds) as call:
                body = self._send(request)
        except APIStatusError as error:
            return CallOutcome(call=_noted(draft, error), problem=_problem(error), wait=_wait(error))
        except APIConnectionError as error:
            if isinstance(error.__cause__, _NOTHING_SENT):
                return CallOutcome(call=_noted(draft, error), problem=NoScore.OUTAGE, wait=SECONDS_TO_WAIT)
            # It took its time and may have to be paid for, so it is not asked again at once.
            return CallOutcome(call=self._lost(draft, error), problem=NoScore.OUTAGE)
        if call.is_over:  # what came till then may be anything
            late = TimeoutError(f"no answer within {self._seconds:g} s")
            return CallOutcome(call=self._lost(draft, late), problem=NoScore.OUTAGE)
        return self._read(draft, body)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, request: str) -> bytes:
        return self._client.messages.with_raw_response.create(
            model=self._model,
            max_tokens=self._task.most_output,
            system=[{"type": "text", "text": self._task.instructions, "cache_control": {"type": "ephemeral"}}],
            messages=[{"role": "user", "content": request}],
            output_config={"format": {"type": "json_schema", "schema": self._task.schema}},
        ).http_response.content

    def _read(self, draft: ModelCall, body: bytes) -> CallOutcome:
        try:
            message = _Message.model_validate_json(body)
        except ValidationError as error:
            return CallOutcome(call=self._lost(draft, error), problem=NoScore.OUTAGE)
        tokens = message.usage.tokens
        call = replace(
            draft,
            answer=message.text,
            stop_reason=message.stop_reason,
            tokens=tokens,
            dollars=self._prices.cost(tokens),
        )
        return CallOutcome(call=call)

    def _lost(self, draft: ModelCall, error: Exception) -> ModelCall:
        return replace(_noted(draft, error), stop_reason="lost", dollars=self.most(draft.request))


def _noted(draft: ModelCall, error: Exception) -> ModelCall:
    return replace(draft, answer=f"{type(error).__name__}: {error}"[:500])


def _problem(error: APIStatusError) -> NoScore:
    if error.status_code in {401, 403}:
        return NoScore.KEY
    return NoScore.OUTAGE if _passes(error) else NoScore.REQUEST


def _passes(error: APIStatusError) -> bool:
    return error.status_code in _PASSING or error.status_code >= _SERVER_ERROR


def _wait(error: APIStatusError) -> float | None:
    """Return the seconds that the API asks for, never more than ten."""
    if not _passes(error):
        return None
    try:
        asked = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return SECONDS_TO_WAIT
    return min(asked, LONGEST_WAIT) if asked >= 0 else SECONDS_TO_WAIT
