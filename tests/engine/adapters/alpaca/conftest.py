from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from engine.adapters.alpaca.broker import AlpacaBroker
from tests.engine.adapters.alpaca.access import access_to
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    """Tuesday, 10:45 in New York."""
    return ManualClock(datetime(2025, 8, 19, 14, 45, tzinfo=UTC))


@pytest.fixture
def fake(clock: ManualClock) -> Iterator[FakeAlpaca]:
    with FakeAlpaca(clock) as fake:
        fake.price("AAPL", "150.25")
        fake.price("MSFT", "420.80")
        yield fake
    assert fake.violations == ()


@pytest.fixture
def broker(fake: FakeAlpaca, clock: ManualClock) -> Iterator[AlpacaBroker]:
    broker = AlpacaBroker(access_to(fake), clock, WeekdayCalendar(), patience=1.0)
    yield broker
    broker.stop()
