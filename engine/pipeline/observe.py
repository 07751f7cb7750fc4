from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import numpy as np

from engine.common.service_health import Service, ServiceHealth
from engine.common.universe import Universe
from engine.errors import StreamUnavailable
from engine.model.market import Snapshot, exchange_date
from engine.ports.clock import CLOCKS_DIFFER, Clock
from engine.ports.market import Market
from engine.ports.stream import PriceCache
from engine.signals.prices import UNKNOWN, RecentPrices

MICROSECONDS = 1_000_000


class Flaw(StrEnum):
    """Why a price is refused."""

    NO_NUMBER = "no_number"
    NOT_POSITIVE = "not_positive"
    CROSSED = "crossed"
    STALE = "stale"
    FUTURE = "future"


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """Good snapshots by symbol, as of an instant."""

    at: datetime
    snapshots: Mapping[str, Snapshot]


def flaw_of(snapshot: Snapshot, now: datetime, oldest: timedelta) -> Flaw | None:
    """Say what is wrong with a snapshot, None when nothing is; of an old quote nothing is expected."""
    quote = (snapshot.bid, snapshot.ask) if snapshot.is_quoted(now, oldest) else ()
    prices = (snapshot.price, *quote)
    if not all(map(Decimal.is_finite, prices)):
        return Flaw.NO_NUMBER
    if min(prices) <= 0 or snapshot.volume < 0:
        return Flaw.NOT_POSITIVE
    if quote and snapshot.bid > snapshot.ask:
        return Flaw.CROSSED
    if now - snapshot.at > oldest:
        return Flaw.STALE
    return Flaw.FUTURE if snapshot.at - now > CLOCKS_DIFFER else None


class Observe:
    """Looks at prices: broken ones refused and counted, the recent prices and the price cache brought up to date.

    They are for checks and for people to see; scores stand on closed bars. `refused` counts the broken prices,
    `newest` is the instant of the last good one.
    """

    LOOKS = 4
    """Looks in a row that must bring no good price before that says anything: a job that ran late says nothing."""

    def __init__(
        self,
        *,
        market: Market,
        cache: PriceCache,
        universe: Universe,
        clock: Clock,
        services: ServiceHealth,
        oldest: timedelta,
    ) -> None:
        self._market = market
        self._cache = cache
        self._universe = universe
        self._clock = clock
        self._services = services
        self._oldest = oldest
        self.refused: Counter[Flaw] = Counter()
        self.newest: datetime | None = None
        self._blind_looks = 0
        self._blind_since: datetime | None = None

    def __call__(self, now: datetime) -> Observation:
        """Read one snapshot of every symbol; raises MarketUnavailable."""
        prices = self._universe.prices  # where others take their place meanwhile, those miss a single price
        self._blind_since = self._blind_since or now
        self._blind_looks += bool(prices.symbols)
        good = self._read(prices.symbols, now)
        self.newest = max((snapshot.at for snapshot in good), default=self.newest)
        self._store_recent(prices, good, now)
        self._update_cache(good, now)
        return Observation(at=now, snapshots={snapshot.symbol: snapshot for snapshot in good})

    def look(self, symbols: Sequence[str], now: datetime) -> Observation:
        """Read some symbols afresh; raises MarketUnavailable."""
        good = self._read(symbols, now) if symbols else ()
        return Observation(at=now, snapshots={snapshot.symbol: snapshot for snapshot in good})

    def price(self, symbol: str, now: datetime) -> Snapshot | None:
        """Read one symbol afresh, None when there is no good price of it; raises MarketUnavailable."""
        return next(iter(self._read((symbol,), now)), None)

    def blind_for(self, now: datetime) -> timedelta:
        """Return for how long there has been no good price of any symbol, as far as enough looks were made at them."""
        is_blind = self._blind_since is not None and self._blind_looks >= self.LOOKS
        return now - self._blind_since if is_blind and self._blind_since else timedelta(0)

    def _read(self, symbols: Sequence[str], now: datetime) -> tuple[Snapshot, ...]:
        """Read snapshots and leave out the broken ones; they are judged at the instant at which they were there."""
        snapshots = self._market.snapshots(symbols)
        self._services.back(Service.MARKET)
        now = max(now, self._clock.now())
        flaws = [flaw_of(snapshot, now, self._oldest) for snapshot in snapshots]
        self.refused.update(flaw for flaw in flaws if flaw)
        good = tuple(snapshot for snapshot, flaw in zip(snapshots, flaws, strict=True) if flaw is None)
        if good:
            self._blind_since, self._blind_looks = now, 0
        return good

    def _store_recent(self, prices: RecentPrices, snapshots: Sequence[Snapshot], now: datetime) -> None:
        today = exchange_date(now)
        volumes = [snapshot.volume_on(today) for snapshot in snapshots]
        spreads = [snapshot.spread_bp if snapshot.is_quoted(now, self._oldest) else UNKNOWN for snapshot in snapshots]
        with self._universe.lock:
            prices.tick(
                rows=prices.rows_of([snapshot.symbol for snapshot in snapshots]),
                times=np.array([int(snapshot.at.timestamp() * MICROSECONDS) for snapshot in snapshots], dtype=np.int64),
                prices=np.array([float(snapshot.price) for snapshot in snapshots], dtype=np.float64),
                volumes=np.array([UNKNOWN if volume is None else volume for volume in volumes], dtype=np.int64),
                spreads=np.array(spreads, dtype=np.int32),
            )

    def _update_cache(self, snapshots: Sequence[Snapshot], now: datetime) -> None:
        """Keep the cache for other readers; the engine itself does not need it, so its loss stops nothing."""
        try:
            self._cache.put(snapshots, now, self._oldest)
        except StreamUnavailable as error:
            self._services.lost(Service.REDIS, error)
        else:
            self._services.back(Service.REDIS)
