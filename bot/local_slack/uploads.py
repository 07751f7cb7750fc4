import mimetypes
from dataclasses import dataclass, replace
from secrets import token_hex
from struct import Struct
from typing import Final

from bot.local_slack.errors import SlackRefused
from bot.local_slack.seed import Json

PNG_HEAD: Final = Struct(">8sI4sII")
"""What a PNG begins with: its mark, the length and kind of its first part, width and height."""
PNG: Final = (b"\x89PNG\r\n\x1a\n", b"IHDR")


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file: announced, then with content, then completed (it has a title)."""

    id: str
    name: str
    length: int
    alt_txt: str = ""
    title: str = ""
    content: bytes = b""

    @property
    def mimetype(self) -> str:
        """Return the type that the name stands for."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def path(self) -> str:
        """Return where the people's API serves it."""
        return f"/local/files/{self.id}"

    @property
    def size(self) -> Json:
        """Return the width and height of a PNG in pixels, so that its place can be kept free; nothing for others."""
        head = self.content[: PNG_HEAD.size]
        if len(head) < PNG_HEAD.size:
            return {}
        mark, _length, kind, width, height = PNG_HEAD.unpack(head)
        return {"width": width, "height": height} if (mark, kind) == PNG else {}

    def for_people(self) -> Json:
        """Return the file as a part of a message."""
        names = ("id", "name", "title", "alt_txt", "mimetype")
        return {**{name: getattr(self, name) for name in names}, "url": self.path, **self.size}

    def for_slack(self, base: str) -> Json:
        """Return the file as Slack's Web API does."""
        kind = self.name.rpartition(".")[2]
        known = {"id": self.id, "name": self.name, "title": self.title, "alt_txt": self.alt_txt, "filetype": kind}
        links = {"url_private": base + self.path, "permalink": base + self.path}
        return {
            **known,
            **links,
            "mimetype": self.mimetype,
            "size": self.length,
            "mode": "hosted",
            "is_external": False,
        }


class Uploads:
    """The files of the workspace."""

    def __init__(self) -> None:
        self._files: dict[str, Upload] = {}
        self._tickets: dict[str, str] = {}

    def announce(self, name: str, length: int, alt_txt: str) -> tuple[Upload, str]:
        """Expect a file; returns it with the ticket that lets its content in."""
        upload = Upload(id=f"F{len(self._files) + 1:07d}", name=name, length=length, alt_txt=alt_txt)
        ticket = token_hex(16)
        self._files[upload.id] = upload
        self._tickets[ticket] = upload.id
        return upload, ticket

    def receive(self, ticket: str, content: bytes) -> None:
        """Take the content; raises SlackRefused when nothing of that length was announced."""
        upload = self._files.get(self._tickets.pop(ticket, ""))
        if upload is None:
            raise SlackRefused("file_not_found")
        if len(content) != upload.length:
            raise SlackRefused("length_mismatch")
        self._files[upload.id] = replace(upload, content=content)

    def complete(self, file_id: str, title: str) -> Upload:
        """Finish an upload; raises SlackRefused (file_not_found) when its content never came."""
        upload = self._files.get(file_id)
        if upload is None or not upload.content:
            raise SlackRefused("file_not_found")
        self._files[file_id] = replace(upload, title=title or upload.name)
        return self._files[file_id]

    def find(self, file_id: str) -> Upload | None:
        """Return a completed file."""
        upload = self._files.get(file_id)
        return upload if upload and upload.title else None

    def shown(self, id_or_url: str) -> bool:
        """Tell whether blocks can show a file by this id or address."""
        return self.find(id_or_url.rpartition("/")[2]) is not None
