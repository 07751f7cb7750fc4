from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.model.desk import DeskState
from engine.model.market import Session
from engine.model.status import MarketHours, ServiceState
from engine.model.trade import TradeState
from engine.views.status import hours
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.calendar import NEW_YORK, WeekdayCalendar
from tests.support.fakes.worked_example import TRADE_ID


def new_york(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant of a week in August 2025, whose 18th is a Monday."""
    return datetime(2025, 8, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "session", "then", "at"),
    [
        (new_york(19, 3), Session.CLOSED, Session.PRE, new_york(19, 4)),
        (new_york(19, 5), Session.PRE, Session.REGULAR, new_york(19, 9, 30)),
        (new_york(19, 10), Session.REGULAR, Session.AFTER, new_york(19, 16)),
        (new_york(19, 16), Session.AFTER, Session.CLOSED, new_york(19, 20)),
        (new_york(19, 20), Session.CLOSED, Session.PRE, new_york(20, 4)),
        (new_york(23, 12), Session.CLOSED, Session.PRE, new_york(25, 4)),
    ],
    ids=["night", "pre-market", "regular", "after hours", "evening", "weekend"],
)
def test_the_next_turn_of_the_market_is_known_at_every_hour(
    now: datetime, session: Session, then: Session, at: datetime
) -> None:
    assert hours(WeekdayCalendar(), now) == MarketHours(session=session, then=then, at=at)


@pytest.fixture(name="harness")
def _harness(tmp_path: Path) -> Iterator[EngineHarness]:
    harness = EngineHarness.at_the_example(tmp_path)
    yield harness
    harness.close()


def test_the_status_has_what_waits_and_then_what_was_decided(harness: EngineHarness) -> None:
    harness.play_the_signal()
    waiting = harness.engine.queries.status()
    assert [trade.id for trade in waiting.pending] == [TRADE_ID]
    harness.engine.commands.reject(TRADE_ID, EngineHarness.TRADER)
    decided = harness.engine.queries.status()
    assert decided.pending == ()
    assert (decided.decided[0].id, decided.decided[0].state) == (TRADE_ID, TradeState.REJECTED)


def test_the_status_has_the_desk_its_money_and_its_hours(harness: EngineHarness) -> None:
    harness.engine.commands.halt(EngineHarness.TRADER, "CPI")
    status = harness.engine.queries.status()
    assert (status.desk.state, status.desk.reason) == (DeskState.HALTED, "CPI")
    assert status.hours.session is Session.REGULAR
    assert status.portfolio is not None
    assert len(status.portfolio.lines) == 2
    assert status.at - status.today.until < timedelta(seconds=1)


def test_a_broker_that_does_not_answer_takes_only_the_money_from_the_status(harness: EngineHarness) -> None:
    harness.line.is_away = True
    assert harness.engine.queries.status().portfolio is None


def test_what_is_lost_is_named_with_its_time_and_claude_only_where_there_is_one(harness: EngineHarness) -> None:
    harness.engine.queries.status()
    harness.market.is_down = True
    harness.engine.jobs.tick()
    lost = harness.clock.now()
    services = harness.engine.queries.status().services
    assert services[0] == ServiceState(service="market", lost_since=lost)
    assert [health.service for health in services] == ["market", "news", "broker", "redis"]
