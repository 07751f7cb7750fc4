"""What a person chooses or types, and how Slack tells the bot of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from bot.local_slack.blocks import usable
from bot.local_slack.errors import PersonRefused
from bot.local_slack.seed import Json

# For each kind of element: the field that holds the choice, and the one that holds the first choice.
FIELDS: Final = {
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
}
_STATELESS: Final = frozenset({"button", "overflow"})
_LISTS: Final = frozenset({"selected_options", "selected_users"})

Chosen = Mapping[tuple[str, str], Any]


def choose(element: Json, given: Any) -> Any:
    """Turn a person's plain choice into Slack's form; raises PersonRefused when it is none of the options."""
    field, _ = FIELDS[element["type"]]
    if given is None or given == "":
        return [] if field in _LISTS else None
    if isinstance(given, list) != (field in _LISTS):
        raise PersonRefused(400, "bad_request", f"{given!r} is no choice of {element['action_id']}.")
    match field:
        case "selected_options":
            return [_option(element, each) for each in given]
        case "selected_option":
            return _option(element, given)
        case _:
            return given


def state(blocks: Sequence[Json], chosen: Chosen) -> Json:
    """Return `state` as Slack sends it: every element that holds a choice, by block and action id."""
    values: dict[str, Json] = {}
    for block, element in usable(blocks):
        if element["type"] not in _STATELESS:
            field, first = FIELDS[element["type"]]
            nothing: list[Json] | None = [] if field in _LISTS else None
            key = (block["block_id"], element["action_id"])
            now = chosen[key] if key in chosen else element.get(first, nothing)
            values.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], field: now}
    return {"values": values}


def complaint(block: Json, element: Json, held: Any) -> str | None:
    """Return what Slack's own client says of an input before it asks the bot, None when it is fine."""
    if held in (None, "", []):
        return None if block.get("optional") else "Please complete this required field."
    if element["type"] == "plain_text_input":
        return _bad_length(element, str(held))
    if element["type"] == "number_input":
        return _bad_number(element, str(held))
    return None


def _option(element: Json, given: Any) -> Json:
    value = given.get("value") if isinstance(given, dict) else given
    groups = element.get("option_groups", ())
    offered = [*element.get("options", ()), *(option for group in groups for option in group["options"])]
    for option in offered:
        if option["value"] == value:
            found: Json = option
            return found
    raise PersonRefused(400, "no_such_option", f"{value!r} is none of the options of {element['action_id']}.")


def _bad_length(element: Json, held: str) -> str | None:
    if len(held) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(held) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    return None


def _bad_number(element: Json, held: str) -> str | None:
    try:
        number = Decimal(held)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite() or (number != int(number) and not element["is_decimal_allowed"]):
        return "Please enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None
