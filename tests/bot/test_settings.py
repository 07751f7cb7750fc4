from pathlib import Path

import pytest

from bot.access import Role
from bot.settings import PostingSlackSettings, SlackSettings
from engine.errors import SettingsInvalid

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-secret-bot",
    "SLACK_APP_TOKEN": "xapp-secret-app",
    "SLACK_CHANNEL": "C0DESK",
    "ADMINS": "U0ADMIN, U1ADMIN",
    "TRADERS": "U0TRADER",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    for name in SlackSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_settings_come_from_the_environment() -> None:
    settings = SlackSettings.read()
    assert settings.slack_bot_token.get_secret_value() == "xoxb-secret-bot"
    assert settings.slack_channel == "C0DESK"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.access.role_of("U1ADMIN") is Role.ADMIN


def test_nobody_named_means_nobody() -> None:
    assert SlackSettings.read().viewers == ()


def test_a_role_may_name_user_groups(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TRADERS", "U0TRADER,S0DESK")
    assert SlackSettings.read().access.traders == {"U0TRADER", "S0DESK"}


def test_what_is_given_goes_before_the_environment() -> None:
    assert SlackSettings.read(slack_channel="C0OTHER").slack_channel == "C0OTHER"


def test_a_url_without_its_last_slash_gets_it(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_API_URL", "http://127.0.0.1:8080/api")
    assert SlackSettings.read().slack_api_url == "http://127.0.0.1:8080/api/"


def test_tokens_are_not_shown() -> None:
    assert "secret-" not in repr(SlackSettings.read())


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_CHANNEL"])
def test_a_missing_setting_is_named_in_one_line(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv(name)
    with pytest.raises(SettingsInvalid, match=f"^{name}: expected .+$"):
        SlackSettings.read()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xapp-secret-swapped"),
        ("SLACK_APP_TOKEN", "xoxb-secret-swapped"),
        ("SLACK_API_URL", "secret.example"),
        ("SLACK_CHANNEL", "#desk"),
        ("ADMINS", "kim"),
        ("TRADERS", "U0TRADER; U1TRADER"),
        ("VIEWERS", "@kim"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(SettingsInvalid, match=f"^{name}: expected .+$") as refused:
        SlackSettings.read()
    assert value not in str(refused.value)


def test_a_signing_secret_stands_for_the_app_token(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("SLACK_APP_TOKEN")
    environment.setenv("SLACK_SIGNING_SECRET", "8f742231b10e8888")
    settings = SlackSettings.read()
    assert settings.over_http
    assert "8f742231b10e8888" not in repr(settings)


def test_an_app_token_and_a_signing_secret_together_are_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_SIGNING_SECRET", "8f742231b10e8888")
    with pytest.raises(SettingsInvalid, match=r"^SLACK_APP_TOKEN: expected .+ exactly one of the two$"):
        SlackSettings.read()


def test_who_only_posts_needs_no_way_in(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("SLACK_APP_TOKEN")
    with pytest.raises(SettingsInvalid, match="SLACK_APP_TOKEN"):
        SlackSettings.read()
    assert PostingSlackSettings.read().slack_app_token.get_secret_value() == ""
    environment.delenv("SLACK_BOT_TOKEN")
    with pytest.raises(SettingsInvalid, match="SLACK_BOT_TOKEN"):
        PostingSlackSettings.read()
