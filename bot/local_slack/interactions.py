"""What a person does, told to the bot, and what the bot's acknowledgement then does."""

from collections.abc import Mapping
from typing import Any

from bot.local_slack import payloads
from bot.local_slack.access import family
from bot.local_slack.blocks import usable
from bot.local_slack.errors import NotAcknowledged, PersonRefused, SlackRefused
from bot.local_slack.inputs import FIELDS, choose, complaint
from bot.local_slack.messages import StoredMessage, read_draft
from bot.local_slack.seed import Channel, Json
from bot.local_slack.socket_mode import SocketMode
from bot.local_slack.views import View
from bot.local_slack.web_args import Args
from bot.local_slack.workspace import Workspace


class Interactions:
    """The acts of people. Each raises PersonRefused when it cannot be, NotAcknowledged when the bot fails them."""

    def __init__(self, workspace: Workspace, socket: SocketMode) -> None:
        self._workspace = workspace
        self._views = workspace.views
        self._socket = socket

    def say(self, user: str, channel: Channel, text: str, thread_ts: str | None) -> StoredMessage:
        """Write a message; the bot learns of it if it subscribed to such events."""
        if channel.is_archived:
            raise PersonRefused(400, "is_archived", "The channel is archived: nobody can write there.")
        message = self._workspace.say(channel, user, text, thread_ts)
        if not channel.has_bot:
            return message
        self._send(f"message.{family(channel)}", payloads.message_posted(self._workspace, message, "message"))
        if f"<@{self._workspace.app.user_id}>" in text:
            self._send("app_mention", payloads.message_posted(self._workspace, message, "app_mention"))
        return message

    def open_home(self, user: str) -> None:
        """Open the app's home."""
        self._send("app_home_opened", payloads.home_opened(self._workspace, user))

    async def command(self, user: str, channel: Channel, text: str) -> Json | None:
        """Send a slash command and return what the acknowledgement said."""
        name, _, words = text.strip().partition(" ")
        command = next((each for each in self._workspace.app.commands if each.command == name), None)
        if channel.is_archived:
            raise PersonRefused(400, "is_archived", "The channel is archived: nobody can give commands there.")
        if command is None or not self._workspace.installed:
            raise PersonRefused(400, "no_such_command", f"{name} is not a command of this workspace.")
        body = payloads.slash_command(self._workspace, user, channel, command, words.strip())
        response = await self._deliver(user, "slash_commands", body)
        if response:
            self._answer(user, channel, response)
        return response

    async def shortcut(self, user: str, callback_id: str, message: StoredMessage | None) -> None:
        """Use a shortcut, on a message if one is given."""
        kind = "global" if message is None else "message"
        declared = self._workspace.app.shortcuts
        called = next((each for each in declared if (each.callback_id, each.type) == (callback_id, kind)), None)
        if called is None:
            raise PersonRefused(404, "no_such_shortcut", f"There is no {kind} shortcut {callback_id}.")
        await self._deliver(user, "interactive", payloads.shortcut(self._workspace, user, called, message))

    async def press(self, user: str, place: StoredMessage | View, given: Mapping[str, Any]) -> None:
        """Press or choose an element as it stands now in a message, a modal or a home."""
        blocks = place.all_blocks if isinstance(place, StoredMessage) else place.blocks
        block, element = _find(blocks, given.get("action_id"), given.get("block_id"))
        chosen = _given(element, given)
        key = (block["block_id"], element["action_id"])
        act = payloads.action(block, element, chosen, self._workspace.timestamps.next())
        if isinstance(place, StoredMessage):
            self._workspace.choices.of(place, user)[key] = chosen
            payload = payloads.message_action(self._workspace, user, place, act)
        else:
            self._views.choose(place, *key, chosen)
            payload = payloads.view_action(self._workspace, user, place, act)
        if block["type"] != "input" or block.get("dispatch_action"):
            await self._deliver(user, "interactive", payload)

    async def submit(self, user: str, view: View, values: Mapping[str, Mapping[str, Any]]) -> Json:
        """Submit a modal; the answer has `response_action` and `errors`."""
        if not view.body.get("submit"):
            raise PersonRefused(400, "bad_request", "This modal has no submit button.")
        errors = self._fill(view, values)
        if errors:
            return {"response_action": "errors", "errors": errors}
        payload = payloads.view_submission(self._workspace, user, view)
        response = await self._deliver(user, "interactive", payload) or {}
        try:
            self._apply(view, response)
        except SlackRefused as refused:
            raise self._failed(user, _bad_response(refused)) from refused
        return {"response_action": response.get("response_action"), "errors": response.get("errors")}

    async def close(self, user: str, view: View) -> None:
        """Close a modal; the bot learns of it if the view asked for that."""
        shown = self._views.for_slack(view)
        self._views.close(view)
        if view.body.get("clear_on_close"):
            self._views.clear(user)
        if view.body.get("notify_on_close"):
            is_cleared = bool(view.body.get("clear_on_close"))
            payload = payloads.view_closed(self._workspace, user, shown, is_cleared=is_cleared)
            await self._deliver(user, "interactive", payload)

    def _send(self, event: str, payload: Json) -> None:
        if self._workspace.installed and event in self._workspace.app.events:
            self._socket.send(payload)

    async def _deliver(self, user: str, kind: str, payload: Json) -> Json | None:
        if not self._workspace.installed:
            raise self._failed(user, NotAcknowledged("dispatch_failed", "The app is not installed any more."))
        try:
            return await self._socket.deliver(kind, payload)
        except NotAcknowledged as failure:
            self._failed(user, failure)
            raise

    def _failed(self, user: str, failure: NotAcknowledged) -> NotAcknowledged:
        event = {"type": "failed", "error": failure.error, "detail": failure.detail}
        self._workspace.live.send(event, lambda looking: looking == user)
        return failure

    def _answer(self, user: str, channel: Channel, response: Json) -> None:
        try:
            draft = read_draft(Args(response), self._workspace.uploads, self._workspace.rules)
            if not draft.is_empty:
                everybody = response.get("response_type") == "in_channel"
                self._workspace.post(channel, draft, sent_to=None if everybody else user)
        except SlackRefused as refused:
            raise self._failed(user, _bad_response(refused)) from refused

    def _fill(self, view: View, values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        for block_id, inside in values.items():
            for action_id, given in inside.items():
                _, element = _find(view.blocks, action_id, block_id)
                self._views.choose(view, block_id, action_id, choose(element, given))
        held = self._views.for_slack(view)["state"]["values"]
        errors = {}
        for block, element in usable(view.blocks):
            if block["type"] == "input":
                now = held[block["block_id"]][element["action_id"]][FIELDS[element["type"]][0]]
                sentence = complaint(block, element, now)
                if sentence:
                    errors[block["block_id"]] = sentence
        return errors

    def _apply(self, view: View, response: Json) -> None:
        match response.get("response_action"):
            case None:
                still_open = self._views.find(view.id)
                if still_open:
                    self._views.close(still_open)
            case "errors":
                known = {block["block_id"] for block in view.blocks if block["type"] == "input"}
                if not response.get("errors") or not set(response["errors"]) <= known:
                    raise SlackRefused("invalid_errors", ["errors must name input blocks of the view"])
            case "update":
                self._views.update(view.id, Args(response).object("view"), None)
            case "push":
                self._views.push(view.user, Args(response).object("view"))
            case "clear":
                self._views.clear(view.user)
            case other:
                raise SlackRefused("invalid_response_action", [str(other)])


def _find(blocks: Any, action_id: Any, block_id: Any) -> tuple[Json, Json]:
    for block, element in usable(blocks):
        if element["action_id"] == action_id and block_id in (None, block["block_id"]):
            return block, element
    raise PersonRefused(404, "no_such_action", f"There is nothing like {action_id!r} to use here now.")


def _given(element: Json, given: Mapping[str, Any]) -> Any:
    if element["type"] == "button":
        return None
    field, _ = FIELDS[element["type"]]
    if field not in given:
        raise PersonRefused(400, "bad_request", f"{field} is missing.")
    return choose(element, given[field])


def _bad_response(refused: SlackRefused) -> NotAcknowledged:
    detail = "; ".join((refused.error, *refused.messages))
    return NotAcknowledged("bad_response", f"The bot answered what Slack refuses: {detail}")
