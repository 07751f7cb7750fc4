"""The shapes of blocks that not every workspace of Slack's takes yet: containers, tables and charts of data."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.local_slack.elements import BUTTON, ID, IMAGE
from bot.local_slack.rich_text import RICH_TEXT
from bot.local_slack.shapes import Check, also, by_type, flag, many, plain, problem, shape, string, text, whole, word

NEWER: Final = frozenset({"alert", "card", "container", "data_table", "data_visualization"})
"""What a workspace may refuse as a type that it does not know."""
CHARTS_OF_A_MESSAGE: Final = 2

_CHILDREN: Final = frozenset({"actions", "context", "divider", "header", "image", "input", "rich_text", "section"})


def container(blocks: Mapping[str, Check]) -> Check:
    """Accept a container; of `blocks` (by type) it holds those that Slack lets it hold, tables among them."""
    child = by_type({name: check for name, check in blocks.items() if name in _CHILDREN | {"table"}})
    fields = {
        "block_id": ID,
        "title": plain(150),
        "rich_text_title": RICH_TEXT,
        "subtitle": text(150),
        "width": word("narrow", "standard", "wide", "full"),
        "icon": by_type({"image": IMAGE}),
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
    }
    return also(shape({"child_blocks": many(child, most=10)}, fields), _container_is_sound)


def _container_is_sound(value: Any, at: str) -> Iterator[str]:
    if "title" not in value and "rich_text_title" not in value:
        yield problem("must have title or rich_text_title", at)
    if "default_collapsed" in value and not value.get("is_collapsible"):
        yield problem("default_collapsed needs is_collapsible", at)
    if value.get("has_header_divider") and value.get("is_collapsible"):
        yield problem("has_header_divider excludes is_collapsible", at)


def _card_has_something(value: Any, at: str) -> Iterator[str]:
    if not {"hero_image", "title", "body", "actions"} & value.keys():
        yield problem("must have hero_image, title, body or actions", at)


CARD: Final = also(
    shape(
        {},
        {
            "block_id": ID,
            "hero_image": by_type({"image": IMAGE}),
            "icon": by_type({"image": IMAGE}),
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "actions": many(by_type({"button": BUTTON}), most=3),
        },
    ),
    _card_has_something,
)
"""Accepts a card, which a message, a window and a home may have."""
ALERT: Final = shape(
    {"text": text(200)}, {"block_id": ID, "level": word("default", "info", "warning", "error", "success")}
)
"""Accepts an alert, which only windows have."""


def _number(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        yield problem("must be a number", at)


def _not_negative(value: Any, at: str) -> Iterator[str]:
    if value < 0:
        yield problem("must not be negative", at)


_CELL: Final = by_type(
    {
        "raw_text": shape({"text": string(3000)}),
        "raw_number": shape({"value": _number, "text": string(3000)}),
        "rich_text": RICH_TEXT,
    }
)


def _rows_are_alike(value: Any, at: str) -> Iterator[str]:
    rows = value["rows"]
    if any(len(row) != len(rows[0]) for row in rows):
        yield problem("all rows must have as many cells", f"{at}/rows")
    if any(cell["type"] == "rich_text" for cell in rows[0]):
        yield problem("rich_text is not allowed in the header", f"{at}/rows/0")
    if value.get("row_header_column_index", 0) >= len(rows[0]):
        yield problem("there is no such column", f"{at}/row_header_column_index")


DATA_TABLE: Final = also(
    shape(
        {"caption": string(3000), "rows": many(many(_CELL, most=20), most=101, least=2)},
        {"block_id": ID, "page_size": whole(1, 100), "row_header_column_index": whole(0, 19)},
    ),
    _rows_are_alike,
)


def _labels_are_the_categories(value: Any, at: str) -> Iterator[str]:
    names = [series["name"] for series in value["series"]]
    if len(set(names)) < len(names):
        yield problem("the names of series must be unique", f"{at}/series")
    categories = sorted(value["axis_config"]["categories"])
    for index, series in enumerate(value["series"]):
        if sorted(point["label"] for point in series["data"]) != categories:
            yield problem("the labels must be the categories of the axis", f"{at}/series/{index}/data")


_POINT: Final = shape({"label": string(20), "value": _number})
_SERIES: Final = shape({"name": string(20), "data": many(_POINT, most=20)})
_AXIS: Final = shape({"categories": many(string(20), most=20)}, {"x_label": string(50), "y_label": string(50)})
_XY: Final = also(shape({"series": many(_SERIES, most=6), "axis_config": _AXIS}), _labels_are_the_categories)
_SEGMENT: Final = shape({"label": string(20), "value": also(_number, _not_negative)})
_PIE: Final = shape({"segments": many(_SEGMENT, most=6)})

DATA_VISUALIZATION: Final = shape(
    {"title": string(50), "chart": by_type({"line": _XY, "bar": _XY, "area": _XY, "pie": _PIE})}, {"block_id": ID}
)
