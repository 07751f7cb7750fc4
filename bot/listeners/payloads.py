"""Reading what Slack delivers. Nothing is trusted: whatever is missing reads as empty."""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

from slack_bolt.kwargs_injection.args import Args

from bot.cards.mrkdwn import visible

TOKEN: Final = re.compile(r"<([@#!]?[^<>|]+)(?:\|([^<>]*))?>")
"""What Slack puts into a message for a person, a channel, a group or a link: `<@U123>`, `<https://x.example|x>`."""
LONGEST: Final = 10_000
"""Characters of one text that are read; Slack lets nobody type more."""


def delivery_id(args: Args) -> str:
    """Return what is the same however often Slack delivers this, and different for whatever else a person does."""
    signatures = args.request.headers.get("x-slack-signature") or ("",)
    told = raw_of(args.body, "trigger_id") or raw_of(args.body, "event_id") or signatures[0] or uuid4().hex
    return sha256(told.encode(errors="surrogatepass")).hexdigest()


def raw_of(payload: Mapping[str, Any], key: str) -> str:
    """Read a text as it came, but no more of it than anybody may type."""
    found = payload.get(key)
    return found[:LONGEST] if isinstance(found, str) else ""


def part_of(payload: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Read an object inside another."""
    found = payload.get(key)
    return found if isinstance(found, dict) else {}


def text_of(payload: Mapping[str, Any], key: str) -> str:
    """Read a text without what its writer could not see, half characters that no database takes among it."""
    return visible(raw_of(payload, key))


def command_text(payload: Mapping[str, Any]) -> str:
    """Read what was typed after a command, of which Slack sends &, < and > as entities."""
    return _without_entities(text_of(payload, "text")).strip()


def message_text(sent: str, name_of: Callable[[str], str] = lambda _user: "") -> str:
    """Read a message as people see it: persons, channels and links by what they are called, entities taken back.

    `name_of` says what a person is called, '' where nobody knows: then their id stays.
    """

    def seen(token: re.Match[str]) -> str:
        what, label = token[1], token[2] or ""
        if what.startswith("@"):
            return f"@{name_of(what[1:]) or label or what[1:]}"
        if what.startswith("#"):
            return f"#{label or what[1:]}"
        if what.startswith("!") and not label:
            return f"@{what[1:]}"
        return label or what

    return _without_entities(TOKEN.sub(seen, sent)).strip()


def _without_entities(sent: str) -> str:
    """Take back, once, the three entities that Slack makes of &, < and > in commands and messages.

    What is typed into a window comes as it is. `&amp;` is the last: `&amp;lt;` was typed as `&lt;`.
    """
    return sent.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def value_in(message: Mapping[str, Any], action_id: str) -> str:
    """Read what the button of an action carries in a message, nothing where it has none."""
    blocks = message.get("blocks")
    rows = [block.get("elements") for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    buttons = [each for row in rows if isinstance(row, list) for each in row if isinstance(each, dict)]
    return next((raw_of(each, "value") for each in buttons if each.get("action_id") == action_id), "")


def typed_into(view: Mapping[str, Any]) -> dict[str, str]:
    """Read what was typed into, or chosen in, each block that has one input."""
    return {block: _typed(held) for block, held in _inputs(view)}


def chosen_in(holder: Mapping[str, Any], block_id: str) -> tuple[str, ...]:
    """Read the values of all options that are chosen in a block of a message or a view."""
    held = next((held for block, held in _inputs(holder) if block == block_id), {})
    options = held.get("selected_options")
    return (
        tuple(raw_of(each, "value") for each in options if isinstance(each, dict)) if isinstance(options, list) else ()
    )


def _inputs(holder: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    state = holder.get("state")
    blocks = state.get("values") if isinstance(state, dict) else None
    held = blocks.items() if isinstance(blocks, dict) else ()
    return [
        (block, each)
        for block, found in held
        if isinstance(found, dict)
        for each in found.values()
        if isinstance(each, dict)
    ]


def _typed(held: Mapping[str, Any]) -> str:
    option = held.get("selected_option")
    return text_of(option if isinstance(option, dict) else held, "value")
