from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.local_slack.blocks import slack_files
from bot.local_slack.errors import SlackRefused
from bot.local_slack.limits import POSTED_TEXT, check_message
from bot.local_slack.rules import Rules
from bot.local_slack.seed import Json
from bot.local_slack.shapes import problem
from bot.local_slack.uploads import Uploads
from bot.local_slack.web_args import Args

MOST_ATTACHMENTS: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The content of a message; None means that nothing was said of it, empty metadata that it goes."""

    text: str | None = None
    blocks: tuple[Json, ...] | None = None
    attachments: tuple[Json, ...] | None = None
    metadata: Json | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to show."""
        return not (self.text or self.blocks or self.attachments)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredMessage:
    """A message as it is now; `sent_to` is the only person who sees it when it is ephemeral."""

    channel: str
    ts: str
    user: str
    from_bot: bool = False
    text: str = ""
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    metadata: Json | None = None
    files: tuple[str, ...] = ()
    thread_ts: str | None = None
    broadcast: bool = False
    sent_to: str | None = None
    edited: Json | None = None
    reactions: Mapping[str, tuple[str, ...]] | None = None

    @property
    def all_blocks(self) -> tuple[Json, ...]:
        """Return the blocks, those within attachments included."""
        return (*self.blocks, *(block for attachment in self.attachments for block in attachment.get("blocks", ())))

    @property
    def is_reply(self) -> bool:
        """Tell whether it stands in another message's thread."""
        return self.thread_ts is not None and self.thread_ts != self.ts


def read_draft(args: Args, uploads: Uploads, rules: Rules, longest: int = POSTED_TEXT) -> Draft:
    """Read a message's content from a call; raises SlackRefused for what Slack would not post."""
    blocks = args.json("blocks", "invalid_blocks_format")
    attachments = args.json("attachments", "invalid_attachments")
    if blocks is not None and not isinstance(blocks, list):
        raise SlackRefused("invalid_blocks_format")
    text = args.optional("text")
    if text is not None and len(text) > longest:
        raise SlackRefused("msg_too_long", [problem(f"must be less than {longest + 1} characters", "/text")])
    check_message(blocks or [], _objects(attachments), takes_newer=rules.takes_newer_blocks)
    _check_files([blocks, attachments], uploads)
    return Draft(
        text=text,
        blocks=None if blocks is None else tuple(blocks),
        attachments=None if attachments is None else tuple(attachments),
        metadata=_metadata(args.json("metadata", "invalid_metadata_format")),
    )


def _objects(attachments: Any) -> list[Json]:
    if attachments is None:
        return []
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        raise SlackRefused("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise SlackRefused("too_many_attachments")
    return attachments


def _check_files(shown: Any, uploads: Uploads) -> None:
    missing = [
        problem(f"invalid slack file {each}", "/blocks") for each in slack_files(shown) if not uploads.shown(each)
    ]
    if missing:
        raise SlackRefused("invalid_blocks", missing)


def _metadata(metadata: Any) -> Json | None:
    if metadata is None:
        return None
    if metadata == {}:
        return {}
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise SlackRefused("invalid_metadata_format")
    if not isinstance(metadata["event_type"], str) or not isinstance(metadata["event_payload"], dict):
        raise SlackRefused("invalid_metadata_format")
    return metadata


class Timestamps:
    """Slack's timestamps, which it uses as ids: each is later than any before."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._last_microsecond = 0

    def next(self) -> str:
        """Return the next one."""
        self._last_microsecond = max(int(self._now() * 1_000_000), self._last_microsecond + 1)
        return f"{self._last_microsecond // 1_000_000}.{self._last_microsecond % 1_000_000:06d}"


class Choices:
    """What people have chosen in messages, by block and action."""

    def __init__(self) -> None:
        self._chosen: dict[tuple[str, str, str], dict[tuple[str, str], Any]] = {}

    def of(self, message: StoredMessage, user: str) -> dict[tuple[str, str], Any]:
        """Return what a person has chosen in a message, to read and to add to."""
        return self._chosen.setdefault((message.channel, message.ts, user), {})
