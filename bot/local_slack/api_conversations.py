"""Methods of conversations: which there are, what they are, what was said in them."""

from typing import Final

from bot.local_slack.access import family, found, known, need, readable
from bot.local_slack.api_method import Method
from bot.local_slack.errors import SlackRefused
from bot.local_slack.messages import StoredMessage
from bot.local_slack.paging import between, message_page, page
from bot.local_slack.rules import Tier
from bot.local_slack.seed import Channel, Json
from bot.local_slack.web_args import Args
from bot.local_slack.workspace import Workspace

_KINDS: Final = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
READ: Final = tuple(f"{each}:read" for each in _KINDS.values())
HISTORY: Final = tuple(f"{each}:history" for each in _KINDS.values())


def _list(workspace: Workspace, args: Args) -> Json:
    kinds = _kinds(workspace, args)
    everything = [each for each in workspace.channels.values() if each.kind in kinds]
    there = [each for each in everything if each.kind != "private_channel" or each.has_bot]
    return page("channels", [_channel(workspace, each) for each in _unarchived(there, args)], args)


def _of_bot(workspace: Workspace, args: Args) -> Json:
    kinds = _kinds(workspace, args)
    there = [each for each in workspace.channels.values() if each.has_bot and each.kind in kinds]
    return page("channels", [_channel(workspace, each) for each in _unarchived(there, args)], args)


def _info(workspace: Workspace, args: Args) -> Json:
    channel = known(workspace, args.need("channel"))
    shown = _channel(workspace, channel)
    if args.flag("include_num_members"):
        shown["num_members"] = len(_people(workspace, channel))
    return {"channel": shown}


def _history(workspace: Workspace, args: Args) -> Json:
    channel = readable(workspace, args.need("channel"))
    listed = [each for each in workspace.listed(channel.id) if each.broadcast or not each.is_reply]
    newest_first = list(reversed(between(listed, args)))
    told = message_page(newest_first, args, lambda each: _shown(workspace, each, args), newest_first=True)
    latest = args.optional("latest")
    return {**told, "pin_count": 0, **({"latest": latest} if latest else {})}


def _replies(workspace: Workspace, args: Args) -> Json:
    channel = readable(workspace, args.need("channel"))
    thread = workspace.thread(channel.id, args.need("ts"))
    if not thread:
        raise SlackRefused("thread_not_found")
    inside = between(thread, args)
    return message_page(inside, args, lambda each: _shown(workspace, each, args), newest_first=False)


def _members(workspace: Workspace, args: Args) -> Json:
    return page("members", _people(workspace, known(workspace, args.need("channel"))), args)


def _open(workspace: Workspace, args: Args) -> Json:
    named = args.optional("users") or ""
    if not named and args.optional("channel"):
        return {"channel": {"id": found(workspace, args.need("channel")).id}}
    if not named:
        raise SlackRefused("users_list_not_supplied")
    if "," in named:
        raise SlackRefused("method_not_supported_for_channel_type")
    need(workspace, "im:write")
    was_open = workspace.has_direct(named)
    channel = workspace.direct(named)
    shown = _channel(workspace, channel) if args.flag("return_im") else {"id": channel.id}
    return {**({"no_op": True, "already_open": True} if was_open else {}), "channel": shown}


def _kinds(workspace: Workspace, args: Args) -> list[str]:
    kinds = (args.optional("types") or "public_channel").replace(" ", "").split(",")
    if not set(kinds) <= set(_KINDS):
        raise SlackRefused("invalid_types")
    for kind in kinds:
        need(workspace, f"{_KINDS[kind]}:read")
    return kinds


def _unarchived(channels: list[Channel], args: Args) -> list[Channel]:
    return [each for each in channels if not (each.is_archived and args.flag("exclude_archived"))]


def _people(workspace: Workspace, channel: Channel) -> list[str]:
    people = channel.members or tuple(workspace.users)
    return [*people, *([workspace.app.user_id] if channel.has_bot else [])]


def _shown(workspace: Workspace, message: StoredMessage, args: Args) -> Json:
    """Return a message with all its metadata where the call asks for it, else with the type of event alone."""
    shown = workspace.for_slack(message)
    if "metadata" in shown and not args.flag("include_all_metadata"):
        shown["metadata"] = {"event_type": shown["metadata"]["event_type"]}
    return shown


def _channel(workspace: Workspace, channel: Channel) -> Json:
    common = {"id": channel.id, "created": 0, "is_archived": channel.is_archived, "is_im": channel.is_im}
    if channel.is_im:
        return {**common, "user": channel.members[0], "is_org_shared": False, "is_open": True}
    return {
        **common,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_mpim": False,
        "is_general": False,
        "is_private": family(channel) == "groups",
        "is_member": channel.has_bot,
        "is_shared": bool(channel.shared_with),
        "is_org_shared": False,
        "is_ext_shared": bool(channel.shared_with),
        "shared_team_ids": [workspace.team.id, *([channel.shared_with] if channel.shared_with else [])],
        "context_team_id": workspace.team.id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


CONVERSATIONS: Final = {
    "conversations.list": Method(_list, Tier.TWO, READ, takes_json=False),
    "conversations.info": Method(_info, Tier.THREE, READ, takes_json=False),
    "conversations.members": Method(_members, Tier.FOUR, READ, takes_json=False),
    "conversations.history": Method(_history, Tier.THREE, HISTORY),
    "conversations.replies": Method(_replies, Tier.THREE, HISTORY, takes_json=False),
    "conversations.open": Method(_open, Tier.THREE, ("channels:manage", "groups:write", "im:write", "mpim:write")),
    "users.conversations": Method(_of_bot, Tier.THREE, READ, takes_json=False),
}
