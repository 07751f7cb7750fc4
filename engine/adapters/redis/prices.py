import itertools
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import redis

from engine.adapters.redis.connection import lost_is_unavailable
from engine.model.market import Snapshot, exchange_date

Part = TypeVar("Part")

CHUNK = 1_000
"""Snapshots that are written in one go: large enough to be quick, small enough not to hold up other clients."""
MARK = 30
"""Seconds between the marks under which prices are kept."""
SHOWN = ("price", "change", "volume", "spread_bp")
"""What both hashes of a price have, as far as it is known."""
PARTS = ("at", "bid", "ask", "quoted_at", "day", "shares", "bid_size", "ask_size", "previous_close")
"""What the latest has besides, so that it can be read back as it was."""
PUT = """
local count, names = tonumber(ARGV[2]), {}
for place = 1, count do names[place] = ARGV[place + 3] end
for price = 0, #KEYS / 2 - 1 do
    local first, fields, shown = count + 3 + price * count, {}, 0
    for place = 1, count do
        local value = ARGV[first + place]
        if value ~= '' then
            fields[#fields + 1] = names[place]
            fields[#fields + 1] = value
        end
        if place == tonumber(ARGV[3]) then shown = #fields end
    end
    local instant, latest = KEYS[2 * price + 1], KEYS[2 * price + 2]
    redis.call('DEL', instant, latest)
    redis.call('HSET', instant, unpack(fields, 1, shown))
    redis.call('EXPIRE', instant, ARGV[1])
    redis.call('HSET', latest, unpack(fields))
end
"""
"""What the server runs for some prices, two keys each.

The arguments: the seconds to keep, how many fields a price has and how many of them are shown, their names, and the
values of each price; '' is not known, and then the hash does not have it, rather than the value of the price before.

One script instead of three commands a price: most of the time went into packing those, and reading their answers. It
runs as a whole, so that no price is ever left without its expiry.
"""


class RedisPriceCache:
    """Prices under `prices:{SYMBOL}:{YYYYMMDD}:{HHMMSS}`, in the desk's time zone, and `prices:{SYMBOL}:latest`.

    The seconds are those of a 30-second mark, the last one before the look. The first expire after `keep`; the latest
    stays, and says how old it is.
    """

    def __init__(self, client: redis.Redis, *, zone: ZoneInfo, keep: timedelta) -> None:
        self._client = client
        self._put = client.register_script(PUT)
        self._zone = zone
        self._keep = keep

    def put(self, snapshots: Sequence[Snapshot], at: datetime, oldest: timedelta) -> None:
        """Store what was seen at a look, under its mark and as the latest of each symbol."""
        seconds = int(at.timestamp()) // MARK * MARK
        mark = f"{datetime.fromtimestamp(seconds, self._zone):%Y%m%d:%H%M%S}"
        with lost_is_unavailable():
            for start in range(0, len(snapshots), CHUNK):
                chunk = snapshots[start : start + CHUNK]
                keys = [f"prices:{snapshot.symbol}:{key}" for snapshot in chunk for key in (mark, "latest")]
                values = itertools.chain.from_iterable(_values(snapshot, at, oldest) for snapshot in chunk)
                head = (int(self._keep.total_seconds()), len(SHOWN + PARTS), len(SHOWN), *SHOWN, *PARTS)
                self._put(keys, [*head, *values])

    def latest(self, symbol: str) -> Snapshot | None:
        """Return the newest stored snapshot."""
        with lost_is_unavailable():
            fields: Any = self._client.hgetall(f"prices:{symbol}:latest")
        if not fields:
            return None

        def read(name: str, kind: Callable[[str], Part]) -> Part | None:
            return kind(fields[name]) if name in fields else None

        return Snapshot(
            symbol=symbol,
            at=datetime.fromisoformat(fields["at"]),
            price=Decimal(fields["price"]),
            volume=int(fields["shares"]),
            bid=Decimal(fields["bid"]),
            ask=Decimal(fields["ask"]),
            quoted_at=read("quoted_at", datetime.fromisoformat),
            day=read("day", date.fromisoformat),
            bid_size=read("bid_size", int),
            ask_size=read("ask_size", int),
            previous_close=read("previous_close", Decimal),
        )


def _values(snapshot: Snapshot, at: datetime, oldest: timedelta) -> tuple[str, ...]:
    """Write a price in the order of SHOWN and PARTS, '' for what is not known."""
    change, is_quoted = snapshot.change, snapshot.is_quoted(at, oldest)
    return (
        str(snapshot.price),
        "" if change is None else f"{change:.4f}",
        _text(snapshot.volume_on(exchange_date(at))),
        str(snapshot.spread_bp) if is_quoted else "",
        snapshot.at.isoformat(),
        str(snapshot.bid),
        str(snapshot.ask),
        "" if snapshot.quoted_at is None else snapshot.quoted_at.isoformat(),
        _text(snapshot.day),
        str(snapshot.volume),
        _text(snapshot.bid_size),
        _text(snapshot.ask_size),
        _text(snapshot.previous_close),
    )


def _text(part: object | None) -> str:
    return "" if part is None else str(part)
