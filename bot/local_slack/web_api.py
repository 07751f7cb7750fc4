"""Slack's Web API: who calls, may they, how often, and which method."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.local_slack.access import need
from bot.local_slack.api_chat import CHAT
from bot.local_slack.api_conversations import CONVERSATIONS
from bot.local_slack.api_files import FILES
from bot.local_slack.api_method import Method
from bot.local_slack.api_people import PEOPLE
from bot.local_slack.api_views import VIEWS
from bot.local_slack.errors import MissingScope, RateLimited, SlackRefused
from bot.local_slack.request_args import read_args
from bot.local_slack.rules import Tier
from bot.local_slack.seed import Json
from bot.local_slack.tokens import Tokens
from bot.local_slack.web_args import Args
from bot.local_slack.workspace import Workspace


def _who_am_i(workspace: Workspace, _args: Args) -> Json:
    app = workspace.app
    team = {"team": workspace.team.name, "team_id": workspace.team.id, "is_enterprise_install": False}
    return {"url": f"{workspace.url}/", **team, "user": app.name, "user_id": app.user_id, "bot_id": app.bot_id}


def _open_connection(workspace: Workspace, _args: Args) -> Json:
    address = workspace.url.replace("http://", "ws://", 1)
    return {"url": f"{address}/socket?ticket={workspace.tickets.issue()}&app_id={workspace.app.id}"}


def _unknown(_workspace: Workspace, _args: Args) -> Json:
    raise SlackRefused("unknown_method")


_UNKNOWN: Final = Method(_unknown, Tier.SPECIAL)
METHODS: Final[dict[str, Method]] = {
    "auth.test": Method(_who_am_i, Tier.SPECIAL),
    "apps.connections.open": Method(_open_connection, Tier.THREE, for_app=True),
    **CHAT,
    **VIEWS,
    **CONVERSATIONS,
    **PEOPLE,
    **FILES,
}


class WebApi:
    """Answers every method in Slack's way: status 200 even for errors, except for too fast a pace."""

    def __init__(self, workspace: Workspace, tokens: Tokens) -> None:
        self._workspace = workspace
        self._tokens = tokens

    async def endpoint(self, request: Request) -> JSONResponse:
        """Answer one call."""
        name = request.path_params["method"]
        method = METHODS.get(name, _UNKNOWN)
        provided = ",".join(self._workspace.app.scopes or ())
        headers = {"x-oauth-scopes": provided, "x-accepted-oauth-scopes": ",".join(method.scopes)}
        try:
            answer = self._call(name, method, request, await read_args(request, takes_json=method.takes_json))
        except RateLimited as limited:
            headers["Retry-After"] = str(limited.retry_after)
            return JSONResponse({"ok": False, "error": limited.error}, 429, headers)
        except MissingScope as missing:
            body = {**refusal(missing), "needed": missing.needed, "provided": provided}
            return JSONResponse(body, headers=headers)
        except SlackRefused as refused:
            return JSONResponse(refusal(refused), headers=headers)
        return JSONResponse({"ok": True, **answer}, headers=headers)

    def _call(self, name: str, method: Method, request: Request, args: Args) -> Json:
        if method is _UNKNOWN:
            return method.call(self._workspace, args)
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        token = bearer if scheme == "Bearer" else args.optional("token")
        self._tokens.check(token, for_app=method.for_app)
        self._workspace.pace.call(name, method.tier)
        if method.scopes:
            need(self._workspace, *method.scopes)
        return method.call(self._workspace, args)


def refusal(refused: SlackRefused) -> Json:
    """Return the body of an error."""
    body: Json = {"ok": False, "error": refused.error}
    return {**body, "response_metadata": {"messages": list(refused.messages)}} if refused.messages else body
