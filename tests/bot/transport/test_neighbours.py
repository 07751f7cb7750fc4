"""Two desks on one Slack app steal each other's commands: the later one does not serve. Bots on one database do."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest

from bot.app import build_app
from bot.local_slack.errors import PersonRefused
from bot.local_slack.launch import CHANNEL, TRADER, demo_settings
from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from bot.messages import Texts
from bot.transport.neighbours import BOTS, LIVES, Neighbours
from bot.transport.slack_transport import SlackTransport
from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import SettingsInvalid
from engine.instance_id import new_life
from engine.model.desk import DeskState
from tests.support.databases import sqlite_at
from tests.support.fakes.desk import FakeEngine
from tests.support.slack_harness import workspace
from tests.support.waiting import until


@dataclass(kw_only=True)
class Bot:
    """A bot on a database, in a workspace."""

    slack: LocalSlack
    store: SqlStore
    engine: FakeEngine = field(default_factory=FakeEngine)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.neighbours = Neighbours(self.store, self.told.append, pauses=(0.01, 0.01))

    def serve(self, stack: ExitStack) -> None:
        settings = demo_settings(self.slack)
        sure = partial(getattr, self.neighbours, "is_sure")
        app = build_app(
            self.engine.commands,
            self.engine.queries,
            Texts("en", ZoneInfo("UTC")),
            settings.access,
            settings,
            is_sure=sure,
        )
        stack.enter_context(SlackTransport(settings, self.neighbours, first_count=3.0).held(app))


@pytest.fixture(name="slack")
def _slack() -> Iterator[LocalSlack]:
    with workspace() as slack:
        yield slack


def database(stack: ExitStack, path: Path) -> SqlStore:
    return stack.enter_context(closing(open_store(sqlite_at(path))))


def test_a_second_desk_on_the_same_app_refuses_to_serve_and_no_command_is_answered_by_it(
    slack: LocalSlack, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        first = Bot(slack=slack, store=database(stack, tmp_path / "first.db"))
        second = Bot(slack=slack, store=database(stack, tmp_path / "second.db"))
        first.serve(stack)
        with pytest.raises(SettingsInvalid, match="SLACK_APP_TOKEN"):
            second.serve(stack)
        assert second.told == ["another-desk-refused"]
        for number in range(20):
            Person(slack.url, TRADER.id).command(CHANNEL.id, f"/halt {number}")
        until(lambda: len(first.engine.calls) == 20)
    assert second.engine.calls == []


def test_it_says_so_in_the_channel_once_however_often_it_is_started_again(slack: LocalSlack, tmp_path: Path) -> None:
    with ExitStack() as stack:
        Bot(slack=slack, store=database(stack, tmp_path / "first.db")).serve(stack)
        store, told = database(stack, tmp_path / "second.db"), list[str]()
        for _ in range(3):
            with pytest.raises(SettingsInvalid):
                Bot(slack=slack, store=store, told=told).serve(stack)
    assert told == ["another-desk-refused"]


def test_several_bots_on_one_database_all_serve(slack: LocalSlack, tmp_path: Path) -> None:
    with ExitStack() as stack:
        bots = [Bot(slack=slack, store=database(stack, tmp_path / "desk.db")) for _ in range(3)]
        for each in bots:
            each.serve(stack)
        Person(slack.url, TRADER.id).command(CHANNEL.id, "/halt")
        until(lambda: [each for each in bots if each.engine.state.state is DeskState.HALTED])
        assert slack.connections == 3
    assert [each.told for each in bots] == [[], [], []]


def commands(slack: LocalSlack, number: int) -> int:
    """Give so many halts, and return how many were answered."""
    trader, answered = Person(slack.url, TRADER.id), 0
    for each in range(number):
        with suppress(PersonRefused):
            trader.command(CHANNEL.id, f"/halt {each}")
            answered += 1
    return answered


def test_of_two_desks_that_start_at_once_one_gets_all_of_200_commands(slack: LocalSlack, tmp_path: Path) -> None:
    with ExitStack() as stack:
        bots = [Bot(slack=slack, store=database(stack, tmp_path / f"{name}.db")) for name in ("one", "two")]
        at_once, refused = Barrier(2), list[Bot]()

        def serve(bot: Bot) -> None:
            at_once.wait()
            try:
                bot.serve(stack)
            except SettingsInvalid:
                refused.append(bot)

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(serve, bots))
        [served] = [bot for bot in bots if bot not in refused]
        until(lambda: slack.connections == 1)
        answered = commands(slack, 200)
        until(lambda: len(served.engine.calls) >= answered)
    assert [len(bot.engine.calls) for bot in refused] == [0]
    assert answered > 195  # a machine that is busy may take three seconds for one


def living_elsewhere(store: SqlStore, seconds: float) -> None:
    """Leave the sign of life of a bot on this database that ran on another machine."""
    until_then = datetime.now(UTC) + timedelta(seconds=seconds)
    with store.writing() as transaction:
        transaction.set_setting(BOTS, json.dumps({"elsewhere/1/abc": until_then.isoformat()}))


def test_a_desk_that_passed_for_a_dead_bot_of_another_says_whose_halt_it_was_and_leaves(
    slack: LocalSlack, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        first = Bot(slack=slack, store=database(stack, tmp_path / "first.db"))
        first.serve(stack)
        later = Bot(slack=slack, store=database(stack, tmp_path / "later.db"))
        living_elsewhere(later.store, 2.0)
        later.serve(stack)
        trader = Person(slack.url, TRADER.id)
        trader.command(CHANNEL.id, "/halt one")
        trader.command(CHANNEL.id, "/halt two")
        caution = trader.wait_for(CHANNEL.id, lambda message: "may be connected" in message["text"])
        until(lambda: slack.connections == 1, 20)
        before = len(later.engine.calls)
        answered = commands(slack, 20)
        until(lambda: len(first.engine.calls) >= answered)
    assert f"<#{CHANNEL.id}>" in caution["text"]
    assert len(later.engine.calls) == before
    assert answered > 15
    assert later.told == ["another-desk-found"]


def test_a_bot_whose_process_ended_on_this_machine_passes_for_nobody(slack: LocalSlack, tmp_path: Path) -> None:
    with subprocess.Popen((sys.executable, "-c", "")) as ended:
        ended.wait()
    place, _, rest = new_life().partition("/")
    of_the_dead = "/".join((place, str(ended.pid), rest.rpartition("/")[2]))
    with ExitStack() as stack:
        Bot(slack=slack, store=database(stack, tmp_path / "first.db")).serve(stack)
        later = Bot(slack=slack, store=database(stack, tmp_path / "later.db"))
        with later.store.writing() as transaction:
            transaction.set_setting(BOTS, json.dumps({of_the_dead: (datetime.now(UTC) + LIVES).isoformat()}))
        with pytest.raises(SettingsInvalid, match="SLACK_APP_TOKEN"):
            later.serve(stack)


def test_the_first_desk_serves_on_and_tells_of_another_that_came_all_the_same(
    slack: LocalSlack, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        first = Bot(slack=slack, store=database(stack, tmp_path / "desk.db"))
        first.serve(stack)
        first.neighbours.look(lambda: 3)  # its own, the one that counts, and one more
        found = first.neighbours.is_alone
        first.neighbours.look(lambda: 2)
        alone = first.neighbours.is_alone
        assert slack.connections == 1
    assert (found, alone) == (False, True)
    assert first.told == ["another-desk-found"]


def test_a_connection_that_is_replaced_is_no_stranger(slack: LocalSlack, tmp_path: Path) -> None:
    with ExitStack() as stack:
        bot = Bot(slack=slack, store=database(stack, tmp_path / "desk.db"))
        bot.serve(stack)
        for _ in range(3):
            slack.cycle_connections()
            until(lambda: slack.connections == 1, 20)
        assert commands(slack, 5) == 5
    assert bot.told == []


@dataclass(kw_only=True)
class Silent:
    """A connection of a Slack that does not say how many there are."""

    def greeting(self) -> int:
        return 0

    def close(self) -> None:
        raise AssertionError


def test_a_slack_that_does_not_say_how_many_are_connected_keeps_nobody_out(tmp_path: Path) -> None:
    with closing(open_store(sqlite_at(tmp_path / "desk.db"))) as store:
        Neighbours(store, lambda _word: None, pauses=(0.01,)).admit(Silent)
