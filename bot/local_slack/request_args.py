"""Reads the arguments of a request, in whichever of Slack's content types they come."""

import json
from email.message import Message as Headers
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.local_slack.errors import SlackRefused
from bot.local_slack.seed import Json
from bot.local_slack.web_args import Args

_JSON: Final = "application/json"
_MULTIPART: Final = "multipart/form-data"
_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "text/plain"})
_CHARSETS: Final = frozenset({"utf-8", "iso-8859-1"})


async def read_args(request: Request, *, takes_json: bool = True) -> Args:
    """Read the arguments from the query and the body; raises SlackRefused for a body that Slack cannot read.

    A method that does not take JSON sees nothing of a JSON body, as with Slack.
    """
    values: Json = dict(request.query_params)
    body = await request.body()
    kind, charset = _content_type(request)
    if body and not kind:
        raise SlackRefused("missing_post_type")
    if charset not in _CHARSETS:
        raise SlackRefused("invalid_charset")
    if kind == _JSON:
        given = _object(body, charset)
        return Args(values | given if takes_json else values)
    if kind == _MULTIPART:
        return Args(values | await _parts(request))
    if body and kind not in _FORMS:
        raise SlackRefused("invalid_post_type")
    return Args(values | dict(parse_qsl(body.decode(charset, "replace"), keep_blank_values=True)))


def _content_type(request: Request) -> tuple[str, str]:
    headers = Headers()
    written = request.headers.get("content-type", "")
    headers["content-type"] = written
    charset = str(headers.get_param("charset", "utf-8")).lower()
    return (headers.get_content_type() if written else "", charset)


async def _parts(request: Request) -> Json:
    try:
        async with request.form() as form:
            return {name: value for name, value in form.items() if isinstance(value, str)}
    except HTTPException:
        raise SlackRefused("invalid_form_data") from None


def _object(body: bytes, charset: str) -> Json:
    try:
        values = json.loads((body or b"{}").decode(charset))
    except ValueError:
        raise SlackRefused("invalid_json") from None
    if not isinstance(values, dict):
        raise SlackRefused("json_not_object")
    return values
