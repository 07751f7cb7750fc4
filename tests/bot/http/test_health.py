import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.delivery.reachability import Reach
from bot.http.dependencies import Check
from bot.http.health import HealthReport
from bot.worker import State
from engine.errors import StoreUnavailable
from engine.model.view import EngineHealth
from engine.ports.lease import Lease
from engine.ports.store import Store
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.desk import FakeEngine
from tests.support.fakes.lease import FakeLease

NOW = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)
WELL = EngineHealth(at=NOW, price_at=NOW - timedelta(seconds=20), prices_due=True, down=(), refused={})
TOLD_ALL = Reach(lost="", since=3.0, waits=0.0)
OVERDUE = timedelta(seconds=180)


class Told(FakeEngine):
    """An engine whose state a test says."""

    def __init__(self, vitals: EngineHealth) -> None:
        super().__init__()
        self.told = vitals

    def health(self, patience: timedelta) -> EngineHealth:
        assert patience == OVERDUE
        return self.told


@dataclass
class Books:
    """Books that can be out of reach, or hang."""

    trouble: Exception | None = None
    hangs_until: threading.Event | None = None

    @contextmanager
    def reading(self) -> Iterator[FakeEngine]:
        """Give what knows the desk's state, which is all that is read."""
        if self.hangs_until:
            self.hangs_until.wait()
        if self.trouble:
            raise self.trouble
        yield FakeEngine()


def checkup(
    vitals: EngineHealth = WELL,
    books: Books | None = None,
    *,
    ailing: tuple[str, ...] = (),
    hears: bool = True,
    heard: Reach = TOLD_ALL,
    workers: tuple[State, ...] = (),
    alone: bool = True,
    claude: bool = False,
    leads: bool = True,
    lease: Lease | None = None,
    unwritable: bool = False,
) -> dict[str, Check]:
    look = HealthReport(
        queries=Told(vitals),
        store=cast(Store, books or Books()),
        ailing=lambda: ailing,
        leads=lambda: leads,
        lease=lease,
        unwritable=lambda: unwritable,
        slack=lambda: hears,
        heard=lambda: heard,
        alone=lambda: alone,
        workers=lambda: workers,
        overdue=OVERDUE,
        claude=claude,
    )
    return {check.name: check for check in look()}


def failing(checks: dict[str, Check]) -> set[str]:
    return {name for name, check in checks.items() if not check.ok}


def test_all_is_well_where_nothing_is_lost() -> None:
    checks = checkup()
    assert failing(checks) == set()
    assert list(checks) == ["database", "market", "broker", "redis", "news", "scheduler", "slack", "notices", "threads"]
    assert checks["market"].age == 20


def test_a_database_that_can_be_read_but_not_written_fails() -> None:
    database = checkup(unwritable=True)["database"]
    assert (database.ok, database.detail) == (False, "takes no writes")


def test_of_several_processes_one_must_lead() -> None:
    lease = FakeLease(ManualClock(NOW))
    assert failing(checkup(lease=lease)) == set()
    lease.answer = None
    leader = checkup(lease=lease)["leader"]
    assert (leader.ok, leader.detail) == (False, "nobody leads")


@pytest.mark.parametrize("service", ["market", "broker", "redis", "news"])
def test_a_service_that_the_engine_has_lost_fails(service: str) -> None:
    assert failing(checkup(replace(WELL, down=(service,)))) == {service}


def test_claude_is_looked_at_only_where_it_reads_and_is_not_needed() -> None:
    lost = replace(WELL, down=("claude",))
    assert "claude" not in checkup(lost)
    claude = checkup(lost, claude=True)["claude"]
    assert (claude.ok, claude.needed) == (False, False)


def test_a_price_that_is_overdue_in_regular_hours_fails() -> None:
    assert failing(checkup(replace(WELL, price_at=NOW - OVERDUE))) == set()
    assert failing(checkup(replace(WELL, price_at=NOW - OVERDUE - timedelta(seconds=1)))) == {"market"}
    assert failing(checkup(replace(WELL, price_at=None))) == {"market"}


def test_an_old_price_is_no_fault_while_none_is_due() -> None:
    assert failing(checkup(replace(WELL, prices_due=False, price_at=NOW - timedelta(days=2)))) == set()


def test_a_job_that_does_not_run_is_named() -> None:
    checks = checkup(ailing=("tick", "monitor_risk"))
    assert failing(checks) == {"scheduler"}
    assert checks["scheduler"].detail == "not running: tick, monitor_risk"


def test_a_slack_that_is_not_connected_fails() -> None:
    assert failing(checkup(hears=False)) == {"slack"}


def test_a_connection_alone_proves_nothing_where_the_channel_takes_no_message() -> None:
    check = checkup(heard=replace(TOLD_ALL, lost="is_archived"))["slack"]
    assert (check.ok, check.detail) == (False, "takes no message in the channel: is_archived")
    assert failing(checkup(heard=replace(TOLD_ALL, since=61.0))) == {"slack"}


def test_another_desk_on_the_same_slack_app_fails() -> None:
    assert failing(checkup(alone=False)) == {"slack"}


def test_a_notice_that_waits_for_too_long_fails() -> None:
    check = checkup(heard=replace(TOLD_ALL, waits=75.0))["notices"]
    assert (check.ok, check.detail) == (False, "the oldest has been waiting for 75 s")


def test_a_thread_that_ended_or_is_behind_is_named() -> None:
    well = State(name="homes", is_alive=True, behind=2.0, failed=0, error="")
    ended = replace(well, name="notices", is_alive=False)
    late = replace(well, name="pulse", behind=31.0)
    check = checkup(workers=(well, ended, late))["threads"]
    assert (check.ok, check.needed) == (False, True)
    assert check.detail == "notices ended, pulse is 31 s behind"


def test_books_out_of_reach_fail_without_their_address() -> None:
    check = checkup(books=Books(trouble=StoreUnavailable("10.0.0.7 refused")))["database"]
    assert (check.ok, check.detail) == (False, "out of reach")


def test_books_that_hang_do_not_hang_who_asks() -> None:
    end = threading.Event()
    check = checkup(books=Books(hangs_until=end))["database"]
    end.set()
    assert (check.ok, check.detail) == (False, "no answer within 2 s")


def test_a_process_that_waits_to_lead_has_no_prices_of_its_own_and_is_well() -> None:
    checks = checkup(replace(WELL, price_at=None), leads=False)
    assert failing(checks) == set()
    assert checks["market"].detail == "another process leads"
