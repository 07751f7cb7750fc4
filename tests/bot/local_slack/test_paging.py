import base64
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.local_slack.people import Person
from tests.bot.local_slack.workspaces import ANN, BEN, DESK, QUIET, error_of


def texts(page: SlackResponse) -> list[str]:
    return [each["text"] for each in page["messages"]]


def after(page: SlackResponse) -> str:
    return str(page["response_metadata"]["next_cursor"])


def test_history_goes_back_page_by_page_whatever_is_said_meanwhile(client: WebClient, ann: Person) -> None:
    for number in range(5):
        ann.say(DESK, str(number))
    first = client.conversations_history(channel=DESK, limit=2)
    ann.say(DESK, "new")
    second = client.conversations_history(channel=DESK, limit=2, cursor=after(first))
    third = client.conversations_history(channel=DESK, limit=2, cursor=after(second))
    assert [texts(page) for page in (first, second, third)] == [["4", "3"], ["2", "1"], ["0"]]
    assert [page["has_more"] for page in (first, second, third)] == [True, True, False]
    assert after(third) == ""


def test_replies_come_oldest_first_page_by_page(client: WebClient, ann: Person) -> None:
    parent = ann.say(DESK, "parent")["ts"]
    for number in range(3):
        ann.say(DESK, str(number), parent)
    first = client.conversations_replies(channel=DESK, ts=parent, limit=2)
    second = client.conversations_replies(channel=DESK, ts=parent, limit=2, cursor=after(first))
    assert [texts(page) for page in (first, second)] == [["parent", "0"], ["1", "2"]]


def test_a_message_without_replies_is_a_thread_of_one(client: WebClient, ann: Person) -> None:
    parent = ann.say(DESK, "parent")["ts"]
    reply = ann.say(DESK, "reply", parent)["ts"]
    (alone,) = client.conversations_replies(channel=DESK, ts=reply)["messages"]
    assert (alone["text"], alone["thread_ts"], alone["parent_user_id"]) == ("reply", parent, ANN)


@pytest.mark.parametrize(
    ("method", "name"),
    [("users.list", "members"), ("conversations.list", "channels"), ("conversations.members", "members")],
)
def test_lists_come_in_pages_without_a_gap(reader: WebClient, method: str, name: str) -> None:
    arguments: dict[str, Any] = {"channel": DESK} if method == "conversations.members" else {}
    whole = reader.api_call(method, params=arguments)[name]
    paged, cursor = [], "first"
    while cursor:
        turn = {"cursor": cursor} if cursor != "first" else {}
        page = reader.api_call(method, params={**arguments, **turn, "limit": 1})
        paged += page[name]
        cursor = after(page)
    assert paged == whole
    assert len(whole) > 1


def test_the_sdk_walks_the_pages_by_itself(reader: WebClient) -> None:
    pages = reader.users_list(limit=1)
    assert [page["members"][0]["id"] for page in pages] == [ANN, BEN, "U0LOCALBOT"]


@pytest.mark.parametrize(
    "cursor", ["rubbish", base64.b64encode(b"team:C1").decode(), base64.b64encode(b"next:").decode()]
)
@pytest.mark.parametrize("method", ["conversations.history", "users.list"])
def test_a_cursor_from_elsewhere_is_invalid(reader: WebClient, method: str, cursor: str) -> None:
    assert error_of(lambda: reader.api_call(method, params={"channel": DESK, "cursor": cursor})) == "invalid_cursor"


def test_a_list_of_what_is_gone_cannot_go_on(reader: WebClient) -> None:
    gone = base64.b64encode(b"next:U0GONE").decode()
    assert error_of(lambda: reader.users_list(cursor=gone)) == "invalid_cursor"


@pytest.mark.parametrize("limit", [-1, 1001])
def test_a_list_has_a_largest_page(reader: WebClient, limit: int) -> None:
    assert error_of(lambda: reader.conversations_list(limit=limit)) == "invalid_limit"


def test_a_channel_is_described_as_slack_does(reader: WebClient) -> None:
    shown = reader.conversations_info(channel=QUIET, include_num_members=True)["channel"]
    told = ("name", "is_channel", "is_private", "is_archived", "is_member", "num_members")
    assert [shown[name] for name in told] == ["quiet", True, False, False, False, 2]
    assert "num_members" not in reader.conversations_info(channel=QUIET)["channel"]
