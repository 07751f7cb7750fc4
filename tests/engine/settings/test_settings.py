from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from engine.errors import SettingsInvalid
from engine.settings import Settings


def test_korean_means_seoul_unless_a_time_zone_is_set() -> None:
    assert str(Settings.read(locale="ko").desk.zone) == "Asia/Seoul"
    assert str(Settings.read(locale="ko", timezone="America/New_York").desk.zone) == "America/New_York"
    assert str(Settings.read(locale="en").desk.zone) == "UTC"


def test_the_defaults_are_the_seeds_limits() -> None:
    limits = Settings.read().risk.limits
    assert (limits.per_trade, limits.warning, limits.ceiling) == (Decimal("0.005"), Decimal("0.016"), Decimal("0.02"))
    assert (limits.stop_distance, limits.target_distance) == (Decimal("0.015"), Decimal("0.03"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"timezone": "Mars/Olympus"}, "TIMEZONE: expected an IANA time zone such as Asia/Seoul"),
        ({"locale": "fr"}, "LOCALE: Input should be 'en' or 'ko'"),
        ({"watchlist": " , "}, "WATCHLIST: expected at least one symbol, such as AAPL,MSFT"),
        ({"risk_per_trade": "a lot"}, "RISK_PER_TRADE: Input should be a valid decimal"),
        ({"risk_ceiling": "0.001"}, "RISK_PER_TRADE, RISK_WARNING, RISK_CEILING: expected each to be larger"),
        ({"replay_speed": 0}, "REPLAY_SPEED: Input should be greater than 0"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(given: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        Settings.read(**given)
    assert str(refused.value).startswith(told)
    assert "\n" not in str(refused.value)


def test_a_watchlist_is_read_from_commas_without_doubles() -> None:
    assert Settings.read(watchlist="aapl, msft,AAPL").market.watchlist == ("AAPL", "MSFT")


def test_settings_refuse_to_be_changed_after_they_were_read() -> None:
    with pytest.raises(ValidationError):
        Settings.read().desk.locale = "ko"


def test_addresses_with_passwords_are_never_shown() -> None:
    settings = Settings.read(database_url="postgresql://bot:hunter2@db/desk", redis_url="redis://:hunter2@cache")
    assert "hunter2" not in repr(settings)
