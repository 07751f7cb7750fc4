"""Who a person is in the workspace: one of its own, somebody from outside, or nobody any more."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import structlog
from slack_sdk import WebClient

from bot.access import Access, Standing
from bot.transport.slack_calls import SlackAway, SlackRefuses, call
from bot.ttl_cache import TtlCache
from bot.user_groups import UserGroups

TEAM: Final = "team"
GUEST: Final = ("is_restricted", "is_ultra_restricted", "is_stranger")
"""How Slack marks those whom the workspace let in for a few channels, and those of another workspace."""
GONE: Final = "user_not_found"
"""Slack's word for somebody who is not there."""

log = structlog.get_logger()


class People:
    """Standing of persons by user id, and members of groups; `clock` counts seconds and never goes back."""

    def __init__(self, client: WebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self.groups = UserGroups(client, clock)
        self._told = TtlCache(self._ask, clock)
        self._team = TtlCache(self._ask_team, clock)
        self._names = TtlCache(self._ask_name, clock)
        self._own_team = ""

    def known_to(self, access: Access) -> Access:
        """Return the same people by role, asking this Slack who they are."""
        return replace(
            access,
            members=self.groups.members,
            last_members=self.groups.last_members,
            standing=self.standing,
            last_standing=self.last_standing,
        )

    def standing(self, user: str) -> Standing:
        """Return who a person is, as Slack told within a minute; UNKNOWN where it did not."""
        return self._told.get(user) or Standing.UNKNOWN

    def last_standing(self, user: str) -> Standing:
        """Return the same; while Slack gives no answer, who the person was within the last hour."""
        return self._told.lately(user) or Standing.UNKNOWN

    def name_of(self, user: str) -> str:
        """Return what a person is called in the workspace, '' where Slack does not tell; their own words, not ours."""
        return self._names.get(user) or ""

    def changed(self, user: str, profile: Mapping[str, Any] | None = None) -> None:
        """Take in that a person changed: somebody deactivated is gone at once, of others Slack is asked again."""
        if profile and profile.get("deleted") is True:
            self._told.put(user, Standing.GONE)
        else:
            self._told.forget(user)

    def changed_all(self) -> None:
        """Take in that anybody may have changed."""
        self._told.forget_all()
        self.groups.forget_all()

    def _ask(self, user: str) -> Standing | None:
        try:
            answer = call(self._client.users_info, user=user)
        except SlackRefuses as refusal:
            log.warning("person_not_shown", user=user, word=str(refusal))
            return Standing.GONE if str(refusal) == GONE else Standing.UNKNOWN
        except SlackAway as error:
            log.warning("person_not_told", user=user, error=str(error))
            return None
        profile = answer.get("user")
        return self._judged(profile) if isinstance(profile, dict) else Standing.UNKNOWN

    def _ask_name(self, user: str) -> str | None:
        try:
            told = call(self._client.users_info, user=user).get("user")
        except (SlackRefuses, SlackAway) as error:
            log.warning("person_not_told", user=user, error=str(error))
            return None
        names = (told.get("real_name"), told.get("name")) if isinstance(told, dict) else ()
        return next((name for name in names if isinstance(name, str) and name), None)

    def _judged(self, profile: Mapping[str, Any]) -> Standing:
        if profile.get("deleted"):
            return Standing.GONE
        if is_guest(profile):
            return Standing.OUTSIDER
        self._own_team = self._own_team or self._team.get(TEAM) or ""
        if not self._own_team:
            return Standing.UNKNOWN
        return Standing.OUTSIDER if is_outside(profile, self._own_team) else Standing.MEMBER

    def _ask_team(self, _key: str) -> str | None:
        try:
            return str(call(self._client.auth_test).get("team_id") or "") or None
        except (SlackRefuses, SlackAway) as error:
            log.warning("workspace_not_told", error=str(error))
            return None


def is_outside(profile: Mapping[str, Any], team: str) -> bool:
    """Tell whether a person, as users.info shows them, is a guest, or of another workspace than `team`."""
    return is_guest(profile) or team not in _teams_of(profile)


def is_guest(profile: Mapping[str, Any]) -> bool:
    """Tell whether a person was let in for some channels only."""
    return any(profile.get(mark) for mark in GUEST)


def _teams_of(profile: Mapping[str, Any]) -> frozenset[str]:
    """Return the workspaces of a person: in an organisation they may be in several."""
    organisation = profile.get("enterprise_user")
    teams = organisation.get("teams") if isinstance(organisation, dict) else None
    return frozenset(map(str, (profile.get("team_id"), *(teams if isinstance(teams, list) else ()))))
