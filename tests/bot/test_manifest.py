import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft7Validator

from bot.app import COMMANDS
from bot.cards import ids
from bot.listeners.journal import NOTED
from bot.listeners.people_changes import EVENTS

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "tests" / "data" / "slack-manifest.schema.json"


@pytest.fixture(name="manifest")
def _manifest() -> Any:
    return yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))


def test_the_manifest_is_what_slack_accepts(manifest: Any) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert not list(Draft7Validator(schema).iter_errors(manifest))


def test_the_commands_of_the_manifest_are_those_of_the_code(manifest: Any) -> None:
    assert {entry["command"] for entry in manifest["features"]["slash_commands"]} == set(COMMANDS)


def test_every_command_says_what_it_does_and_how_it_is_written(manifest: Any) -> None:
    for entry in manifest["features"]["slash_commands"]:
        assert entry["description"]
        assert entry["usage_hint"]


def test_the_app_connects_by_socket_mode_and_asks_for_no_more_than_it_needs(manifest: Any) -> None:
    assert manifest["settings"]["socket_mode_enabled"]
    assert manifest["oauth_config"]["scopes"]["bot"] == [
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "usergroups:read",
        "users:read",
    ]


def test_the_app_hears_of_every_change_of_people_that_the_bot_takes_in(manifest: Any) -> None:
    subscribed = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert set(subscribed) == {ids.HOME_OPENED, ids.MENTIONED, f"{ids.WRITTEN}.im", *EVENTS, *NOTED}
    assert {"subteam_updated", "subteam_members_changed", "user_change", "member_left_channel"} <= set(subscribed)
