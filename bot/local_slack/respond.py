from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.local_slack.errors import SlackRefused
from bot.local_slack.messages import read_draft
from bot.local_slack.passes import AnswerPass
from bot.local_slack.request_args import read_args
from bot.local_slack.web_api import refusal
from bot.local_slack.web_args import Args
from bot.local_slack.workspace import Workspace


class ResponseDoor:
    """Takes what the bot sends to response URLs."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def endpoint(self, request: Request) -> Response:
        """Take one answer: 404 where the URL is used up, 400 where Slack would not post it."""
        try:
            args = await read_args(request)
            url = self._workspace.response_urls.spend(request.path_params["token"])
        except SlackRefused as refused:
            return JSONResponse(refusal(refused), 404)
        try:
            self._answer(url, args)
        except SlackRefused as refused:
            return JSONResponse(refusal(refused), 400)
        return PlainTextResponse("ok")

    def _answer(self, url: AnswerPass, args: Args) -> None:
        in_direct = url.channel in self._workspace.users
        channel = self._workspace.direct(url.channel) if in_direct else self._workspace.channel(url.channel)
        if channel.is_archived:
            raise SlackRefused("is_archived")
        original = self._workspace.message(url.channel, url.message_ts) if url.message_ts else None
        if original and args.flag("delete_original"):
            self._workspace.remove(original)
            return
        draft = read_draft(args, self._workspace.uploads, self._workspace.rules)
        if original and args.flag("replace_original"):
            whole = replace(
                draft, text=draft.text or "", blocks=draft.blocks or (), attachments=draft.attachments or ()
            )
            self._workspace.rewrite(original, whole, edited=False)
            return
        sent_to = None if args.optional("response_type") == "in_channel" else url.user
        self._workspace.post(channel, draft, thread_ts=args.optional("thread_ts") or None, sent_to=sent_to)
