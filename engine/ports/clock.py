from datetime import datetime, timedelta
from typing import Final, Protocol

CLOCKS_DIFFER: Final = timedelta(seconds=5)
"""What another machine's clock dated may seem this far in the future: two clocks are never quite the same."""


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
