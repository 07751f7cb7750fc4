from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.workspaces import DESK, StillTime, actions, button, section


@pytest.fixture
def urls(app: App) -> list[str]:
    """The response URLs that the bot got."""
    got: list[str] = []

    def keep(ack: Any, body: dict[str, Any]) -> None:
        ack()
        got.append(body["response_url"])

    app.command("/hi")(keep)
    app.action("go")(keep)
    return got


@pytest.fixture
def answer(ann: Person, urls: list[str]) -> WebhookClient:
    """A way to answer a command of Ann's."""
    ann.command(DESK, "/hi")
    return WebhookClient(urls[-1])


@pytest.fixture
def answer_press(client: WebClient, ann: Person, urls: list[str]) -> WebhookClient:
    """A way to answer a button that Ann pressed."""
    client.chat_postMessage(channel=DESK, text="Before", blocks=[actions(button())])
    ann.press(ann.messages(DESK)[0], "go")
    return WebhookClient(urls[-1])


def test_an_answer_is_ephemeral_unless_told(answer: WebhookClient, ann: Person, ben: Person) -> None:
    assert answer.send(text="For you").status_code == 200
    assert answer.send(text="For all", response_type="in_channel").status_code == 200
    assert [each["text"] for each in ann.messages(DESK)] == ["For you", "For all"]
    assert [each["text"] for each in ben.messages(DESK)] == ["For all"]


def test_an_answer_can_replace_the_message(answer_press: WebhookClient, ann: Person) -> None:
    answer_press.send(text="After", replace_original=True)
    (message,) = ann.messages(DESK)
    assert (message["text"], message["blocks"], message["edited"]) == ("After", [], None)


def test_an_answer_can_delete_the_message(answer_press: WebhookClient, ann: Person) -> None:
    answer_press.send(delete_original=True)
    assert ann.messages(DESK) == []


def test_five_answers_are_taken(answer: WebhookClient) -> None:
    taken = [answer.send(text=str(number)).status_code for number in range(5)]
    refused = answer.send(text="6")
    assert (taken, refused.status_code) == ([200] * 5, 404)
    assert "used_url" in refused.body


def test_answers_are_taken_for_half_an_hour(answer: WebhookClient, still: StillTime) -> None:
    still.advance(1800)
    refused = answer.send(text="Late")
    assert refused.status_code == 404
    assert "expired_url" in refused.body


def test_an_invented_url_takes_nothing(slack: LocalSlack) -> None:
    assert WebhookClient(f"{slack.url}/respond/abc").send(text="x").status_code == 404


@pytest.mark.parametrize(
    ("content", "word"),
    [({"text": ""}, "no_text"), ({"text": "x", "blocks": [section("x" * 3001)]}, "invalid_blocks")],
)
def test_an_answer_is_held_to_the_limits(answer: WebhookClient, content: dict[str, Any], word: str) -> None:
    refused = answer.send_dict(content)
    assert refused.status_code == 400
    assert word in refused.body
