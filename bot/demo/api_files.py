from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from bot.demo.api_method import Method
from bot.demo.errors import SlackRefused
from bot.demo.messages import read_draft
from bot.demo.seed import Json
from bot.demo.web_args import Args
from bot.demo.workspace import Workspace


def _announce(workspace: Workspace, args: Args) -> Json:
    length = args.number("length", 0)
    if length < 1:
        raise SlackRefused("invalid_arguments", ["[ERROR] must be a positive integer: length"])
    upload, ticket = workspace.uploads.announce(args.need("filename"), length, args.optional("alt_txt") or "")
    return {"file_id": upload.id, "upload_url": f"{workspace.url}/files/upload/{ticket}"}


def _complete(workspace: Workspace, args: Args) -> Json:
    listed = args.json("files", "invalid_arguments")
    if (
        not isinstance(listed, list)
        or not listed
        or not all(isinstance(each, dict) and "id" in each for each in listed)
    ):
        raise SlackRefused("invalid_arguments", ["[ERROR] missing required field: files"])
    where = args.optional("channel_id") or args.optional("channels")
    channel = workspace.addressed(where) if where else None
    thread_ts = args.optional("thread_ts") or None
    if channel:
        workspace.check_thread(channel, thread_ts)
        workspace.pace.take(channel.id)
    uploads = [workspace.uploads.complete(each["id"], each.get("title", "")) for each in listed]
    if channel:
        draft = read_draft(Args({"text": args.optional("initial_comment")}), workspace.uploads)
        workspace.post(channel, draft, thread_ts=thread_ts, files=[upload.id for upload in uploads])
    return {"files": [upload.for_slack(workspace.url) for upload in uploads]}


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
        content = await request.body()
        try:
            self._workspace.uploads.receive(request.path_params["ticket"], content)
        except SlackRefused as refused:
            return PlainTextResponse(refused.error, 400)
        return PlainTextResponse(f"OK - {len(content)}")


FILES: Final = {
    "files.getUploadURLExternal": Method(_announce, "files:write"),
    "files.completeUploadExternal": Method(_complete, "files:write"),
    "files.info": Method(_info, "files:read"),
}
