"""One answer for all who ask at the same time: it is worked out once, whoever asks meanwhile waits for it.

It is for what people look at, never for what is decided: it may be a moment old.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

MOMENT: Final = 1.0
"""Seconds of real time after which an answer is worked out anew, counted from when that work began."""

Content = TypeVar("Content")


class SingleFlight(Generic[Content]):
    """An answer that many ask for; `work` finds it, in a thread of its own."""

    def __init__(self, work: Callable[[], Content], *, timer: Callable[[], float] = time.monotonic) -> None:
        self._work = work
        self._timer = timer
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="http-shared")
        self._lock = threading.Lock()
        self._last: Future[Content] | None = None
        self._began = 0.0

    async def get(self) -> Content:
        """Return the answer that is being worked out, or one that is fresh enough; raises what the work raises."""
        # Shielded: one who leaves must not take the answer from the others.
        return await asyncio.shield(asyncio.wrap_future(self._shared()))

    def fresh(self) -> Content | None:
        """Return the last answer where it is fresh enough, else None."""
        with self._lock:
            last = self._last
            return last.result() if last and last.done() and self._is_good(last) else None

    def _shared(self) -> Future[Content]:
        with self._lock:
            if self._last is None or not self._is_good(self._last):
                self._began = self._timer()
                self._last = self._worker.submit(self._work)
            return self._last

    def _is_good(self, last: Future[Content]) -> bool:
        """Tell whether an answer is still awaited, or is young and no failure: what failed is tried again at once."""
        return not last.done() or (last.exception() is None and self._timer() - self._began < MOMENT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """An answer as it is sent: JSON, with its status."""

    content: bytes
    status: int = 200

    def response(self) -> Response:
        """Return it as a response."""
        return Response(self.content, self.status, media_type="application/json")


class Ready:
    """Hands out answers that are fresh, before a way through the application is looked for."""

    def __init__(self, app: ASGIApp, *, answers: Mapping[str, SingleFlight[Prepared]]) -> None:
        self._app = app
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        asked = self._answers.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        answer = asked.fresh() if asked else None
        await (self._app if answer is None else answer.response())(scope, receive, send)
