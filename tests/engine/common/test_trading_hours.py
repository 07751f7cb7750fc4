"""No entry goes out so late that it could arrive after its session."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.common.trading_hours import TradingHours
from engine.errors import MarketClosed
from engine.model.market import Session

MINUTE = timedelta(minutes=1)
CLOSE = datetime(2025, 8, 19, 20, 0, tzinfo=UTC)
HALF_DAYS_CLOSE = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)


def hours(*, extended: bool = False) -> TradingHours:
    return TradingHours(calendar=ExchangeCalendar(), extended=extended, last_entry=MINUTE)


@pytest.mark.parametrize("close", [CLOSE, HALF_DAYS_CLOSE], ids=["a whole day", "half a day"])
def test_the_last_minute_before_the_close_is_closed_for_entries(close: datetime) -> None:
    assert hours().session(close - MINUTE - timedelta(seconds=1)) is Session.REGULAR
    for left in (60, 1):
        with pytest.raises(MarketClosed):
            hours().session(close - timedelta(seconds=left))


def test_with_extended_hours_the_last_minute_is_closed_too_and_opens_with_the_session_after_it() -> None:
    with pytest.raises(MarketClosed) as refused:
        hours(extended=True).session(CLOSE - timedelta(seconds=30))
    assert refused.value.facts["opens_at"] == CLOSE
    assert hours(extended=True).session(CLOSE) is Session.AFTER


def test_the_last_minute_of_the_session_after_the_close_is_closed_as_well() -> None:
    with pytest.raises(MarketClosed):
        hours(extended=True).session(CLOSE + timedelta(hours=4) - timedelta(seconds=30))


def test_the_last_minute_before_the_open_is_none() -> None:
    assert hours(extended=True).session(CLOSE - timedelta(hours=6, minutes=30, seconds=30)) is Session.PRE
