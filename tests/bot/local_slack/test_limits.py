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
def test_slack_accepts(blocks: list[Any]) -> None:
    check_message(blocks)


@pytest.mark.parametrize(("blocks", "sentence"), REFUSED.values(), ids=REFUSED)
def test_slack_refuses(blocks: Any, sentence: str) -> None:
    with pytest.raises(SlackRefused) as refused:
        check_message(blocks)
    assert refused.value.error == "invalid_blocks"
    assert sentence in refused.value.messages[0]


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
def test_slack_shows(view: dict[str, Any]) -> None:
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
