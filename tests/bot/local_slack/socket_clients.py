"""slack_sdk's four Socket Mode clients behind one face: two that run in threads, two in an event loop."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from threading import Thread
from typing import Any, Final

from slack_sdk.socket_mode.aiohttp import SocketModeClient as AiohttpClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.builtin import SocketModeClient as BuiltinClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.socket_mode.websocket_client import SocketModeClient as WebsocketClientClient
from slack_sdk.socket_mode.websockets import SocketModeClient as WebsocketsClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.workspaces import client_with

RARELY: Final = 60.0
"""Seconds between two looks of a client at its connection: longer than a test, so that only the workspace moves it."""


class Heard:
    """What a client was sent; a command it greets back in the acknowledgement, an event it only acknowledges."""

    def __init__(self) -> None:
        self.hellos: list[dict[str, Any]] = []
        self.requests: list[SocketModeRequest] = []

    def hear(self, message: dict[str, Any]) -> None:
        if message.get("type") == "hello":
            self.hellos.append(message)

    def answer(self, request: SocketModeRequest) -> SocketModeResponse:
        self.requests.append(request)
        said = {"text": f"Hello {request.payload['text']}"} if request.type == "slash_commands" else None
        return SocketModeResponse(request.envelope_id, said)


Connected = Callable[[LocalSlack], AbstractContextManager[Heard]]
"""Connects a client to a workspace for as long as the context is open."""


@contextmanager
def _in_threads(make: Callable[..., BaseSocketModeClient], slack: LocalSlack) -> Iterator[Heard]:
    heard = Heard()

    def hear(_client: BaseSocketModeClient, message: dict[str, Any], _raw: str | None) -> None:
        heard.hear(message)

    def answer(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        client.send_socket_mode_response(heard.answer(request))

    client = make(slack.app_token, web_client=client_with(slack, slack.bot_token), ping_interval=RARELY, concurrency=2)
    client.message_listeners.append(hear)
    client.socket_mode_request_listeners.append(answer)
    try:
        client.connect()
        yield heard
    finally:
        client.closed = True
        client.enqueue_message("")  # what waits for a message looks only then whether it is closed
        client.close()


@contextmanager
def _in_a_loop(make: Callable[..., AsyncBaseSocketModeClient], slack: LocalSlack) -> Iterator[Heard]:
    heard = Heard()

    async def hear(_client: AsyncBaseSocketModeClient, message: dict[str, Any], _raw: str | None) -> None:
        heard.hear(message)

    async def answer(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        await client.send_socket_mode_response(heard.answer(request))

    async def new() -> AsyncBaseSocketModeClient:
        web_client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        client = make(slack.app_token, web_client=web_client, ping_interval=RARELY)
        client.message_listeners.append(hear)
        client.socket_mode_request_listeners.append(answer)
        return client

    async def close(client: AsyncBaseSocketModeClient) -> None:
        await client.close()  # type: ignore[no-untyped-call]  # slack_sdk does not type it
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)

    with _loop() as run:
        client = run(new())
        try:
            run(client.connect())
            yield heard
        finally:
            run(close(client))


@contextmanager
def _loop() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """Give what runs a coroutine in an event loop of a thread of its own, to its end."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield lambda work: asyncio.run_coroutine_threadsafe(work, loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


CLIENTS: Final[Mapping[str, Connected]] = {
    "builtin": partial(_in_threads, BuiltinClient),
    "websocket_client": partial(_in_threads, WebsocketClientClient),
    "websockets": partial(_in_a_loop, WebsocketsClient),
    "aiohttp": partial(_in_a_loop, AiohttpClient),
}
