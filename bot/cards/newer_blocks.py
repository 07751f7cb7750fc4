"""What stands in the place of Slack's newer blocks in a workspace that does not know them yet.

It works on blocks as Slack takes them, plain values, so that it serves whatever is on its way out.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import unescape
from typing import Any, Final

from bot.cards import ids
from bot.cards.message import context, section, sections
from bot.cards.mrkdwn import escaped
from bot.cards.status import sparkline
from bot.messages import NO_FIGURE

Json = Mapping[str, Any]

NEWER: Final = frozenset({"alert", "card", "container", "data_table", "data_visualization"})

NOT_IN_A_WINDOW: Final = NEWER - {"alert", "card"}
"""What messages alone may have."""


def kinds(blocks: Sequence[Json]) -> frozenset[str]:
    """Return which newer kinds of blocks there are among these."""
    return NEWER & {block["type"] for block in blocks}


def older(blocks: Sequence[Json], refused: frozenset[str] = NEWER) -> list[dict[str, Any]]:
    """Return blocks that say the same, without those that are refused."""
    return [plain for block in blocks for plain in (_instead(block) if block["type"] in refused else [dict(block)])]


def _instead(block: Json) -> Iterator[dict[str, Any]]:
    if block["type"] == "container":
        yield from _unfolded(block)
    elif block["type"] == "data_table":
        yield from _listed(block)
    elif block["type"] == "alert":
        yield section(block["text"]["text"]).to_dict()
    elif block["type"] == "card":
        yield from _spread(block)
    else:
        yield _sketched(block)


def _spread(block: Json) -> Iterator[dict[str, Any]]:
    """A paragraph, and its buttons under it."""
    told = [block[name]["text"] for name in ("title", "subtitle", "body") if name in block]
    yield section("\n".join(told)).to_dict()
    if "actions" in block:
        yield {"type": "actions", "block_id": block["block_id"], "elements": [dict(each) for each in block["actions"]]}


def _unfolded(block: Json) -> Iterator[dict[str, Any]]:
    """What Inspect shows too is left out but for its title; what stands nowhere else is shown as it is.

    Of the small print Inspect has the first part, a trade's id, and not where the prices are from.
    """
    title = escaped(block["title"]["text"])
    if ids.plain(block.get("block_id", "")) == ids.DETAILS_BLOCK:
        small = [child["elements"] for child in block["child_blocks"] if child["type"] == "context"]
        yield context(" · ".join((title, *(each["text"] for elements in small for each in elements[1:])))).to_dict()
        return
    yield section(f"*{title}*").to_dict()
    yield from map(dict, block["child_blocks"])


def _listed(block: Json) -> Iterator[dict[str, Any]]:
    """A line a row: what it is about, then each figure after the name of its column."""
    names, *rows = block["rows"]
    lines = [_row(names, row) for row in rows]
    yield from (paragraph.to_dict() for paragraph in sections((f"*{escaped(block['caption'])}*", *lines)))


def _row(names: Sequence[Json], row: Sequence[Json]) -> str:
    told = [f"{_cell(name)} {_cell(cell)}" for name, cell in zip(names[1:], row[1:], strict=True) if _says(cell)]
    return f"*{_cell(row[0])}* {' · '.join(told)}"


def _says(cell: Json) -> bool:
    return bool(cell["text"] != NO_FIGURE)


def _cell(cell: Json) -> str:
    return escaped(unescape(cell["text"]))  # it may be escaped already


def _sketched(block: Json) -> dict[str, Any]:
    """A curve of signs for each series, as high as its figures; the figures themselves the message has in words."""
    chart = block["chart"]
    if chart["type"] == "pie":
        lines = [f"{escaped(each['label'])} {each['value']:,}" for each in chart["segments"]]
    else:
        lines = [_curve(series) for series in chart["series"]]
    return section("\n".join((f"*{escaped(block['title'])}*", *lines))).to_dict()


def _curve(series: Json) -> str:
    first, *_, last = (point["label"] for point in (series["data"][0], *series["data"]))
    curve = sparkline([Decimal(str(point["value"])) for point in series["data"]])
    return f"{escaped(series['name'])} {escaped(first)} {curve} {escaped(last)}"
