from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.local_slack.escaping import as_stored, escaped
from bot.local_slack.people import Person
from tests.bot.local_slack.workspaces import BEN, DESK, asked, keeping, modal, written
from tests.support.waiting import until


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("AT&T < 20 > 10", "AT&amp;T &lt; 20 &gt; 10"),
        ("AT&amp;T &lt; 20", "AT&amp;T &lt; 20"),
        ("&nbsp; &not", "&amp;nbsp; &amp;not"),
        (
            "<@U0ANN> <#C0DESK|desk> <!here> <!date^1^{date}|now>",
            "<@U0ANN> <#C0DESK|desk> <!here> <!date^1^{date}|now>",
        ),
        ("<https://a.example/?b=1&c=2|b> <mailto:a@b.example>", "<https://a.example/?b=1&c=2|b> <mailto:a@b.example>"),
        ("<b>bold</b> 1<2", "&lt;b&gt;bold&lt;/b&gt; 1&lt;2"),
        ("", ""),
    ],
)
def test_a_message_keeps_what_has_a_meaning_and_escapes_the_rest(sent: str, kept: str) -> None:
    assert as_stored(sent) == kept
    assert as_stored(kept) == kept


def test_what_a_person_typed_is_escaped_whole() -> None:
    assert escaped("<@U0ANN> &amp; <") == "&lt;@U0ANN&gt; &amp;amp; &lt;"


def test_command_text_is_escaped(app: App, ann: Person) -> None:
    got: list[str] = []
    for name in ("/hi", "/who-is"):
        app.command(name)(keeping(got, "text"))
    ann.command(DESK, "/hi AT&T <b> @ben")
    ann.command(DESK, "/who-is AT&T <b> @ben")
    assert got == ["AT&amp;T &lt;b&gt; @ben", f"AT&amp;T &lt;b&gt; <@{BEN}|ben>"]


def test_messages_are_escaped_in_events_and_in_history(app: App, client: WebClient, ann: Person) -> None:
    heard: list[str] = []
    app.event("message")(lambda event: heard.append(event["text"]))
    said = ann.say(DESK, "AT&T <3 <@U0BEN>")
    until(lambda: bool(heard))
    (read,) = client.conversations_history(channel=DESK)["messages"]
    assert heard[0] == read["text"] == said["text"] == "AT&amp;T &lt;3 <@U0BEN>"


def test_the_bots_own_text_comes_back_escaped_and_is_shown_as_it_was_sent(client: WebClient, ann: Person) -> None:
    posted = client.chat_postMessage(channel=DESK, text="AT&T <3")
    changed = client.chat_update(channel=DESK, ts=posted["ts"], text="1 < 2")
    assert (posted["message"]["text"], changed["text"]) == ("AT&amp;T &lt;3", "1 &lt; 2")
    assert ann.messages(DESK)[0]["text"] == "1 < 2"


def test_what_is_typed_in_a_modal_stays_as_it_is(app: App, client: WebClient, ann: Person) -> None:
    got: list[Any] = []

    def ask(ack: Any, body: dict[str, Any]) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal(asked(written()), callback_id="asked"))

    app.command("/hi")(ask)
    app.view("asked")(keeping(got, "view", "state", "values", "ask", "words", "value"))
    ann.command(DESK, "/hi")
    ann.submit(ann.wait_for_view(), {"ask": {"words": "AT&T &not <b>"}})
    assert got == ["AT&T &not <b>"]
