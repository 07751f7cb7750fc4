"""The price cache, the stream of work and the breakers in Redis or Valkey; every failure is a StreamUnavailable."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from engine.errors import MemoryUnavailable, StreamUnavailable
from engine.model.desk_record import UNREADABLE, DeskRecord
from engine.model.market import Snapshot
from engine.model.trade import Trade
from engine.ports import Passing

STREAM = "trading_signals"
GROUP = "desk"
STREAM_LENGTH = 10_000
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
FAILURES = 5
"""Failures in a row that open a breaker."""
OPEN_FOR = timedelta(seconds=30)
PROBE_FOR = timedelta(seconds=15)
"""How long a probe may take until another is let through."""
FORGOTTEN = timedelta(hours=1)
"""Failures that far apart are no row."""


def connect(url: str) -> redis.Redis:
    """Return a client of a redis://, rediss:// or unix:// URL, which gives up within seconds and never tries again."""
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        protocol=2,  # the answers of XREADGROUP have another shape in protocol 3
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=1,
        socket_timeout=2,
    )


class RedisMemory:
    """The port DeskMemory under the key `desk:state`; while the server is away it knows nothing."""

    KEY = "desk:state"

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def read(self) -> DeskRecord | None:
        """Return what was written last, None where nothing ever was or nobody answers; UNREADABLE for nonsense."""
        try:
            with _lost_is_unavailable():
                text: Any = self._client.get(self.KEY)
            return DeskRecord.read(text) if text else None
        except StreamUnavailable:
            return None
        except ValueError:
            return UNREADABLE

    def write(self, record: DeskRecord) -> None:
        """Keep this in place of what was written before; raises MemoryUnavailable."""
        try:
            with _lost_is_unavailable():
                self._client.set(self.KEY, record.written())
        except StreamUnavailable as error:
            raise MemoryUnavailable(str(error)) from error


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
        with _lost_is_unavailable():
            for start in range(0, len(snapshots), CHUNK):
                self._put_chunk(snapshots[start : start + CHUNK])

    def latest(self, symbol: str) -> Snapshot | None:
        """Return the newest stored snapshot."""
        with _lost_is_unavailable():
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


class RedisSignalStream:
    """The stream `trading_signals`, read by consumer group `desk`.

    An entry that was read and not acknowledged comes again: at the first read of a new process with the same consumer
    name, and to any consumer once it lay unacknowledged for `min_idle`.
    """

    def __init__(self, client: redis.Redis, consumer: str, *, min_idle: timedelta = timedelta(seconds=15)) -> None:
        self._client = client
        self._consumer = consumer
        self._min_idle_ms = int(min_idle.total_seconds() * 1000)
        self._left_over_was_read = False

    def publish(self, trade: Trade) -> None:
        """Append a proposal."""
        with _lost_is_unavailable():
            self._client.xadd(
                STREAM,
                {
                    "trade_id": trade.id,
                    "ticker": trade.symbol,
                    "score": f"{trade.signal.tenths / 10:.1f}",
                    "entry_price": str(trade.sizing.entry),
                    "risk_approved": "true",
                },
                maxlen=STREAM_LENGTH,
                approximate=True,
            )

    def read(self) -> tuple[tuple[str, str], ...]:
        """Return (entry id, trade id) of new entries, and of those that a dead reader left unacknowledged."""
        with _lost_is_unavailable():
            try:
                return self._read()
            except redis.ResponseError as error:
                if not str(error).startswith("NOGROUP"):
                    raise
            self._make_group()  # at the first start, and when the server lost its data
            return self._read()

    def acknowledge(self, entry_ids: Sequence[str]) -> None:
        """Mark entries as handled."""
        if entry_ids:
            with _lost_is_unavailable():
                self._client.xack(STREAM, GROUP, *entry_ids)

    def _read(self) -> tuple[tuple[str, str], ...]:
        entries: dict[str, str] = {}
        if not self._left_over_was_read:
            entries |= self._group("0")
        entries |= self._abandoned()
        entries |= self._group(">")
        self._left_over_was_read = True
        return tuple(entries.items())

    def _group(self, after: str) -> dict[str, str]:
        answer: Any = self._client.xreadgroup(GROUP, self._consumer, {STREAM: after})
        return _trade_ids(answer[0][1]) if answer else {}

    def _abandoned(self) -> dict[str, str]:
        entries: dict[str, str] = {}
        cursor = "0-0"
        while True:
            answer: Any = self._client.xautoclaim(STREAM, GROUP, self._consumer, self._min_idle_ms, cursor)
            cursor = answer[0]
            entries |= _trade_ids(answer[1])
            if cursor == "0-0":
                return entries

    def _make_group(self) -> None:
        try:
            self._client.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):  # another reader was quicker
                raise


class RedisBreaker:
    """The port Breaker in three keys that all processes share; those that time closes are closed by their expiry.

    `breaker:{service}:failures` counts the row, `:open` is there while nobody may call, `:probe` while somebody tries.
    """

    def __init__(self, client: redis.Redis, service: str, *, open_for: timedelta = OPEN_FOR) -> None:
        self._client = client
        self._open_for = open_for
        self._failures, self._open, self._probe = (
            f"breaker:{service}:{part}" for part in ("failures", "open", "probe")
        )

    def passing(self) -> Passing:
        """Tell whether a call may be made now; the answer PROBE is given to one."""
        with _lost_is_unavailable():
            if self.is_closed():
                return Passing.FREE
            if self._client.exists(self._open):
                return Passing.SHUT
            is_mine = self._client.set(self._probe, "1", nx=True, px=PROBE_FOR)
            return Passing.PROBE if is_mine else Passing.SHUT

    def is_closed(self) -> bool:
        """Tell whether the service is believed to work; takes no probe."""
        with _lost_is_unavailable():
            failures: Any = self._client.get(self._failures)
            return int(failures or 0) < FAILURES

    def worked(self) -> None:
        """Note that the service answered."""
        with _lost_is_unavailable():
            self._client.delete(self._failures, self._open, self._probe)

    def failed(self) -> None:
        """Note that it did not."""
        with _lost_is_unavailable(), self._client.pipeline(transaction=True) as pipeline:
            pipeline.incr(self._failures)
            pipeline.expire(self._failures, FORGOTTEN)
            failures = int(pipeline.execute()[0])
            if failures >= FAILURES:
                self._client.set(self._open, "1", px=self._open_for)
                self._client.delete(self._probe)


def _trade_ids(entries: Sequence[tuple[str, dict[str, str]]]) -> dict[str, str]:
    # An entry that was trimmed while it was pending comes without fields.
    return {entry_id: fields["trade_id"] for entry_id, fields in entries if fields}


def _values(snapshot: Snapshot, at: str) -> tuple[str, ...]:
    """Write a price, in the order that PUT reads."""
    price, volume, spread_bp = str(snapshot.price), str(snapshot.volume), str(snapshot.spread_bp)
    return price, volume, spread_bp, at, str(snapshot.bid), str(snapshot.ask)


@contextmanager
def _lost_is_unavailable() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise StreamUnavailable(f"Redis: {error}") from error
