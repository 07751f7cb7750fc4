from collections.abc import Iterator
from contextlib import suppress

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.local_slack.errors import RateLimited
from bot.local_slack.rules import UNHURRIED, Quota, Rules, Tier
from bot.local_slack.server import LocalSlack
from bot.local_slack.slack_pace import SlackPace
from bot.local_slack.web_api import METHODS
from tests.bot.local_slack.workspaces import CHANNELS, DESK, MANIFEST, SECRET, USERS, StillTime, client_with


def calls_taken(pace: SlackPace, method: str, tier: Tier) -> int:
    """Call a method until it is limited."""
    taken = 0
    with suppress(RateLimited):
        while True:
            pace.call(method, tier)
            taken += 1
    return taken


def test_four_posts_may_come_at_once(still: StillTime) -> None:
    pace = SlackPace(Rules(), still)
    for _ in range(4):
        pace.post(DESK)
    with pytest.raises(RateLimited) as limited:
        pace.post(DESK)
    assert limited.value.retry_after == 1
    still.advance(1)
    pace.post(DESK)
    with pytest.raises(RateLimited):
        pace.post(DESK)


def test_every_channel_has_its_own_pace(still: StillTime) -> None:
    pace = SlackPace(Rules(), still)
    for channel in (DESK, SECRET):
        for _ in range(4):
            pace.post(channel)


@pytest.mark.parametrize("tier", Tier)
def test_a_tier_grants_what_slack_documents_at_least(still: StillTime, tier: Tier) -> None:
    documented = {Tier.ONE: 1, Tier.TWO: 20, Tier.THREE: 50, Tier.FOUR: 100, Tier.SPECIAL: 200}
    pace = SlackPace(Rules(), still)
    at_once = calls_taken(pace, "some.method", tier)
    still.advance(60)
    assert at_once >= documented[tier]
    assert calls_taken(pace, "some.method", tier) >= documented[tier]


def test_every_method_has_its_own_allowance(still: StillTime) -> None:
    pace = SlackPace(Rules(), still)
    first = calls_taken(pace, "chat.update", Tier.THREE)
    assert calls_taken(pace, "chat.delete", Tier.THREE) == first == 50


def test_an_unhurried_workspace_takes_a_day_in_minutes(still: StillTime) -> None:
    pace = SlackPace(Rules(tiers=UNHURRIED), still)
    for _ in range(10_000):
        pace.call("chat.update", Tier.THREE)


def test_too_many_updates_are_slowed_and_told_how_long_to_wait(client: WebClient, still: StillTime) -> None:
    ts = client.chat_postMessage(channel=DESK, text="0")["ts"]
    for number in range(50):
        client.chat_update(channel=DESK, ts=ts, text=str(number))
    with pytest.raises(SlackApiError) as limited:
        client.chat_update(channel=DESK, ts=ts, text="more")
    answer = limited.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "2")
    still.advance(2)
    assert client.chat_update(channel=DESK, ts=ts, text="more")["ok"]


@pytest.fixture(scope="module")
def strict() -> Iterator[LocalSlack]:
    """A workspace that takes every method twice."""
    rules = Rules(tiers=dict.fromkeys(Tier, Quota(per_minute=1, burst=2)))
    with LocalSlack(manifest=MANIFEST, users=USERS, channels=CHANNELS, rules=rules) as slack:
        yield slack


@pytest.mark.parametrize("name", METHODS)
def test_no_method_is_without_a_limit(strict: LocalSlack, name: str) -> None:
    client = client_with(strict, strict.app_token if METHODS[name].for_app else strict.bot_token)
    assert [status_of(client, name) == 429 for _ in range(3)] == [False, False, True]


def test_a_refused_token_uses_nothing_up(strict: LocalSlack) -> None:
    stranger = client_with(strict, "xoxb-invented")
    assert {status_of(stranger, "auth.test") for _ in range(5)} == {200}


def status_of(client: WebClient, name: str) -> int:
    try:
        return int(client.api_call(name).status_code)
    except SlackApiError as error:
        return int(error.response.status_code)
