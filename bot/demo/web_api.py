"""Slack's Web API: who calls, may they, and which method."""

import json
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.demo.api_chat import CHAT
from bot.demo.api_files import FILES
from bot.demo.api_lists import LISTS
from bot.demo.api_method import Method
from bot.demo.api_views import VIEWS
from bot.demo.errors import RateLimited, SlackRefused
from bot.demo.seed import Json
from bot.demo.web_args import Args
from bot.demo.workspace import Workspace


def _who_am_i(workspace: Workspace, _args: Args) -> Json:
    app = workspace.app
    team = {"team": workspace.team.name, "team_id": workspace.team.id, "is_enterprise_install": False}
    return {"url": f"{workspace.url}/", **team, "user": app.name, "user_id": app.user_id, "bot_id": app.bot_id}


def _open_connection(workspace: Workspace, _args: Args) -> Json:
    address = workspace.url.replace("http://", "ws://", 1)
    return {"url": f"{address}/socket?ticket={workspace.tickets.issue()}&app_id={workspace.app.id}"}


METHODS: Final[dict[str, Method]] = {
    "auth.test": Method(_who_am_i),
    "apps.connections.open": Method(_open_connection, for_app=True),
    **CHAT,
    **VIEWS,
    **LISTS,
    **FILES,
}


class WebApi:
    """Answers every method in Slack's way: status 200 even for errors, except for too fast a pace."""

    def __init__(self, workspace: Workspace, bot_token: str, app_token: str) -> None:
        self._workspace = workspace
        self._bot_token = bot_token
        self._app_token = app_token

    async def endpoint(self, request: Request) -> JSONResponse:
        """Answer one call."""
        headers = {"x-oauth-scopes": ",".join(self._workspace.app.scopes or ())}
        try:
            answer = self._call(request.path_params["method"], request, await read_args(request))
        except RateLimited as limited:
            headers["Retry-After"] = str(limited.retry_after)
            return JSONResponse({"ok": False, "error": limited.error}, 429, headers)
        except SlackRefused as refused:
            return JSONResponse(refusal(refused), headers=headers)
        return JSONResponse({"ok": True, **answer}, headers=headers)

    def _call(self, name: str, request: Request, args: Args) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise SlackRefused("unknown_method")
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        token = bearer if scheme == "Bearer" else args.optional("token")
        self._check_token(method, token)
        scopes = self._workspace.app.scopes
        if method.scope and scopes is not None and method.scope not in scopes:
            raise SlackRefused("missing_scope", [f"needed: {method.scope}"])
        return method.call(self._workspace, args)

    def _check_token(self, method: Method, token: str | None) -> None:
        if not token:
            raise SlackRefused("not_authed")
        if token not in {self._bot_token, self._app_token}:
            raise SlackRefused("invalid_auth")
        if token != (self._app_token if method.for_app else self._bot_token):
            raise SlackRefused("not_allowed_token_type")


async def read_args(request: Request) -> Args:
    """Read the arguments from the query and a JSON or form body; raises SlackRefused (invalid_json)."""
    body = await request.body()
    values: Json = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        values |= _object(body)
    else:
        values |= dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return Args(values)


def refusal(refused: SlackRefused) -> Json:
    """Return the body of an error."""
    body: Json = {"ok": False, "error": refused.error}
    return {**body, "response_metadata": {"messages": list(refused.messages)}} if refused.messages else body


def _object(body: bytes) -> Json:
    try:
        values = json.loads(body or b"{}")
    except ValueError:
        raise SlackRefused("invalid_json") from None
    if not isinstance(values, dict):
        raise SlackRefused("json_not_object")
    return values
