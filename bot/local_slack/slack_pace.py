import math

from bot.local_slack.errors import RateLimited
from bot.local_slack.passes import Now
from bot.local_slack.rules import Rules, Tier


class SlackPace:
    """Slack's two limits: about one post a second and channel, and for each method so many calls a minute."""

    def __init__(self, rules: Rules, now: Now) -> None:
        self._rules = rules
        self._now = now
        self._left: dict[tuple[str, str], tuple[float, float]] = {}

    def post(self, channel: str) -> None:
        """Count a post in a channel; raises RateLimited when it comes too early."""
        self._take(("post", channel), self._rules.post_burst, self._rules.posts_a_second)

    def call(self, method: str, tier: Tier) -> None:
        """Count a call of a method; raises RateLimited when its tier has no room left."""
        quota = self._rules.tiers[tier]
        self._take(("call", method), quota.burst, quota.per_minute / 60)

    def _take(self, key: tuple[str, str], burst: int, a_second: float) -> None:
        now = self._now()
        left, since = self._left.get(key, (float(burst), now))
        left = min(float(burst), left + (now - since) * a_second)
        if left < 1:
            self._left[key] = (left, now)
            raise RateLimited(math.ceil((1 - left) / a_second))
        self._left[key] = (left - 1, now)
