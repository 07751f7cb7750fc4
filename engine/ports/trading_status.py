from collections.abc import Collection, Mapping
from typing import Protocol

from engine.model.symbol_halt import TradingStatus


class TradingStatuses(Protocol):
    """What the exchanges tell of halts, from a stream. Only one process at a time may hear it."""

    @property
    def is_heard(self) -> bool | None:
        """Whether the stream is heard now; None where there is none to hear."""
        ...

    def listen(self, symbols: Collection[str]) -> Mapping[str, TradingStatus]:
        """Hear of these symbols from now on; return at once the last word on each, as this connection told it.

        A symbol of which it told nothing is missing, and all are while there is no connection: what an earlier one
        told may have changed unheard.
        """
        ...

    def stop_listening(self) -> None:
        """Hang up, and leave the stream to another process; harmless where nobody listens."""
        ...
