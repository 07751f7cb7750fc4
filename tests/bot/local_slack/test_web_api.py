import json
import socket
from functools import partial
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.local_slack.people import Person
from bot.local_slack.rules import Rules
from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.workspaces import (
    ANN,
    BEN,
    CHANNELS,
    DESK,
    MANIFEST,
    QUIET,
    SECRET,
    USERS,
    StillTime,
    button,
    client_with,
    error_of,
    section,
)


def test_the_bot_learns_who_it_is(client: WebClient) -> None:
    me = client.auth_test()
    assert (me["user"], me["team"], me["bot_id"]) == ("trader", "Local desk", "B0LOCALBOT")


def test_a_bot_that_dies_in_the_middle_of_a_call_leaves_no_error_behind(
    slack: LocalSlack, client: WebClient, caplog: pytest.LogCaptureFixture
) -> None:
    address = urlsplit(slack.url)
    with socket.create_connection((address.hostname, address.port)) as dying:
        dying.sendall(b"POST /api/chat.postMessage HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\ntoken=")
        dying.shutdown(socket.SHUT_WR)
        assert dying.recv(1) == b""
    client.auth_test()  # heard after the end of the other call
    assert not caplog.records


@pytest.mark.parametrize(("token", "word"), [("xoxb-invented", "invalid_auth"), (None, "not_authed")])
def test_a_token_of_somewhere_else_is_refused(reading: LocalSlack, token: str | None, word: str) -> None:
    assert error_of(client_with(reading, token).auth_test) == word


def test_each_method_wants_its_own_kind_of_token(slack: LocalSlack, client: WebClient) -> None:
    assert error_of(client_with(slack, slack.app_token).auth_test) == "not_allowed_token_type"
    assert error_of(lambda: client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"


def test_a_method_needs_its_scope() -> None:
    manifest = {**MANIFEST, "oauth_config": {"scopes": {"bot": ["chat:write"]}}}
    with LocalSlack(manifest=manifest, users=USERS, channels=CHANNELS) as slack:
        client = client_with(slack, slack.bot_token)
        assert client.auth_test().headers["x-oauth-scopes"] == "chat:write"
        assert client.chat_postMessage(channel=DESK, text="Hello")["ok"]
        with pytest.raises(SlackApiError) as refused:
            client.users_list()
    answer = refused.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "users:read", "chat:write")
    assert answer.headers["x-accepted-oauth-scopes"] == "users:read"


def test_an_unknown_method_is_named_so(reader: WebClient) -> None:
    assert error_of(lambda: reader.api_call("chat.shout")) == "unknown_method"


@pytest.mark.parametrize(("body", "word"), [(b"{", "invalid_json"), (b"[]", "json_not_object")])
def test_a_broken_body_is_refused(reading: LocalSlack, body: bytes, word: str) -> None:
    request = Request(f"{reading.api_url}auth.test", body, {"Content-Type": "application/json"})  # noqa: S310 - loopback
    with urlopen(request) as response:  # noqa: S310 - loopback
        assert json.load(response) == {"ok": False, "error": word}


@pytest.mark.parametrize("where", [DESK, "#desk", "desk"])
def test_a_message_reaches_a_channel_by_id_or_name(client: WebClient, ann: Person, where: str) -> None:
    sent = client.chat_postMessage(channel=where, text="Hello")
    (message,) = ann.messages(DESK)
    assert (message["ts"], message["text"], message["username"]) == (sent["ts"], "Hello", "trader")


def test_a_message_to_a_person_is_theirs_alone(client: WebClient, ann: Person, ben: Person) -> None:
    channel = client.chat_postMessage(channel=ANN, text="Psst")["channel"]
    assert client.conversations_open(users=ANN)["channel"]["id"] == channel
    assert ann.messages(channel)[0]["text"] == "Psst"
    assert channel in [each["id"] for each in ann.workspace()["channels"]]
    assert channel not in [each["id"] for each in ben.workspace()["channels"]]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"channel": "C0NONE", "text": "x"}, "channel_not_found"),
        ({"channel": QUIET, "text": "x"}, "not_in_channel"),
        ({"channel": DESK}, "no_text"),
        ({"channel": DESK, "text": ""}, "no_text"),
        ({"text": "x"}, "invalid_arguments"),
        ({"channel": DESK, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": DESK, "blocks": "["}, "invalid_blocks_format"),
        ({"channel": DESK, "blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"channel": DESK, "blocks": [{"type": "header"}]}, "invalid_blocks"),
        ({"channel": DESK, "blocks": [section("x" * 2641)] * 5}, "msg_blocks_too_long"),
        ({"channel": DESK, "text": "x", "attachments": "x"}, "invalid_attachments"),
        ({"channel": DESK, "text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"channel": DESK, "text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"channel": DESK, "text": "x", "metadata": {"event_type": 1, "event_payload": []}}, "invalid_metadata_format"),
        ({"channel": DESK, "text": ["x"]}, "invalid_arguments"),
        ({"channel": {"id": DESK}, "text": "x"}, "invalid_arguments"),
        ({"channel": DESK, "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
def test_what_slack_would_not_post_is_refused(reader: WebClient, arguments: dict[str, object], word: str) -> None:
    assert error_of(lambda: reader.api_call("chat.postMessage", json=arguments)) == word


def test_a_refusal_says_where_the_mistake_is(reader: WebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        reader.chat_postMessage(channel=DESK, text="x", blocks=[section("")])
    (sentence,) = refused.value.response["response_metadata"]["messages"]
    assert sentence == "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]"


def test_blocks_come_as_json_or_within_a_form(client: WebClient, ann: Person) -> None:
    client.chat_postMessage(channel=DESK, text="json", blocks=[section()])
    client.api_call("chat.postMessage", params={"channel": DESK, "text": "form", "blocks": json.dumps([section()])})
    first, second = ann.messages(DESK)
    assert first["blocks"][0]["text"] == second["blocks"][0]["text"]
    assert first["blocks"][0]["block_id"]


def test_elements_without_an_id_get_one(client: WebClient, ann: Person) -> None:
    nameless = {"type": "button", "text": button()["text"]}
    client.chat_postMessage(channel=DESK, text="x", blocks=[{"type": "actions", "elements": [nameless]}])
    assert ann.messages(DESK)[0]["blocks"][0]["elements"][0]["action_id"]


def test_replies_stand_in_their_thread(client: WebClient, ann: Person) -> None:
    parent = client.chat_postMessage(channel=DESK, text="Parent")["ts"]
    client.chat_postMessage(channel=DESK, text="Reply", thread_ts=parent)
    client.chat_postMessage(channel=DESK, text="Aloud", thread_ts=parent, reply_broadcast=True)
    assert [each["text"] for each in ann.messages(DESK)] == ["Parent", "Aloud"]
    assert [each["text"] for each in ann.messages(DESK, parent)] == ["Parent", "Reply", "Aloud"]
    assert ann.messages(DESK)[0]["reply_count"] == 2


def test_a_reply_cannot_be_replied_to(client: WebClient) -> None:
    parent = client.chat_postMessage(channel=DESK, text="Parent")["ts"]
    reply = client.chat_postMessage(channel=DESK, text="Reply", thread_ts=parent)["ts"]
    again = error_of(lambda: client.chat_postMessage(channel=DESK, text="x", thread_ts=reply))
    assert again == "cannot_reply_to_message"


TRADE = {"event_type": "trade", "event_payload": {"id": "AAPL"}}


def test_metadata_comes_back_whole_only_where_it_is_asked_for(client: WebClient) -> None:
    posted = client.chat_postMessage(channel=DESK, text="x", metadata=TRADE)
    reads = (client.conversations_history, partial(client.conversations_replies, ts=posted["ts"]))
    whole = [read(channel=DESK, include_all_metadata=True)["messages"][0]["metadata"] for read in reads]
    unasked = [read(channel=DESK)["messages"][0]["metadata"] for read in reads]
    assert posted["message"]["metadata"] == TRADE
    assert (whole, unasked) == ([TRADE] * 2, [{"event_type": "trade"}] * 2)


def test_an_update_keeps_metadata_unless_it_empties_it(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=DESK, text="x", metadata=TRADE)["ts"]
    kept = client.chat_update(channel=DESK, ts=ts, text="y")["message"]
    emptied = client.chat_update(channel=DESK, ts=ts, text="z", metadata={})["message"]
    assert (kept["metadata"], "metadata" in emptied) == (TRADE, False)


def test_an_ephemeral_message_is_for_one_person(client: WebClient, ann: Person, ben: Person) -> None:
    ts = client.chat_postEphemeral(channel=DESK, user=ANN, text="Between us")["message_ts"]
    assert ann.messages(DESK)[0]["ephemeral"]
    assert ben.messages(DESK) == client.conversations_history(channel=DESK)["messages"] == []
    assert error_of(lambda: client.chat_update(channel=DESK, ts=ts, text="x")) == "message_not_found"
    assert error_of(lambda: client.chat_postEphemeral(channel=SECRET, user=BEN, text="x")) == "user_not_in_channel"


def test_an_update_keeps_what_it_does_not_mention(client: WebClient, ann: Person) -> None:
    ts = client.chat_postMessage(channel=DESK, text="Before", blocks=[section()])["ts"]
    client.chat_update(channel=DESK, ts=ts, text="After")
    (message,) = ann.messages(DESK)
    assert (message["text"], len(message["blocks"]), message["edited"]["user"]) == ("After", 1, "U0LOCALBOT")
    client.chat_update(channel=DESK, ts=ts, text="Bare", blocks=[])
    assert ann.messages(DESK)[0]["blocks"] == []


def test_a_deleted_message_is_gone(client: WebClient, ann: Person) -> None:
    ts = client.chat_postMessage(channel=DESK, text="Oops")["ts"]
    client.chat_delete(channel=DESK, ts=ts)
    assert ann.messages(DESK) == []
    assert error_of(lambda: client.chat_delete(channel=DESK, ts=ts)) == "message_not_found"


def test_only_the_bots_own_messages_can_be_changed(client: WebClient, ann: Person) -> None:
    ts = ann.say(DESK, "Mine")["ts"]
    assert error_of(lambda: client.chat_update(channel=DESK, ts=ts, text="x")) == "cant_update_message"
    assert error_of(lambda: client.chat_delete(channel=DESK, ts=ts)) == "cant_delete_message"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"channel": DESK, "ts": "1.000001", "text": "x"}, "message_not_found"),
        ({"channel": "C0NONE", "ts": "1.000001", "text": "x"}, "channel_not_found"),
        ({"channel": DESK, "text": "x"}, "invalid_arguments"),
    ],
)
def test_an_update_needs_its_message(reader: WebClient, arguments: dict[str, str], word: str) -> None:
    assert error_of(lambda: reader.api_call("chat.update", json=arguments)) == word


def test_an_update_is_held_to_the_limits(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=DESK, text="x")["ts"]
    assert error_of(lambda: client.chat_update(channel=DESK, ts=ts, text="x" * 4001)) == "msg_too_long"
    assert (
        error_of(lambda: client.chat_update(channel=DESK, ts=ts, text="x", blocks=[{"type": "x"}])) == "invalid_blocks"
    )
    assert error_of(lambda: client.api_call("chat.update", json={"channel": DESK, "ts": ts})) == "no_text"


def test_posting_too_fast_is_slowed(client: WebClient, still: StillTime) -> None:
    for number in range(4):
        client.chat_postMessage(channel=DESK, text=str(number))
    with pytest.raises(SlackApiError) as limited:
        client.chat_postMessage(channel=DESK, text="more")
    assert (limited.value.response.status_code, limited.value.response["error"]) == (429, "ratelimited")
    assert limited.value.response.headers["Retry-After"] == "1"
    still.advance(1)
    assert client.chat_postMessage(channel=DESK, text="more")["ok"]


def test_the_sdks_own_retry_gets_through() -> None:
    rules = Rules(posts_a_second=5, post_burst=1)
    with LocalSlack(manifest=MANIFEST, users=USERS, channels=CHANNELS, rules=rules) as slack:
        client = client_with(slack, slack.bot_token)
        client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
        for text in ("one", "two"):
            assert client.chat_postMessage(channel=DESK, text=text)["ok"]


def test_reactions_come_and_go(client: WebClient, ann: Person) -> None:
    ts = client.chat_postMessage(channel=DESK, text="x")["ts"]
    client.reactions_add(channel=DESK, timestamp=ts, name="eyes")
    assert ann.messages(DESK)[0]["reactions"] == [{"name": "eyes", "users": ["U0LOCALBOT"]}]
    again = error_of(lambda: client.reactions_add(channel=DESK, timestamp=ts, name="eyes"))
    client.reactions_remove(channel=DESK, timestamp=ts, name="eyes")
    assert (again, ann.messages(DESK)[0]["reactions"]) == ("already_reacted", [])
    assert error_of(lambda: client.reactions_remove(channel=DESK, timestamp=ts, name="eyes")) == "no_reaction"


def test_a_permalink_leads_to_the_page(slack: LocalSlack, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=DESK, text="x")["ts"]
    link = client.chat_getPermalink(channel=DESK, message_ts=ts)["permalink"]
    assert link == f"{slack.url}/?channel={DESK}&message_ts={ts}"


def test_history_is_newest_first_in_pages(client: WebClient) -> None:
    for text in ("one", "two", "three"):
        client.chat_postMessage(channel=DESK, text=text)
    first = client.conversations_history(channel=DESK, limit=2)
    rest = client.conversations_history(channel=DESK, limit=2, cursor=first["response_metadata"]["next_cursor"])
    assert [[each["text"] for each in page["messages"]] for page in (first, rest)] == [["three", "two"], ["one"]]
    assert not rest["has_more"]


def test_history_can_be_bounded(client: WebClient) -> None:
    times = [client.chat_postMessage(channel=DESK, text=text)["ts"] for text in ("one", "two", "three")]
    between = client.conversations_history(channel=DESK, oldest=times[0], latest=times[2])["messages"]
    assert [each["text"] for each in between] == ["two"]
    exact = client.conversations_history(channel=DESK, oldest=times[1], latest=times[1], inclusive=True)["messages"]
    assert [each["text"] for each in exact] == ["two"]


def test_the_bot_can_look_around(client: WebClient) -> None:
    parent = client.chat_postMessage(channel=DESK, text="Parent")["ts"]
    client.chat_postMessage(channel=DESK, text="Reply", thread_ts=parent)
    assert [each["text"] for each in client.conversations_replies(channel=DESK, ts=parent)["messages"]] == [
        "Parent",
        "Reply",
    ]
    assert [each["id"] for each in client.conversations_list()["channels"]] == [DESK, QUIET]
    both = "public_channel,private_channel"
    assert [each["id"] for each in client.users_conversations()["channels"]] == [DESK]
    assert [each["id"] for each in client.users_conversations(types=both)["channels"]] == [DESK, SECRET]
    assert client.conversations_members(channel=SECRET)["members"] == [ANN, "U0LOCALBOT"]
    assert client.users_info(user=ANN)["user"]["real_name"] == "Ann Lee"
    assert len(client.users_list()["members"]) == 3
    assert client.usergroups_users_list(usergroup="S0DESK")["users"] == [ANN]
    assert client.bots_info(bot="B0LOCALBOT")["bot"]["name"] == "trader"


@pytest.mark.parametrize(
    ("method", "arguments", "word"),
    [
        ("conversations.info", {"channel": "C0NONE"}, "channel_not_found"),
        ("conversations.replies", {"channel": DESK, "ts": "1.000001"}, "thread_not_found"),
        ("conversations.open", {"users": "U0NONE"}, "user_not_found"),
        ("users.info", {"user": "U0NONE"}, "user_not_found"),
        ("usergroups.users.list", {"usergroup": "S0NONE"}, "no_such_subteam"),
        ("bots.info", {"bot": "B0NONE"}, "bot_not_found"),
        ("chat.getPermalink", {"channel": DESK, "message_ts": "1.000001"}, "message_not_found"),
        ("files.info", {"file": "F0NONE"}, "file_not_found"),
        ("conversations.history", {"channel": DESK, "limit": "many"}, "invalid_arguments"),
        ("conversations.history", {"channel": DESK, "oldest": "yesterday"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": DESK, "latest": "now"}, "invalid_ts_latest"),
        ("conversations.history", {}, "invalid_arguments"),
        ("conversations.list", {"types": "club"}, "invalid_types"),
        ("conversations.open", {}, "users_list_not_supplied"),
    ],
)
def test_what_is_not_there_cannot_be_read(reader: WebClient, method: str, arguments: dict[str, str], word: str) -> None:
    assert error_of(lambda: reader.api_call(method, params=arguments)) == word
