from typing import Any

import pytest

from bot.local_slack.errors import PersonRefused
from bot.local_slack.inputs import choose, complaint, state
from tests.bot.local_slack.workspaces import actions, asked, button, option, written

MENU = {"type": "static_select", "action_id": "menu", "options": [option("a"), option("b")]}
BOXES = {"type": "checkboxes", "action_id": "boxes", "options": [option("a"), option("b")]}
NUMBER = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"}


@pytest.mark.parametrize(
    ("element", "given", "chosen"),
    [
        (written(), "Words", "Words"),
        (written(), "", None),
        (MENU, "b", option("b")),
        (MENU, option("b"), option("b")),
        (MENU, None, None),
        (BOXES, ["a", "b"], [option("a"), option("b")]),
        (BOXES, None, []),
        ({"type": "datepicker"}, "2026-11-22", "2026-11-22"),
    ],
)
def test_a_plain_choice_becomes_slacks(element: dict[str, Any], given: Any, chosen: Any) -> None:
    assert choose(element, given) == chosen


def test_an_option_of_a_group_can_be_chosen() -> None:
    groups = [{"label": {"type": "plain_text", "text": "All"}, "options": [option("c")]}]
    assert choose({"type": "static_select", "action_id": "menu", "option_groups": groups}, "c") == option("c")


@pytest.mark.parametrize(("element", "given"), [(MENU, "z"), (BOXES, ["z"])])
def test_what_is_not_offered_cannot_be_chosen(element: dict[str, Any], given: Any) -> None:
    with pytest.raises(PersonRefused, match="no_such_option"):
        choose(element, given)


@pytest.mark.parametrize(("element", "given"), [(MENU, ["a"]), (BOXES, "a"), (written(), ["a"])])
def test_a_list_and_a_single_choice_are_not_mixed_up(element: dict[str, Any], given: Any) -> None:
    with pytest.raises(PersonRefused, match="bad_request"):
        choose(element, given)


@pytest.mark.parametrize(
    ("element", "held", "sentence"),
    [
        (written(), None, "Please complete this required field."),
        (written(min_length=3), "ab", "Please enter at least 3 characters."),
        (written(max_length=3), "abcd", "Please enter at most 3 characters."),
        (written(), "fine", None),
        (NUMBER, "few", "Please enter a number."),
        (NUMBER, "NaN", "Please enter a whole number."),
        (NUMBER, "1.5", "Please enter a whole number."),
        (NUMBER, "0", "Please enter a number of at least 1."),
        (NUMBER, "10", "Please enter a number of at most 9."),
        (NUMBER, "5", None),
        (MENU, option("a"), None),
    ],
)
def test_slacks_own_client_holds_back_bad_input(element: dict[str, Any], held: Any, sentence: str | None) -> None:
    assert complaint(asked(element), element, held) == sentence


def test_an_optional_input_may_stay_empty() -> None:
    assert complaint(asked(written(), optional=True), written(), None) is None


def test_the_state_holds_every_choice_and_no_buttons() -> None:
    blocks = [asked(written(initial_value="first"), "one"), actions(button(), {**MENU}, BOXES, block_id="two")]
    held = state(blocks, {("two", "menu"): option("a")})
    assert held["values"] == {
        "one": {"words": {"type": "plain_text_input", "value": "first"}},
        "two": {
            "menu": {"type": "static_select", "selected_option": option("a")},
            "boxes": {"type": "checkboxes", "selected_options": []},
        },
    }
