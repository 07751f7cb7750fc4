"""A request is served where it is of our workspace and our app, whatever its signature says."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import Ack, App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from structlog.testing import capture_logs

from bot.transport.installation import Installation

TEAM, APP = "T0LOCAL", "A0LOCALBOT"
TOKEN = f"xapp-1-{APP}-1234567890-abcdef"
COMMAND = {"command": "/halt", "user_id": "U0TRADER", "team_id": TEAM, "api_app_id": APP}
CLICK = {
    "type": "block_actions",
    "user": {"id": "U0TRADER"},
    "team": {"id": TEAM},
    "api_app_id": APP,
    "actions": [{"action_id": "approve", "block_id": "b"}],
}
EVENT = {
    "type": "event_callback",
    "team_id": TEAM,
    "api_app_id": APP,
    "event": {"type": "app_home_opened", "user": "U0TRADER"},
    "authorizations": [{"team_id": TEAM, "enterprise_id": None}],
}
FOREIGN = {
    "a command of another workspace": COMMAND | {"team_id": "T0OTHER"},
    "a command of another app": COMMAND | {"api_app_id": "A0OTHER"},
    "a command of no workspace": {name: value for name, value in COMMAND.items() if name != "team_id"},
    "a command of no app": {name: value for name, value in COMMAND.items() if name != "api_app_id"},
    "a click of another workspace": CLICK | {"team": {"id": "T0OTHER"}},
    "a click of another app": CLICK | {"api_app_id": "A0OTHER"},
    "an event of another workspace": EVENT | {"authorizations": [{"team_id": "T0OTHER", "enterprise_id": None}]},
}


class Served:
    """An App behind an installation, and what it served."""

    def __init__(self) -> None:
        self.installation = Installation()
        self.bodies: list[dict[str, Any]] = []
        installed = AuthorizeResult(enterprise_id=None, team_id=None, bot_token="xoxb-local")
        self.app = App(signing_secret="s", authorize=lambda: installed)
        self.app.use(self.installation)
        self.app.command("/halt")(self._serve)
        self.app.action("approve")(self._serve)
        self.app.event("app_home_opened")(self._hear)

    def _serve(self, ack: Ack, body: dict[str, Any]) -> None:
        self.bodies.append(body)
        ack()

    def _hear(self, body: dict[str, Any]) -> None:
        self.bodies.append(body)

    def status(self, body: dict[str, Any]) -> int:
        return self.app.dispatch(BoltRequest(mode="socket_mode", body=body)).status


@pytest.fixture(name="served")
def _served() -> Iterator[Served]:
    served = Served()
    served.installation.learn({"team_id": TEAM, "enterprise_id": None, "is_enterprise_install": False}, TOKEN)
    yield served
    served.app.listener_runner.listener_executor.shutdown()


@pytest.mark.parametrize("body", [COMMAND, CLICK, EVENT])
def test_the_installations_own_requests_are_served(served: Served, body: dict[str, Any]) -> None:
    assert served.status(body) == 200


@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_request_of_another_workspace_or_app_is_refused_and_logged(served: Served, body: dict[str, Any]) -> None:
    with capture_logs() as lines:
        assert served.status(body) == 403
    assert served.bodies == []
    assert [line["event"] for line in lines] == ["request_of_others"]


def test_an_app_level_token_that_names_no_app_leaves_the_workspace_to_be_looked_at(served: Served) -> None:
    served.installation.learn({"team_id": TEAM}, "xapp-local-123")
    assert served.status(COMMAND | {"api_app_id": "A0OTHER"}) == 200
    assert served.status(COMMAND | {"team_id": "T0OTHER"}) == 403


def test_where_a_whole_organisation_installed_it_the_organisation_counts(served: Served) -> None:
    served.installation.learn({"team_id": TEAM, "enterprise_id": "E0OURS", "is_enterprise_install": True}, TOKEN)
    ours = COMMAND | {"enterprise_id": "E0OURS", "is_enterprise_install": "true"}
    assert served.status(ours | {"team_id": "T0ANY"}) == 200
    assert served.status(ours | {"enterprise_id": "E0OTHER"}) == 403


def test_an_organisation_that_is_not_named_leaves_the_workspace_to_be_looked_at(served: Served) -> None:
    served.installation.learn({"team_id": TEAM, "enterprise_id": None, "is_enterprise_install": True}, "")
    assert served.status(COMMAND) == 200
    assert served.status(COMMAND | {"team_id": "T0OTHER"}) == 403
