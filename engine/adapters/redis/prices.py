from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import redis

from engine.adapters.redis.connection import lost_is_unavailable
from engine.model.market import Snapshot

CHUNK = 1_000
"""Snapshots that are written in one go: large enough to be quick, small enough not to hold up other clients."""
PUT = """
for price = 0, #KEYS / 2 - 1 do
    local instant, latest, value = KEYS[2 * price + 1], KEYS[2 * price + 2], 6 * price + 2
    local shown, volume, spread_bp = ARGV[value], ARGV[value + 1], ARGV[value + 2]
    redis.call('HSET', instant, 'price', shown, 'volume', volume, 'spread_bp', spread_bp)
    redis.call('EXPIRE', instant, ARGV[1])
    redis.call('HSET', latest, 'price', shown, 'volume', volume, 'spread_bp', spread_bp,
        'at', ARGV[value + 3], 'bid', ARGV[value + 4], 'ask', ARGV[value + 5])
end
"""
"""What the server runs for some prices, two keys each; the arguments are the seconds to keep and six values a price.

One script instead of three commands a price: most of the time went into packing those, and reading their answers. It
runs as a whole, so that no price is ever left without its expiry.
"""


class RedisPriceCache:
    """Prices under `prices:{SYMBOL}:{YYYYMMDD}:{HHMMSS}`, in the desk's time zone, and `prices:{SYMBOL}:latest`.

    The first expire after `keep`; the latest stays, and says how old it is.
    """

    def __init__(self, client: redis.Redis, *, zone: ZoneInfo, keep: timedelta) -> None:
        self._client = client
        self._put = client.register_script(PUT)
        self._zone = zone
        self._keep = keep

    def put(self, snapshots: Sequence[Snapshot]) -> None:
        """Store snapshots, each under its instant and as the latest of its symbol."""
        with lost_is_unavailable():
            for start in range(0, len(snapshots), CHUNK):
                self._put_chunk(snapshots[start : start + CHUNK])

    def latest(self, symbol: str) -> Snapshot | None:
        """Return the newest stored snapshot."""
        with lost_is_unavailable():
            fields: Any = self._client.hgetall(f"prices:{symbol}:latest")
        if not fields:
            return None
        return Snapshot(
            symbol=symbol,
            at=datetime.fromisoformat(fields["at"]),
            price=Decimal(fields["price"]),
            volume=int(fields["volume"]),
            bid=Decimal(fields["bid"]),
            ask=Decimal(fields["ask"]),
        )

    def _put_chunk(self, snapshots: Sequence[Snapshot]) -> None:
        keys, values = list[str](), [str(int(self._keep.total_seconds()))]
        stamps = dict[str, str]()
        for snapshot in snapshots:
            at, prefix = snapshot.at.isoformat(), f"prices:{snapshot.symbol}:"
            second = at[:19] + at[-6:]  # without its fraction, but with its offset; many prices are of the same one
            if second not in stamps:
                stamps[second] = f"{snapshot.at.astimezone(self._zone):%Y%m%d:%H%M%S}"
            keys += prefix + stamps[second], prefix + "latest"
            values += _values(snapshot, at)
        self._put(keys, values)


def _values(snapshot: Snapshot, at: str) -> tuple[str, ...]:
    """Write a price, in the order that PUT reads."""
    price, volume, spread_bp = str(snapshot.price), str(snapshot.volume), str(snapshot.spread_bp)
    return price, volume, spread_bp, at, str(snapshot.bid), str(snapshot.ask)
