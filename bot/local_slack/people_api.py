"""The people's API, as docs/local-slack.md describes it."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.local_slack.errors import NotAcknowledged, PersonRefused, SlackRefused
from bot.local_slack.interactions import Interactions
from bot.local_slack.messages import StoredMessage
from bot.local_slack.seed import Channel, Json
from bot.local_slack.socket_mode import SocketMode
from bot.local_slack.views import View
from bot.local_slack.workspace import Workspace


class PeopleApi:
    """What people see and do, over HTTP and one websocket each."""

    def __init__(
        self, workspace: Workspace, socket: SocketMode, *, note: str, clock: Callable[[], str], locale: str
    ) -> None:
        self._workspace = workspace
        self._socket = socket
        self._acts = Interactions(workspace, socket)
        self._note = note
        self._clock = clock
        self._locale = locale

    def routes(self) -> list[BaseRoute]:
        """Return the routes under /local."""
        return [
            Route("/local/workspace", self._about),
            Route("/local/channels/{channel}/messages", self._messages),
            Route("/local/messages", self._say, methods=["POST"]),
            Route("/local/commands", self._command, methods=["POST"]),
            Route("/local/actions", self._press, methods=["POST"]),
            Route("/local/shortcuts", self._shortcut, methods=["POST"]),
            Route("/local/views", self._views),
            Route("/local/views/{view_id}/submit", self._submit, methods=["POST"]),
            Route("/local/views/{view_id}/close", self._close, methods=["POST"]),
            Route("/local/home", self._home, methods=["POST"]),
            Route("/local/files/{file_id}", self._file),
            WebSocketRoute("/local/events", self._events),
        ]

    async def _about(self, request: Request) -> JSONResponse:
        user = request.query_params.get("user")
        if user:
            self._workspace.direct(self._user(user))
        app = self._workspace.app
        channels = [each for each in self._workspace.channels.values() if not each.members or each.admits(user or "")]
        people = self._workspace.users.values()
        bot = {"id": app.bot_id, "user_id": app.user_id, "name": app.name, "connected": self._socket.connections > 0}
        return _ok(
            team={"id": self._workspace.team.id, "name": self._workspace.team.name},
            locale=self._locale,
            note=self._note,
            clock=self._clock(),
            channels=[_named(each, "id", "name", "topic", "is_im") for each in channels],
            users=[_named(each, "id", "name", "real_name", "role", "colour") for each in people],
            bot=bot,
            commands=[_named(each, "command", "description", "usage_hint") for each in app.commands],
            shortcuts=[_named(each, "name", "type", "callback_id", "description") for each in app.shortcuts],
        )

    async def _messages(self, request: Request) -> JSONResponse:
        query = request.query_params
        user = self._user(query.get("user"))
        channel = self._channel(user, request.path_params["channel"])
        if query.get("thread_ts"):
            self._message(user, channel.id, query["thread_ts"])
            listed = self._workspace.thread(channel.id, query["thread_ts"])
        else:
            listed = [each for each in self._workspace.listed(channel.id) if each.broadcast or not each.is_reply]
        after, limit = query.get("after", ""), query.get("limit", "1000")
        if not limit.isdecimal() or int(limit) < 1:
            raise PersonRefused(400, "bad_request", "limit must be a whole number of at least 1.")
        seen = [each for each in listed if each.ts > after and self._workspace.sees(each)(user)]
        return _ok(messages=[self._workspace.for_people(each) for each in seen[-int(limit) :]])

    async def _say(self, request: Request) -> JSONResponse:
        body = await _body(request)
        user = self._user(body.get("user"))
        channel = self._channel(user, body.get("channel"))
        thread_ts = body.get("thread_ts") or None
        if thread_ts and self._message(user, channel.id, thread_ts).is_reply:
            raise PersonRefused(400, "bad_request", "thread_ts must name the first message of a thread.")
        message = self._acts.say(user, channel, _text(body, "text"), thread_ts)
        return _ok(message=self._workspace.for_people(message))

    async def _command(self, request: Request) -> JSONResponse:
        body = await _body(request)
        user = self._user(body.get("user"))
        channel = self._channel(user, body.get("channel"))
        return _ok(response=await self._acts.command(user, channel, _text(body, "text")))

    async def _press(self, request: Request) -> JSONResponse:
        body = await _body(request)
        user = self._user(body.get("user"))
        place: StoredMessage | View
        if body.get("view_id"):
            place = self._view(user, body["view_id"])
        else:
            place = self._message(user, self._channel(user, body.get("channel")).id, body.get("message_ts"))
        await self._acts.press(user, place, body)
        return _ok()

    async def _shortcut(self, request: Request) -> JSONResponse:
        body = await _body(request)
        user = self._user(body.get("user"))
        message = None
        if body.get("message_ts"):
            message = self._message(user, self._channel(user, body.get("channel")).id, body["message_ts"])
        await self._acts.shortcut(user, _text(body, "callback_id"), message)
        return _ok()

    async def _views(self, request: Request) -> JSONResponse:
        views = self._workspace.views
        user = self._user(request.query_params.get("user"))
        home = views.home(user)
        modals = [views.for_slack(view) for view in views.modals(user)]
        return _ok(modals=modals, home=views.for_slack(home) if home else None)

    async def _submit(self, request: Request) -> JSONResponse:
        body = await _body(request)
        user = self._user(body.get("user"))
        view = self._view(user, request.path_params["view_id"])
        values = body.get("values", {})
        if not isinstance(values, dict) or not all(isinstance(inside, dict) for inside in values.values()):
            raise PersonRefused(400, "bad_request", "values must be {block_id: {action_id: value}}.")
        return _ok(**await self._acts.submit(user, view, values))

    async def _close(self, request: Request) -> JSONResponse:
        user = self._user((await _body(request)).get("user"))
        view = self._view(user, request.path_params["view_id"])
        if view.body["type"] == "home":
            raise PersonRefused(400, "bad_request", "A home cannot be closed.")
        await self._acts.close(user, view)
        return _ok()

    async def _home(self, request: Request) -> JSONResponse:
        self._acts.open_home(self._user((await _body(request)).get("user")))
        return _ok()

    async def _file(self, request: Request) -> Response:
        upload = self._workspace.uploads.find(request.path_params["file_id"])
        if upload is None:
            raise PersonRefused(404, "no_such_file", "There is no such file.")
        return Response(upload.content, media_type=upload.mimetype)

    async def _events(self, websocket: WebSocket) -> None:
        user = websocket.query_params.get("user", "")
        if user not in self._workspace.users:
            await websocket.close()
            return
        with self._workspace.live.look(user) as queue:
            await websocket.accept()
            sending = asyncio.create_task(_send_all(websocket, queue))
            try:
                while True:
                    await websocket.receive_text()
            except WebSocketDisconnect:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    def _user(self, user_id: Any) -> str:
        if not isinstance(user_id, str) or user_id not in self._workspace.users:
            raise PersonRefused(404, "no_such_user", f"There is no user {user_id!r}.")
        if self._workspace.users[user_id].is_deleted:
            raise PersonRefused(403, "deactivated", f"{user_id} was deactivated and can do nothing any more.")
        return user_id

    def _channel(self, user: str, channel_id: Any) -> Channel:
        channel = self._workspace.channels.get(str(channel_id))
        if channel is None:
            raise PersonRefused(404, "no_such_channel", f"There is no channel {channel_id!r}.")
        if not channel.admits(user):
            raise PersonRefused(403, "not_visible", f"{user} is not in that channel.")
        return channel

    def _message(self, user: str, channel_id: str, ts: Any) -> StoredMessage:
        try:
            message = self._workspace.message(channel_id, str(ts))
        except SlackRefused:
            raise PersonRefused(404, "no_such_message", f"There is no message {ts!r} in that channel.") from None
        if not self._workspace.sees(message)(user):
            raise PersonRefused(403, "not_visible", "That message is for somebody else.")
        return message

    def _view(self, user: str, view_id: str) -> View:
        view = self._workspace.views.find(view_id)
        if view is None:
            raise PersonRefused(404, "no_such_view", f"No view {view_id!r} is open.")
        if view.user != user:
            raise PersonRefused(403, "not_visible", "That view is for somebody else.")
        modals = self._workspace.views.modals(user)
        if view.body["type"] == "modal" and view != modals[-1]:
            raise PersonRefused(400, "not_on_top", "Another modal lies on top of it.")
        return view


async def refused(_request: Request, error: Exception) -> JSONResponse:
    """Answer with the error of the people's API that was raised."""
    if isinstance(error, PersonRefused):
        return JSONResponse({"ok": False, "error": error.error, "detail": error.detail}, error.status)
    if isinstance(error, NotAcknowledged):
        return JSONResponse({"ok": False, "error": error.error, "detail": error.detail}, 409)
    raise error


async def _send_all(websocket: WebSocket, queue: asyncio.Queue[Json]) -> None:
    while True:
        await websocket.send_json(await queue.get())


async def _body(request: Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise PersonRefused(400, "bad_request", "The body must be a JSON object.")
    return body


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise PersonRefused(400, "bad_request", f"{name} must be some text.")
    return value


def _named(value: object, *names: str) -> Json:
    return {name: getattr(value, name) for name in names}


def _ok(**answer: Any) -> JSONResponse:
    return JSONResponse({"ok": True, **answer})
