from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from bot.local_slack.access import addressed
from bot.local_slack.api_method import Method
from bot.local_slack.errors import SlackRefused
from bot.local_slack.messages import read_draft
from bot.local_slack.rules import Tier
from bot.local_slack.seed import Json
from bot.local_slack.web_args import Args
from bot.local_slack.workspace import Workspace

MOST_CHANNELS: Final = 100
LONGEST_ALT: Final = 1000


def _announce(workspace: Workspace, args: Args) -> Json:
    if length := args.number("length", 0):
        name, alt_txt = args.need("filename"), args.optional("alt_txt") or ""
    else:
        raise SlackRefused("missing_argument", ["[ERROR] missing required field: length"])
    if length < 0:
        raise SlackRefused("invalid_arguments", ["[ERROR] must be a positive integer: length"])
    if len(alt_txt) > LONGEST_ALT:
        raise SlackRefused("alt_txt_too_large")
    upload, ticket = workspace.uploads.announce(name, length, alt_txt)
    return {"file_id": upload.id, "upload_url": f"{workspace.url}/files/upload/{ticket}"}


def _complete(workspace: Workspace, args: Args) -> Json:
    listed = args.json("files", "invalid_arguments")
    if (
        not isinstance(listed, list)
        or not listed
        or not all(isinstance(each, dict) and "id" in each for each in listed)
    ):
        raise SlackRefused("invalid_arguments", ["[ERROR] missing required field: files"])
    where = args.optional("channel_id") or args.optional("channels") or ""
    channels = [addressed(workspace, each.strip()) for each in where.split(",") if each.strip()]
    if len(channels) > MOST_CHANNELS:
        raise SlackRefused("channels_limit_exceeded")
    comment = args.optional("initial_comment")
    said = Args({"text": comment} if comment else {"blocks": _blocks(args)})
    draft = read_draft(said, workspace.uploads, workspace.rules)
    thread_ts = args.optional("thread_ts") or None
    for channel in channels:
        workspace.check_thread(channel, thread_ts)
        workspace.pace.post(channel.id)
    uploads = [workspace.uploads.complete(each["id"], each.get("title") or "") for each in listed]
    for channel in channels:
        workspace.post(channel, draft, thread_ts=thread_ts, files=[upload.id for upload in uploads])
    return {"files": [upload.for_slack(workspace.url) for upload in uploads]}


def _blocks(args: Args) -> Any:
    return args.json("blocks", "invalid_blocks")


def _info(workspace: Workspace, args: Args) -> Json:
    upload = workspace.uploads.find(args.need("file"))
    if upload is None:
        raise SlackRefused("file_not_found")
    return {"file": upload.for_slack(workspace.url)}


class FileDoor:
    """Takes the content of announced files."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def endpoint(self, request: Request) -> PlainTextResponse:
        """Take one file's content."""
        try:
            content = await _content(request)
            self._workspace.uploads.receive(request.path_params["ticket"], content)
        except SlackRefused as refused:
            return PlainTextResponse(refused.error, 400)
        return PlainTextResponse(f"OK - {len(content)}")


async def _content(request: Request) -> bytes:
    """Return a file as it was sent: as the body itself, or as the only file of a form."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    try:
        async with request.form() as form:
            files = [await value.read() for _, value in form.multi_items() if isinstance(value, UploadFile)]
    except HTTPException:
        raise SlackRefused("invalid_form_data") from None
    if len(files) != 1:
        raise SlackRefused("no_file_data")
    return files[0]


FILES: Final = {
    "files.getUploadURLExternal": Method(_announce, Tier.FOUR, ("files:write",), takes_json=False),
    "files.completeUploadExternal": Method(_complete, Tier.FOUR, ("files:write",)),
    "files.info": Method(_info, Tier.FOUR, ("files:read",), takes_json=False),
}
