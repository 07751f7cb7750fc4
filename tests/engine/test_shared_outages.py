"""What one process finds lost of the outside systems is so for all that share the database, and is told once."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.adapters.factory import Adapters
from engine.adapters.sql.lease import SqlLease
from engine.adapters.sql.store import open_store
from engine.bootstrap import wire
from engine.common.service_health import HOLDS, SAID_EVERY, TRIES, Service, ServiceHealth
from engine.errors import BrokerUnavailable
from engine.model.notices.base import NoticeKind
from engine.ports.store import Store
from tests.support.databases import sqlite_at
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.trades import PROPOSED_AT
from tests.support.servers import Postgres

GONE = BrokerUnavailable("no connection")
LOST, BACK = NoticeKind.SERVICE_LOST, NoticeKind.SERVICE_BACK


class Processes:
    """Several processes on one database: the leader, one that people meet, and whoever comes after."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = ManualClock(PROPOSED_AT)
        self.leader = self.born("leader")
        self.api = self.born("api")

    def born(self, me: str) -> ServiceHealth:
        return ServiceHealth(store=self.store, clock=self.clock, me=me)

    def pass_time(self, seconds: float, *alive: ServiceHealth) -> None:
        """Let time pass, second by second, in which those that live follow each other."""
        for _ in range(round(seconds)):
            self.clock.advance(1)
            for health in alive:
                health.share(leads=health is not self.api)

    def follow(self) -> None:
        self.leader.share(leads=True)
        self.api.share(leads=False)

    def told(self) -> list[NoticeKind]:
        with self.store.reading() as reader:
            return [waiting.notice.kind for waiting in reader.waiting(100)]


@pytest.fixture(name="processes", params=["sqlite", "postgresql"])
def _processes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Processes]:
    url = sqlite_at(tmp_path / "desk.db")
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    store = open_store(url)
    yield Processes(store)
    store.close()


def test_what_the_leader_finds_lost_is_lost_for_the_process_that_talks_to_people(processes: Processes) -> None:
    processes.leader.lost(Service.BROKER, GONE)
    processes.follow()
    assert processes.api.lost_since() == processes.leader.lost_since() == {Service.BROKER: PROPOSED_AT}
    processes.leader.back(Service.BROKER)
    processes.follow()
    assert (processes.api.down(), processes.leader.down()) == ((), ())
    assert processes.told() == [LOST, BACK]


def test_an_outage_that_both_meet_is_told_once_and_is_over_once_both_reach_the_service(processes: Processes) -> None:
    processes.leader.lost(Service.REDIS, GONE)
    processes.clock.advance(1)
    processes.api.lost(Service.REDIS, GONE)
    processes.follow()
    assert processes.api.lost_since() == {Service.REDIS: PROPOSED_AT}  # since the first of the two
    processes.leader.back(Service.REDIS)
    processes.follow()
    assert processes.leader.down() == (Service.REDIS,)  # where two disagree it is lost
    assert processes.told() == [LOST]
    processes.api.back(Service.REDIS)
    processes.follow()
    assert processes.leader.down() == ()
    assert processes.told() == [LOST, BACK]


def test_what_a_process_found_that_died_holds_for_a_while_and_is_back_once_another_reaches_it(
    processes: Processes,
) -> None:
    processes.leader.lost(Service.BROKER, GONE)
    processes.follow()
    processes.pass_time(HOLDS.total_seconds() - 1, processes.api)
    assert processes.api.down() == (Service.BROKER,)
    processes.pass_time(2, processes.api)
    assert processes.api.down() == ()
    assert processes.told() == [LOST]
    heir = processes.born("the next leader")
    heir.share(leads=True)
    for health in (heir, processes.api, heir):
        health.back(Service.BROKER)
    assert processes.told() == [LOST, BACK]


def test_an_outage_that_a_dead_process_had_reported_is_not_told_again(processes: Processes) -> None:
    processes.leader.lost(Service.BROKER, GONE)
    processes.pass_time(HOLDS.total_seconds() + 1, processes.api)
    heir = processes.born("the next leader")
    heir.lost(Service.BROKER, GONE)
    assert processes.told() == [LOST]
    heir.back(Service.BROKER)
    assert processes.told() == [LOST, BACK]


def test_a_leader_is_believed_for_as_long_as_it_lives(processes: Processes) -> None:
    processes.leader.lost(Service.MARKET, GONE)
    processes.pass_time(3 * TRIES, processes.leader, processes.api)
    assert processes.api.down() == processes.leader.down() == (Service.MARKET,)


def test_one_that_calls_only_when_people_ask_is_believed_for_a_while(processes: Processes) -> None:
    processes.api.lost(Service.BROKER, GONE)
    processes.pass_time(TRIES - SAID_EVERY, processes.leader, processes.api)
    assert processes.leader.down() == (Service.BROKER,)
    processes.leader.back(Service.BROKER)
    assert processes.told() == [LOST]  # the other one's word holds still
    processes.pass_time(SAID_EVERY + HOLDS.total_seconds() + 2, processes.leader, processes.api)
    assert (processes.leader.down(), processes.api.down()) == ((), ())
    processes.leader.back(Service.BROKER)
    assert processes.told() == [LOST, BACK]


def test_a_process_that_slept_believes_who_reached_the_service_meanwhile(processes: Processes) -> None:
    processes.leader.lost(Service.BROKER, GONE)
    processes.pass_time(HOLDS.total_seconds() + 1, processes.api)
    processes.api.back(Service.BROKER)
    processes.pass_time(1, processes.leader)
    assert processes.leader.down() == ()
    processes.leader.back(Service.BROKER)
    assert processes.told() == [LOST, BACK]


def test_a_process_that_is_not_believed_any_more_and_then_leads_alone_tells_that_the_service_is_back(
    processes: Processes,
) -> None:
    processes.api.lost(Service.CLAUDE, GONE)
    processes.pass_time(TRIES + SAID_EVERY + HOLDS.total_seconds(), processes.api)
    assert processes.api.down() == ()
    processes.api.share(leads=True)
    processes.api.back(Service.CLAUDE)
    assert processes.told() == [LOST, BACK]


def test_what_a_process_finds_lost_again_before_it_was_told_back_is_told_once(processes: Processes) -> None:
    processes.api.lost(Service.CLAUDE, GONE)
    processes.pass_time(TRIES + SAID_EVERY + HOLDS.total_seconds(), processes.api)
    processes.api.lost(Service.CLAUDE, GONE)
    assert processes.told() == [LOST]
    processes.api.back(Service.CLAUDE)
    assert (processes.api.down(), processes.told()) == ((), [LOST, BACK])


def test_a_process_that_is_alone_asks_no_database(tmp_path: Path) -> None:
    store = open_store(sqlite_at(tmp_path / "desk.db"))
    alone = ServiceHealth(store=store, clock=ManualClock(PROPOSED_AT))
    alone.lost(Service.BROKER, GONE)
    store.close()
    alone.share(leads=True)
    assert alone.down() == (Service.BROKER,)


def test_the_status_of_one_engine_shows_what_another_one_misses(tmp_path: Path, postgres: Postgres) -> None:
    url, outside = postgres.new_database(), list[Adapters]()
    with ExitStack() as stack:
        stores = [open_store(url), open_store(url)]
        for store in stores:
            stack.callback(store.close)

        def shared(adapters: Adapters) -> Adapters:
            outside.append(replace(adapters, store=stores[0], lease=SqlLease(stores[0])))
            return outside[0]

        harness = EngineHarness.build(tmp_path, cash=worked_example.CASH, on=shared)
        stack.callback(harness.close)
        there = replace(outside[0], store=stores[1], lease=SqlLease(stores[1], me="elsewhere/1/another life"))
        api = wire(harness.settings, there)
        harness.engine.jobs.start()
        harness.line.is_away = True
        harness.engine.jobs.reconcile()
        harness.engine.follow_changes()
        api.follow_changes()
        lost = [state.service for state in api.queries.status().services if state.lost_since]
        assert lost == [Service.BROKER]
        harness.line.is_away = False
        harness.clock.set(harness.clock.now() + timedelta(seconds=60))
        harness.engine.jobs.reconcile()
        api.follow_changes()
        assert [state.service for state in api.queries.status().services if state.lost_since] == []
