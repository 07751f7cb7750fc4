from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.model.market import Headline
from engine.model.signal import Finding


class News(Protocol):
    """Headlines. Raises NewsUnavailable."""

    def headlines(self, symbols: Sequence[str], since: datetime) -> tuple[Headline, ...]:
        """Return what was published after an instant about any of the symbols, oldest first."""
        ...


class NewsScorer(Protocol):
    """Turns headlines into findings. Raises NewsUnavailable, whose text is a NoScore."""

    @property
    def name(self) -> str:
        """Name the scorer as cards show it: 'keywords' or 'claude'."""
        ...

    def findings(self, symbol: str, headlines: Sequence[Headline]) -> tuple[Finding, ...]:
        """Return what the headlines say about a symbol; each finding is within +-3 tenths and cites its headline."""
        ...
