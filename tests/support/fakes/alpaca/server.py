"""A fake of Alpaca on loopback: trading API, market data, news and the stream of trade updates, with a memory.

It refuses what Alpaca refuses, fills what a test's prices allow, and fails on command. No answer leaves it that breaks
Alpaca's own OpenAPI files: such a one becomes a 500, and stands in `violations`.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Coroutine
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Self

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp, Scope

from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from tests.support.fakes.alpaca.controls import Controls
from tests.support.fakes.alpaca.data_stream import DataStream
from tests.support.fakes.alpaca.faults import FaultyLine
from tests.support.fakes.alpaca.middleware import Door
from tests.support.fakes.alpaca.orders import Json, moment
from tests.support.fakes.alpaca.stream import Stream
from tests.support.fakes.alpaca.trading_api import TradingApi
from tests.support.fakes.calendar import WeekdayCalendar

_HOST: Final = "127.0.0.1"
_PATIENCE: Final = 10.0
_GRACE: Final = 2.0
_LOOK: Final = 0.001


class _PromptServer(uvicorn.Server):
    """A server that leaves as soon as it is told to; the original looks ten times a second, and waits so long at least.

    What is not over a while after that, such as a request that hangs, is cancelled.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.leave = asyncio.Event()

    async def main_loop(self) -> None:
        await self.leave.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for open_one in (*self.servers, *(sockets or ())):
            open_one.close()
        state, told = self.server_state, set[object]()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                while state.connections or state.tasks:
                    for connection in state.connections - told:  # one may have been on its way in
                        connection.shutdown()
                        told.add(connection)
                    await asyncio.sleep(_LOOK)
        for task in state.tasks:
            task.cancel()
        await self.lifespan.shutdown()


class FakeAlpaca(Controls):
    """The fake, in a thread of its own; a context manager starts and stops it.

    `cash` is in dollars; `slippage_bp` is what an order at the market loses, in basis points; `patience` is how many
    seconds a hanging request hangs at most. `key` and `secret` open it. Only a `strict` one holds its answers to the
    specification, which takes most of its time.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        cash: str = "100000",
        margin: bool = True,
        slippage_bp: str = "0",
        calendar: Calendar | None = None,
        patience: float = 30.0,
        strict: bool = True,
    ) -> None:
        self.key: Final = "PKFAKEFAKEFAKEFAKE00"
        self.secret: Final = "fake-secret-of-the-fake-alpaca"
        super().__init__(clock, calendar or WeekdayCalendar(), Decimal(cash), margin=margin, tell=self._tell)
        self.slip(slippage_bp)
        self._patience = patience
        self._door = Door(key=self.key, secret=self.secret, rates=self._rates, strict=strict)
        self._stream = Stream(self.key, self.secret)
        self._data_stream = DataStream(self.key, self.secret)
        self._ready = threading.Event()
        self._port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: _PromptServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def trading_url(self) -> str:
        """Return what TradingClient takes as `url_override`."""
        return f"http://{_HOST}:{self._port}"

    @property
    def data_url(self) -> str:
        """Return what StockHistoricalDataClient and NewsClient take as `url_override`."""
        return self.trading_url

    @property
    def stream_url(self) -> str:
        """Return what TradingStream takes as `url_override`."""
        return f"ws://{_HOST}:{self._port}/stream"

    @property
    def violations(self) -> tuple[str, ...]:
        """Return every breach of the specification; a test expects none."""
        return tuple(self._door.violations)

    @property
    def streams(self) -> int:
        """Return how many connections the stream has accepted so far."""
        return self._stream.connected

    @property
    def streams_turned_away(self) -> int:
        """Return how many connections the stream has refused because it had one."""
        return self._stream.turned_away

    @property
    def is_listened_to(self) -> bool:
        """Tell whether somebody hears the trade updates now."""
        return self._stream.is_listening

    def mend(self) -> None:
        """Take back every fault, and let go what hangs."""
        self._run(self._faults.clear())

    def drop_streams(self) -> None:
        """Hang up on the listener of the trade updates; returns when that is done."""
        self._run(self._stream.drop())

    @property
    def data_streams(self) -> int:
        """Return how many connections the stream of market data has accepted so far."""
        return self._data_stream.connected

    def heard_of(self, channel: str) -> frozenset[str]:
        """Return the symbols of a channel of market data that somebody listens to now."""
        return frozenset(self._data_stream.asked.get(channel, ()))

    def allow_symbols(self, most: int) -> None:
        """Refuse more symbols than so many in a channel of market data."""
        self._data_stream.most = most

    def status(self, symbol: str, code: str, reason: str = "", *, at: datetime | None = None, tape: str = "C") -> None:
        """Tell a trading status: `code` and `reason` are the tape's, the time is now unless given."""
        told = {"T": "s", "S": symbol, "sc": code, "sm": "", "rc": reason, "rm": "", "z": tape}
        self._run(self._data_stream.tell(told | {"t": moment(at or self._clock.now())}))

    def price_bands(self, symbol: str, indicator: str = "B", *, tape: str = "C") -> None:
        """Tell the limits up and down of a symbol, with the tape's word for what they are."""
        told = {"T": "l", "S": symbol, "u": 160.0, "d": 140.0, "i": indicator, "z": tape}
        self._run(self._data_stream.tell(told | {"t": moment(self._clock.now())}))

    def tell_raw(self, frame: str) -> None:
        """Send whatever a frame holds to who listens to the market data."""
        self._run(self._data_stream.tell_raw(frame))

    def drop_data_stream(self) -> None:
        """Hang up on the listener of the market data; returns when that is done."""
        self._run(self._data_stream.drop())

    def start(self) -> Self:
        """Listen; returns when requests are answered."""
        listener = socket.create_server((_HOST, self._port))
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each answer waits 40 ms for its own receipt
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._application(),
            ws="websockets-sansio",
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="on",
        )
        self._server = _PromptServer(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="fake-alpaca", daemon=True)
        self._ready.clear()
        self._thread.start()
        if not self._ready.wait(_PATIENCE):
            raise RuntimeError("the fake Alpaca did not start")
        return self

    def stop(self) -> None:
        """Let go what hangs, hang up and stop listening; a new start keeps the port and all that happened."""
        if self._server is None or self._thread is None or self._loop is None:
            return
        self.mend()
        self.drop_streams()
        self.drop_data_stream()
        self._loop.call_soon_threadsafe(self._server.leave.set)
        self._thread.join(_PATIENCE)
        self._server = self._thread = self._loop = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        if self._loop is None:
            raise RuntimeError("the fake Alpaca is not running")
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)

    def _application(self) -> ASGIApp:
        routes = [
            *TradingApi(self._desk, self._exchange, self._hours).routes(self._door),
            *self._market.routes(self._door),
            *self._announced.routes(self._door),
            WebSocketRoute("/stream", self._stream.connect),
            WebSocketRoute("/v2/{feed}", self._data_stream.connect),
        ]
        return FaultyLine(
            Starlette(routes=routes, lifespan=self._lifespan),
            faults=self._faults,
            hang_up=self._hang_up,
            patience=self._patience,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        yield

    def _hang_up(self, scope: Scope) -> None:
        for connection in tuple(self._server.server_state.connections) if self._server else ():
            if getattr(connection, "client", None) == tuple(scope["client"]):
                connection.transport.close()

    def _tell(self, update: Json) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stream.push, update)
