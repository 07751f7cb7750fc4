from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.local_slack.errors import PersonRefused
from bot.local_slack.people import Person
from tests.bot.local_slack.workspaces import (
    ANN,
    BEN,
    DESK,
    SECRET,
    actions,
    asked,
    button,
    home,
    option,
    plain,
    section,
    written,
)
from tests.support.waiting import until

MENU = {"type": "static_select", "action_id": "menu", "options": [option("a"), option("b")]}


@pytest.fixture
def got(app: App) -> list[dict[str, Any]]:
    """Every body that reached the bot's listeners."""
    bodies: list[dict[str, Any]] = []

    def keep(ack: Any, body: dict[str, Any]) -> None:
        ack()
        bodies.append(body)

    for listen in (app.command("/hi"), app.command("/who-is"), app.shortcut("look"), app.shortcut("keep")):
        listen(keep)
    for name in ("go", "menu", "words"):
        app.action(name)(keep)
    return bodies


def test_a_command_reaches_the_bot(ann: Person, got: list[dict[str, Any]]) -> None:
    assert ann.command(DESK, "/hi  there you ") is None
    told = {name: got[0][name] for name in ("command", "text", "user_id", "channel_id", "channel_name")}
    assert told == {
        "command": "/hi",
        "text": "there you",
        "user_id": ANN,
        "channel_id": DESK,
        "channel_name": "desk",
    }


def test_mentions_are_escaped_where_the_manifest_asks(ann: Person, got: list[dict[str, Any]]) -> None:
    ann.command(DESK, "/who-is @ben in #desk or @nobody")
    ann.command(DESK, "/hi @ben")
    assert got[0]["text"] == f"<@{BEN}|ben> in <#{DESK}|desk> or @nobody"
    assert got[1]["text"] == "@ben"


def test_the_acknowledgement_of_a_command_is_for_the_one_who_gave_it(app: App, ann: Person, ben: Person) -> None:
    app.command("/hi")(lambda ack: ack("Hello"))
    response = ann.command(DESK, "/hi")
    assert (response or {})["text"] == "Hello"
    (message,) = ann.messages(DESK)
    assert (message["text"], message["ephemeral"], ben.messages(DESK)) == ("Hello", True, [])


def test_the_acknowledgement_of_a_command_can_be_for_all(app: App, ann: Person, ben: Person) -> None:
    app.command("/hi")(lambda ack: ack(text="Hello", response_type="in_channel", blocks=[section()]))
    ann.command(DESK, "/hi")
    assert ben.messages(DESK)[0]["blocks"][0]["text"]["text"] == "Hello"


def test_an_acknowledgement_that_slack_refuses_fails_the_person(app: App, ann: Person) -> None:
    app.command("/hi")(lambda ack: ack(text="x", blocks=[{"type": "header"}]))
    with pytest.raises(PersonRefused, match=r"409 bad_response: .*invalid_blocks"):
        ann.command(DESK, "/hi")


def test_an_undeclared_command_does_not_exist(ann: Person) -> None:
    with pytest.raises(PersonRefused, match="400 no_such_command: /bye"):
        ann.command(DESK, "/bye now")


def test_a_button_reaches_the_bot(client: WebClient, ann: Person, got: list[dict[str, Any]]) -> None:
    sent = client.chat_postMessage(channel=DESK, text="x", blocks=[actions(button(value="AAPL", style="primary"))])
    ann.press(ann.messages(DESK)[0], "go")
    (body,) = got
    (pressed,) = body["actions"]
    assert (pressed["action_id"], pressed["block_id"], pressed["value"]) == ("go", "acts", "AAPL")
    assert (body["user"]["id"], body["channel"]["id"], body["message"]["ts"]) == (ANN, DESK, sent["ts"])
    assert body["container"] == {
        "type": "message",
        "message_ts": sent["ts"],
        "channel_id": DESK,
        "is_ephemeral": False,
    }


def test_a_button_in_a_container_reaches_the_bot(client: WebClient, ann: Person, got: list[dict[str, Any]]) -> None:
    folded = {"type": "container", "title": plain("More"), "child_blocks": [section(), actions(button(value="7"))]}
    posted = client.chat_postMessage(channel=DESK, text="x", blocks=[folded])
    assert all(block["block_id"] for block in posted["message"]["blocks"][0]["child_blocks"])
    ann.press(ann.messages(DESK)[0], "go")
    assert got[0]["actions"][0]["value"] == "7"


def test_a_button_in_a_thread_tells_the_thread(client: WebClient, ann: Person, got: list[dict[str, Any]]) -> None:
    parent = client.chat_postMessage(channel=DESK, text="Parent")["ts"]
    client.chat_postMessage(channel=DESK, text="x", blocks=[actions(button())], thread_ts=parent)
    ann.press(ann.messages(DESK, parent)[-1], "go")
    assert got[0]["container"]["thread_ts"] == got[0]["message"]["thread_ts"] == parent


def test_the_bot_does_not_see_its_ephemeral_message(client: WebClient, ann: Person, got: list[dict[str, Any]]) -> None:
    client.chat_postEphemeral(channel=DESK, user=ANN, text="x", blocks=[actions(button())])
    ann.press(ann.messages(DESK)[0], "go")
    assert got[0]["container"]["is_ephemeral"]
    assert "message" not in got[0]


def test_a_choice_is_part_of_the_state(client: WebClient, ann: Person, got: list[dict[str, Any]]) -> None:
    client.chat_postMessage(channel=DESK, text="x", blocks=[actions(MENU, button())])
    (message,) = ann.messages(DESK)
    ann.press(message, "menu", selected_option="b")
    ann.press(message, "go")
    assert got[0]["actions"][0]["selected_option"] == option("b")
    assert got[1]["state"]["values"]["acts"]["menu"]["selected_option"] == option("b")


def test_an_input_is_told_only_where_it_dispatches(client: WebClient, ann: Person, got: list[dict[str, Any]]) -> None:
    quiet, loud = asked(written("quiet"), "one"), asked(written(), "two", dispatch_action=True)
    client.chat_postMessage(channel=DESK, text="x", blocks=[quiet, loud])
    (message,) = ann.messages(DESK)
    ann.press(message, "quiet", value="first")
    ann.press(message, "words", value="second")
    (body,) = got
    assert body["actions"][0]["value"] == "second"
    assert body["state"]["values"]["one"]["quiet"]["value"] == "first"


def test_a_button_of_an_attachment_can_be_pressed(client: WebClient, ann: Person, got: list[dict[str, Any]]) -> None:
    attachment = {"color": "#f00", "fallback": "x", "blocks": [actions(button())]}
    client.chat_postMessage(channel=DESK, text="x", attachments=[attachment])
    ann.press(ann.messages(DESK)[0], "go")
    assert got[0]["actions"][0]["action_id"] == "go"


def test_a_button_that_is_gone_cannot_be_pressed(client: WebClient, ann: Person) -> None:
    ts = client.chat_postMessage(channel=DESK, text="x", blocks=[actions(button())])["ts"]
    (before,) = ann.messages(DESK)
    client.chat_update(channel=DESK, ts=ts, text="Decided", blocks=[section("Decided")])
    with pytest.raises(PersonRefused, match="404 no_such_action"):
        ann.press(before, "go")
    client.chat_delete(channel=DESK, ts=ts)
    with pytest.raises(PersonRefused, match="404 no_such_message"):
        ann.press(before, "go")


def test_a_button_of_somebody_else_cannot_be_pressed(client: WebClient, ann: Person, ben: Person) -> None:
    client.chat_postEphemeral(channel=DESK, user=ANN, text="x", blocks=[actions(button())])
    with pytest.raises(PersonRefused, match="403 not_visible"):
        ben.press(ann.messages(DESK)[0], "go")
    client.chat_postMessage(channel=SECRET, text="x", blocks=[actions(button())])
    with pytest.raises(PersonRefused, match="403 not_visible"):
        ben.press(ann.messages(SECRET)[0], "go")


def test_a_menu_needs_a_choice(client: WebClient, ann: Person) -> None:
    client.chat_postMessage(channel=DESK, text="x", blocks=[actions(MENU)])
    with pytest.raises(PersonRefused, match="400 bad_request: selected_option is missing"):
        ann.press(ann.messages(DESK)[0], "menu")


def test_a_button_of_the_home_reaches_the_bot(client: WebClient, ann: Person, got: list[dict[str, Any]]) -> None:
    client.views_publish(user_id=ANN, view=home(actions(button())))
    ann.press(ann.wait_for_home(), "go")
    assert (got[0]["container"]["type"], got[0]["view"]["type"]) == ("view", "home")


def test_shortcuts_reach_the_bot(ann: Person, got: list[dict[str, Any]]) -> None:
    message = ann.say(DESK, "Mine")
    ann.shortcut("look")
    ann.shortcut("keep", message)
    assert [body["type"] for body in got] == ["shortcut", "message_action"]
    assert (got[1]["message"]["text"], got[1]["channel"]["id"]) == ("Mine", DESK)


def test_a_shortcut_of_the_other_kind_does_not_exist(ann: Person) -> None:
    with pytest.raises(PersonRefused, match="404 no_such_shortcut"):
        ann.shortcut("keep")


def test_opening_the_home_tells_the_bot(app: App, client: WebClient, ann: Person) -> None:
    @app.event("app_home_opened")
    def on_open(event: dict[str, Any]) -> None:
        client.views_publish(user_id=event["user"], view=home(section(event["tab"])))

    ann.open_home()
    assert ann.wait_for_home()["blocks"][0]["text"]["text"] == "home"


def test_the_bot_hears_what_it_subscribed_to(app: App, ann: Person) -> None:
    heard: list[tuple[str, str]] = []
    app.event("message")(lambda event: heard.append((event["type"], event["text"])))
    app.event("app_mention")(lambda event: heard.append((event["type"], event["text"])))
    ann.say(SECRET, "Unheard")
    ann.say(DESK, "Hello <@U0LOCALBOT>")
    until(lambda: len(heard) == 2)
    assert sorted(heard) == [("app_mention", "Hello <@U0LOCALBOT>"), ("message", "Hello <@U0LOCALBOT>")]
