"""Rosters, and the calls of a desk that a test put together by hand."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

from engine.common.desk_people import DeskPeople
from engine.common.duty_calls import DutyCalls, write_roster
from engine.model.duty import CallWay, DutyLine, DutyTurn, Roster
from tests.support.engine_harness import EngineHarness

SEOUL = ZoneInfo("Asia/Seoul")
EVERY_DAY = tuple(range(7))


def calls_of(harness: EngineHarness) -> DutyCalls:
    """Return what calls people on the database of a harness."""
    return DutyCalls(store=harness.store, people=DeskPeople(), zone=SEOUL, usual=CallWay.CHANNEL)


def all_week(line: DutyLine, *who: str) -> DutyTurn:
    """Return people who are on duty in a line at any time."""
    return DutyTurn(line=line, who=who, days=EVERY_DAY, begins=0, ends=24 * 60)


def minutes(text: str) -> int:
    """Return a time of day as minutes after midnight."""
    at = time.fromisoformat(text)
    return int(timedelta(hours=at.hour, minutes=at.minute).total_seconds()) // 60


def put_on_duty(harness: EngineHarness, roster: Roster) -> None:
    """Let this be who is on duty, as the database knows it."""
    with harness.store.writing() as transaction:
        write_roster(transaction, roster)


BOTH_LINES = Roster(turns=(all_week(DutyLine.FIRST, "U0TRADER"), all_week(DutyLine.SECOND, "U0ADMIN")))
"""A trader who is always on duty, and an admin behind them."""
