"""The shapes in which Slack tells a bot what a person did."""

import re
from secrets import token_hex
from typing import Any, Final

from bot.local_slack.blocks import usable
from bot.local_slack.escaping import escaped
from bot.local_slack.inputs import FIELDS, state
from bot.local_slack.messages import StoredMessage
from bot.local_slack.seed import Channel, Json, SeedCommand, SeedShortcut
from bot.local_slack.views import View
from bot.local_slack.workspace import Workspace

# Slack's old way of proving itself, which bots on Socket Mode do not look at.
_TOKEN: Final = "local-workspace"  # noqa: S105  it proves nothing and opens nothing


def slash_command(workspace: Workspace, user: str, channel: Channel, command: SeedCommand, text: str) -> Json:
    """Return the body of a slash command."""
    token = workspace.response_urls.issue(channel.id, user)
    return {
        "token": _TOKEN,
        "team_id": workspace.team.id,
        "team_domain": workspace.team.domain,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": user,
        "user_name": workspace.users[user].name,
        "command": command.command,
        "text": _with_names(workspace, escaped(text)) if command.should_escape else escaped(text),
        "api_app_id": workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": f"{workspace.url}/respond/{token}",
        "trigger_id": workspace.triggers.issue(user),
    }


def message_action(workspace: Workspace, user: str, message: StoredMessage, action: Json) -> Json:
    """Return block_actions for an element of a message."""
    token = workspace.response_urls.issue(message.channel, user, message.ts)
    container = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = {
        **_act(workspace, user, "block_actions"),
        "container": {**container, "is_ephemeral": message.sent_to is not None},
        "trigger_id": workspace.triggers.issue(user),
        "channel": _channel(workspace, message.channel),
        "state": state(message.all_blocks, workspace.choices.of(message, user)),
        "response_url": f"{workspace.url}/respond/{token}",
        "actions": [action],
    }
    # Slack does not show a bot its own ephemeral messages.
    return payload if message.sent_to else {**payload, "message": workspace.for_slack(message)}


def view_action(workspace: Workspace, user: str, view: View, action: Json) -> Json:
    """Return block_actions for an element of a modal or a home."""
    is_modal = view.body["type"] == "modal"
    return {
        **_act(workspace, user, "block_actions"),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": workspace.triggers.issue(user, view.id if is_modal else None),
        "view": workspace.views.for_slack(view),
        "actions": [action],
    }


def action(block: Json, element: Json, chosen: Any, action_ts: str) -> Json:
    """Return one entry of `actions`."""
    told = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
    if element["type"] == "button":
        own: Json = {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    else:
        own = {FIELDS[element["type"]][0]: chosen}
    return {**told, **own, "action_ts": action_ts}


def view_submission(workspace: Workspace, user: str, view: View) -> Json:
    """Return the submission of a modal."""
    return {
        **_act(workspace, user, "view_submission"),
        "trigger_id": workspace.triggers.issue(user, view.id),
        "view": workspace.views.for_slack(view),
        "response_urls": _response_urls(workspace, user, view),
    }


def view_closed(workspace: Workspace, user: str, view: Json, *, is_cleared: bool) -> Json:
    """Return the closing of a modal that asked to be told."""
    return {**_act(workspace, user, "view_closed"), "view": view, "is_cleared": is_cleared}


def shortcut(workspace: Workspace, user: str, called: SeedShortcut, message: StoredMessage | None) -> Json:
    """Return a global shortcut, or one on a message."""
    common = {
        **_act(workspace, user, "shortcut"),
        "callback_id": called.callback_id,
        "trigger_id": workspace.triggers.issue(user),
        "action_ts": workspace.timestamps.next(),
    }
    if message is None:
        return common
    token = workspace.response_urls.issue(message.channel, user)
    return {
        **common,
        "type": "message_action",
        "channel": _channel(workspace, message.channel),
        "message_ts": message.ts,
        "message": workspace.for_slack(message),
        "response_url": f"{workspace.url}/respond/{token}",
    }


def home_opened(workspace: Workspace, user: str) -> Json:
    """Return the event that a person opened the app's home."""
    home = workspace.views.home(user)
    event = {"type": "app_home_opened", "user": user, "channel": workspace.direct(user).id, "tab": "home"}
    return event_of(workspace, {**event, **({"view": workspace.views.for_slack(home)} if home else {})})


def message_posted(workspace: Workspace, message: StoredMessage, kind: str) -> Json:
    """Return the event that a person wrote a message: `kind` is message or app_mention."""
    where = workspace.channels[message.channel]
    channel_type = {"im": "im", "private_channel": "group", "public_channel": "channel"}[where.kind]
    shown = {**workspace.for_slack(message), "channel": message.channel, "type": kind}
    return event_of(workspace, {**shown, "channel_type": channel_type} if kind == "message" else shown)


def _act(workspace: Workspace, user: str, kind: str) -> Json:
    person = workspace.users[user]
    name = person.name
    return {
        "type": kind,
        "token": _TOKEN,
        "api_app_id": workspace.app.id,
        "team": {"id": workspace.team.id, "domain": workspace.team.domain},
        "user": {"id": user, "username": name, "name": name, "team_id": person.team or workspace.team.id},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _response_urls(workspace: Workspace, user: str, view: View) -> list[Json]:
    """Return a response URL for each conversation that was chosen in an input which asks for one."""
    held = workspace.views.for_slack(view)["state"]["values"]
    urls = []
    for block, element in usable(view.blocks):
        if element.get("response_url_enabled"):
            chosen = held[block["block_id"]][element["action_id"]][FIELDS[element["type"]][0]]
            if chosen:
                place = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": chosen}
                token = workspace.response_urls.issue(chosen, user)
                urls.append({**place, "response_url": f"{workspace.url}/respond/{token}"})
    return urls


def event_of(workspace: Workspace, event: Json) -> Json:
    """Return an event in the envelope in which Slack sends it."""
    installed = {"enterprise_id": None, "team_id": workspace.team.id, "user_id": workspace.app.user_id}
    return {
        "type": "event_callback",
        "token": _TOKEN,
        "team_id": workspace.team.id,
        "api_app_id": workspace.app.id,
        "event": {**event, "event_ts": workspace.timestamps.next()},
        "event_id": f"Ev{token_hex(5).upper()}",
        "event_time": int(workspace.now()),
        "authorizations": [{**installed, "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
    }


def _channel(workspace: Workspace, channel_id: str) -> Json:
    channel = workspace.channels[channel_id]
    return {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name}


def _with_names(workspace: Workspace, text: str) -> str:
    users = {user.name: f"<@{user.id}|{user.name}>" for user in workspace.users.values()}
    channels = {channel.name: f"<#{channel.id}|{channel.name}>" for channel in workspace.channels.values()}
    named = re.sub(r"@([\w.-]+)", lambda found: users.get(found[1], found[0]), text)
    return re.sub(r"(?<![<\w])#([\w.-]+)", lambda found: channels.get(found[1], found[0]), named)
