import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from bot.local_slack.admin import Admin, Step
from bot.local_slack.api_files import FileDoor
from bot.local_slack.errors import NotAcknowledged, PersonRefused
from bot.local_slack.membership import Membership
from bot.local_slack.origin_gate import OriginGate
from bot.local_slack.people_api import PeopleApi, refused
from bot.local_slack.respond import ResponseDoor
from bot.local_slack.rules import Rules
from bot.local_slack.seed import BotApp, Channel, Team, User
from bot.local_slack.socket_mode import SocketMode
from bot.local_slack.tokens import Tokens
from bot.local_slack.web_api import WebApi
from bot.local_slack.workspace import Workspace

_HOST: Final = "127.0.0.1"
_PAGE: Final = Path(__file__).with_name("page")
_PATIENCE: Final = 10.0


class LocalSlack:
    """A local Slack workspace on loopback, in a thread of its own; a context manager starts and stops it.

    `manifest` is the content of manifest.yml, `note` a line for the page, with more after a line feed, `locale` the
    page's own language, `clock` the text of the desk's clock, which must return at once, `usergroups` the members of
    each user group, `now` the time in seconds since 1970.
    What happened in the workspace outlives a stop and a new start, which keeps the port. `admin` does to the bot what
    an administrator can do, `membership` to people and their groups.
    """

    def __init__(
        self,
        *,
        manifest: Mapping[str, Any],
        users: Iterable[User],
        channels: Iterable[Channel],
        team: Team | None = None,
        usergroups: Mapping[str, Sequence[str]] | None = None,
        note: str = "",
        locale: str = "en",
        clock: Callable[[], str] | None = None,
        rules: Rules | None = None,
        now: Callable[[], float] = time.time,
        port: int = 0,
    ) -> None:
        self._tokens = Tokens()
        self.bot_token: Final = self._tokens.bot
        self.app_token: Final = self._tokens.app
        self._port = port
        self._clock = clock or str
        self._rules = rules or Rules()
        self._workspace = Workspace(
            team=team or Team(),
            app=BotApp.from_manifest(manifest),
            users=users,
            channels=channels,
            usergroups=usergroups or {},
            rules=self._rules,
            now=now,
        )
        app_id = self._workspace.app.id
        self._socket_mode = SocketMode(self._rules, self._workspace.live, self._workspace.tickets, app_id)
        self._people = PeopleApi(self._workspace, self._socket_mode, note=note, clock=self._clock, locale=locale)
        self.admin: Final = Admin(self._workspace, self._tokens, self._in_turn)
        self.membership: Final = Membership(self._workspace, self._socket_mode, self._in_turn)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Return the page's address, without a slash at its end; empty until the first start."""
        return f"http://{_HOST}:{self._port}" if self._ready.is_set() else self._workspace.url

    @property
    def api_url(self) -> str:
        """Return what slack_sdk takes as `base_url`."""
        return f"{self.url}/api/"

    @property
    def connections(self) -> int:
        """Return how many websockets the bot has open."""
        return self._socket_mode.connections

    def advertise(self, url: str) -> None:
        """Give another address in all that the bot is sent, such as that of a line before this server."""
        self._workspace.url = url

    def start(self) -> Self:
        """Listen; returns when calls are answered."""
        listener = socket.create_server((_HOST, self._port))
        # What is accepted inherits it; without it the kernel holds each short answer back for up to 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = listener.getsockname()[1]
        self._workspace.url = f"http://{_HOST}:{self._port}"
        config = uvicorn.Config(
            self._application(),
            ws="websockets-sansio",
            ws_ping_interval=self._rules.ping_every,
            log_config=None,
            log_level="warning",
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="local-slack", daemon=True)
        self._ready.clear()
        self._thread.start()
        if not self._ready.wait(_PATIENCE):
            raise RuntimeError("the local Slack workspace did not start")
        return self

    def stop(self) -> None:
        """Hang up and stop listening."""
        if self._server is None or self._thread is None:
            return
        self._run(self._socket_mode.stop())
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        self._server = self._thread = None

    def cycle_connections(self) -> None:
        """Do what Slack does every few hours: warn the bot, expect a new connection, hang up on the old."""
        self._run(self._socket_mode.cycle())

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _run(self, work: Any) -> None:
        if self._loop is None:
            raise RuntimeError("the local Slack workspace was never started")
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)

    def _in_turn(self, step: Step) -> None:
        async def take() -> None:
            step()

        if self._thread is None:
            step()
        else:
            self._run(take())

    def _application(self) -> Starlette:
        web_api = WebApi(self._workspace, self._tokens)
        return Starlette(
            routes=[
                Route("/api/{method}", web_api.endpoint, methods=["GET", "POST"]),
                WebSocketRoute("/socket", self._socket_mode.connect),
                Route("/respond/{token}", ResponseDoor(self._workspace).endpoint, methods=["POST"]),
                Route("/files/upload/{ticket}", FileDoor(self._workspace).endpoint, methods=["POST"]),
                *self._people.routes(),
                Mount("/", StaticFiles(directory=_PAGE, html=True, check_dir=False)),
            ],
            middleware=[Middleware(OriginGate)],
            exception_handlers={PersonRefused: refused, NotAcknowledged: refused, ClientDisconnect: _left},
            lifespan=self._lifespan,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        ticking = asyncio.create_task(self._tick())
        self._ready.set()
        yield
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)

    async def _tick(self) -> None:
        shown = self._clock()
        while True:
            await asyncio.sleep(self._rules.clock_every)
            now = self._clock()
            if now != shown:
                shown = now
                self._workspace.live.send({"type": "clock", "clock": shown})


async def _left(_request: Request, _error: Exception) -> Response:
    """Answer nobody: whoever asked was gone before all of it came, as a bot that was killed is."""
    return Response(status_code=408)
