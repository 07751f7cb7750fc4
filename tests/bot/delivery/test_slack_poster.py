"""What is asked of Slack, to the letter: a flag that is missing, or another message, shows here."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.delivery.reachability import Reachability
from bot.delivery.slack_poster import Poster, PostingRate
from bot.transport.slack_calls import SlackAway
from engine.model.notices.base import Posted
from tests.support.fakes.slack import Reply, ScriptedSlack

SINCE = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)
OLDEST = "1755614580.000000"
"""Two minutes before: by as much this machine's clock may be ahead of Slack's."""
CARD = {"text": "AAPL", "blocks": [{"type": "divider"}]}
STANDS = Posted(channel="C0DESK", ts="1755614701.000100")


@pytest.fixture
def slack() -> Iterator[ScriptedSlack]:
    with ScriptedSlack() as slack:
        yield slack


@pytest.fixture
def poster(slack: ScriptedSlack) -> Poster:
    client = WebClient(token="xoxb-test", base_url=slack.api_url, retry_handlers=[])
    return Poster(client, "C0DESK", Event(), PostingRate(burst=1000, gap=0.0), Reachability())


def page(key: str, cursor: str = "") -> Reply:
    message = {"ts": STANDS.ts, "metadata": {"event_type": "notice", "event_payload": {"key": key}}}
    more: dict[str, Any] = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return Reply(body={"ok": True, "messages": [message], **more})


def test_a_message_is_posted_with_the_key_by_which_it_is_found(slack: ScriptedSlack, poster: Poster) -> None:
    poster.post(CARD, "1755614700.000100", broadcast=True, key="k")
    metadata = {"event_type": "notice", "event_payload": {"key": "k"}}
    thread = {"thread_ts": "1755614700.000100", "reply_broadcast": True}
    assert slack.calls == [("chat.postMessage", {"channel": "C0DESK", **CARD, **thread, "metadata": metadata})]


def test_a_message_is_looked_for_in_its_thread_and_then_in_the_channel_page_by_page(
    slack: ScriptedSlack, poster: Poster
) -> None:
    slack.replies.extend([page("other"), page("other", "more"), page("k")])
    assert poster.find("k", SINCE, "1755614700.000100") == STANDS
    look = {"channel": "C0DESK", "oldest": OLDEST, "limit": "500", "include_all_metadata": "1"}
    assert slack.calls == [
        ("conversations.replies", look | {"ts": "1755614700.000100"}),
        ("conversations.history", look),
        ("conversations.history", look | {"cursor": "more"}),
    ]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"messages": None},
        {"messages": {"ts": "1.1"}},
        {"messages": [7]},
        {"messages": [], "has_more": True},
        {"messages": [], "response_metadata": [1]},
        {"messages": [], "response_metadata": {"next_cursor": 7}},
    ],
)
def test_a_page_that_is_none_does_not_pass_for_one_without_the_message(
    slack: ScriptedSlack, poster: Poster, said: dict[str, Any]
) -> None:
    slack.replies.append(Reply(body={"ok": True, **said}))
    with pytest.raises(SlackAway):
        poster.find("k", SINCE)


def test_a_message_is_redrawn_where_it_stands(slack: ScriptedSlack, poster: Poster) -> None:
    poster.redraw(STANDS, CARD)
    assert slack.calls == [("chat.update", {"channel": "C0DESK", "ts": STANDS.ts, **CARD})]


def test_a_card_that_slack_refuses_is_redrawn_as_text_without_its_blocks(slack: ScriptedSlack, poster: Poster) -> None:
    slack.replies.append(Reply(error="invalid_blocks"))
    poster.redraw(STANDS, CARD)
    assert slack.calls[1] == ("chat.update", {"channel": "C0DESK", "ts": STANDS.ts, "text": "AAPL", "blocks": []})
