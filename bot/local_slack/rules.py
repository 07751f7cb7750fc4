from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Final


class Tier(IntEnum):
    """Slack's tiers of methods; SPECIAL is for those of which Slack says only that they take hundreds a minute."""

    ONE = 1
    TWO = 2
    THREE = 3
    FOUR = 4
    SPECIAL = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """How often a method may be called: `burst` times at once, then `per_minute` times a minute."""

    per_minute: float
    burst: int


TIERS: Final[Mapping[Tier, Quota]] = MappingProxyType(
    {
        Tier.ONE: Quota(per_minute=1, burst=3),
        Tier.TWO: Quota(per_minute=20, burst=20),
        Tier.THREE: Quota(per_minute=50, burst=50),
        Tier.FOUR: Quota(per_minute=100, burst=100),
        Tier.SPECIAL: Quota(per_minute=300, burst=300),
    }
)
"""What Slack grants at least; how much more in a burst it does not say, so there is no more here."""

UNHURRIED: Final[Mapping[Tier, Quota]] = MappingProxyType(dict.fromkeys(Tier, Quota(per_minute=1e6, burst=10**6)))
"""For what lives through days in minutes, where Slack's limits of a minute would hold up what Slack would not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """Slack's deadlines in seconds and its budgets; tests shorten them."""

    acknowledge_within: float = 3.0
    trigger_lives: float = 3.0
    response_url_lives: float = 30 * 60.0
    response_url_uses: int = 5
    posts_a_second: float = 1.0
    post_burst: int = 4
    tiers: Mapping[Tier, Quota] = field(default_factory=lambda: TIERS)
    connections: int = 10
    warn_before_disconnect: float = 10.0
    ticket_lives: float = 30.0
    event_retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    interaction_retries: tuple[float, ...] = (0.0,)
    # slack_sdk's own client reads in steps as long as the pause between two pings: a short one lets it close sooner.
    ping_every: float = 1.0
    clock_every: float = 1.0
    # Slack only warns of a message whose blocks have no text beside them for notifications and screen readers.
    text_beside_blocks: bool = False
    # Workspaces get new blocks at different times; one without them refuses containers, and tables and charts of data.
    takes_newer_blocks: bool = True
