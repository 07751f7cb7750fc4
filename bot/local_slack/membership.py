from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.local_slack import payloads
from bot.local_slack.access import family
from bot.local_slack.api_people import person
from bot.local_slack.seed import Json, User
from bot.local_slack.socket_mode import SocketMode
from bot.local_slack.workspace import Workspace

Step = Callable[[], None]
SCOPES: Final = {"subteam": "usergroups:read", "user": "users:read", "team": "users:read"}
"""The scope without which an app hears nothing of a kind of event, by how the event's name begins."""


class Membership:
    """What an administrator of the workspace does to people and groups, for tests; the bot is told as Slack tells it.

    While `is_silent` no event is sent: Slack loses some, and sends none that the manifest does not subscribe to.
    """

    def __init__(self, workspace: Workspace, socket: SocketMode, in_turn: Callable[[Step], None]) -> None:
        self._workspace = workspace
        self._socket = socket
        self._in_turn = in_turn
        self.is_silent = False

    def set_group(self, group: str, members: Sequence[str]) -> None:
        """Make a user group, or change who is in it."""

        def step() -> None:
            before = self._workspace.usergroups.get(group, ())
            self._workspace.usergroups[group] = tuple(members)
            changed = {
                "type": "subteam_members_changed",
                "subteam_id": group,
                "team_id": self._workspace.team.id,
                "added_users": [user for user in members if user not in before],
                "removed_users": [user for user in before if user not in members],
            }
            self._send(changed)

        self._in_turn(step)

    def delete_group(self, group: str) -> None:
        """Disable a user group: from then on there is none (no_such_subteam)."""

        def step() -> None:
            members = self._workspace.usergroups.pop(group, ())
            shown = {"id": group, "is_usergroup": True, "date_delete": int(self._workspace.now())}
            self._send({"type": "subteam_updated", "subteam": {**shown, "users": list(members)}})

        self._in_turn(step)

    def deactivate(self, user: str) -> None:
        """Deactivate a person, who can do nothing any more."""
        self._change(user, is_deleted=True)

    def make_guest(self, user: str, kind: str = "restricted") -> None:
        """Make somebody a guest: restricted, or ultra_restricted to one channel."""
        self._change(user, guest=kind)

    def move(self, user: str, team: str) -> None:
        """Let somebody be of another workspace, as the people are with whom a channel is shared."""
        self._change(user, team=team)

    def add(self, user: User) -> None:
        """Let somebody join."""

        def step() -> None:
            self._workspace.users[user.id] = user
            self._send({"type": "team_join", "user": person(self._workspace, user)})

        self._in_turn(step)

    def remove_from_channel(self, channel_id: str, user: str) -> None:
        """Remove somebody from a channel, which is private from then on."""

        def step() -> None:
            channel = self._workspace.channels[channel_id]
            members = channel.members or tuple(self._workspace.users)
            left = tuple(each for each in members if each != user)
            self._workspace.channels[channel_id] = replace(channel, members=left)
            self._send({"type": "member_left_channel", "user": user, "channel": channel_id, "channel_type": "C"})

        self._in_turn(step)

    def share(self, channel_id: str, team: str) -> None:
        """Share a channel with another workspace."""

        def step() -> None:
            channel = self._workspace.channels[channel_id]
            self._workspace.channels[channel_id] = replace(channel, shared_with=team)
            self._send({"type": "channel_shared", "channel": channel_id, "connected_team_id": team})

        self._in_turn(step)

    def revoke_scope(self, scope: str) -> None:
        """Take a scope from the bot's token; Slack sends no event about it."""

        def step() -> None:
            app = self._workspace.app
            kept = tuple(each for each in app.scopes or () if each != scope)
            self._workspace.app = replace(app, scopes=kept)

        self._in_turn(step)

    def grant_scope(self, scope: str) -> None:
        """Give a scope to the bot's token."""

        def step() -> None:
            app = self._workspace.app
            self._workspace.app = replace(app, scopes=(*(app.scopes or ()), scope))

        self._in_turn(step)

    def _change(self, user: str, **change: Any) -> None:
        def step() -> None:
            changed = self._workspace.users[user] = replace(self._workspace.users[user], **change)
            self._send({"type": "user_change", "user": person(self._workspace, changed)})

        self._in_turn(step)

    def _send(self, event: Json) -> None:
        app = self._workspace.app
        if self.is_silent or not self._workspace.installed or event["type"] not in app.events:
            return
        scope = SCOPES.get(event["type"].partition("_")[0])
        if event["type"] == "member_left_channel":
            scope = f"{family(self._workspace.channels[event['channel']])}:read"
        if scope is None or app.scopes is None or scope in app.scopes:
            self._socket.send(payloads.event_of(self._workspace, event))
