"""Keys and tokens go where nobody on the way reads them, or nowhere."""

from typing import Any

import pytest

from bot.settings import SlackSettings
from engine.errors import SettingsInvalid
from engine.model.address import keeps_secrets
from engine.settings import AlpacaSettings, ClaudeSettings, GroupSettings, read_group

IN_THE_CLEAR = (
    *(
        "http://slack.example/api/",
        "http://10.0.0.7:8080/",
        "http://localhost.evil.example/",
        "http://127.0.0.1.nip.io/",
    ),
    *("http://127.0.0.1@evil.example/", "http://evil.example\\@127.0.0.1/", "http://evil.example#@127.0.0.1/"),
    *("HTTP://evil.example/", "http://0.0.0.0/", "http://[::]/", "http://169.254.169.254/", "ws://evil.example/"),
    *(
        "ftp://127.0.0.1/",
        "evil.example",
        "//evil.example/",
        "http:///api/",
        "https:///",
        "http://[::1",
        "https://a b/",
    ),
    *("http://127.0.0.1\n.evil.example/", "https://\tevil.example/"),
)
KEPT = (
    *("https://slack.com/api/", "https://127.0.0.1:8443/", "wss://paper-api.alpaca.markets/stream"),
    *(
        "http://127.0.0.1:8080/api/",
        "http://localhost:3000/",
        "http://[::1]:80/",
        "http://127.8.9.1/",
        "ws://localhost/x",
    ),
)
PLACES: list[tuple[type[GroupSettings], str]] = [
    (AlpacaSettings, "alpaca_trading_url"),
    (AlpacaSettings, "alpaca_data_url"),
    (AlpacaSettings, "alpaca_stream_url"),
    (ClaudeSettings, "claude_url"),
]
SLACK: dict[str, Any] = {
    "slack_bot_token": "xoxb-1",
    "slack_app_token": "xapp-1",
    "slack_signing_secret": "",
    "slack_channel": "C0DESK",
}


@pytest.mark.parametrize("url", IN_THE_CLEAR)
def test_an_address_on_whose_way_somebody_may_read_is_refused_for_every_token(url: str) -> None:
    assert not keeps_secrets(url)
    with pytest.raises(SettingsInvalid, match=r"^SLACK_API_URL: expected"):
        SlackSettings.read(**SLACK, slack_api_url=url)
    for kind, name in PLACES:
        with pytest.raises(SettingsInvalid, match=f"^{name.upper()}: expected") as refused:
            read_group(kind, **{name: url})
        assert url not in str(refused.value)


@pytest.mark.parametrize("url", KEPT)
def test_an_encrypted_address_and_one_of_this_machine_are_taken(url: str) -> None:
    assert keeps_secrets(url)
    for kind, name in PLACES:
        assert getattr(read_group(kind, **{name: url}), name) == url


def test_slack_is_reached_on_this_machine_without_encryption() -> None:
    assert SlackSettings.read(**SLACK, slack_api_url="http://127.0.0.1:8080/api").slack_api_url.endswith("/api/")
