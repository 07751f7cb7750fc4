"""Alpaca's stream of trade updates: one connection, keys first, then what to listen to; JSON in binary frames."""

import asyncio
import json
from contextlib import suppress
from typing import Any, Final

from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.support.fakes.alpaca.orders import Json

_GONE: Final = (WebSocketDisconnect, RuntimeError, OSError)
"""What saying something raises where the other side has left."""


class Stream:
    """Tells whoever listens of each change of an order. What was missed is not told again."""

    def __init__(self, key: str, secret: str) -> None:
        self.connected = 0
        self.turned_away = 0
        self._keys = {"key_id": key, "secret_key": secret}
        self._open: WebSocket | None = None
        self._listening = False
        self._updates: asyncio.Queue[Json] = asyncio.Queue()

    @property
    def is_listening(self) -> bool:
        return self._listening

    async def connect(self, websocket: WebSocket) -> None:
        """Serve a connection to its end; a second one beside it is turned away."""
        if self._open is not None:
            self.turned_away += 1
            with suppress(*_GONE):
                await websocket.send_denial_response(Response("connection limit exceeded", 429))
            return
        self._open = websocket
        self._updates = asyncio.Queue()
        sending = asyncio.create_task(self._send(websocket))
        try:
            with suppress(*_GONE):
                await websocket.accept()
                self.connected += 1
                await self._converse(websocket)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            if self._open is websocket:
                self._open, self._listening = None, False

    def push(self, update: Json) -> None:
        """Send an update to the listener, if there is one. To be called in the loop."""
        if self._listening:
            self._updates.put_nowait({"stream": "trade_updates", "data": update})

    async def drop(self) -> None:
        """Hang up; a client that left by itself just before is no error."""
        websocket, self._open, self._listening = self._open, None, False
        if websocket is not None:
            with suppress(*_GONE):
                await websocket.close(1012)

    async def _converse(self, websocket: WebSocket) -> None:
        authorized = False
        while True:
            asked = await _heard(websocket)
            if asked is None:
                return
            data = asked.get("data") or {}
            if asked.get("action") == "authenticate":
                authorized = {name: data.get(name) for name in self._keys} == self._keys
                status = "authorized" if authorized else "unauthorized"
                await _say(websocket, "authorization", {"status": status, "action": "authenticate"})
            elif asked.get("action") == "listen" and authorized:
                self._listening = "trade_updates" in data.get("streams", [])
                await _say(websocket, "listening", {"streams": data.get("streams", [])})

    async def _send(self, websocket: WebSocket) -> None:
        updates = self._updates
        while True:
            update = await updates.get()
            await websocket.send_bytes(json.dumps(update).encode())


async def _heard(websocket: WebSocket) -> Any:
    try:
        message = await websocket.receive()
    except _GONE:
        return None
    if message["type"] == "websocket.disconnect":
        return None
    return json.loads(message.get("text") or message.get("bytes") or "{}")


async def _say(websocket: WebSocket, stream: str, data: Json) -> None:
    await websocket.send_bytes(json.dumps({"stream": stream, "data": data}).encode())
