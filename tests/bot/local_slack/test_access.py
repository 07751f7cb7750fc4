"""Which channels the bot may read and write to, and what an administrator can take from it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.local_slack.errors import PersonRefused
from bot.local_slack.people import Person
from bot.local_slack.seed import Channel
from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.workspaces import (
    ANN,
    BEN,
    DESK,
    MANIFEST,
    QUIET,
    SECRET,
    USERS,
    client_with,
    error_of,
    home,
    keeping,
)

HIDDEN = "C0HIDDEN"
PLACES = (
    Channel(id=DESK, name="desk"),
    Channel(id=QUIET, name="quiet", has_bot=False),
    Channel(id=SECRET, name="secret", members=(ANN,)),
    Channel(id=HIDDEN, name="hidden", members=(ANN,), has_bot=False),
)


def scoped(*scopes: str, **more: Any) -> LocalSlack:
    manifest = {**MANIFEST, "oauth_config": {"scopes": {"bot": list(scopes)}}, **more}
    return LocalSlack(manifest=manifest, users=USERS, channels=PLACES)


@pytest.fixture(scope="module")
def place() -> Iterator[WebClient]:
    """A bot that is in two of four channels, with every scope; for calls that change nothing."""
    with LocalSlack(manifest=MANIFEST, users=USERS, channels=PLACES) as slack:
        yield client_with(slack, slack.bot_token)


@pytest.mark.parametrize(("channel", "word"), [(QUIET, "not_in_channel"), (HIDDEN, "channel_not_found")])
@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies", "chat.postMessage"])
def test_only_channels_with_the_bot_can_be_read_or_written(
    place: WebClient, method: str, channel: str, word: str
) -> None:
    arguments = {"channel": channel, "ts": "1.000001", "text": "x"}
    assert error_of(lambda: place.api_call(method, params=arguments)) == word


def test_a_public_channel_is_known_to_those_outside_and_a_private_one_is_not(place: WebClient) -> None:
    assert not place.conversations_info(channel=QUIET)["channel"]["is_member"]
    assert place.conversations_info(channel=SECRET)["channel"]["is_private"]
    assert error_of(lambda: place.conversations_info(channel=HIDDEN)) == "channel_not_found"
    listed = place.conversations_list(types="public_channel,private_channel")["channels"]
    assert [each["id"] for each in listed] == [DESK, QUIET, SECRET]


@pytest.mark.parametrize(
    ("channel", "needed"), [(DESK, "channels:history"), (SECRET, "groups:history"), ("im", "im:history")]
)
def test_every_kind_of_channel_needs_its_own_scope_to_be_read(channel: str, needed: str) -> None:
    with scoped("mpim:history", "chat:write") as slack:
        client = client_with(slack, slack.bot_token)
        where = client.chat_postMessage(channel=ANN, text="x")["channel"] if channel == "im" else channel
        assert refused(lambda: client.conversations_history(channel=where)) == ("missing_scope", needed)


def test_a_token_without_any_of_the_scopes_is_told_all_of_them() -> None:
    with scoped("chat:write") as slack:
        client = client_with(slack, slack.bot_token)
        needed = "channels:read,groups:read,im:read,mpim:read"
        assert refused(lambda: client.conversations_info(channel=DESK)) == ("missing_scope", needed)
        assert refused(client.conversations_list) == ("missing_scope", needed)


def test_a_list_needs_the_scope_of_every_type_that_it_names() -> None:
    with scoped("channels:read") as slack:
        client = client_with(slack, slack.bot_token)
        assert client.conversations_list()["ok"]
        private = refused(lambda: client.conversations_list(types="public_channel,private_channel"))
        assert private == ("missing_scope", "groups:read")


def test_with_the_scope_for_it_the_bot_posts_in_public_channels_without_being_in_them() -> None:
    with scoped("chat:write", "chat:write.public") as slack:
        client = client_with(slack, slack.bot_token)
        assert client.chat_postMessage(channel=QUIET, text="x")["ok"]
        assert error_of(lambda: client.chat_postMessage(channel=HIDDEN, text="x")) == "channel_not_found"


def test_an_app_without_a_messages_tab_reaches_nobody_directly() -> None:
    tabs = {"features": {"app_home": {"messages_tab_enabled": False, "home_tab_enabled": False}}}
    with LocalSlack(manifest=tabs, users=USERS, channels=PLACES) as slack:
        client = client_with(slack, slack.bot_token)
        assert error_of(lambda: client.chat_postMessage(channel=ANN, text="x")) == "messages_tab_disabled"
        assert error_of(lambda: client.views_publish(user_id=ANN, view=home())) == "not_enabled"


def test_direct_messages_are_opened_once(client: WebClient) -> None:
    first = client.conversations_open(users=ANN)
    again = client.conversations_open(users=ANN, return_im=True)
    assert first["channel"] == {"id": again["channel"]["id"]}
    assert (first.get("already_open"), again["already_open"], again["channel"]["user"]) == (None, True, ANN)


def test_a_message_to_a_person_needs_no_scope_but_that_to_write() -> None:
    with scoped("chat:write", "mpim:write") as slack:
        client = client_with(slack, slack.bot_token)
        assert refused(lambda: client.conversations_open(users=ANN)) == ("missing_scope", "im:write")
        assert client.chat_postMessage(channel=ANN, text="x")["channel"] == "D0ANN"


def test_nobody_writes_in_an_archived_channel(slack: LocalSlack, client: WebClient, ann: Person) -> None:
    ts = client.chat_postMessage(channel=DESK, text="Before")["ts"]
    slack.admin.archive(DESK)
    assert error_of(lambda: client.chat_postMessage(channel=DESK, text="x")) == "is_archived"
    assert error_of(lambda: client.chat_postEphemeral(channel=DESK, user=ANN, text="x")) == "is_archived"
    assert error_of(lambda: client.chat_update(channel=DESK, ts=ts, text="x")) == "is_inactive"
    assert error_of(lambda: client.reactions_add(channel=DESK, timestamp=ts, name="eyes")) == "is_archived"
    with pytest.raises(PersonRefused, match="400 is_archived"):
        ann.say(DESK, "x")
    with pytest.raises(PersonRefused, match="400 is_archived"):
        ann.command(DESK, "/hi")


def test_an_archived_channel_says_so_and_can_come_back(slack: LocalSlack, client: WebClient) -> None:
    slack.admin.archive(DESK)
    assert client.conversations_info(channel=DESK)["channel"]["is_archived"]
    assert [each["id"] for each in client.conversations_list(exclude_archived=True)["channels"]] == [QUIET]
    slack.admin.unarchive(DESK)
    assert client.chat_postMessage(channel=DESK, text="x")["ok"]


def test_a_response_url_to_an_archived_channel_says_nothing(slack: LocalSlack, app: App, ann: Person) -> None:
    urls: list[str] = []
    app.command("/hi")(keeping(urls, "response_url"))
    ann.command(DESK, "/hi")
    slack.admin.archive(DESK)
    assert "is_archived" in WebhookClient(urls[0]).send(text="x").body


def test_a_removed_bot_cannot_post_until_it_is_invited(slack: LocalSlack, client: WebClient, app: App) -> None:
    app.command("/hi")(lambda ack: ack("Still here"))
    slack.admin.remove_bot(DESK)
    assert error_of(lambda: client.chat_postMessage(channel=DESK, text="x")) == "not_in_channel"
    assert error_of(lambda: client.conversations_history(channel=DESK)) == "not_in_channel"
    assert (Person(slack.url, BEN).command(DESK, "/hi") or {})["text"] == "Still here"
    slack.admin.invite_bot(DESK)
    assert client.chat_postMessage(channel=DESK, text="x")["ok"]


def test_a_bot_that_is_removed_from_a_private_channel_does_not_find_it(slack: LocalSlack, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=SECRET, text="x")["ts"]
    slack.admin.remove_bot(SECRET)
    assert error_of(lambda: client.chat_postMessage(channel=SECRET, text="x")) == "channel_not_found"
    assert error_of(lambda: client.chat_update(channel=SECRET, ts=ts, text="x")) == "channel_not_found"


def test_a_renamed_channel_keeps_its_id_and_loses_its_name(slack: LocalSlack, client: WebClient) -> None:
    slack.admin.rename(DESK, "floor")
    assert client.chat_postMessage(channel=DESK, text="x")["channel"] == DESK
    assert client.chat_postMessage(channel="#floor", text="x")["channel"] == DESK
    assert error_of(lambda: client.chat_postMessage(channel="#desk", text="x")) == "channel_not_found"


def test_a_channel_that_becomes_private_needs_another_scope() -> None:
    with scoped("chat:write", "channels:history") as slack:
        client = client_with(slack, slack.bot_token)
        slack.admin.make_private(DESK, members=(ANN,))
        assert client.chat_postMessage(channel=DESK, text="x")["ok"]
        assert refused(lambda: client.conversations_history(channel=DESK)) == ("missing_scope", "groups:history")
        with pytest.raises(PersonRefused, match="403 not_visible"):
            Person(slack.url, BEN).messages(DESK)
        slack.admin.make_public(DESK)
        assert client.conversations_history(channel=DESK)["ok"]


def test_a_revoked_token_does_nothing_and_its_bot_is_in_no_channel(slack: LocalSlack, client: WebClient) -> None:
    slack.admin.revoke_token()
    calls = [partial(client.api_call, name) for name in ("auth.test", "chat.postMessage", "conversations.history")]
    assert {error_of(call) for call in calls} == {"token_revoked"}
    assert client.apps_connections_open(app_token=slack.app_token)["ok"]
    slack.admin.reinstall()
    assert error_of(lambda: client.chat_postMessage(channel=DESK, text="x")) == "not_in_channel"
    slack.admin.invite_bot(DESK)
    assert client.chat_postMessage(channel=DESK, text="x")["ok"]


def test_with_its_app_token_revoked_the_bot_opens_no_new_connection(slack: LocalSlack, client: WebClient) -> None:
    slack.admin.revoke_app_token()
    assert error_of(lambda: client.apps_connections_open(app_token=slack.app_token)) == "token_revoked"
    assert client.auth_test()["ok"]


def test_an_uninstalled_app_has_no_token_and_no_command(
    slack: LocalSlack, client: WebClient, app: App, ann: Person
) -> None:
    app.command("/hi")(lambda ack: ack("Hello"))
    slack.admin.uninstall()
    assert error_of(client.auth_test) == "account_inactive"
    with pytest.raises(PersonRefused, match="400 no_such_command"):
        ann.command(DESK, "/hi")
    with pytest.raises(PersonRefused, match="409 dispatch_failed"):
        ann.shortcut("look")
    slack.admin.reinstall()
    assert (ann.command(DESK, "/hi") or {})["text"] == "Hello"


def test_an_administrator_can_act_before_the_workspace_starts() -> None:
    slack = scoped("chat:write")
    slack.admin.archive(DESK)
    with slack:
        client = client_with(slack, slack.bot_token)
        assert error_of(lambda: client.chat_postMessage(channel=DESK, text="x")) == "is_archived"


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    """Return Slack's word for why a call fails, and the scope that it names."""
    with pytest.raises(SlackApiError) as failure:
        call()
    return failure.value.response["error"], failure.value.response["needed"]
