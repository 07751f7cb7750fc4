from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.alpaca.rate_limiter import RateLimiter
from engine.adapters.replay import DEMO_START, ReplayMarket
from engine.errors import SettingsInvalid
from engine.settings import Settings
from engine.settings.trading import BAR_LENGTHS
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock


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
        ({"timezone": "Asia"}, "TIMEZONE: expected an IANA time zone such as Asia/Seoul"),
        ({"database_url": "sqlite:///"}, "DATABASE_URL: expected a file"),
        ({"database_url": "sqlite:///:memory:"}, "DATABASE_URL: expected a file"),
        ({"redis_url": "redis://:hunter2@cache:6379/desk"}, "REDIS_URL: expected the number of a database"),
        ({"redis_url": "unix://"}, "REDIS_URL: expected the path of a socket"),
        ({"celery_broker_url": "unix:///"}, "CELERY_BROKER_URL: expected the path of a socket"),
        ({"celery_broker_url": "rediss://cache/x"}, "CELERY_BROKER_URL: expected the number of a database"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(given: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        Settings.read(**given)
    assert str(refused.value).startswith(told)
    assert "\n" not in str(refused.value)


ALPACA = {"market": "alpaca", "broker": "alpaca", "alpaca_key_id": "k", "alpaca_secret_key": "s"}
LIVE = {"alpaca_live": True, "live_money": "yes, real money"}


@pytest.mark.parametrize(
    ("url", "given", "told"),
    [
        (
            "https://api.alpaca.markets",
            {},
            "ALPACA_LIVE: expected 1 where ALPACA_TRADING_URL is",
        ),
        ("https://API.alpaca.markets./", {}, "ALPACA_LIVE: expected 1"),
        ("https://paper-api.alpaca.markets", LIVE, "ALPACA_LIVE: expected 0"),
    ],
)
def test_an_address_of_alpaca_s_other_accounts_than_the_settings_say_is_refused(
    url: str, given: dict[str, Any], told: str
) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        Settings.read(**ALPACA, **given, alpaca_trading_url=url)
    assert str(refused.value).startswith(told)


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("https://api.alpaca.markets", LIVE),
        ("https://paper-api.alpaca.markets", {}),
        ("http://127.0.0.1:8080", {}),
        ("https://api.alpaca.markets", {"broker": "paper"}),  # whose keys are read by for prices and hours
    ],
)
def test_an_address_that_agrees_or_is_nobody_s_is_taken(url: str, given: dict[str, Any]) -> None:
    assert Settings.read(**(ALPACA | given), alpaca_trading_url=url).alpaca.alpaca_trading_url == url


def test_a_watchlist_is_read_from_commas_without_doubles() -> None:
    assert Settings.read(watchlist="aapl, msft,AAPL,brk.b").market.watchlist == ("AAPL", "MSFT", "BRK.B")


@pytest.mark.parametrize("wrong", ["AAPL MSFT", "AAPL;MSFT", "$AAPL", '["AAPL"]', "TOOLONGASYMBOL", "1A"])
def test_a_watchlist_of_what_can_be_no_symbols_is_refused_with_the_first_of_them(wrong: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        Settings.read(watchlist=f"NVDA,{wrong}")
    assert str(refused.value) == (
        f"WATCHLIST: expected symbols such as AAPL,BRK.B, separated by commas, not '{wrong.upper()}'"
    )


@pytest.mark.parametrize("seconds", [1, 7, 90, 420, 3600])
def test_a_length_of_bars_that_some_market_lacks_is_refused_by_name(seconds: int) -> None:
    with pytest.raises(SettingsInvalid, match=r"^BAR_SECONDS: expected one of 60, 120, .*, 1800$"):
        Settings.read(bar_seconds=seconds)


@pytest.mark.parametrize("seconds", BAR_LENGTHS)
def test_every_length_of_bars_that_may_be_set_is_one_that_both_markets_take(seconds: int) -> None:
    clock, calendar = ManualClock(DEMO_START), WeekdayCalendar()
    access = AlpacaAccess(key="k", secret="s", budget=RateLimiter(200))
    ReplayMarket(clock, calendar, bar_seconds=seconds)
    AlpacaMarket(access, clock, calendar, bar_seconds=seconds).stop()


TIMES = [
    name
    for kind in Settings.kinds().values()
    for name in kind.model_fields
    if name.endswith(("_seconds", "_minutes", "_hours")) and name != "extended_hours"
]


@pytest.mark.parametrize("name", TIMES)
def test_a_time_that_no_calendar_holds_is_refused_by_name(name: str) -> None:
    with pytest.raises(SettingsInvalid, match=f"^{name.upper()}: "):
        Settings.read(**{name: 99_999_999_999_999})


def test_settings_refuse_to_be_changed_after_they_were_read() -> None:
    with pytest.raises(ValidationError):
        Settings.read().desk.locale = "ko"


def test_addresses_with_passwords_are_never_shown() -> None:
    settings = Settings.read(database_url="postgresql://bot:hunter2@db/desk", redis_url="redis://:hunter2@cache")
    assert "hunter2" not in repr(settings)
