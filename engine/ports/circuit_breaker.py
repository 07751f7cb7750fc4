from enum import StrEnum
from typing import Protocol


class Passing(StrEnum):
    """What a circuit breaker says of a call: pass it, pass it as the one probe, do not make it."""

    FREE = "free"
    PROBE = "probe"
    SHUT = "shut"


class Breaker(Protocol):
    """The circuit breaker of one service, shared by all who call it. Raises StreamUnavailable.

    After five failures in a row it is open for a while, and nobody calls; then one probe passes, and what becomes of it
    closes or opens it again.
    """

    def passing(self) -> Passing:
        """Tell whether a call may be made now; the answer PROBE is given to one."""
        ...

    def is_closed(self) -> bool:
        """Tell whether the service is believed to work; takes no probe."""
        ...

    def worked(self) -> None:
        """Note that the service answered."""
        ...

    def failed(self) -> None:
        """Note that it did not."""
        ...
