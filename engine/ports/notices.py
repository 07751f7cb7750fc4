from typing import Protocol


class Notices(Protocol):
    """The way to the desk: delivers what waits in the outbox."""

    def wake(self) -> None:
        """Say that something may be waiting; returns at once."""
        ...
