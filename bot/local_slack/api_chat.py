from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from bot.local_slack.access import addressed, found
from bot.local_slack.api_method import Method
from bot.local_slack.errors import SlackRefused
from bot.local_slack.limits import UPDATED_TEXT
from bot.local_slack.messages import StoredMessage, read_draft
from bot.local_slack.rules import Tier
from bot.local_slack.seed import Json
from bot.local_slack.web_args import Args
from bot.local_slack.workspace import Workspace


def _post(workspace: Workspace, args: Args) -> Json:
    channel = addressed(workspace, args.need("channel"))
    draft = read_draft(args, workspace.uploads, workspace.rules)
    thread_ts = args.optional("thread_ts") or None
    broadcast = thread_ts is not None and args.flag("reply_broadcast")
    workspace.pace.post(channel.id)
    message = workspace.post(channel, draft, thread_ts=thread_ts, broadcast=broadcast)
    return {"channel": channel.id, "ts": message.ts, "message": workspace.for_slack(message)}


def _post_ephemeral(workspace: Workspace, args: Args) -> Json:
    channel = addressed(workspace, args.need("channel"))
    user = args.need("user")
    if user not in workspace.users or not channel.admits(user):
        raise SlackRefused("user_not_in_channel")
    draft = read_draft(args, workspace.uploads, workspace.rules)
    message = workspace.post(channel, draft, thread_ts=args.optional("thread_ts") or None, sent_to=user)
    return {"message_ts": message.ts}


def _update(workspace: Workspace, args: Args) -> Json:
    message = _own(workspace, args, "cant_update_message")
    if workspace.channel(message.channel).is_archived:
        raise SlackRefused("is_inactive")
    draft = read_draft(args, workspace.uploads, workspace.rules, UPDATED_TEXT)
    changed = workspace.rewrite(message, draft, edited=True)
    shown = workspace.for_slack(changed)
    return {"channel": changed.channel, "ts": changed.ts, "text": shown["text"], "message": shown}


def _delete(workspace: Workspace, args: Args) -> Json:
    message = _own(workspace, args, "cant_delete_message")
    workspace.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def _permalink(workspace: Workspace, args: Args) -> Json:
    message = _seen(workspace, args, "message_ts")
    query = urlencode({"channel": message.channel, "message_ts": message.ts})
    return {"channel": message.channel, "permalink": f"{workspace.url}/?{query}"}


def _react(workspace: Workspace, args: Args) -> Json:
    message = _reactable(workspace, args)
    reactions = dict(message.reactions or {})
    users = reactions.get(args.need("name"), ())
    if workspace.app.user_id in users:
        raise SlackRefused("already_reacted")
    reactions[args.need("name")] = (*users, workspace.app.user_id)
    workspace.change(replace(message, reactions=reactions))
    return {}


def _unreact(workspace: Workspace, args: Args) -> Json:
    message = _reactable(workspace, args)
    reactions = dict(message.reactions or {})
    users = reactions.pop(args.need("name"), ())
    if workspace.app.user_id not in users:
        raise SlackRefused("no_reaction")
    others = tuple(user for user in users if user != workspace.app.user_id)
    workspace.change(replace(message, reactions=reactions | ({args.need("name"): others} if others else {})))
    return {}


def _reactable(workspace: Workspace, args: Args) -> StoredMessage:
    message = _seen(workspace, args, "timestamp")
    if workspace.channel(message.channel).is_archived:
        raise SlackRefused("is_archived")
    return message


def _seen(workspace: Workspace, args: Args, name: str) -> StoredMessage:
    message = workspace.message(found(workspace, args.need("channel")).id, args.need(name))
    if message.sent_to:
        raise SlackRefused("message_not_found")
    return message


def _own(workspace: Workspace, args: Args, error: str) -> StoredMessage:
    message = _seen(workspace, args, "ts")
    if not message.from_bot:
        raise SlackRefused(error)
    return message


CHAT: Final = {
    "chat.postMessage": Method(_post, Tier.SPECIAL, ("chat:write",)),
    "chat.postEphemeral": Method(_post_ephemeral, Tier.FOUR, ("chat:write",)),
    "chat.update": Method(_update, Tier.THREE, ("chat:write",)),
    "chat.delete": Method(_delete, Tier.THREE, ("chat:write",)),
    "chat.getPermalink": Method(_permalink, Tier.SPECIAL, takes_json=False),
    "reactions.add": Method(_react, Tier.THREE, ("reactions:write",)),
    "reactions.remove": Method(_unreact, Tier.TWO, ("reactions:write",)),
}
