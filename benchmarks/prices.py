"""Ten thousand prices on their way: from JSON at a server to the board and the cache, and into the cache alone."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.figure import Figure, Peer, seconds
from benchmarks.quotes import AT, quotes
from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.alpaca.rate_limiter import RateLimiter
from engine.adapters.redis import RedisPriceCache, connect
from engine.common.service_health import ServiceHealth
from engine.common.universe import Universe
from engine.model.market import Snapshot
from engine.pipeline.observe import Observe
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock
from tests.support.servers import Valkey

SYMBOLS = tuple(f"S{number:05d}" for number in range(10_000))
KEEP, OLDEST = timedelta(hours=1), timedelta(minutes=1)


def price_cache() -> list[Figure]:
    """Count the hashes a second that the price cache writes at a Valkey of its own, each with its expiry if it has one.

    A price is two of them, under its instant and as its symbol's latest; setting the expiry is not counted apart.
    """
    snapshots = _snapshots()
    with _cache() as cache:
        cache.put(snapshots, AT, OLDEST)
        samples = [len(snapshots) * 2 / seconds(lambda: cache.put(snapshots, AT, OLDEST)) for _ in range(8)]
    return [
        Figure.of(
            "price_cache",
            samples,
            unit="operations/s",
            goal=50_000,
            better="higher",
            peers=(Peer(name="seed", value=10_000),),
            note="an operation is a hash written, with its expiry if it has one; two for each price",
        )
    ]


def _snapshots() -> tuple[Snapshot, ...]:
    price = Decimal("150.25")
    return tuple(
        Snapshot(
            symbol=symbol,
            at=AT + timedelta(microseconds=1_009 * number),
            price=price,
            volume=2_500_000,
            bid=price - Decimal("0.01"),
            ask=price,
        )
        for number, symbol in enumerate(SYMBOLS)
    )


@contextmanager
def _cache() -> Iterator[RedisPriceCache]:
    with tempfile.TemporaryDirectory() as folder, Valkey(Path(folder)) as valkey:
        yield RedisPriceCache(connect(valkey.url), zone=ZoneInfo("Asia/Seoul"), keep=KEEP)


def observe() -> list[Figure]:
    """Time 10,000 snapshots from the JSON of a local server to the board and the cache."""
    with quotes() as url, _cache() as cache:
        access = AlpacaAccess(key="key", secret="secret", budget=RateLimiter(1_000_000), data_url=url)
        market = AlpacaMarket(access, ManualClock(AT), WeekdayCalendar())
        watched, services = Universe(SYMBOLS, bar_seconds=300), _Calm()
        stage = Observe(
            market=market,
            cache=cache,
            universe=watched,
            clock=ManualClock(AT),
            services=services,
            oldest=OLDEST,
        )
        assert len(stage(AT).snapshots) == len(SYMBOLS)
        samples = [seconds(lambda: stage(AT)) for _ in range(8)]
        market.stop()
    return [Figure.of("observe", samples, unit="s", goal=1.5, note="50 requests of 200 symbols each")]


class _Calm(ServiceHealth):
    """Services of which none is ever lost, so that no books are needed."""

    def __init__(self) -> None:
        super().__init__(store=None, clock=ManualClock(AT))  # type: ignore[arg-type] # nothing is told
