"""Walks through blocks that have been checked."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bot.local_slack.seed import Json


def flat(blocks: Sequence[Json]) -> Iterator[Json]:
    """Yield every block, those within containers after the container."""
    for block in blocks:
        yield block
        yield from block.get("child_blocks", ())


def usable(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield every element that a person can press or fill in, with its block before it."""
    for block in flat(blocks):
        inside = [*block.get("elements", ())] if block["type"] == "actions" else []
        inside += block.get("actions", ())  # of a card
        inside += [block[name] for name in ("accessory", "element") if name in block]
        yield from ((block, element) for element in inside if element["type"] != "image")


def texts(value: Any) -> Iterator[str]:
    """Yield every text that blocks show."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "text" and isinstance(inner, str):
                yield inner
            else:
                yield from texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts(inner)


def slack_files(value: Any) -> Iterator[str]:
    """Yield the id or address of every uploaded file that blocks show."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "slack_file":
                yield inner.get("id") or inner["url"]
            else:
                yield from slack_files(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from slack_files(inner)


def with_ids(blocks: Sequence[Json], new_id: Callable[[], str]) -> tuple[Json, ...]:
    """Return the blocks with the block and action ids that the bot left out."""
    return tuple(_with_ids(block, new_id) for block in blocks)


def _with_ids(block: Json, new_id: Callable[[], str]) -> Json:
    named = {**block, "block_id": block.get("block_id") or new_id()}
    if block["type"] == "container":
        named["child_blocks"] = [_with_ids(child, new_id) for child in block["child_blocks"]]
    if block["type"] == "actions":
        named["elements"] = [_named(element, new_id) for element in block["elements"]]
    if block["type"] == "card" and "actions" in block:
        named["actions"] = [_named(element, new_id) for element in block["actions"]]
    for name in ("accessory", "element"):
        if name in block and block[name]["type"] != "image":
            named[name] = _named(block[name], new_id)
    return named


def _named(element: Json, new_id: Callable[[], str]) -> Json:
    return {**element, "action_id": element.get("action_id") or new_id()}
