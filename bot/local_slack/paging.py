"""Pages of what is listed, and the cursors that lead from one to the next."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn

from bot.local_slack.errors import SlackRefused
from bot.local_slack.messages import StoredMessage
from bot.local_slack.seed import Json
from bot.local_slack.web_args import Args

HISTORY: Final = 100
REPLIES: Final = 1000
LARGEST: Final = 999
_TS: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


def page(name: str, items: Sequence[Any], args: Args, default: int = HISTORY) -> Json:
    """Return a page of things, or of things with an id; raises SlackRefused (invalid_cursor, invalid_limit)."""
    limit = args.number("limit", default) or default
    if not 0 < limit <= REPLIES:
        raise SlackRefused("invalid_limit")
    ids = [each["id"] if isinstance(each, dict) else each for each in items]
    first = 0
    if wanted := _read(args, "next"):
        first = ids.index(wanted) if wanted in ids else _invalid()
    following = ids[first + limit] if first + limit < len(ids) else ""
    return {name: list(items[first : first + limit]), **_cursor("next", following)}


def message_page(
    messages: Sequence[StoredMessage], args: Args, show: Callable[[StoredMessage], Json], *, newest_first: bool
) -> Json:
    """Return a page of messages, which come in the order of the pages; raises SlackRefused (invalid_cursor)."""
    default = HISTORY if newest_first else REPLIES
    limit = args.number("limit", default) or default
    if limit < 0:
        raise SlackRefused("invalid_limit")
    limit = min(limit, LARGEST if newest_first else REPLIES)
    start = _read(args, "next_ts")
    left = [each for each in messages if not start or (each.ts <= start if newest_first else each.ts >= start)]
    following = left[limit].ts if limit < len(left) else ""
    shown = [show(each) for each in left[:limit]]
    return {"messages": shown, "has_more": bool(following), **_cursor("next_ts", following)}


def between(messages: Sequence[StoredMessage], args: Args) -> list[StoredMessage]:
    """Return the messages for all within the bounds of a call; raises SlackRefused (invalid_ts_oldest, _latest)."""
    oldest, latest = _bound(args, "oldest"), _bound(args, "latest")
    inclusive = args.flag("inclusive")

    def within(ts: float) -> bool:
        if inclusive and ts in (oldest, latest):
            return True
        return (oldest is None or ts > oldest) and (latest is None or ts < latest)

    return [message for message in messages if not message.sent_to and within(float(message.ts))]


def _bound(args: Args, name: str) -> float | None:
    given = args.optional(name)
    if not given:
        return None
    if not _TS.fullmatch(given):
        raise SlackRefused(f"invalid_ts_{name}")
    return float(given)


def _cursor(kind: str, following: str) -> Json:
    written = base64.b64encode(f"{kind}:{following}".encode()).decode() if following else ""
    return {"response_metadata": {"next_cursor": written}}


def _read(args: Args, kind: str) -> str:
    written = args.optional("cursor")
    if not written:
        return ""
    try:
        named, _, following = base64.b64decode(written, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        _invalid()
    return following if named == kind and following else _invalid()


def _invalid() -> NoReturn:
    raise SlackRefused("invalid_cursor")
