from collections.abc import Callable
from typing import Any

import redis

from engine.adapters.redis.connection import lost_is_unavailable
from engine.errors import MemoryUnavailable, StreamUnavailable
from engine.model.desk_record import UNREADABLE, DeskRecord
from engine.ports.memory import whatever_was_known


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
            return _read(text)
        except StreamUnavailable:
            return None

    def write(self, record: DeskRecord, may_replace: Callable[[DeskRecord | None], bool] = whatever_was_known) -> None:
        """Keep this in place of what was written before, if that may be replaced; raises MemoryUnavailable."""

        def change(pipe: Any) -> None:
            known = _read(pipe.get(self.KEY))
            pipe.multi()
            if may_replace(known):
                pipe.set(self.KEY, record.written())

        try:
            with lost_is_unavailable():
                self._client.transaction(change, self.KEY)  # begins anew where another process wrote meanwhile
        except StreamUnavailable as error:
            raise MemoryUnavailable(str(error)) from error


def _read(text: Any) -> DeskRecord | None:
    try:
        return DeskRecord.read(text) if text else None
    except ValueError:
        return UNREADABLE
