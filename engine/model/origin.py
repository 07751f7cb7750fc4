"""Where a proposal is from: the strategy, or somebody who asked for it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Source(StrEnum):
    """Who proposes a trade; all but the strategy may only propose, and people decide on it."""

    STRATEGY = "strategy"
    DESK = "desk"
    WEBHOOK = "webhook"
    MCP = "mcp"


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a proposal is from, and what was asked for beyond its symbol; prices are dollars a share.

    `by` is the Slack user id of somebody of the desk, or the name by which another sender goes; '' for the strategy.
    `limit` is the most that is paid, `stop` and `target` are the exits as asked; None where the desk's rules say.
    `stop_distance` is that of the stop that a strategy's score brought, a part of the price (0.015 = 1.5 %).
    """

    source: Source = Source.STRATEGY
    by: str = ""
    note: str = ""
    limit: Decimal | None = None
    stop: Decimal | None = None
    target: Decimal | None = None
    stop_distance: Decimal | None = None

    @property
    def is_manual(self) -> bool:
        """Whether somebody asked for it, and no strategy scored it."""
        return self.source is not Source.STRATEGY


BY_STRATEGY = Origin()
"""What no one asked for."""
