"""Judges payloads as Slack would, by rebuilding them with the independent package slackblocks."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import slackblocks
from slackblocks.views import HomeTabView, ModalView

MESSAGE_LENGTH = 12_000
"""Characters of a whole message; Slack refuses somewhat more with msg_blocks_too_long."""

PIECES: Mapping[str, Callable[..., Any]] = {
    "header": slackblocks.HeaderBlock,
    "section": slackblocks.SectionBlock,
    "context": slackblocks.ContextBlock,
    "actions": slackblocks.ActionsBlock,
    "input": slackblocks.InputBlock,
    "button": slackblocks.Button,
    "plain_text_input": slackblocks.PlainTextInput,
    "number_input": slackblocks.NumberInput,
    "modal": ModalView,
    "home": HomeTabView,
}


def check_message(payload: Mapping[str, Any]) -> None:
    """Raise what slackblocks raises, or ValueError, for a message that Slack would refuse."""
    slackblocks.Message(channel="C1", text=payload["text"], blocks=[rebuilt(block) for block in payload["blocks"]])
    if not payload["text"].strip():
        raise ValueError("no text for screen readers")
    if len(json.dumps(payload, ensure_ascii=False)) > MESSAGE_LENGTH:
        raise ValueError("message too long")
    check_ids(payload["blocks"])


def check_view(view: Mapping[str, Any]) -> None:
    """Raise what slackblocks raises, or ValueError, for a modal or a home that Slack would refuse."""
    rebuilt(view)
    check_ids(view["blocks"])


def check_ids(blocks: Any) -> None:
    """Raise ValueError for an id that stands twice."""
    for name in ("action_id", "block_id"):
        counts = Counter(found[name] for found in walk(blocks) if name in found)
        twice = [value for value, count in counts.items() if count > 1]
        if twice:
            raise ValueError(f"{name} twice: {twice}")


def rebuilt(piece: Any) -> Any:
    """Return a piece of a payload as slackblocks builds it."""
    if isinstance(piece, list):
        return [rebuilt(item) for item in piece]
    if not isinstance(piece, Mapping):
        return piece
    kind = piece.get("type")
    if kind in {"mrkdwn", "plain_text"}:
        return slackblocks.Text.from_dict(dict(piece))
    if kind is None:
        return slackblocks.ConfirmationDialogue.from_dict(dict(piece))
    return PIECES[kind](**{name: rebuilt(value) for name, value in piece.items() if name != "type"})


def walk(piece: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object in a payload."""
    if isinstance(piece, Mapping):
        yield piece
        for value in piece.values():
            yield from walk(value)
    elif isinstance(piece, list):
        for value in piece:
            yield from walk(value)
