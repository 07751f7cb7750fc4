"""An environment in which no setting is left from outside."""

from pathlib import Path

import pytest

from bot.local_slack.launch import ADMIN, CHANNEL
from bot.local_slack.server import LocalSlack
from bot.settings import LogSettings, SlackSettings
from engine.settings import (
    AlpacaSettings,
    ClaudeSettings,
    DeskSettings,
    HttpSettings,
    MarketSettings,
    PaperSettings,
    PlaceSettings,
    RiskSettings,
    TellingSettings,
    TracingSettings,
)

KINDS = (
    *(SlackSettings, LogSettings, DeskSettings, MarketSettings, RiskSettings, PaperSettings, PlaceSettings),
    *(AlpacaSettings, ClaudeSettings, HttpSettings, TellingSettings, TracingSettings),
)
NAMES = frozenset(name.upper() for kind in KINDS for name in kind.model_fields)


def nothing_set(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Stand in an empty folder, with none of our settings in the environment and no proxy."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder / "home"))  # where a file of settings may stand
    monkeypatch.delenv("ENV_FILE", raising=False)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def in_workspace(slack: LocalSlack) -> dict[str, str]:
    """Return the environment in which the bot finds a local workspace, its desk and its admin."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "SLACK_CHANNEL": CHANNEL.id,
        "ADMINS": ADMIN.id,
    }
