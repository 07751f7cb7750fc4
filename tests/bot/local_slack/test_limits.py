from typing import Any

import pytest

from bot.local_slack.errors import SlackRefused
from bot.local_slack.limits import check_message, check_view
from tests.bot.local_slack.workspaces import actions, asked, button, home, modal, option, plain, section, written

CONFIRM = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
MENU = {"type": "static_select", "action_id": "menu", "options": [option("a")]}
IMAGE = {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "A chart"}


def fields(count: int, length: int = 1) -> dict[str, Any]:
    return {"type": "section", "fields": [plain("x" * length) for _ in range(count)]}


def table(rows: int, columns: int) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def rich(text: str = "x") -> dict[str, Any]:
    run = {"type": "text", "text": text, "style": {"bold": True}}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [run]}]}


def container(*children: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "container", "title": plain("Why"), "child_blocks": list(children) or [section()], **more}


def data_table(rows: int, columns: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "type": "data_table",
        "caption": "Positions",
        "rows": [[{"type": "raw_text", "text": "x"}] * columns for _ in range(rows)],
        **more,
    }


def series(name: str = "a", labels: tuple[str, ...] = ("Mon",), value: Any = 1) -> dict[str, Any]:
    return {"name": name, "data": [{"label": label, "value": value} for label in labels]}


def chart(kind: str = "line", *curves: dict[str, Any], labels: tuple[str, ...] = ("Mon",)) -> dict[str, Any]:
    told = {"series": list(curves) or [series(labels=labels)], "axis_config": {"categories": list(labels)}}
    return {"type": "data_visualization", "title": "Equity", "chart": {"type": kind, **told}}


def pie(*values: Any) -> dict[str, Any]:
    segments = [{"label": "x", "value": value} for value in values]
    return {"type": "data_visualization", "title": "Risk", "chart": {"type": "pie", "segments": segments}}


def numbered(value: Any) -> dict[str, Any]:
    return {"type": "raw_number", "text": "1", "value": value}


DAYS = tuple(f"day {number}" for number in range(20))
FOLDED = {"is_collapsible": True, "default_collapsed": True}

ACCEPTED = {
    "a section of text": [section("x" * 3000)],
    "a section of fields": [fields(10)],
    "a section with an accessory": [{**section(), "accessory": button()}],
    "a divider": [{"type": "divider"}],
    "a header": [{"type": "header", "text": plain("x" * 150)}],
    "an image": [{**IMAGE, "title": plain("Chart")}],
    "25 buttons": [actions(*(button(f"b{n}") for n in range(25)))],
    "a full button": [actions(button(value="v" * 2000, style="danger", confirm=CONFIRM, accessibility_label="x" * 75))],
    "a context": [{"type": "context", "elements": [plain("x"), IMAGE]}],
    "a menu": [actions({**MENU, "initial_option": option("a"), "placeholder": plain("Pick")})],
    "an input": [asked(written(multiline=True, max_length=3000))],
    "rich text": [rich()],
    "markdown": [{"type": "markdown", "text": "x" * 12_000}],
    "a table": [table(100, 20)],
    "a container of ten": [container(*[section()] * 10, **FOLDED)],
    "a full container": [
        container(
            actions(button()),
            rich(),
            table(1, 1),
            title=plain("x" * 150),
            subtitle=plain("x" * 150),
            icon=IMAGE,
            width="full",
            has_header_divider=True,
        )
    ],
    "a container with a rich title": [{"type": "container", "rich_text_title": rich(), "child_blocks": [section()]}],
    "a table of data": [data_table(101, 20, page_size=100, row_header_column_index=19)],
    "cells of every kind": [{**data_table(1), "rows": [[numbered(1)], [numbered(-1.5)], [rich()]]}],
    "a line": [chart("line", labels=DAYS)],
    "six bars, some below nothing": [chart("bar", *(series(f"s{n}", value=-n) for n in range(6)))],
    "an area": [{**chart("area"), "block_id": "equity"}],
    "a pie of six": [pie(*range(6))],
    "two charts": [chart(), pie(1)],
    "50 blocks": [{"type": "divider"}] * 50,
    "nothing": [],
}
REFUSED = {
    "51 blocks": ([{"type": "divider"}] * 51, "no more than 50 items"),
    "no list": ({"type": "divider"}, "must be an array"),
    "no object": (["divider"], "must be an object"),
    "no type": ([{"text": plain("x")}], "missing required field: type"),
    "a type that is no word": ([{"type": ["section"]}], "unsupported type"),
    "an unknown block": ([{"type": "sectoin"}], "unsupported type: sectoin"),
    "an unknown field": ([{"type": "divider", "colour": "red"}], "invalid additional property: colour"),
    "an unknown element": ([actions({"type": "slider"})], "unsupported type: slider"),
    "a long section": ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    "an empty section": ([section("")], "must be more than 0 characters"),
    "a section of nothing": ([{"type": "section"}], "must have text or fields"),
    "11 fields": ([fields(11)], "no more than 10 items"),
    "a long field": ([fields(1, 2001)], "must be less than 2001 characters"),
    "a long header": ([{"type": "header", "text": plain("x" * 151)}], "must be less than 151 characters"),
    "a header in markdown": ([{"type": "header", "text": section()["text"]}], "unsupported type: mrkdwn"),
    "no buttons": ([actions()], "no fewer than 1 items"),
    "26 buttons": ([actions(*(button(f"b{n}") for n in range(26)))], "no more than 25 items"),
    "11 context parts": ([{"type": "context", "elements": [plain("x")] * 11}], "no more than 10 items"),
    "a button in a context": ([{"type": "context", "elements": [button()]}], "unsupported type: button"),
    "a text input among actions": ([actions(written())], "unsupported type: plain_text_input"),
    "a button as an input": ([asked(button())], "unsupported type: button"),
    "a long button": ([actions(button(text=plain("x" * 76)))], "must be less than 76 characters"),
    "a long value": ([actions(button(value="x" * 2001))], "must be less than 2001 characters"),
    "a long action_id": ([actions(button("x" * 256))], "must be less than 256 characters"),
    "a long block_id": ([{"type": "divider", "block_id": "x" * 256}], "must be less than 256 characters"),
    "a long spoken label": ([actions(button(accessibility_label="x" * 76))], "must be less than 76 characters"),
    "an unknown style": ([actions(button(style="warning"))], "must be one of: primary, danger"),
    "a long confirm title": (
        [actions(button(confirm={**CONFIRM, "title": plain("x" * 101)}))],
        "must be less than 101 characters",
    ),
    "a long confirm text": (
        [actions(button(confirm={**CONFIRM, "text": plain("x" * 301)}))],
        "must be less than 301 characters",
    ),
    "a long confirm button": (
        [actions(button(confirm={**CONFIRM, "deny": plain("x" * 31)}))],
        "must be less than 31 characters",
    ),
    "101 options": ([actions({**MENU, "options": [option("a")] * 101})], "no more than 100 items"),
    "a long option": ([actions({**MENU, "options": [option("x" * 76)]})], "must be less than 76 characters"),
    "a long option value": (
        [actions({**MENU, "options": [{"text": plain("a"), "value": "x" * 151}]})],
        "must be less than 151 characters",
    ),
    "a strange first option": ([actions({**MENU, "initial_option": option("b")})], "must be one of the options"),
    "a menu without options": ([actions({"type": "static_select"})], "must have exactly one of"),
    "an image without words": ([{"type": "image", "image_url": "https://x.org/a.png"}], "field: alt_text"),
    "an image of nothing": ([{"type": "image", "alt_text": "A chart"}], "must have exactly one of"),
    "an alert in a message": ([{"type": "alert", "text": plain("x")}], "unsupported type: alert"),
    "101 rows": ([table(101, 1)], "no more than 100 items"),
    "21 columns": ([table(1, 21)], "no more than 20 items"),
    "two tables": ([table(1, 1), table(1, 1)], "only one table allowed"),
    "a container of eleven": ([container(*[section()] * 11)], "no more than 10 items"),
    "a container of nothing": ([{**container(), "child_blocks": []}], "no fewer than 1 items"),
    "a container in a container": ([container(container())], "unsupported type: container"),
    "a table of data in a container": ([container(data_table(2))], "unsupported type: data_table"),
    "a container without a title": ([{"type": "container", "child_blocks": [section()]}], "title or rich_text_title"),
    "a long container title": ([container(title=plain("x" * 151))], "must be less than 151 characters"),
    "a long subtitle": ([container(subtitle=plain("x" * 151))], "must be less than 151 characters"),
    "a container of an unknown width": ([container(width="huge")], "must be one of: narrow, standard, wide, full"),
    "a container folded that cannot be": ([container(default_collapsed=True)], "needs is_collapsible"),
    "a folded container with a divider": ([container(**FOLDED, has_header_divider=True)], "excludes is_collapsible"),
    "a long text in a container": (
        [container(section("x" * 3001))],
        "must be less than 3001 characters [json-pointer:/blocks/0/child_blocks/0/text/text]",
    ),
    "a block_id twice, once in a container": (
        [container(actions(button("a"))), actions(button("b"))],
        "block_id acts is used more than once",
    ),
    "an action_id twice, once in a container": (
        [container(actions(button(), block_id="one")), actions(button())],
        "action_id go is used more than once",
    ),
    "a table of a header": ([data_table(1)], "no fewer than 2 items"),
    "102 rows of data": ([data_table(102)], "no more than 101 items"),
    "21 columns of data": ([data_table(2, 21)], "no more than 20 items"),
    "a table without a caption": ([{**data_table(2), "caption": ""}], "must be more than 0 characters"),
    "rows of two lengths": (
        [{**data_table(2), "rows": [*data_table(1, 2)["rows"], *data_table(1, 1)["rows"]]}],
        "all rows must have as many cells",
    ),
    "a header in rich text": ([{**data_table(2), "rows": [[rich()], [rich()]]}], "rich_text is not allowed"),
    "a page of 101": ([data_table(2, page_size=101)], "must be between 1 and 100"),
    "a column that is none": ([data_table(2, row_header_column_index=1)], "there is no such column"),
    "a word for a figure": ([{**data_table(2), "rows": [[numbered("1")], [numbered(1)]]}], "must be a number"),
    "no number at all": ([{**data_table(2), "rows": [[numbered(float("nan"))]] * 2}], "must be a number"),
    "a flag for a figure": ([{**data_table(2), "rows": [[numbered(True)]] * 2}], "must be a number"),
    "three charts": ([chart(), chart(), pie(1)], "no more than 2 data_visualization"),
    "an unknown chart": ([chart("radar")], "unsupported type: radar"),
    "a long chart title": ([{**chart(), "title": "x" * 51}], "must be less than 51 characters"),
    "seven series": ([chart("bar", *(series(f"s{n}") for n in range(7)))], "no more than 6 items"),
    "21 points": ([chart(labels=(*DAYS, "one more"))], "no more than 20 items"),
    "a series twice": ([chart("line", series(), series())], "names of series must be unique"),
    "a long series name": ([chart("line", series("x" * 21))], "must be less than 21 characters"),
    "a long label": ([chart(labels=("x" * 21,))], "must be less than 21 characters"),
    "a label that is no category": ([chart("line", series(labels=("Tue",)))], "must be the categories of the axis"),
    "a category left out": ([chart("line", series(), labels=("Mon", "Tue"))], "must be the categories of the axis"),
    "a pie of seven": ([pie(*range(7))], "no more than 6 items"),
    "less than nothing of a pie": ([pie(1, -1)], "must not be negative"),
    "long markdown": ([{"type": "markdown", "text": "x" * 12_001}], "must be less than 12001 characters"),
    "much markdown": ([{"type": "markdown", "text": "x" * 6_001}] * 2, "no more than 12000 characters of markdown"),
    "a number for a text": ([section(3)], "must be a string"),  # type: ignore[arg-type]
    "a word for a flag": ([{**section(), "expand": "yes"}], "must be a boolean"),
    "a word for a number": ([asked(written(max_length="9"))], "must be an integer"),
    "a number out of range": ([asked(written(max_length=3001))], "must be between 1 and 3000"),
    "a block_id twice": ([actions(button("a")), actions(button("b"))], "block_id acts is used more than once"),
    "an action_id twice": ([actions(button(), button())], "action_id go is used more than once"),
}


@pytest.mark.parametrize("blocks", ACCEPTED.values(), ids=ACCEPTED)
def test_blocks_that_slack_accepts_pass(blocks: list[Any]) -> None:
    check_message(blocks)


@pytest.mark.parametrize(("blocks", "sentence"), REFUSED.values(), ids=REFUSED)
def test_blocks_that_slack_refuses_are_refused_in_its_words(blocks: Any, sentence: str) -> None:
    with pytest.raises(SlackRefused) as refused:
        check_message(blocks)
    assert refused.value.error == "invalid_blocks"
    assert sentence in refused.value.messages[0]


@pytest.mark.parametrize("block", [container(), data_table(2), chart(), pie(1)], ids=lambda block: block["type"])
def test_a_workspace_without_the_newer_blocks_refuses_them_alone(block: dict[str, Any]) -> None:
    check_message([section(), {"type": "divider"}], takes_newer=False)
    with pytest.raises(SlackRefused) as refused:
        check_message([section(), block], takes_newer=False)
    assert refused.value.error == "invalid_blocks"
    sentence = f"unsupported type: {block['type']} [json-pointer:/blocks/1/type]"
    assert sentence in refused.value.messages[0]


@pytest.mark.parametrize("block", [container(), data_table(2), chart()], ids=lambda block: block["type"])
def test_no_view_takes_the_newer_blocks(block: dict[str, Any]) -> None:
    for view in (home(block), modal(block)):
        with pytest.raises(SlackRefused, match="invalid_arguments"):
            check_view(view)


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(SlackRefused) as refused:
        check_message([section(""), {"type": "header", "text": plain("x" * 151)}])
    assert len(refused.value.messages) == 2


def test_blocks_within_attachments_are_checked() -> None:
    with pytest.raises(SlackRefused, match="/attachments/0/blocks/0"):
        check_message([], [{"blocks": [{"type": "header"}]}])


def test_a_message_of_too_many_characters_is_refused() -> None:
    check_message([section("x" * 2640)] * 5)
    with pytest.raises(SlackRefused, match="msg_blocks_too_long"):
        check_message([section("x" * 2641)] * 5)


@pytest.mark.parametrize(
    "view",
    [
        modal(asked(written())),
        modal({"type": "alert", "text": plain("Mind"), "level": "warning"}),
        modal(private_metadata="x" * 3000, clear_on_close=True, notify_on_close=True),
        modal(*[{"type": "divider"}] * 100),
        home(section(), asked(written())),
    ],
)
def test_views_that_slack_shows_pass(view: dict[str, Any]) -> None:
    check_view(view)


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        ({"type": "modal", "blocks": []}, "missing required field: title"),
        ({"type": "popup", "blocks": []}, "unsupported type: popup"),
        (modal(title=plain("x" * 25)), "must be less than 25 characters"),
        (modal(submit=plain("x" * 25)), "must be less than 25 characters"),
        (modal(close=plain("x" * 25)), "must be less than 25 characters"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
        (modal(callback_id="x" * 256), "must be less than 256 characters"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items"),
        (modal(colour="red"), "invalid additional property: colour"),
        ({"type": "modal", "title": plain("x"), "blocks": [asked(written())]}, "missing required field: submit"),
        (modal(table(1, 1)), "unsupported type: table"),
        (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
        (home({"type": "alert", "text": plain("x")}), "unsupported type: alert"),
        ({**home(), "title": plain("x")}, "invalid additional property: title"),
        (modal(actions(button("a")), actions(button("b"))), "block_id acts is used more than once"),
    ],
)
def test_slack_does_not_show(view: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SlackRefused) as refused:
        check_view(view)
    assert refused.value.error == "invalid_arguments"
    assert sentence in refused.value.messages[0]
