"""POST /signals: what may propose from elsewhere, signed with a secret of its own. It may do nothing else.

The signature is an HMAC-SHA256 over the time and the body, so neither can be changed; each is taken once, by one of all
processes, however often it is sent. The secret that made it says whether a webhook or an agent sent it.
"""

import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from bot.cards.refusals import refusal, trouble
from bot.http.answers import Data, ProposedView
from bot.http.posted_signal import read_signal
from bot.messages import Texts
from bot.signal_signature import SIGNATURE_HEADER, TIME_HEADER, signature_of
from bot.transport.problem import UNFINISHED, Problem
from engine.commands import Commands
from engine.errors import BadProposal, Repeated, RequestRefused, StoreUnavailable, TemporaryError
from engine.model import desk
from engine.model.manual_proposal import ManualProposal, Proposed
from engine.model.origin import Source

LONGEST: Final = 8 * 1024
"""Bytes; an alert has some hundred."""
OLDEST: Final = 60.0
"""Seconds that the time of a signature may be off."""
AT_ONCE: Final = 4
"""Posts that are worked on at once: those beyond wait, and people's clicks have threads of their own."""
QUOTED: Final = 500
TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
SIGNATURE: Final = re.compile(r"v1=[0-9a-f]{64}")
RETRY_AFTER: Final = "30"
ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    **{status: {"model": Data[ProposedView]} for status in (200, 201)},
    **{status: {"model": Problem} for status in (401, 408, 409, 413, 422, 503)},
}

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Post:
    """A post that is truly signed: by whom, and what it says."""

    source: Source
    timestamp: int
    signature: str
    body: bytes

    @property
    def request(self) -> desk.Request:
        """The request as the audit keeps it, once however often it is sent."""
        said = self.body[:QUOTED].decode(errors="replace")
        return desk.Request(by=self.source.value, said=said, id=f"{self.source}:{self.signature}")


class SignalDoor:
    """Takes proposals from senders that have one of the `secrets`; those that are empty open nothing."""

    def __init__(self, commands: Commands, texts: Texts, secrets: Mapping[Source, str]) -> None:
        self._commands = commands
        self._texts = texts
        self._secrets = {source: secret for source, secret in secrets.items() if secret}
        self._threads = CapacityLimiter(AT_ONCE)

    @property
    def is_open(self) -> bool:
        """Whether anybody has a secret."""
        return bool(self._secrets)

    def router(self) -> APIRouter:
        """Return the one route."""
        router = APIRouter(tags=["signals"])
        router.add_api_route("/signals", self.post, methods=["POST"], response_model=None, responses=ANSWERS)
        return router

    async def post(self, request: Request) -> Response:
        """Propose a buy, signed with WEBHOOK_SECRET or MCP_SECRET. People decide on it; see docs/trading.md."""
        timestamp = request.headers.get(TIME_HEADER, "")
        signature = request.headers.get(SIGNATURE_HEADER, "")
        # Whose headers make no sense is turned away before its body takes any room.
        if not TIMESTAMP.fullmatch(timestamp) or not SIGNATURE.fullmatch(signature):
            return _not_signed()
        body = await _read(request)
        if isinstance(body, Response):
            return body
        source = self._signed_by(timestamp, signature, body)
        if source is None:
            log.warning("signal_forged")
            return _not_signed()
        post = _Post(source=source, timestamp=int(timestamp), signature=signature, body=body)
        return await to_thread.run_sync(self._take, post, limiter=self._threads)

    def _signed_by(self, timestamp: str, signature: str, body: bytes) -> Source | None:
        """Return whose secret made a signature; each is compared in constant time."""
        for source, secret in self._secrets.items():
            if hmac.compare_digest(signature, signature_of(secret, timestamp, body)):
                return source
        return None

    def _take(self, post: _Post) -> Response:
        try:
            self._commands.buys.claim_signature(post.source, post.signature)
            return _proposed(self._commands.buys.propose(_wanted(post), post.request))
        except Repeated as error:
            return self._problem(409, error)
        except BadProposal as error:
            self._record(post, "refused", error)
            return self._problem(409 if error.facts["problem"] == "reused" else 422, error)
        except RequestRefused as error:
            self._record(post, "refused", error)
            return self._problem(409, error)
        except (TemporaryError, StoreUnavailable) as error:
            log.warning("signal_not_now", source=post.source.value, error=repr(error))
            self._record(post, "not now", error)
            problem = Problem(error=type(error).__name__, detail=trouble(error, self._texts).text)
            return problem.response(503, {"Retry-After": RETRY_AFTER})

    def _problem(self, status: int, error: RequestRefused) -> Response:
        """Say what is wrong in the desk's language, with the facts by their names."""
        facts = {name: str(value) for name, value in error.facts.items() if name != "unit" and value != ""}
        detail = refusal(error, self._texts).text
        return Problem(error=type(error).__name__, detail=detail, facts=facts).response(status)

    def _record(self, post: _Post, outcome: str, error: Exception) -> None:
        """Keep in the audit what came of a post; a database out of reach keeps nobody from the answer."""
        try:
            self._commands.audit_log.write_audit(post.request, "propose", outcome, f"{type(error).__name__}: {error}")
        except (StoreUnavailable, ValueError):
            log.exception("not_in_the_audit", verb="propose", by=post.source.value, outcome=outcome, why=repr(error))


def _wanted(post: _Post) -> ManualProposal:
    """Return what a post asks for; raises BadProposal for what makes no sense, or was signed at another time."""
    if abs(time.time() - post.timestamp) > OLDEST:
        raise BadProposal("timestamp", str(post.timestamp), "late", f"{OLDEST:.0f} s")
    return read_signal(post.body, post.source, datetime.now(UTC))


async def _read(request: Request) -> bytes | Response:
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > LONGEST:
                return Problem(error="ContentTooLarge", detail=f"A signal has at most {LONGEST:,} bytes").response(413)
    except ClientDisconnect:  # nobody is left to read this
        return UNFINISHED.response(408)
    return bytes(body)


def _proposed(made: Proposed) -> Response:
    view = Data(data=ProposedView.of(made))
    return Response(view.model_dump_json(), 200 if made.is_repeated else 201, media_type="application/json")


def _not_signed() -> Response:
    detail = f"Not signed: {TIME_HEADER} and {SIGNATURE_HEADER} are as docs/trading.md says"
    return Problem(error="Unauthorized", detail=detail).response(401)
