"""Which channels the bot may read, know of and write to, and Slack's words where it may not."""

from typing import Final

from bot.local_slack.errors import MissingScope, SlackRefused
from bot.local_slack.seed import Channel
from bot.local_slack.workspace import Workspace

_FAMILIES: Final = {"public_channel": "channels", "private_channel": "groups", "im": "im"}


def family(channel: Channel) -> str:
    """Return the first half of the scopes that a channel needs: channels, groups or im."""
    return _FAMILIES[channel.kind]


def found(workspace: Workspace, channel_id: str) -> Channel:
    """Return a channel that exists for the bot: a private one exists only for those in it (channel_not_found)."""
    channel = workspace.channel(channel_id)
    if channel.kind == "private_channel" and not channel.has_bot:
        raise SlackRefused("channel_not_found")
    return channel


def known(workspace: Workspace, channel_id: str) -> Channel:
    """Return a channel that the bot may know of; raises SlackRefused (channel_not_found, missing_scope)."""
    channel = found(workspace, channel_id)
    need(workspace, f"{family(channel)}:read")
    return channel


def readable(workspace: Workspace, channel_id: str) -> Channel:
    """Return a channel to read; raises SlackRefused (channel_not_found, missing_scope, not_in_channel)."""
    channel = found(workspace, channel_id)
    need(workspace, f"{family(channel)}:history")
    if not channel.has_bot:
        raise SlackRefused("not_in_channel")
    return channel


def addressed(workspace: Workspace, name: str) -> Channel:
    """Return where a message goes: a channel by id or name, or a person; raises SlackRefused."""
    if name in workspace.users:
        channel = workspace.direct(name)
    else:
        by_name = {each.name: each.id for each in workspace.channels.values() if not each.is_im}
        channel = found(workspace, by_name.get(name.removeprefix("#"), name))
    if channel.is_im and not workspace.app.messages_tab:
        raise SlackRefused("messages_tab_disabled")
    if channel.is_archived:
        raise SlackRefused("is_archived")
    if not channel.has_bot and "chat:write.public" not in (workspace.app.scopes or ()):
        raise SlackRefused("not_in_channel")
    return channel


def need(workspace: Workspace, *scopes: str) -> None:
    """Raise MissingScope unless the token has one of the scopes."""
    granted = workspace.app.scopes
    if granted is not None and not set(scopes) & set(granted):
        raise MissingScope(",".join(scopes))
