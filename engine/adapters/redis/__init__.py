"""The price cache, the stream of work, the breakers and the desk's memory in Redis or Valkey."""

from engine.adapters.redis.breaker import RedisBreaker
from engine.adapters.redis.connection import connect, connected
from engine.adapters.redis.memory import RedisMemory
from engine.adapters.redis.prices import RedisPriceCache
from engine.adapters.redis.stream import GROUP, RedisSignalStream, unacknowledged

__all__ = [
    "GROUP",
    "RedisBreaker",
    "RedisMemory",
    "RedisPriceCache",
    "RedisSignalStream",
    "connect",
    "connected",
    "unacknowledged",
]
