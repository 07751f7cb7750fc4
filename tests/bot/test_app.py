from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
import yaml
from slack_bolt.request import BoltRequest

from bot.access import Verb
from bot.app import CLICKS, COMMANDS, IN_WINDOW, MESSAGE_SHORTCUTS, SELECTED, SHORTCUTS, SUBMISSIONS, build_app
from bot.cards import ids
from bot.cards.answers import help_line
from bot.local_slack.launch import MANIFEST
from bot.messages import Texts
from bot.settings import SlackSettings
from bot.transport.slack_transport import SlackTransport
from engine.errors import SettingsInvalid, TemporaryError
from engine.model.desk import DeskState
from tests.support.fakes.desk import FakeEngine
from tests.support.fakes.slack import Reply, ScriptedSlack
from tests.support.waiting import until

TEXTS = Texts("en", ZoneInfo("UTC"))
REFUSED = Reply(error="invalid_auth")


@pytest.fixture(name="slack")
def _slack() -> Iterator[ScriptedSlack]:
    with ScriptedSlack() as slack:
        yield slack


def connect(api_url: str) -> None:
    settings = SlackSettings.read(
        slack_bot_token="xoxb-test", slack_app_token="xapp-test", slack_api_url=api_url, slack_channel="C0DESK"
    )
    with SlackTransport(settings).held(build_app(*FakeEngine().facades, TEXTS, settings.access, settings)):
        pass


def test_the_first_request_of_a_life_is_served_though_slack_answers_nothing() -> None:
    engine = FakeEngine()
    settings = SlackSettings.read(
        slack_bot_token="xoxb-test",
        slack_app_token="xapp-test",
        slack_api_url="http://127.0.0.1:9/api/",
        slack_channel="C0DESK",
        traders="U0TRADER",
    )
    app = build_app(engine.commands, engine.queries, TEXTS, settings.access, settings)
    asked = {"command": "/halt", "text": "", "user_id": "U0TRADER", "channel_id": "C0DESK", "team_id": "T0"}
    app.dispatch(BoltRequest(mode="socket_mode", body=asked))
    until(lambda: engine.state.state is DeskState.HALTED)


def test_every_command_has_its_help() -> None:
    assert all(help_line(name, TEXTS) for name in COMMANDS)


def test_every_button_and_modal_that_can_be_used_has_a_listener() -> None:
    on_cards = {ids.APPROVE, ids.RESIZE, ids.REJECT, ids.INSPECT, ids.CLOSE_TRADE, ids.KEEP_TRADE, ids.APPLY_SIZE}
    on_cards |= {ids.MOVE_STOP, ids.MOVE_TARGET}
    at_home = {ids.HOME_HALT, ids.HOME_FLATTEN, ids.HOME_RESUME, ids.HOME_AUTO, ids.HOME_REPORT}
    standing = {ids.CONFIRM_STANDING, ids.REVOKE_STANDING}
    assert on_cards | at_home | standing | {ids.ASK_CLOSE, ids.ADOPT, ids.TAKE_BACK_HALT} <= set(CLICKS)
    assert set(IN_WINDOW) == {ids.APPROVE_SIZE, ids.SIZE_HALF, ids.SIZE_MOST}
    assert set(SELECTED) == {ids.APPROVE_SELECTED, ids.REJECT_SELECTED}
    windows = {
        ids.RESIZE_MODAL,
        ids.REJECT_MODAL,
        ids.REJECT_SELECTED_MODAL,
        ids.HALT_MODAL,
        ids.FLATTEN_MODAL,
        ids.CLOSE_MODAL,
        ids.STANDING_MODAL,
        ids.ADOPT_MODAL,
    }
    windows |= {ids.MOVE_STOP_MODAL, ids.MOVE_TARGET_MODAL}
    assert set(SUBMISSIONS) == windows


def test_the_shortcuts_of_the_code_are_those_of_the_manifest() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    declared = {(shortcut["type"], shortcut["callback_id"]) for shortcut in manifest["features"]["shortcuts"]}
    of_messages = {("message", name) for name in MESSAGE_SHORTCUTS}
    assert declared == {("global", name) for name in SHORTCUTS} | of_messages


def test_every_verb_can_be_asked_for() -> None:
    asked = {spec.verb for spec in COMMANDS.values()}
    asked |= {verb for table in (CLICKS, SUBMISSIONS) for verb, _listener in table.values()}
    inside = {
        Verb.REWATCH,
        Verb.SET,
        Verb.ROSTER,
        Verb.LOOSEN,
        Verb.NOTE,
    }  # what a command does more than look: it needs a role
    assert asked | inside | {Verb.HELP, Verb.HOME, Verb.UNKNOWN} == set(Verb)


def test_a_client_id_in_the_environment_does_not_make_the_app_wait_for_oauth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "secret")
    settings = SlackSettings.read(slack_bot_token="xoxb-test", slack_app_token="xapp-test", slack_channel="C0DESK")
    app = build_app(*FakeEngine().facades, TEXTS, settings.access, settings)
    app.listener_runner.listener_executor.shutdown()
    assert app.oauth_flow is None
    assert app.client.token == "xoxb-test"


def test_a_bot_token_that_slack_refuses_stops_the_start_with_its_name(slack: ScriptedSlack) -> None:
    slack.replies.append(REFUSED)
    with pytest.raises(SettingsInvalid, match=r"^SLACK_BOT_TOKEN: Slack refuses it \(invalid_auth\)$"):
        connect(slack.api_url)


def test_an_app_token_that_slack_refuses_stops_the_start_with_its_name(slack: ScriptedSlack) -> None:
    slack.replies.extend([Reply(), REFUSED])
    with pytest.raises(SettingsInvalid, match=r"^SLACK_APP_TOKEN: "):
        connect(slack.api_url)


@pytest.mark.parametrize(
    "trouble", [Reply(status=503, body="<html>busy</html>"), Reply(error="internal_error"), Reply(body="<html>")]
)
def test_a_slack_in_trouble_at_the_start_is_not_taken_for_a_wrong_token(slack: ScriptedSlack, trouble: Reply) -> None:
    slack.replies.append(trouble)
    with pytest.raises(TemporaryError, match="Slack cannot be reached"):
        connect(slack.api_url)


def test_a_slack_out_of_reach_at_the_start_is_told() -> None:
    with ScriptedSlack() as gone:
        url = gone.api_url
    with pytest.raises(TemporaryError, match="Slack cannot be reached"):
        connect(url)
