"""Who is in Slack's user groups. One that Slack refuses to tell of, for it is gone or not ours to see, has nobody.

While Slack does not answer, a group keeps the members that it told within the last minute, and then has none.
"""

import time
from collections.abc import Callable

import structlog
from slack_sdk import WebClient

from bot.transport.slack_calls import SlackAway, SlackRefuses, call
from bot.ttl_cache import TtlCache

NOBODY: frozenset[str] = frozenset()

log = structlog.get_logger()


class UserGroups:
    """The members of user groups by id; `clock` counts seconds and never goes back."""

    def __init__(self, client: WebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._told = TtlCache(self._ask, clock)

    def members(self, group: str) -> frozenset[str]:
        """Return who is in a group, as Slack told within a minute; nobody where it did not."""
        return self._told.get(group) or NOBODY

    def last_members(self, group: str) -> frozenset[str]:
        """Return the same; while Slack gives no answer, who was in the group within the last hour."""
        return self._told.lately(group) or NOBODY

    def forget(self, group: str) -> None:
        """Take in that a group changed: Slack is asked again before anybody in it has a role."""
        self._told.forget(group)

    def forget_all(self) -> None:
        """Take in that any group may have changed."""
        self._told.forget_all()

    def _ask(self, group: str) -> frozenset[str] | None:
        try:
            answer = call(self._client.usergroups_users_list, usergroup=group)
        except SlackRefuses as refusal:
            log.warning("group_has_nobody", group=group, word=str(refusal))
            return NOBODY
        except SlackAway as error:
            log.warning("group_not_told", group=group, error=str(error))
            return None
        users = answer.get("users")
        if not isinstance(users, list) or not all(isinstance(user, str) for user in users):
            log.warning("group_not_told", group=group, error=f"no list of users: {users!r:.80}")
            return None
        return frozenset(users)
