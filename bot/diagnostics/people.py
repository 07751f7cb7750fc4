"""The doctor's word on people: whom the roles name, and who from outside reads along in the desk's channel."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from bot.access import is_group
from bot.diagnostics.checks import CheckFailed
from bot.people import is_guest, is_outside
from bot.settings import SlackSettings
from bot.transport.slack_calls import SlackAway, SlackRefuses, call
from bot.transport.web_client import SlackClient

MOST: Final = 100
"""People of a channel that are looked at; Slack answers about so many in a minute."""
SHARED: Final = ("is_ext_shared", "is_pending_ext_shared")
"""How Slack marks a channel that another organisation is in, or is invited to."""

Ask = Callable[..., Any]
"""Calls Slack; raises Unwell with Slack's own word."""


class PeopleChecks:
    """Looks at people and groups by asking Slack through `ask`."""

    def __init__(self, settings: SlackSettings, client: SlackClient, ask: Ask) -> None:
        self._settings = settings
        self._client = client
        self._ask = ask

    def named(self) -> None:
        """Raise Unwell with the people and groups in the lists that are not there."""
        settings = self._settings
        names = sorted({*settings.admins, *settings.traders, *settings.viewers})
        gone = [name for name in names if not (self._is_group_there(name) if is_group(name) else self._is_there(name))]
        if gone:
            raise CheckFailed(
                f"not in this workspace or deactivated: {', '.join(gone)}",
                "Remove them from ADMINS, TRADERS and VIEWERS; they have no role",
            )

    def outside(self) -> str:
        """Say that nobody from outside reads the channel; raises Unwell where it is shared or has guests."""
        channel = self._settings.slack_channel
        shown = self._ask(self._client.conversations_info, channel=channel)["channel"]
        if any(shown.get(mark) for mark in SHARED):
            raise CheckFailed(
                "shared with another organisation (Slack Connect), which can read every proposal and fill",
                "Move the desk to an internal channel; outsiders have no role unless listed by their own ID",
            )
        answer = self._ask(self._client.conversations_members, channel=channel, limit=MOST)
        team = str(self._ask(self._client.auth_test)["team_id"])
        members = [str(user) for user in answer["members"]]
        guests = sorted(self._from_outside(members, team))
        if guests:
            raise CheckFailed(
                f"guests can read it: {', '.join(guests)}",
                "Remove them from the channel, or list their IDs in VIEWERS if they should read it",
            )
        more = (answer.get("response_metadata") or {}).get("next_cursor")
        return f"no guests among its first {MOST} members" if more else "no guests in it"

    def _from_outside(self, members: Iterable[str], team: str) -> Iterable[str]:
        named = {*self._settings.admins, *self._settings.traders, *self._settings.viewers}
        for user in members:
            if user not in named:
                profile = self._ask(self._client.users_info, user=user)["user"]
                if is_guest(profile) or is_outside(profile, team):
                    yield user

    def _is_there(self, user: str) -> bool:
        try:
            return not call(self._client.users_info, user=user)["user"].get("deleted")
        except SlackAway as away:
            raise CheckFailed(f"can't reach Slack ({away})") from away
        except SlackRefuses as refusal:
            return self._must_be_about_them(refusal, "user_not_found")

    def _is_group_there(self, group: str) -> bool:
        try:
            call(self._client.usergroups_users_list, usergroup=group)
        except SlackAway as away:
            raise CheckFailed(f"can't reach Slack ({away})") from away
        except SlackRefuses as refusal:
            return self._must_be_about_them(refusal, "no_such_subteam")
        return True

    def _must_be_about_them(self, refusal: SlackRefuses, word: str) -> bool:
        """Return False for a refusal that says that they are not there; raises Unwell for any other."""
        if str(refusal) != word:
            raise CheckFailed(str(refusal)) from refusal
        return False
