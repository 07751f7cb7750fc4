from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. A replay's clock runs `speed` times as fast as the wall's."""

    @property
    def speed(self) -> float:
        """Market seconds a real second."""
        ...

    def now(self) -> datetime:
        """Return the market's time, aware UTC."""
        ...

    def steady(self) -> float:
        """Return real seconds since some instant: nobody can set them, and they go on while the machine sleeps."""
        ...
