"""Socket Mode: the bot's websockets, the envelopes that go down them and the acknowledgements that come back."""

import asyncio
import itertools
import json
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.local_slack.errors import NotAcknowledged
from bot.local_slack.live_updates import LiveUpdates
from bot.local_slack.passes import Tickets
from bot.local_slack.rules import Rules
from bot.local_slack.seed import Json

_DEBUG: Final = {"debug_info": {"host": "local-slack", "build_number": 1, "approximate_connection_time": 3600}}


@dataclass(kw_only=True, eq=False)
class BotSocket:
    """One of the bot's websockets; a draining one was told to go and gets nothing new."""

    websocket: WebSocket
    draining: bool = False

    async def send(self, message: Json) -> bool:
        """Send a message and tell whether that was possible."""
        try:
            await self.websocket.send_text(json.dumps(message))
        except (WebSocketDisconnect, RuntimeError):
            return False
        return True


class SocketMode:
    """Delivers to any of the bot's connections, in turn."""

    def __init__(self, rules: Rules, live: LiveUpdates, tickets: Tickets, app_id: str) -> None:
        self._rules = rules
        self._live = live
        self._tickets = tickets
        self._app_id = app_id
        self._connections: list[BotSocket] = []
        self._turn = itertools.count()
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._later: set[asyncio.Task[None]] = set()

    @property
    def connections(self) -> int:
        """Return how many websockets the bot has open."""
        return len(self._connections)

    async def connect(self, websocket: WebSocket) -> None:
        """Serve one websocket until it ends; refused without a fresh ticket, turned away when there are too many."""
        if not self._tickets.spend(websocket.query_params.get("ticket", "")):
            await websocket.close()
            return
        await websocket.accept()
        connection = BotSocket(websocket=websocket)
        if len(self._connections) >= self._rules.connections:
            await connection.send({"type": "disconnect", "reason": "too_many_websockets", **_DEBUG})
            await websocket.close()
            return
        self._join(connection)
        try:
            await connection.send(self._hello())
            while True:
                self._acknowledged(json.loads(await websocket.receive_text()))
        except (WebSocketDisconnect, ValueError):
            pass
        finally:
            self._leave(connection)

    async def deliver(self, kind: str, payload: Json) -> Json | None:
        """Send an interaction and return what the acknowledgement carried; raises NotAcknowledged.

        One that was not acknowledged in time is sent again, so that a bot must bear to get it twice.
        """
        answers = kind == "slash_commands" or payload.get("type") == "view_submission"
        envelope = {**_envelope(kind, payload), "accepts_response_payload": answers}
        try:
            return await self._attempt(envelope)
        except NotAcknowledged as failure:
            if failure.error == "operation_timeout":
                self._start(self._again(envelope, self._rules.interaction_retries))
            raise

    def send(self, payload: Json) -> None:
        """Send an event, and send it again while it is not acknowledged."""
        envelope = {**_envelope("events_api", payload), "accepts_response_payload": False}
        self._start(self._again(envelope, (0.0, *self._rules.event_retries)))

    async def cycle(self) -> None:
        """Tell every connection to make room for a new one, and hang up on those that stay."""
        leaving = [*self._connections]
        for connection in leaving:
            connection.draining = True
            await connection.send({"type": "disconnect", "reason": "warning", **_DEBUG})
        self._start(self._hang_up(leaving))

    async def stop(self) -> None:
        """Give up everything that is under way."""
        # First the tasks: one whose future fails in the same breath would swallow its cancellation and try again.
        for task in self._later:
            task.cancel()
        await asyncio.gather(*self._later, return_exceptions=True)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(NotAcknowledged("dispatch_failed", "The workspace stopped."))

    async def _attempt(self, envelope: Json) -> Json | None:
        future: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = future
        try:
            await self._send(envelope)
            return await asyncio.wait_for(future, self._rules.acknowledge_within)
        except TimeoutError:
            raise NotAcknowledged("operation_timeout", "The bot did not acknowledge in time.") from None
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    async def _send(self, envelope: Json) -> None:
        while self._connections:
            ready = [each for each in self._connections if not each.draining] or self._connections
            connection = ready[next(self._turn) % len(ready)]
            if await connection.send(envelope):
                return
            self._leave(connection)
        raise NotAcknowledged("dispatch_failed", "The bot is not connected.")

    async def _again(self, envelope: Json, waits: tuple[float, ...]) -> None:
        is_event = envelope["type"] == "events_api"
        reason = ""
        for attempt, wait in enumerate(waits):
            await asyncio.sleep(wait)
            retry = {"retry_attempt": attempt, "retry_reason": reason} if is_event else {}
            try:
                await self._attempt({**envelope, **retry})
            except NotAcknowledged as failure:
                reason = "timeout" if failure.error == "operation_timeout" else "connection_failed"
            else:
                return

    async def _hang_up(self, connections: list[BotSocket]) -> None:
        await asyncio.sleep(self._rules.warn_before_disconnect)
        for connection in connections:
            if connection in self._connections:
                await connection.send({"type": "disconnect", "reason": "refresh_requested", **_DEBUG})
                await connection.websocket.close()

    def _acknowledged(self, answer: Any) -> None:
        envelope_id = answer.get("envelope_id") if isinstance(answer, dict) else None
        future = self._waiting.get(envelope_id) if isinstance(envelope_id, str) else None
        if future and not future.done():
            future.set_result(answer.get("payload"))

    def _join(self, connection: BotSocket) -> None:
        self._connections.append(connection)
        if len(self._connections) == 1:
            self._live.send({"type": "bot_connected"})

    def _leave(self, connection: BotSocket) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            if not self._connections:
                self._live.send({"type": "bot_disconnected"})

    def _hello(self) -> Json:
        connection_info = {"app_id": self._app_id}
        return {"type": "hello", "num_connections": self.connections, "connection_info": connection_info, **_DEBUG}

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)


def _envelope(kind: str, payload: Json) -> Json:
    return {"envelope_id": str(uuid4()), "type": kind, "payload": payload}
