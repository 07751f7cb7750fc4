"""Methods that read: conversations, people, user groups and the bot itself."""

from collections.abc import Sequence
from typing import Any, Final

from bot.demo.api_method import Method
from bot.demo.errors import SlackRefused
from bot.demo.messages import Message
from bot.demo.seed import Channel, Json
from bot.demo.web_args import Args
from bot.demo.workspace import Workspace


def _channels(workspace: Workspace, args: Args) -> Json:
    kinds = (args.optional("types") or "public_channel").replace(" ", "").split(",")
    found = [channel for channel in workspace.channels.values() if _kind(channel) in kinds]
    return _page("channels", [_channel(workspace, channel) for channel in found], args)


def _bot_channels(workspace: Workspace, args: Args) -> Json:
    found = [channel for channel in workspace.channels.values() if channel.has_bot and not channel.is_im]
    return _page("channels", [_channel(workspace, channel) for channel in found], args)


def _channel_info(workspace: Workspace, args: Args) -> Json:
    return {"channel": _channel(workspace, workspace.channel(args.need("channel")))}


def _history(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel(args.need("channel"))
    listed = [each for each in workspace.listed(channel.id) if each.broadcast or not each.is_reply]
    return _page("messages", _shown(workspace, reversed(_between(listed, args))), args)


def _replies(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel(args.need("channel"))
    thread = workspace.thread(channel.id, args.need("ts"))
    if not thread or thread[0].is_reply:
        raise SlackRefused("thread_not_found")
    return _page("messages", _shown(workspace, _between(thread, args)), args)


def _members(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel(args.need("channel"))
    people = channel.members or tuple(workspace.users)
    return _page("members", [*people, *([workspace.app.user_id] if channel.has_bot else [])], args)


def _open_direct(workspace: Workspace, args: Args) -> Json:
    named = args.optional("users") or ""
    if not named and args.optional("channel"):
        return {"channel": {"id": workspace.channel(args.need("channel")).id}}
    if "," in named:
        raise SlackRefused("method_not_supported_for_channel_type")
    return {"channel": {"id": workspace.direct(named).id}}


def _user_info(workspace: Workspace, args: Args) -> Json:
    user_id = args.need("user")
    found = next((each for each in _people(workspace) if each["id"] == user_id), None)
    if found is None:
        raise SlackRefused("user_not_found")
    return {"user": found}


def _users(workspace: Workspace, args: Args) -> Json:
    return _page("members", _people(workspace), args)


def _group_members(workspace: Workspace, args: Args) -> Json:
    group = args.need("usergroup")
    if group not in workspace.usergroups:
        raise SlackRefused("no_such_subteam")
    return {"users": list(workspace.usergroups[group])}


def _bot_info(workspace: Workspace, args: Args) -> Json:
    app = workspace.app
    if args.optional("bot") != app.bot_id:
        raise SlackRefused("bot_not_found")
    return {"bot": {"id": app.bot_id, "app_id": app.id, "user_id": app.user_id, "name": app.name, "deleted": False}}


def _page(name: str, items: Sequence[Any], args: Args) -> Json:
    start, limit = args.number("cursor", 0) if args.optional("cursor") else 0, args.number("limit", 100)
    more = start + limit < len(items)
    cursor = {"response_metadata": {"next_cursor": str(start + limit) if more else ""}}
    return {name: list(items[start : start + limit]), "has_more": more, **cursor}


def _between(messages: Sequence[Message], args: Args) -> list[Message]:
    oldest, latest = args.optional("oldest") or "", args.optional("latest") or "~"
    edges = {oldest, latest} if args.flag("inclusive") else set()
    seen = [message for message in messages if not message.sent_to]
    return [message for message in seen if oldest < message.ts < latest or message.ts in edges]


def _shown(workspace: Workspace, messages: Any) -> list[Json]:
    return [workspace.for_slack(message) for message in messages]


def _kind(channel: Channel) -> str:
    return "im" if channel.is_im else "private_channel" if channel.members else "public_channel"


def _channel(workspace: Workspace, channel: Channel) -> Json:
    if channel.is_im:
        return {"id": channel.id, "is_im": True, "user": channel.members[0]}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": True,
        "is_im": False,
        "is_private": bool(channel.members),
        "is_archived": False,
        "is_member": channel.has_bot,
        "topic": {"value": channel.topic},
        "num_members": len(channel.members or workspace.users),
    }


def _people(workspace: Workspace) -> list[Json]:
    app = workspace.app
    bot = {"id": app.user_id, "name": app.name, "real_name": app.name, "is_bot": True}
    people = [
        {"id": user.id, "name": user.name, "real_name": user.real_name or user.name, "is_bot": False}
        for user in workspace.users.values()
    ]
    return [
        {
            **each,
            "team_id": workspace.team.id,
            "deleted": False,
            "profile": {"display_name": each["name"], "real_name": each["real_name"]},
        }
        for each in (*people, bot)
    ]


LISTS: Final = {
    "conversations.list": Method(_channels, "channels:read"),
    "conversations.info": Method(_channel_info, "channels:read"),
    "conversations.members": Method(_members, "channels:read"),
    "conversations.history": Method(_history, "channels:history"),
    "conversations.replies": Method(_replies, "channels:history"),
    "conversations.open": Method(_open_direct, "im:write"),
    "users.conversations": Method(_bot_channels, "channels:read"),
    "users.info": Method(_user_info, "users:read"),
    "users.list": Method(_users, "users:read"),
    "usergroups.users.list": Method(_group_members, "usergroups:read"),
    "bots.info": Method(_bot_info, "users:read"),
}
