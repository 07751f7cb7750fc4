"""Two desks on one Slack app steal each other's commands: the later one does not serve. Bots on one database do."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import build_app
from bot.demo.launch import CHANNEL, TRADER, demo_settings
from bot.demo.people import Person
from bot.demo.server import LocalSlack
from bot.line import Line
from bot.messages import Texts
from bot.neighbours import Neighbours
from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import SettingsInvalid
from engine.model.desk import DeskState
from tests.databases import sqlite_at
from tests.fakes.desk import FakeEngine
from tests.scenarios.stage import workspace
from tests.waiting import until


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
        app = build_app(self.engine, Texts("en", ZoneInfo("UTC")), settings.access, settings)
        stack.enter_context(Line(settings, self.neighbours).held(app))


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


def test_a_desk_that_serves_finds_another_that_came_all_the_same(slack: LocalSlack, tmp_path: Path) -> None:
    with closing(open_store(sqlite_at(tmp_path / "desk.db"))) as store:
        served = Bot(slack=slack, store=store)
        served.neighbours.beat()
        served.neighbours.look(lambda: 3)  # its own, the one that counts, and one more
        found = served.neighbours.is_alone
        served.neighbours.look(lambda: 2)
        alone = served.neighbours.is_alone
    assert (found, alone) == (False, True)
    assert served.told == ["another-desk-found"]


def test_a_slack_that_does_not_say_how_many_are_connected_keeps_nobody_out(tmp_path: Path) -> None:
    with closing(open_store(sqlite_at(tmp_path / "desk.db"))) as store:
        Neighbours(store, lambda _word: None, pauses=(0.01,)).admit(lambda: 0)
