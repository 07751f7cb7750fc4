"""The elements that Slack accepts inside blocks, with their limits."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.local_slack.shapes import Check, also, by_type, flag, many, plain, problem, shape, string, text, whole, word

ID: Final = string(255)
_URL: Final = string(3000)
_CONFIRM: Final = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": word("primary", "danger")},
)
_COMMON: Final = {"action_id": ID, "confirm": _CONFIRM, "focus_on_load": flag}
_HELD: Final = {**_COMMON, "placeholder": plain(150)}
_TYPED: Final = {
    "action_id": ID,
    "focus_on_load": flag,
    "placeholder": plain(150),
    "initial_value": string(3000),
    "dispatch_action_config": shape(
        {"trigger_actions_on": many(word("on_enter_pressed", "on_character_entered"), most=2)}
    ),
}
_AT_MOST: Final = {"max_selected_items": whole(1, 100)}


def _option(*, formatted: bool = False, links: bool = False) -> Check:
    label = text(75) if formatted else plain(75)
    return shape({"text": label, "value": string(150)}, {"description": label} | ({"url": _URL} if links else {}))


def _offered(element: Mapping[str, Any]) -> list[Any]:
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(option for group in groups for option in group.get("options", ()))]


def _initial_is_offered(element: Any, at: str) -> Iterator[str]:
    first = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    offered = _offered(element)
    if any(option not in offered for option in first):
        yield problem("the initial choice must be one of the options", at)


def _listed(most: int, extra: Mapping[str, Check]) -> Check:
    return also(
        shape({"options": many(_option(formatted=True), most)}, {**_COMMON, **extra}),
        _initial_is_offered,
    )


def _menu(extra: Mapping[str, Check]) -> Check:
    option = _option()
    group = shape({"label": plain(75), "options": many(option, most=100)})
    fields = {**_HELD, **extra, "options": many(option, most=100), "option_groups": many(group, most=100)}
    return also(shape({}, fields, one_of=("options", "option_groups")), _initial_is_offered)


BUTTON: Final = shape(
    {"text": plain(75)},
    {
        "action_id": ID,
        "url": _URL,
        "value": string(2000),
        "style": word("primary", "danger"),
        "confirm": _CONFIRM,
        "accessibility_label": string(75),
    },
)
IMAGE: Final = shape(
    {"alt_text": string(2000)},
    {"image_url": _URL, "slack_file": shape({}, {"id": ID, "url": _URL}, one_of=("id", "url"))},
    one_of=("image_url", "slack_file"),
)
_CHANNELS: Final = {**_HELD, "initial_channel": ID}
_FILTER: Final = shape(
    {},
    {
        "include": many(word("im", "mpim", "private", "public"), most=4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
_CONVERSATIONS: Final = {
    **_HELD,
    "initial_conversation": ID,
    "default_to_current_conversation": flag,
    "filter": _FILTER,
}
_ONE: Final = {
    "static_select": _menu({"initial_option": _option()}),
    "users_select": shape({}, {**_HELD, "initial_user": ID}),
    "channels_select": shape({}, _CHANNELS),
    "conversations_select": shape({}, _CONVERSATIONS),
    "datepicker": shape({}, {**_HELD, "initial_date": string(10, 10)}),
    "timepicker": shape({}, {**_HELD, "initial_time": string(5, 5), "timezone": string(50)}),
    "datetimepicker": shape({}, {**_COMMON, "initial_date_time": whole(0, 9_999_999_999)}),
    "checkboxes": _listed(10, {"initial_options": many(_option(formatted=True), most=10)}),
    "radio_buttons": _listed(10, {"initial_option": _option(formatted=True)}),
}
_SEVERAL: Final = {
    "multi_static_select": _menu({**_AT_MOST, "initial_options": many(_option(), most=100)}),
    "multi_users_select": shape({}, {**_HELD, **_AT_MOST, "initial_users": many(ID, most=100)}),
}
_PRESSED: Final = {
    "button": BUTTON,
    "overflow": shape({"options": many(_option(links=True), most=5)}, {"action_id": ID, "confirm": _CONFIRM}),
}
_WRITTEN: Final = {
    "plain_text_input": shape(
        {}, {**_TYPED, "multiline": flag, "min_length": whole(0, 3000), "max_length": whole(1, 3000)}
    ),
    "number_input": shape({"is_decimal_allowed": flag}, {**_TYPED, "min_value": string(50), "max_value": string(50)}),
    "email_text_input": shape({}, _TYPED),
    "url_text_input": shape({}, _TYPED),
}

# In an input the bot can ask for a response URL to the conversation that is chosen.
_ANSWERED: Final = {
    "channels_select": shape({}, {**_CHANNELS, "response_url_enabled": flag}),
    "conversations_select": shape({}, {**_CONVERSATIONS, "response_url_enabled": flag}),
}

IN_ACTIONS: Final = by_type({**_PRESSED, **_ONE})
IN_SECTION: Final = by_type({**_PRESSED, **_ONE, **_SEVERAL, "image": IMAGE})
IN_INPUT: Final = by_type({**_ONE, **_SEVERAL, **_WRITTEN, **_ANSWERED})
