from typing import Any

import redis

from engine.adapters.redis.connection import lost_is_unavailable
from engine.errors import MemoryUnavailable, StreamUnavailable
from engine.model.desk_record import UNREADABLE, DeskRecord


class RedisMemory:
    """The port DeskMemory under the key `desk:state`; while the server is away it knows nothing."""

    KEY = "desk:state"

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def read(self) -> DeskRecord | None:
        """Return what was written last, None where nothing ever was or nobody answers; UNREADABLE for nonsense."""
        try:
            with lost_is_unavailable():
                text: Any = self._client.get(self.KEY)
            return DeskRecord.read(text) if text else None
        except StreamUnavailable:
            return None
        except ValueError:
            return UNREADABLE

    def write(self, record: DeskRecord) -> None:
        """Keep this in place of what was written before; raises MemoryUnavailable."""
        try:
            with lost_is_unavailable():
                self._client.set(self.KEY, record.written())
        except StreamUnavailable as error:
            raise MemoryUnavailable(str(error)) from error
