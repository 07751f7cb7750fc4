"""Alpaca's stream of market data, as far as halts go: keys first, then channels; arrays of messages in JSON."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.support.fakes.alpaca.orders import Json

_GONE: Final = (WebSocketDisconnect, RuntimeError, OSError)
_CHANNELS: Final = ("trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds", "corrections")
_OF: Final[Mapping[str, str]] = {"s": "statuses", "l": "lulds"}
_AUTH_FAILED: Final = {"T": "error", "code": 402, "msg": "auth failed"}
_ONE_CONNECTION: Final = {"T": "error", "code": 406, "msg": "connection limit exceeded"}
_TOO_MANY: Final = {"T": "error", "code": 405, "msg": "symbol limit exceeded"}


class DataStream:
    """Tells whoever listens what the exchanges say of symbols that were asked for. What was missed is not told again.

    More than `most` symbols in a channel are refused, as a free subscription refuses them.
    """

    def __init__(self, key: str, secret: str) -> None:
        self.connected = 0
        self.most: int | None = None
        self.asked: dict[str, set[str]] = {}
        self._keys = {"key": key, "secret": secret}
        self._open: WebSocket | None = None

    async def connect(self, websocket: WebSocket) -> None:
        """Serve a connection to its end; a second one beside it is told so, and hung up on."""
        with suppress(*_GONE):
            await websocket.accept()
            if self._open is not None:
                await _say(websocket, _ONE_CONNECTION)
                await websocket.close()
                return
            self._open, self.asked = websocket, {}
            self.connected += 1
            await self._say({"T": "success", "msg": "connected"})
            await self._converse(websocket)
        if self._open is websocket:
            self._open, self.asked = None, {}

    async def tell(self, *told: Json) -> None:
        """Send messages to the listener in one array, those that were asked for."""
        wanted = [each for each in told if {each["S"], "*"} & self.asked.get(_OF[each["T"]], set())]
        if wanted:
            await self._say(*wanted)

    async def tell_raw(self, frame: str) -> None:
        """Send the listener whatever a frame holds."""
        if self._open is not None:
            await self._open.send_text(frame)

    async def drop(self) -> None:
        """Hang up; a client that left by itself just before is no error."""
        websocket, self._open, self.asked = self._open, None, {}
        if websocket is not None:
            with suppress(*_GONE):
                await websocket.close(1012)

    async def _converse(self, websocket: WebSocket) -> None:
        authorized = False
        while True:
            asked = await self._heard(websocket)
            if asked is None:
                return
            action = asked.get("action")
            if action == "auth":
                authorized = {name: asked.get(name) for name in self._keys} == self._keys
                if not authorized:
                    await self._say(_AUTH_FAILED)
                    await websocket.close()
                    return
                await self._say({"T": "success", "msg": "authenticated"})
            elif action in {"subscribe", "unsubscribe"} and authorized:
                await self._subscribe(asked, is_more=action == "subscribe")

    async def _subscribe(self, asked: Json, *, is_more: bool) -> None:
        for channel in _CHANNELS:
            names = set(asked.get(channel, ()))
            known = self.asked.setdefault(channel, set())
            after = known | names if is_more else known - names
            if self.most is not None and len(after - {"*"}) > self.most:
                await self._say(_TOO_MANY)
                return
            self.asked[channel] = after
        await self._say({"T": "subscription", **{name: sorted(self.asked[name]) for name in _CHANNELS}})

    async def _heard(self, websocket: WebSocket) -> Any:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        return json.loads(message.get("text") or message.get("bytes") or "{}")

    async def _say(self, *told: Json) -> None:
        if self._open is not None:
            await _say(self._open, *told)


async def _say(websocket: WebSocket, *told: Json) -> None:
    await websocket.send_text(json.dumps(list(told)))
