from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import numpy as np

from engine.errors import StreamUnavailable
from engine.model.market import Snapshot
from engine.ports import Market, PriceCache
from engine.signals.indicators import PriceBoard
from engine.stages.services import Service, Services
from engine.stages.watched import Watched

MICROSECONDS = 1_000_000
CLOCKS_DIFFER = timedelta(seconds=5)
"""A price may seem this far in the future, because two machines' clocks are never quite the same."""


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
    """Say what is wrong with a snapshot, None when nothing is."""
    prices = (snapshot.price, snapshot.bid, snapshot.ask)
    if not all(map(Decimal.is_finite, prices)):
        return Flaw.NO_NUMBER
    if min(prices) <= 0 or snapshot.volume < 0:
        return Flaw.NOT_POSITIVE
    if snapshot.bid > snapshot.ask:
        return Flaw.CROSSED
    if now - snapshot.at > oldest:
        return Flaw.STALE
    return Flaw.FUTURE if snapshot.at - now > CLOCKS_DIFFER else None


class Observe:
    """First stage: prices in, broken ones refused and counted, the price board and the price cache brought up to date.

    `refused` counts the broken prices, `newest` is the instant of the last good one.
    """

    LOOKS = 4
    """Looks in a row that must bring no good price before that says anything: a job that ran late says nothing."""

    def __init__(
        self,
        *,
        market: Market,
        cache: PriceCache,
        watched: Watched,
        services: Services,
        oldest: timedelta,
        warm_up_bars: int,
    ) -> None:
        self._market = market
        self._cache = cache
        self._watched = watched
        self._services = services
        self._oldest = oldest
        self._warm_up_bars = warm_up_bars
        self._is_warm = False
        self.refused: Counter[Flaw] = Counter()
        self.newest: datetime | None = None
        self._blind_looks = 0
        self._blind_since: datetime | None = None

    def warm_up(self) -> None:
        """Fill the board with the bars before now; raises MarketUnavailable."""
        board = self._watched.board
        history = self._market.history(board.symbols, self._warm_up_bars)
        with self._watched.lock:
            board.warm(history)
            self._is_warm = board is self._watched.board  # one that took its place meanwhile has its turn with the next

    def __call__(self, now: datetime) -> Observation:
        """Read one snapshot of every symbol, after the bars before now at the first time; raises MarketUnavailable."""
        if not self._is_warm:
            self.warm_up()
        board = self._watched.board  # where another takes its place meanwhile, that one misses a single price
        self._blind_since = self._blind_since or now
        self._blind_looks += bool(board.symbols)
        snapshots = self._market.snapshots(board.symbols)
        self._services.back(Service.MARKET)
        good = self._sieve(snapshots, now)
        self.newest = max((snapshot.at for snapshot in good), default=self.newest)
        self._update_board(board, good)
        self._update_cache(good)
        return Observation(at=now, snapshots={snapshot.symbol: snapshot for snapshot in good})

    def price(self, symbol: str, now: datetime) -> Snapshot | None:
        """Read one symbol afresh, None when there is no good price of it; raises MarketUnavailable."""
        return next(iter(self._sieve(self._market.snapshots((symbol,)), now)), None)

    def blind_for(self, now: datetime) -> timedelta:
        """Return for how long there has been no good price of any symbol, as far as enough looks were made at them."""
        is_blind = self._blind_since is not None and self._blind_looks >= self.LOOKS
        return now - self._blind_since if is_blind and self._blind_since else timedelta(0)

    def _sieve(self, snapshots: Sequence[Snapshot], now: datetime) -> tuple[Snapshot, ...]:
        flaws = [flaw_of(snapshot, now, self._oldest) for snapshot in snapshots]
        self.refused.update(flaw for flaw in flaws if flaw)
        good = tuple(snapshot for snapshot, flaw in zip(snapshots, flaws, strict=True) if flaw is None)
        if good:
            self._blind_since, self._blind_looks = now, 0
        return good

    def _update_board(self, board: PriceBoard, snapshots: Sequence[Snapshot]) -> None:
        with self._watched.lock:
            board.tick(
                rows=board.rows_of([snapshot.symbol for snapshot in snapshots]),
                times=np.array([int(snapshot.at.timestamp() * MICROSECONDS) for snapshot in snapshots], dtype=np.int64),
                prices=np.array([float(snapshot.price) for snapshot in snapshots], dtype=np.float64),
                volumes=np.array([snapshot.volume for snapshot in snapshots], dtype=np.int64),
                spreads=np.array([snapshot.spread_bp for snapshot in snapshots], dtype=np.int32),
            )

    def _update_cache(self, snapshots: Sequence[Snapshot]) -> None:
        """Keep the cache for other readers; the engine itself does not need it, so its loss stops nothing."""
        try:
            self._cache.put(snapshots)
        except StreamUnavailable as error:
            self._services.lost(Service.REDIS, error)
        else:
            self._services.back(Service.REDIS)
