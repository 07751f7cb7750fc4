from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.local_slack.errors import PersonRefused
from bot.local_slack.people import Person
from tests.bot.local_slack.workspaces import (
    ANN,
    DESK,
    StillTime,
    actions,
    asked,
    button,
    error_of,
    home,
    keeping,
    modal,
    option,
    plain,
    written,
)

MENU = {"type": "static_select", "action_id": "menu", "options": [option("a"), option("b")]}


@pytest.fixture
def triggers(app: App) -> list[str]:
    """What the bot got of triggers, from commands and from buttons within modals."""
    got: list[str] = []

    @app.command("/hi")
    def on_command(ack: Any, body: dict[str, Any]) -> None:
        ack()
        got.append(body["trigger_id"])

    @app.action("deeper")
    def on_button(ack: Any, body: dict[str, Any]) -> None:
        ack()
        got.append(body["trigger_id"])

    return got


def open_modal(client: WebClient, ann: Person, triggers: list[str], view: dict[str, Any]) -> dict[str, Any]:
    ann.command(DESK, "/hi")
    opened: dict[str, Any] = client.views_open(trigger_id=triggers[-1], view=view)["view"]
    return opened


@pytest.fixture
def opened(client: WebClient, ann: Person, triggers: list[str]) -> dict[str, Any]:
    """A modal that asks Ann for words."""
    return open_modal(client, ann, triggers, modal(asked(written()), callback_id="ask"))


def test_a_command_can_open_a_modal(client: WebClient, ann: Person, ben: Person, triggers: list[str]) -> None:
    opened = open_modal(client, ann, triggers, modal(asked(written(initial_value="first")), callback_id="ask"))
    (shown,) = ann.views()
    assert shown == opened
    assert shown["state"]["values"]["ask"]["words"]["value"] == "first"
    assert ben.views() == []


def test_a_trigger_opens_one_modal(client: WebClient, ann: Person, triggers: list[str]) -> None:
    open_modal(client, ann, triggers, modal())
    again = error_of(lambda: client.views_open(trigger_id=triggers[-1], view=modal()))
    assert again == "exchanged_trigger_id"


def test_a_late_trigger_opens_nothing(client: WebClient, ann: Person, triggers: list[str], still: StillTime) -> None:
    ann.command(DESK, "/hi")
    still.advance(3)
    assert error_of(lambda: client.views_open(trigger_id=triggers[-1], view=modal())) == "expired_trigger_id"
    assert error_of(lambda: client.views_open(trigger_id="1.2.x", view=modal())) == "invalid_trigger_id"


def test_a_refused_view_costs_no_trigger(client: WebClient, ann: Person, triggers: list[str]) -> None:
    ann.command(DESK, "/hi")
    wrong = error_of(lambda: client.views_open(trigger_id=triggers[-1], view=modal(title=plain("x" * 25))))
    assert wrong == "invalid_arguments"
    assert error_of(lambda: client.views_open(trigger_id=triggers[-1], view=home())) == "invalid_arguments"


def test_an_update_with_a_stale_hash_is_refused(client: WebClient, ann: Person, triggers: list[str]) -> None:
    view = open_modal(client, ann, triggers, modal())
    client.views_update(view_id=view["id"], hash=view["hash"], view=modal(title=plain("Second")))
    stale = error_of(lambda: client.views_update(view_id=view["id"], hash=view["hash"], view=modal()))
    assert (stale, ann.views()[0]["title"]["text"]) == ("hash_conflict", "Second")
    assert client.views_update(view_id=view["id"], view=modal())["ok"]


def test_a_closed_view_cannot_be_updated(client: WebClient, ann: Person, triggers: list[str]) -> None:
    view = open_modal(client, ann, triggers, modal())
    ann.close(view)
    assert error_of(lambda: client.views_update(view_id=view["id"], view=modal())) == "not_found"


def test_a_view_is_found_by_its_external_id(client: WebClient, ann: Person, triggers: list[str]) -> None:
    open_modal(client, ann, triggers, modal(external_id="mine"))
    client.views_update(external_id="mine", view=modal(title=plain("Second"), external_id="mine"))
    assert ann.views()[0]["title"]["text"] == "Second"
    assert error_of(lambda: client.views_publish(user_id=ANN, view={**home(), "external_id": "mine"})) == (
        "duplicate_external_id"
    )


def test_modals_are_at_most_three_deep(client: WebClient, ann: Person, triggers: list[str]) -> None:
    deep = modal(actions(button("deeper")))
    open_modal(client, ann, triggers, deep)
    for _ in range(2):
        ann.press(ann.views()[-1], "deeper")
        client.views_push(trigger_id=triggers[-1], view=deep)
    bottom, middle, top = ann.views()
    assert (top["root_view_id"], top["previous_view_id"]) == (bottom["id"], middle["id"])
    ann.press(top, "deeper")
    assert error_of(lambda: client.views_push(trigger_id=triggers[-1], view=deep)) == "push_limit_reached"


def test_nothing_is_pushed_without_a_modal(client: WebClient, ann: Person, triggers: list[str]) -> None:
    ann.command(DESK, "/hi")
    assert error_of(lambda: client.views_push(trigger_id=triggers[-1], view=modal())) == "not_found"


def test_only_the_modal_on_top_can_be_used(client: WebClient, ann: Person, triggers: list[str]) -> None:
    bottom = open_modal(client, ann, triggers, modal(actions(button("deeper"))))
    ann.press(bottom, "deeper")
    client.views_push(trigger_id=triggers[-1], view=modal())
    with pytest.raises(PersonRefused, match="not_on_top"):
        ann.close(bottom)


def test_the_home_is_published_to_one_person(client: WebClient, ann: Person, ben: Person) -> None:
    first = client.views_publish(user_id=ANN, view=home(actions(button())))["view"]
    second = client.views_publish(user_id=ANN, view=home(), hash=first["hash"])["view"]
    assert (ann.home(), ben.home()) == (second, None)
    assert error_of(lambda: client.views_publish(user_id=ANN, view=home(), hash=first["hash"])) == "hash_conflict"
    assert error_of(lambda: client.views_publish(user_id="U0NONE", view=home())) == "user_not_found"
    assert error_of(lambda: client.views_publish(user_id=ANN, view=modal())) == "invalid_arguments"


def test_a_submission_carries_every_input(app: App, client: WebClient, ann: Person, triggers: list[str]) -> None:
    got: list[dict[str, Any]] = []

    @app.view("ask")
    def on_submit(ack: Any, view: dict[str, Any]) -> None:
        ack()
        got.append(view)

    view = modal(asked(written()), asked(MENU, "pick"), callback_id="ask", private_metadata="AAPL")
    opened = open_modal(client, ann, triggers, view)
    answer = ann.submit(opened, {"ask": {"words": "Because"}, "pick": {"menu": "b"}})
    values = got[0]["state"]["values"]
    assert (values["ask"]["words"]["value"], values["pick"]["menu"]["selected_option"]) == ("Because", option("b"))
    assert (got[0]["private_metadata"], answer["response_action"], ann.views()) == ("AAPL", None, [])


def test_slacks_client_holds_back_an_empty_input(ann: Person, opened: dict[str, Any]) -> None:
    answer = ann.submit(opened, {})
    assert (answer["response_action"], answer["errors"]) == ("errors", {"ask": "Please complete this required field."})
    assert len(ann.views()) == 1


@pytest.mark.parametrize(
    ("response", "titles"),
    [
        ({"response_action": "errors", "errors": {"ask": "No."}}, "Ask"),
        ({"response_action": "update", "view": modal(title=plain("Second"))}, "Second"),
        ({"response_action": "push", "view": modal(title=plain("Second"))}, "Ask, Second"),
        ({"response_action": "clear"}, ""),
    ],
)
def test_a_submission_can_be_answered(
    app: App, ann: Person, opened: dict[str, Any], response: dict[str, Any], titles: str
) -> None:
    app.view("ask")(lambda ack: ack(**response))
    answer = ann.submit(opened, {"ask": {"words": "x"}})
    assert (answer["response_action"], answer["errors"]) == (response["response_action"], response.get("errors"))
    assert ", ".join(view["title"]["text"] for view in ann.views()) == titles


@pytest.mark.parametrize(
    "response",
    [
        {"response_action": "errors", "errors": {"elsewhere": "No."}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "explode"},
    ],
)
def test_a_wrong_answer_to_a_submission_fails_the_person(
    app: App, ann: Person, opened: dict[str, Any], response: dict[str, Any]
) -> None:
    app.view("ask")(lambda ack: ack(response))
    with pytest.raises(PersonRefused, match="409 bad_response"):
        ann.submit(opened, {"ask": {"words": "x"}})


def test_a_modal_without_a_submit_button_cannot_be_submitted(
    client: WebClient, ann: Person, triggers: list[str]
) -> None:
    opened = open_modal(client, ann, triggers, {"type": "modal", "title": plain("Look"), "blocks": []})
    with pytest.raises(PersonRefused, match="bad_request"):
        ann.submit(opened, {})


def test_the_bot_is_told_of_a_closing_if_it_asked(
    app: App, client: WebClient, ann: Person, triggers: list[str]
) -> None:
    closed: list[bool] = []

    @app.view_closed("ask")
    def on_close(ack: Any, body: dict[str, Any]) -> None:
        ack()
        closed.append(body["is_cleared"])

    ann.close(open_modal(client, ann, triggers, modal(callback_id="ask")))
    assert closed == []
    ann.close(open_modal(client, ann, triggers, modal(callback_id="ask", notify_on_close=True)))
    assert (closed, ann.views()) == ([False], [])


def test_what_was_chosen_survives_an_update(app: App, client: WebClient, ann: Person, triggers: list[str]) -> None:
    app.action("menu")(lambda ack: ack())
    view = modal(actions(MENU), asked(written()))
    opened = open_modal(client, ann, triggers, view)
    ann.press(opened, "menu", selected_option="b")
    updated = client.views_update(view_id=opened["id"], view=view)["view"]
    assert updated["state"]["values"]["acts"]["menu"]["selected_option"] == option("b")


@pytest.mark.parametrize(
    ("kind", "field"), [("conversations_select", "selected_conversation"), ("channels_select", "selected_channel")]
)
def test_a_chosen_conversation_can_be_answered_in(
    app: App, client: WebClient, ann: Person, triggers: list[str], kind: str, field: str
) -> None:
    got: list[list[dict[str, Any]]] = []
    app.view("ask")(keeping(got, "response_urls"))
    where = {"type": kind, "action_id": "where", "response_url_enabled": True}
    view = open_modal(client, ann, triggers, modal(asked(where), callback_id="ask"))
    assert view["state"]["values"]["ask"]["where"] == {"type": kind, field: None}
    ann.submit(view, {"ask": {"where": DESK}})
    ((url,),) = got
    assert (url["block_id"], url["action_id"], url["channel_id"]) == ("ask", "where", DESK)
    WebhookClient(url["response_url"]).send(text="Here", response_type="in_channel")
    assert ann.messages(DESK)[-1]["text"] == "Here"


def test_only_an_input_asks_for_a_response_url(client: WebClient) -> None:
    where = {"type": "channels_select", "action_id": "where", "response_url_enabled": True}
    assert error_of(lambda: client.views_publish(user_id=ANN, view=home(actions(where)))) == "invalid_arguments"


def test_a_view_can_be_too_large(client: WebClient) -> None:
    texts = [{"type": "section", "fields": [plain("x" * 2000)] * 10}] * 13
    assert error_of(lambda: client.views_publish(user_id=ANN, view=home(*texts))) == "view_too_large"
