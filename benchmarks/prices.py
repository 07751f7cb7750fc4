"""Ten thousand prices on their way: from JSON at a server to the board and the cache, and into the cache alone."""

import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from benchmarks.figure import Figure, Peer, seconds
from engine.adapters.alpaca.budget import Budget
from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.alpaca.wire import Access
from engine.adapters.redis import RedisPriceCache, connect
from engine.model.market import Snapshot
from engine.stages.observe import Observe
from engine.stages.services import Services
from engine.stages.watched import Watched
from tests.fakes.calendar import WeekdayCalendar
from tests.fakes.clock import ManualClock
from tests.servers import Valkey

AT = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)
SYMBOLS = tuple(f"S{number:05d}" for number in range(10_000))
KEEP = timedelta(hours=1)
STAMP = AT.isoformat()
BAR = {"t": STAMP, "o": 150.1, "h": 150.6, "l": 149.1, "c": 150.25, "v": 2_500_000, "n": 9_000, "vw": 150.2}
QUOTE = {
    "latestTrade": {"t": STAMP, "x": "V", "p": 150.25, "s": 100, "c": ["@"], "i": 1, "z": "C"},
    "latestQuote": {
        "t": STAMP,
        "ax": "V",
        "ap": 150.26,
        "as": 2,
        "bx": "V",
        "bp": 150.24,
        "bs": 3,
        "c": ["R"],
        "z": "C",
    },
    "minuteBar": BAR,
    "dailyBar": BAR,
    "prevDailyBar": BAR,
}
"""What Alpaca says of a symbol, in all its length."""


def price_cache() -> list[Figure]:
    """Count the commands a second that the price cache gets done at a Valkey of its own."""
    snapshots = _snapshots()
    with _cache() as cache:
        cache.put(snapshots)
        samples = [len(snapshots) * 3 / seconds(lambda: cache.put(snapshots)) for _ in range(8)]
    return [
        Figure.of(
            "price_cache",
            samples,
            unit="operations/s",
            goal=50_000,
            better="higher",
            peers=(Peer(name="seed", value=10_000),),
            note="an operation is a hash written or an expiry set; three for each price",
        )
    ]


def _snapshots() -> tuple[Snapshot, ...]:
    price = Decimal("150.25")
    return tuple(
        Snapshot(symbol=symbol, at=AT, price=price, volume=2_500_000, bid=price - Decimal("0.01"), ask=price)
        for symbol in SYMBOLS
    )


@contextmanager
def _cache() -> Iterator[RedisPriceCache]:
    with tempfile.TemporaryDirectory() as folder, Valkey(Path(folder)) as valkey:
        yield RedisPriceCache(connect(valkey.url), zone=ZoneInfo("Asia/Seoul"), keep=KEEP)


def observe() -> list[Figure]:
    """Time 10,000 snapshots from the JSON of a local server to the board and the cache."""
    with _quotes() as url, _cache() as cache:
        access = Access(key="key", secret="secret", budget=Budget(1_000_000), data_url=url)
        market = AlpacaMarket(access, ManualClock(AT), WeekdayCalendar())
        watched, services = Watched(SYMBOLS, bar_seconds=300), _Calm()
        stage = Observe(
            market=market,
            cache=cache,
            watched=watched,
            services=services,
            oldest=timedelta(minutes=1),
            warm_up_bars=0,
        )
        assert len(stage(AT).snapshots) == len(SYMBOLS)
        samples = [seconds(lambda: stage(AT)) for _ in range(8)]
        market.stop()
    return [Figure.of("observe", samples, unit="s", goal=1.5, note="50 requests of 200 symbols each")]


class _Calm(Services):
    """Services of which none is ever lost, so that no books are needed."""

    def __init__(self) -> None:
        super().__init__(store=None, clock=ManualClock(AT))  # type: ignore[arg-type] # nothing is told


@contextmanager
def _quotes() -> Iterator[str]:
    """Serve a quote of every symbol that is asked for."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Quotes)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quotes(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        body = b"{}"
        if address.path.endswith("/snapshots"):
            body = json.dumps(dict.fromkeys(parse_qs(address.query)["symbols"][0].split(","), QUOTE)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:  # the base class would print
        pass
