"""How to reach Redis or Valkey; every failure there is a StreamUnavailable."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from engine.errors import StreamUnavailable


def connect(url: str) -> redis.Redis:
    """Return a client of a redis://, rediss:// or unix:// URL, which gives up within seconds and never tries again."""
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        protocol=2,  # the answers of XREADGROUP have another shape in protocol 3
        retry=Retry(NoBackoff(), 0),
        encoding_errors="backslashreplace",  # what somebody else wrote may be no text at all
        socket_connect_timeout=1,
        socket_timeout=2,
    )


@contextmanager
def lost_is_unavailable() -> Iterator[None]:
    """Name a failure of the server, or of the way to it, by its consequence: StreamUnavailable."""
    try:
        yield
    except redis.RedisError as error:
        raise StreamUnavailable(f"Redis: {error}") from error
