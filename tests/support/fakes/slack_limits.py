"""Judges payloads as Slack would, by rebuilding them with the independent package slackblocks."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import slackblocks
from slackblocks.views import HomeTabView, ModalView

CHILDREN = 10
"""Blocks that a container may hold."""

MESSAGE_LENGTH = 12_000
"""Characters of all that a message says; Slack refuses somewhat more with msg_blocks_too_long."""
TYPED_LENGTH = 3000
TABLE_ROWS = 101
TABLE_COLUMNS = 20
CHART_POINTS, TITLE_LENGTH, LABEL_LENGTH = 20, 50, 20

PIECES: Mapping[str, Callable[..., Any]] = {
    "header": slackblocks.HeaderBlock,
    "section": slackblocks.SectionBlock,
    "context": slackblocks.ContextBlock,
    "actions": slackblocks.ActionsBlock,
    "input": slackblocks.InputBlock,
    "alert": slackblocks.AlertBlock,
    "card": slackblocks.CardBlock,
    "button": slackblocks.Button,
    "multi_static_select": slackblocks.StaticMultiSelectMenu,
    "static_select": slackblocks.StaticSelectMenu,
    "plain_text_input": slackblocks.PlainTextInput,
    "number_input": slackblocks.NumberInput,
    "modal": ModalView,
    "home": HomeTabView,
}


def check_message(payload: Mapping[str, Any]) -> None:
    """Raise what slackblocks raises, or ValueError, for a message that Slack would refuse."""
    blocks = [rebuilt(each) for block in payload["blocks"] for each in contents(block)]
    slackblocks.Message(channel="C1", text=payload["text"], blocks=blocks)
    if not payload["text"].strip():
        raise ValueError("no text for screen readers")
    texts = [found["text"] for found in walk(payload) if isinstance(found.get("text"), str)]
    if sum(map(len, texts)) > MESSAGE_LENGTH:
        raise ValueError("message too long")
    check_ids(payload["blocks"])


def check_view(view: Mapping[str, Any]) -> None:
    """Raise what slackblocks raises, or ValueError, for a modal or a home that Slack would refuse."""
    rebuilt(view)
    check_ids(view["blocks"])
    for field in walk(view["blocks"]):
        if len(field.get("initial_value", "")) > field.get("max_length", TYPED_LENGTH):
            raise ValueError(f"nobody can submit what {field['action_id']} begins with")


def check_ids(blocks: Any) -> None:
    """Raise ValueError for an id that stands twice."""
    for name in ("action_id", "block_id"):
        counts = Counter(found[name] for found in walk(blocks) if name in found)
        twice = [value for value, count in counts.items() if count > 1]
        if twice:
            raise ValueError(f"{name} twice: {twice}")


def contents(block: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what slackblocks knows of a block: those within a container, none for a table; raises ValueError."""
    if block["type"] == "data_table":
        check_table(block)
        return []
    if block["type"] == "data_visualization":
        check_chart(block)
        return []
    if block["type"] != "container":
        return [block]
    if not 1 <= len(block["child_blocks"]) <= CHILDREN:
        raise ValueError("a container of nothing, or of too much")
    rebuilt({"type": "header", "text": block["title"]})  # a title is as long as a header
    return list(block["child_blocks"])


def check_chart(block: Mapping[str, Any]) -> None:
    """Raise ValueError for a chart of lines that Slack would refuse."""
    categories = block["chart"]["axis_config"]["categories"]
    if not 1 <= len(block["title"]) <= TITLE_LENGTH or not 1 <= len(categories) <= CHART_POINTS:
        raise ValueError("a chart without a title, of nothing, or of too much")
    if len(set(categories)) < len(categories) or not all(1 <= len(label) <= LABEL_LENGTH for label in categories):
        raise ValueError("labels that are alike, or too long")
    for series in block["chart"]["series"]:
        if [point["label"] for point in series["data"]] != categories:
            raise ValueError("points that are not over the axis")


def check_table(block: Mapping[str, Any]) -> None:
    """Raise ValueError for a table of data that Slack would refuse."""
    rows = block["rows"]
    if not block["caption"] or not 2 <= len(rows) <= TABLE_ROWS:
        raise ValueError("a table without a caption, of nothing, or of too much")
    if not 1 <= len(rows[0]) <= TABLE_COLUMNS or any(len(row) != len(rows[0]) for row in rows):
        raise ValueError("rows that are not alike, or too wide")
    if not all(cell["text"] for row in rows for cell in row):
        raise ValueError("an empty cell")


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
        return unnamed(piece)
    return PIECES[kind](**{name: rebuilt(value) for name, value in piece.items() if name != "type"})


def unnamed(piece: Mapping[str, Any]) -> Any:
    """Return a piece that has no type: an option, what an input tells, or a question before a click."""
    if "trigger_actions_on" in piece:
        return slackblocks.DispatchActionConfiguration(**piece)
    if "value" in piece:
        return slackblocks.Option(**{name: rebuilt(value) for name, value in piece.items()})
    return slackblocks.ConfirmationDialogue.from_dict(dict(piece))


def walk(piece: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object in a payload."""
    if isinstance(piece, Mapping):
        yield piece
        for value in piece.values():
            yield from walk(value)
    elif isinstance(piece, list):
        for value in piece:
            yield from walk(value)
