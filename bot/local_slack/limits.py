"""What Slack accepts as the blocks of a message and as a view.

Block types that a trading desk has no use for (video, call, carousels) are unsupported here: using one is a decision
that starts with teaching it to this module and to the page.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from bot.local_slack.blocks import flat, texts, usable
from bot.local_slack.elements import ID, IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION
from bot.local_slack.errors import SlackRefused
from bot.local_slack.newer_blocks import (
    ALERT,
    CARD,
    CHARTS_OF_A_MESSAGE,
    DATA_TABLE,
    DATA_VISUALIZATION,
    NEWER,
    container,
)
from bot.local_slack.rich_text import RICH_TEXT
from bot.local_slack.seed import Json
from bot.local_slack.shapes import Check, by_type, flag, many, plain, problem, shape, string, text, word

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
VIEW_BYTES: Final = 250_000
# Measured by others, not documented: the sum of all texts of a message's blocks.
MESSAGE_CHARACTERS: Final = 13_200
MARKDOWN_CHARACTERS: Final = 12_000
POSTED_TEXT: Final = 40_000
UPDATED_TEXT: Final = 4_000

_BLOCK_ID: Final = {"block_id": ID}
_CONTEXT_PART: Final = by_type(
    {
        "image": IMAGE,
        "plain_text": shape({"text": string(3000)}, {"emoji": flag}),
        "mrkdwn": shape({"text": string(3000)}, {"verbatim": flag}),
    }
)
_CELL: Final = by_type({"raw_text": shape({"text": string(3000)}), "rich_text": RICH_TEXT})
_COLUMN: Final = shape({}, {"align": word("left", "center", "right"), "is_wrapped": flag})


def _section(value: Any, at: str) -> Iterator[str]:
    fields = {**_BLOCK_ID, "text": text(3000), "fields": many(text(2000), most=10)}
    yield from shape({}, {**fields, "accessory": IN_SECTION, "expand": flag})(value, at)
    if "text" not in value and "fields" not in value:
        yield problem("must have text or fields", at)


def _image(value: Any, at: str) -> Iterator[str]:
    own = {"title": plain(2000), **_BLOCK_ID}
    for name, check in own.items():
        if name in value:
            yield from check(value[name], f"{at}/{name}")
    yield from IMAGE({name: field for name, field in value.items() if name not in own}, at)


_EVERYWHERE: Final[dict[str, Check]] = {
    "section": _section,
    "divider": shape({}, _BLOCK_ID),
    "image": _image,
    "actions": shape({"elements": many(IN_ACTIONS, most=25)}, _BLOCK_ID),
    "context": shape({"elements": many(_CONTEXT_PART, most=10)}, _BLOCK_ID),
    "header": shape({"text": plain(150)}, _BLOCK_ID),
    "input": shape(
        {"label": plain(2000), "element": IN_INPUT},
        {**_BLOCK_ID, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": RICH_TEXT,
}
_TABLE: Final = shape(
    {"rows": many(many(_CELL, most=20), most=100)}, {**_BLOCK_ID, "column_settings": many(_COLUMN, most=20)}
)
_IN_MESSAGE: Final = by_type(
    {
        **_EVERYWHERE,
        "markdown": shape({"text": string(MARKDOWN_CHARACTERS)}, _BLOCK_ID),
        "table": _TABLE,
        "container": container({**_EVERYWHERE, "table": _TABLE}),
        "data_table": DATA_TABLE,
        "data_visualization": DATA_VISUALIZATION,
        "card": CARD,
    }
)
_IN_HOME: Final = by_type({**_EVERYWHERE, "card": CARD})
_IN_MODAL: Final = by_type({**_EVERYWHERE, "card": CARD, "alert": ALERT})
_ANY_VIEW: Final = {"private_metadata": string(3000, 0), "callback_id": string(255, 0), "external_id": string(255, 0)}
_VIEW: Final = by_type(
    {
        "home": shape({"blocks": many(_IN_HOME, VIEW_BLOCKS, 0)}, _ANY_VIEW),
        "modal": shape(
            {"title": plain(24), "blocks": many(_IN_MODAL, VIEW_BLOCKS, 0)},
            {
                **_ANY_VIEW,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": flag,
                "notify_on_close": flag,
                "submit_disabled": flag,
            },
        ),
    }
)


def check_message(blocks: Any, attachments: Sequence[Json] = (), *, takes_newer: bool = True) -> None:
    """Raise SlackRefused (invalid_blocks, msg_blocks_too_long) for blocks that Slack would not post.

    `takes_newer` is False in a workspace that does not know the newer blocks yet.
    """
    wrong = list(many(_IN_MESSAGE, MESSAGE_BLOCKS, 0)(blocks, "/blocks"))
    for index, attachment in enumerate(attachments):
        nested = attachment.get("blocks", [])
        wrong += many(_IN_MESSAGE, MESSAGE_BLOCKS, 0)(nested, f"/attachments/{index}/blocks")
    if not wrong:
        everything = [*blocks, *(block for attachment in attachments for block in attachment.get("blocks", []))]
        wrong += [*_twice(everything, "/blocks"), *_too_much(everything)]
        wrong += [] if takes_newer else _unknown(everything, "/blocks")
    if wrong:
        raise SlackRefused("invalid_blocks", wrong)
    if sum(len(found) for found in texts(everything)) > MESSAGE_CHARACTERS:
        raise SlackRefused("msg_blocks_too_long", [problem("the blocks hold too many characters", "/blocks")])


def check_view(view: Any, *, takes_newer: bool = True) -> None:
    """Raise SlackRefused (invalid_arguments, view_too_large) for a view that Slack would not show.

    `takes_newer` is False in a workspace that does not know the newer blocks yet.
    """
    wrong = list(_VIEW(view, "/view"))
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise SlackRefused("view_too_large")
    if not wrong:
        wrong += _twice(view["blocks"], "/view/blocks")
        wrong += [] if takes_newer else _unknown(view["blocks"], "/view/blocks")
        asks = any(block["type"] == "input" for block in view["blocks"])
        if view["type"] == "modal" and asks and "submit" not in view:
            wrong.append(problem("missing required field: submit", "/view"))
    if wrong:
        raise SlackRefused("invalid_arguments", wrong)


def _twice(blocks: Sequence[Json], at: str) -> Iterator[str]:
    block_ids = [block["block_id"] for block in flat(blocks) if "block_id" in block]
    action_ids = [element["action_id"] for _, element in usable(blocks) if "action_id" in element]
    for name, ids in (("block_id", block_ids), ("action_id", action_ids)):
        yield from (problem(f"{name} {each} is used more than once", at) for each in set(ids) if ids.count(each) > 1)


def _too_much(blocks: Sequence[Json]) -> Iterator[str]:
    types = [block["type"] for block in flat(blocks)]
    if types.count("table") > 1:
        yield problem("only one table allowed", "/blocks")
    if types.count("data_visualization") > CHARTS_OF_A_MESSAGE:
        yield problem(f"no more than {CHARTS_OF_A_MESSAGE} data_visualization blocks allowed", "/blocks")
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_CHARACTERS:
        yield problem(f"no more than {MARKDOWN_CHARACTERS} characters of markdown allowed", "/blocks")


def _unknown(blocks: Sequence[Json], at: str) -> Iterator[str]:
    for index, block in enumerate(blocks):
        if block["type"] in NEWER:
            yield problem(f"unsupported type: {block['type']}", f"{at}/{index}/type")
