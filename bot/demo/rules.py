from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """Slack's deadlines in seconds and its budgets; tests shorten them."""

    acknowledge_within: float = 3.0
    trigger_lives: float = 3.0
    response_url_lives: float = 30 * 60.0
    response_url_uses: int = 5
    posts_a_second: float = 1.0
    post_burst: int = 4
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
