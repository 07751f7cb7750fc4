"""How to reach Redis or Valkey; every failure there is a StreamUnavailable."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from engine.errors import SettingsInvalid, StreamUnavailable


def connect(url: str) -> redis.Redis:
    """Return a client of a redis://, rediss:// or unix:// URL, which gives up within seconds and never tries again.

    Raises SettingsInvalid for a URL with options that the client does not take.
    """
    try:
        client = redis.Redis.from_url(
            url,
            decode_responses=True,
            protocol=2,  # the answers of XREADGROUP have another shape in protocol 3
            retry=Retry(NoBackoff(), 0),
            encoding_errors="backslashreplace",  # what somebody else wrote may be no text at all
            socket_connect_timeout=1,
            socket_timeout=2,
        )
        pool = client.connection_pool
        pool.connection_class(**pool.connection_kwargs)  # it connects to nothing, and is where options are looked at
    except (TypeError, ValueError, redis.RedisError) as error:
        raise SettingsInvalid(f"REDIS_URL: expected only options that the client takes ({error})") from error
    return client


@contextmanager
def lost_is_unavailable() -> Iterator[None]:
    """Name a failure of the server, or of the way to it, by its consequence: StreamUnavailable."""
    try:
        yield
    except redis.RedisError as error:
        raise StreamUnavailable(f"Redis: {error}") from error


@contextmanager
def connected(url: str) -> Iterator[redis.Redis]:
    """Connect for one look; a failure of the server, or of the way to it, is StreamUnavailable in its own words."""
    with closing(connect(url)) as client:
        try:
            yield client
        except (redis.RedisError, OSError) as error:
            raise StreamUnavailable(str(error)) from error
