"""Who is in Slack's user groups: asked for when a group is needed, remembered for a few minutes.

A group whose members Slack will not tell keeps those it had last; one that was never told has none.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Final

import structlog
from slack_sdk import WebClient

from bot.posting import SlackAway, SlackRefuses, call

FRESH: Final = 120.0
"""Seconds for which what Slack told is used as it is; then it is asked again, while nobody waits."""

STALE: Final = 600.0
"""Seconds after which a person waits for Slack's answer instead; while it answers, nobody keeps a role for longer."""

PAUSE: Final = 30.0
"""Seconds to the next question after one that Slack did not answer."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A group's members as Slack told them, and when: seconds of the clock that only runs."""

    members: frozenset[str]
    at: float


class Groups:
    """The members of user groups by id; `clock` counts seconds and never goes back."""

    def __init__(self, client: WebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._told: dict[str, Told] = {}
        self._asked: dict[str, float] = {}
        self._asking = Lock()
        self._noting = Lock()

    def members(self, group: str) -> frozenset[str]:
        """Return a group's members, nobody where Slack never told."""
        age = self._age(group)
        if age >= STALE:
            with self._asking:  # who comes while Slack is asked waits for the same answer
                if self._age(group) >= STALE and self._is_due(group):
                    self._ask(group)
        elif age >= FRESH and self._is_due(group):
            Thread(target=self._ask, args=(group,), name="groups", daemon=True).start()
        told = self._told.get(group)
        return told.members if told else frozenset()

    def _age(self, group: str) -> float:
        told = self._told.get(group)
        return self._clock() - told.at if told else STALE

    def _is_due(self, group: str) -> bool:
        """Tell whether to ask now, and note that it is done: one question in a pause."""
        with self._noting:
            now = self._clock()
            if now - self._asked.get(group, -PAUSE) < PAUSE:
                return False
            self._asked[group] = now
            return True

    def _ask(self, group: str) -> None:
        asked = self._clock()
        try:
            answer = call(self._client.usergroups_users_list, usergroup=group)
        except (SlackAway, SlackRefuses) as error:
            log.warning("group_not_told", group=group, error=str(error), known=group in self._told)
            return
        users = answer.get("users")
        if not isinstance(users, list) or not all(isinstance(user, str) for user in users):
            log.warning(
                "group_not_told", group=group, error=f"no list of users: {users!r:.80}", known=group in self._told
            )
            return
        self._told[group] = Told(members=frozenset(users), at=asked)
