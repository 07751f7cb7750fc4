from collections.abc import Iterator

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.local_slack.people import Person
from bot.local_slack.rules import Rules
from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.workspaces import (
    ANN,
    BEN,
    CHANNELS,
    MANIFEST,
    QUICK,
    USERS,
    StillTime,
    client_with,
    connected,
    new_app,
)


@pytest.fixture
def rules() -> Rules:
    return QUICK


@pytest.fixture
def still() -> StillTime:
    return StillTime()


@pytest.fixture
def slack(still: StillTime, rules: Rules) -> Iterator[LocalSlack]:
    groups = {"S0DESK": [ANN]}
    with LocalSlack(
        manifest=MANIFEST, users=USERS, channels=CHANNELS, usergroups=groups, rules=rules, now=still
    ) as local:
        yield local


@pytest.fixture
def client(slack: LocalSlack) -> WebClient:
    return client_with(slack, slack.bot_token)


@pytest.fixture
def app(slack: LocalSlack) -> Iterator[App]:
    """A connected bot; listeners may be added to it while it runs."""
    app = new_app(slack)
    with connected(slack, app):
        yield app


@pytest.fixture
def ann(slack: LocalSlack) -> Person:
    return Person(slack.url, ANN)


@pytest.fixture
def ben(slack: LocalSlack) -> Person:
    return Person(slack.url, BEN)


@pytest.fixture(scope="module")
def reading() -> Iterator[LocalSlack]:
    """A server that a module's tests share, for calls that change nothing."""
    with LocalSlack(
        manifest=MANIFEST, users=USERS, channels=CHANNELS, usergroups={"S0DESK": [ANN]}, rules=QUICK
    ) as local:
        yield local


@pytest.fixture
def reader(reading: LocalSlack) -> WebClient:
    return client_with(reading, reading.bot_token)
