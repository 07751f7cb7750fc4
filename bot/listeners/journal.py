"""The journal: what people write in the thread of a trade's card is kept with the trade, and they grade closed ones."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import structlog
from slack_bolt.kwargs_injection.args import Args

from bot.access import Verb
from bot.listeners.context import Context, context_of
from bot.listeners.payloads import message_text, part_of, text_of
from bot.listeners.request_kinds import Click
from engine.errors import StoreUnavailable, TemporaryError
from engine.model.journal import Grade, JournalEntry, JournalKind
from engine.model.notices.base import Posted

log = structlog.get_logger()

LONGEST_NOTE: Final = 3_000
BY_A_PERSON: Final = frozenset({"", "thread_broadcast", "file_share"})
"""Subtypes of messages that somebody wrote; whatever else Slack tells of a channel is no note."""
NOTED: Final = frozenset({"message.channels", "message.groups"})
"""The events to which the manifest subscribes for this, which Slack delivers as `message`; a test compares them."""
DELETED_FOR_GOOD: Final = Decimal(10**12)
"""Later than every edit: a copy of the message that comes after its deletion brings nothing back."""


def message_told(args: Args) -> None:
    """A message was written, edited or deleted: in the thread of a trade's card it is a note on the trade."""
    context, event = context_of(args), part_of(args.body, "event")
    if text_of(event, "channel") != context.channel:
        return
    kind = text_of(event, "subtype")
    if kind == "message_deleted":
        gone = part_of(event, "previous_message")
        _keep(context, gone | {"text": ""}, DELETED_FOR_GOOD)
    elif kind == "message_changed":
        changed = part_of(event, "message")
        if text_of(changed, "subtype") == "tombstone":
            _keep(context, part_of(event, "previous_message") | {"text": ""}, DELETED_FOR_GOOD)
        elif text_of(part_of(changed, "edited"), "ts"):  # else Slack unfurled a link, or counted a reply
            _keep(context, changed, _seconds(text_of(part_of(changed, "edited"), "ts")))
    elif kind in BY_A_PERSON:
        _keep(context, event, _seconds(text_of(event, "ts")))


def good(asked: Click) -> None:
    """Process good, on the card of a closed trade."""
    asked.commands.journal.grade(asked.trade_id, Grade.GOOD, asked.request)


def poor(asked: Click) -> None:
    """Process poor, on the card of a closed trade."""
    asked.commands.journal.grade(asked.trade_id, Grade.POOR, asked.request)


def _keep(context: Context, message: Mapping[str, Any], version: Decimal) -> None:
    ts, thread, by = (text_of(message, name) for name in ("ts", "thread_ts", "user"))
    is_reply = bool(ts and thread and thread != ts and by)
    if not is_reply or text_of(message, "bot_id") or version <= 0:
        return
    if not context.access.may(by, Verb.NOTE):
        log.info("note_of_a_stranger", by=by)
        return
    entry = JournalEntry(
        key=f"note:{context.channel}:{ts}",
        trade_id="",
        kind=JournalKind.NOTE,
        at=datetime.fromtimestamp(float(_seconds(ts)), UTC),
        by=by,
        text=message_text(text_of(message, "text"), context.people.name_of)[:LONGEST_NOTE].strip(),
        version=version,
    )
    try:
        context.commands.journal.note(Posted(channel=context.channel, ts=thread), entry)
    except (StoreUnavailable, TemporaryError) as error:
        log.warning("note_not_kept", by=by, error=repr(error))


def _seconds(ts: str) -> Decimal:
    """Read a message's timestamp in seconds, 0 for none."""
    try:
        read = Decimal(ts)
    except InvalidOperation:
        return Decimal(0)
    return read if read.is_finite() and 0 < read < DELETED_FOR_GOOD else Decimal(0)
