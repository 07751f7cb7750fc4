"""A workspace that does not know Slack's newer blocks gets each message without them, and is asked once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from structlog.testing import capture_logs

from bot.cards.message import alert, small_card
from bot.cards.proposal import proposal
from bot.local_slack.people import Person
from bot.local_slack.rules import Rules
from bot.local_slack.server import LocalSlack
from bot.transport.block_support import BlockSupport
from bot.transport.slack_calls import SlackRefuses, respond
from bot.transport.web_client import SlackClient
from tests.bot.cards.examples import ENGLISH, approved, buttons
from tests.bot.local_slack.workspaces import ANN, CHANNELS, DESK, MANIFEST, USERS, connected, new_app, section
from tests.support.fakes.slack import Reply, ScriptedSlack
from tests.support.fakes.trades import a_trade

CARD = proposal(a_trade(), ENGLISH)
REFUSED = Reply(error="invalid_blocks")


def client_of(slack: LocalSlack | ScriptedSlack) -> SlackClient:
    token = slack.bot_token if isinstance(slack, LocalSlack) else f"xoxb-{id(slack)}"
    return SlackClient(token=token, base_url=slack.api_url, timeout=5.0)


@contextmanager
def workspace(*, takes_newer: bool) -> Iterator[LocalSlack]:
    rules = Rules(takes_newer_blocks=takes_newer, posts_a_second=1_000, post_burst=1_000, ping_every=0.05)
    with LocalSlack(manifest=MANIFEST, users=USERS, channels=CHANNELS, rules=rules) as slack:
        yield slack


def kinds(message: dict[str, Any]) -> list[str]:
    return [block["type"] for block in message["blocks"]]


@pytest.mark.parametrize(("takes_newer", "last"), [(True, "container"), (False, "context")])
def test_a_card_arrives_is_redrawn_and_answered_with_its_buttons(takes_newer: bool, last: str) -> None:
    with workspace(takes_newer=takes_newer) as slack:
        client, ann, payload = client_of(slack), Person(slack.url, ANN), CARD.payload()
        ts = client.chat_postMessage(channel=DESK, **payload)["ts"]
        [posted] = ann.messages(DESK)
        assert kinds(posted) == ["header", "section", "actions", last]
        assert [each["action_id"] for each in posted["blocks"][2]["elements"]] == buttons(CARD)
        client.chat_update(channel=DESK, ts=ts, **proposal(approved(), ENGLISH).payload())
        client.chat_postEphemeral(channel=DESK, user=ANN, **payload)
        redrawn, whispered = ann.messages(DESK)
        assert (kinds(redrawn)[-1], kinds(whispered)[-1]) == (last, last)
        assert redrawn["text"].startswith("512 AAPL at $150.25: approved")


@pytest.mark.parametrize(("takes_newer", "last"), [(True, "container"), (False, "context")])
def test_an_answer_to_a_response_url_arrives_too(takes_newer: bool, last: str) -> None:
    with workspace(takes_newer=takes_newer) as slack:
        client, ann = client_of(slack), Person(slack.url, ANN)
        app, urls = new_app(slack), list[str]()

        @app.command("/hi")
        def keep(ack: Any, body: dict[str, Any]) -> None:
            ack()
            urls.append(body["response_url"])

        with connected(slack, app):
            ann.command(DESK, "/hi")
        respond(urls[0], CARD.payload(), blocks=client.blocks)
        [answer] = ann.messages(DESK)
        assert kinds(answer)[-1] == last


def test_what_was_refused_once_is_not_tried_again_by_any_client_and_is_logged_once() -> None:
    with ScriptedSlack(REFUSED) as slack, capture_logs() as logs:
        for _ in range(2):
            client = client_of(slack)
            for _ in range(2):
                client.chat_postMessage(channel=DESK, **CARD.payload())
        sent = [kinds(arguments)[-1] for arguments in slack.posted()]
    assert sent == ["container", *["context"] * 4]
    assert [each for each in logs if each["event"] == "newer_blocks_refused"] == [
        {"event": "newer_blocks_refused", "log_level": "warning", "kinds": "container"}
    ]


def test_one_workspace_says_nothing_about_another() -> None:
    with ScriptedSlack(REFUSED) as one, ScriptedSlack() as other:
        client_of(one).chat_postMessage(channel=DESK, **CARD.payload())
        client_of(other).chat_postMessage(channel=DESK, **CARD.payload())
        assert [kinds(arguments)[-1] for arguments in other.posted()] == ["container"]


def test_blocks_that_are_wrong_in_another_way_teach_nothing() -> None:
    with ScriptedSlack(REFUSED, REFUSED) as slack, capture_logs() as logs:
        client = client_of(slack)
        with pytest.raises(SlackApiError, match="invalid_blocks"):
            client.chat_postMessage(channel=DESK, **CARD.payload())
        client.chat_postMessage(channel=DESK, **CARD.payload())
        assert [kinds(arguments)[-1] for arguments in slack.posted()] == ["container", "context", "container"]
    assert logs == []


def test_a_refused_table_leaves_the_containers_of_other_messages_as_they_are() -> None:
    cells = [[{"type": "raw_text", "text": text} for text in row] for row in (("Symbol", "Shares"), ("AAPL", "1"))]
    table = {"type": "data_table", "caption": "Positions", "rows": cells}
    folded = CARD.payload()["blocks"][-1]
    support = BlockSupport()

    def send(body: Any) -> list[str]:
        if "data_table" in kinds(body):
            raise SlackRefuses("invalid_blocks")
        return kinds(body)

    assert support.send(send, {"blocks": [table, folded]}, SlackRefuses) == ["section", "container"]
    assert support.send(send, {"blocks": [folded]}, SlackRefuses) == ["container"]


@pytest.mark.parametrize("word", ["channel_not_found", "invalid_auth", "msg_too_long"])
def test_another_refusal_is_left_alone(word: str) -> None:
    with ScriptedSlack(Reply(error=word)) as slack:
        with pytest.raises(SlackApiError, match=word):
            client_of(slack).chat_postMessage(channel=DESK, **CARD.payload())
        assert len(slack.calls) == 1


def test_a_message_without_newer_blocks_is_refused_once() -> None:
    support, sent = BlockSupport(), list[Any]()

    def refuse(body: Any) -> None:
        sent.append(body)
        raise SlackRefuses("invalid_blocks")

    with pytest.raises(SlackRefuses):
        support.send(refuse, {"text": "x", "blocks": [section()]}, SlackRefuses)
    assert len(sent) == 1


def a_home() -> dict[str, Any]:
    held = small_card("*AAPL* 512 shares", "Stop $147.99", block_id="position.0")[0].to_dict()
    return {"type": "home", "blocks": [held]}


@pytest.mark.parametrize(("takes_newer", "kind"), [(True, "card"), (False, "section")])
def test_a_home_is_published_without_the_cards_that_a_workspace_does_not_know(takes_newer: bool, kind: str) -> None:
    with workspace(takes_newer=takes_newer) as slack:
        client_of(slack).views_publish(user_id=ANN, view=a_home())
        assert [block["type"] for block in Person(slack.url, ANN).wait_for_home()["blocks"]] == [kind]


def test_a_window_whose_alert_was_refused_opens_at_the_second_press_where_the_first_cost_its_trigger() -> None:
    refused, spent = Reply(error="invalid_arguments"), Reply(error="exchanged_trigger_id")
    title = {"type": "plain_text", "text": "Close"}
    view = {"type": "modal", "title": title, "blocks": [alert("Sell?", "warning").to_dict()]}
    with ScriptedSlack(refused, spent) as slack:
        client = client_of(slack)
        with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
            client.views_open(trigger_id="1.first", view=view)
        client.views_open(trigger_id="2.second", view=view)
    shown = [arguments["view"]["blocks"][0]["type"] for _, arguments in slack.calls]
    assert shown == ["alert", "section", "section"]
