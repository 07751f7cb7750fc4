import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.local_slack.seed import Json

Sees = Callable[[str], bool]


def everybody(_user: str) -> bool:
    """Let every person see it."""
    return True


class LiveUpdates:
    """Tells the people who are looking what they can see, as it happens."""

    def __init__(self) -> None:
        self._looking: dict[asyncio.Queue[Json], str] = {}

    @contextmanager
    def look(self, user: str) -> Iterator[asyncio.Queue[Json]]:
        """Collect what one person can see for as long as the context is open."""
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._looking[queue] = user
        try:
            yield queue
        finally:
            del self._looking[queue]

    def send(self, event: Json, sees: Sees = everybody) -> None:
        """Pass an event on to those who can see it."""
        for queue, user in self._looking.items():
            if sees(user):
                queue.put_nowait(event)
