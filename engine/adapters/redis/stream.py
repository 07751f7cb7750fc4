"""The stream of work in Redis or Valkey, on which anybody may have put anything."""

import re
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, TypeVar

import redis
import structlog

from engine.adapters.redis.connection import lost_is_unavailable
from engine.model.trade import Trade
from engine.ports.stream import SIGNAL_STREAM

log = structlog.get_logger()

GROUP = "desk"
STREAM_LENGTH = 10_000
ASIDE = f"{SIGNAL_STREAM}:aside"
"""The stream of entries that no decision could be made about, each with the id that it had as `entry`."""
ASIDE_LENGTH = 1_000
RUINED = ("WRONGTYPE", "exhausted the last possible ID")
"""What the server says of a key that no entry can be added to any more."""
TRADE_ID: Final = re.compile(r"[!-~]{1,64}")
"""What the id of a trade may look like at all: databases do not take everything that a stream does."""

Answer = TypeVar("Answer")


class RedisSignalStream:
    """The stream `trading_signals`, read by consumer group `desk`.

    An entry that was read and not acknowledged comes again: at the first read of a new process with the same consumer
    name, and to any consumer once it lay unacknowledged for `min_idle`. What is set aside goes to
    `trading_signals:aside`, which keeps the newest thousand; a key that no entry can be added to is renamed to begin
    with the same.
    """

    def __init__(self, client: redis.Redis, consumer: str, *, min_idle: timedelta = timedelta(seconds=15)) -> None:
        self._client = redis.Redis(connection_pool=client.connection_pool)
        for command in ("XREADGROUP", "XAUTOCLAIM", "XRANGE"):
            self._client.set_response_callback(command, _as_it_came)
        self._consumer = consumer
        self._min_idle_ms = int(min_idle.total_seconds() * 1000)
        self._left_over_was_read = False

    def publish(self, trade: Trade) -> None:
        """Append a proposal."""
        fields: dict[Any, Any] = {
            "trade_id": trade.id,
            "ticker": trade.symbol,
            "score": f"{trade.signal.tenths / 10:.1f}",
            "entry_price": str(trade.sizing.entry),
            "risk_approved": "true",
        }
        with lost_is_unavailable():
            self._mended(lambda: self._client.xadd(SIGNAL_STREAM, fields, maxlen=STREAM_LENGTH, approximate=True))

    def read(self) -> tuple[tuple[str, str], ...]:
        """Return (entry id, trade id) of new entries, and of those that a dead reader left unacknowledged.

        The trade id is '' where an entry names no trade, or more than one.
        """
        with lost_is_unavailable():
            return self._mended(self._read)

    def acknowledge(self, entry_ids: Sequence[str]) -> None:
        """Mark entries as handled."""
        if entry_ids:
            with lost_is_unavailable():
                self._client.xack(SIGNAL_STREAM, GROUP, *entry_ids)

    def set_aside(self, entry_ids: Sequence[str]) -> None:
        """Mark entries as handled that no decision can be made about, and keep them where an operator can look."""
        with lost_is_unavailable():
            for start in range(0, len(entry_ids), ASIDE_LENGTH):
                self._set_aside(entry_ids[start : start + ASIDE_LENGTH])

    def depth(self) -> int:
        """Return how many entries nobody has handled yet."""
        with lost_is_unavailable():
            return unacknowledged(self._client)

    def _set_aside(self, entry_ids: Sequence[str]) -> None:
        with self._client.pipeline(transaction=True) as pipeline:
            for entry_id in entry_ids:
                pipeline.xrange(SIGNAL_STREAM, entry_id, entry_id)
            for found in pipeline.execute():
                for entry_id, fields in found:
                    pipeline.xadd(ASIDE, _numbered(entry_id, fields), maxlen=ASIDE_LENGTH, approximate=True)
            pipeline.xack(SIGNAL_STREAM, GROUP, *entry_ids)
            pipeline.execute()

    def _read(self) -> tuple[tuple[str, str], ...]:
        entries: dict[str, str] = {}
        if not self._left_over_was_read:
            entries |= self._group("0")
        entries |= self._abandoned()
        entries |= self._group(">")
        self._left_over_was_read = True
        return tuple(entries.items())

    def _group(self, after: str) -> dict[str, str]:
        answer: Any = self._client.xreadgroup(GROUP, self._consumer, {SIGNAL_STREAM: after})
        return _trade_ids(answer[0][1]) if answer else {}

    def _abandoned(self) -> dict[str, str]:
        entries: dict[str, str] = {}
        cursor = "0-0"
        while True:
            answer: Any = self._client.xautoclaim(SIGNAL_STREAM, GROUP, self._consumer, self._min_idle_ms, cursor)
            cursor = answer[0]
            entries |= _trade_ids(answer[1])
            if cursor == "0-0":
                return entries

    def _mended(self, work: Callable[[], Answer]) -> Answer:
        """Do something at the stream, and once more after making anew what it lacks."""
        try:
            return work()
        except redis.ResponseError as error:
            if str(error).startswith("NOGROUP"):  # at the first start, and when the server lost its data
                self._make_group()
            elif any(word in str(error) for word in RUINED):
                self._move_away()
            else:
                raise
        return work()

    def _make_group(self) -> None:
        try:
            self._client.xgroup_create(SIGNAL_STREAM, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):  # another reader was quicker
                raise

    def _move_away(self) -> None:
        """Begin the stream anew; proposals that are lost with it are published again."""
        aside = f"{ASIDE}:{uuid.uuid4().hex[:8]}"
        with suppress(redis.ResponseError):  # another reader was quicker
            self._client.renamenx(SIGNAL_STREAM, aside)
            log.warning("stream_moved_away", to=aside)
        self._make_group()


def _trade_ids(entries: Sequence[tuple[str, Sequence[str] | None]]) -> dict[str, str]:
    # An entry that was trimmed while it was pending comes without fields.
    return {entry_id: _trade_id(fields) for entry_id, fields in entries if fields}


def _trade_id(fields: Sequence[str]) -> str:
    """Return the one trade that the fields and values of an entry name; a field may come more than once."""
    named = [value for field, value in zip(fields[::2], fields[1::2], strict=True) if field == "trade_id"]
    return named[0] if len(named) == 1 and TRADE_ID.fullmatch(named[0]) else ""


def _numbered(entry_id: str, fields: Sequence[str]) -> dict[Any, Any]:
    """Return an entry's fields with the id that it had; one that came more than once carries its number."""
    kept: dict[Any, Any] = {"entry": entry_id}
    for field, value in zip(fields[::2], fields[1::2], strict=True):
        kept[field if field not in kept else f"{field}#{len(kept)}"] = value
    return kept


def _as_it_came(answer: Any, **_options: Any) -> Any:
    """Keep an answer as the server gave it: a mapping would hide that a field comes twice."""
    return answer


def unacknowledged(client: redis.Redis) -> int:
    """Count the entries that nobody has acknowledged, read or not, 0 before the first; raises what redis-py raises."""
    try:
        groups: Any = client.xinfo_groups(SIGNAL_STREAM)
    except redis.ResponseError:  # there is no stream before the first proposal, or what stands there is none
        return 0
    ours = next((group for group in groups if group["name"] == GROUP), None)
    return int(ours["pending"]) + int(ours["lag"] or 0) if ours else 0  # no lag where the server does not know it
