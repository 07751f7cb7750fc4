"""Strangers cost the desk nothing: no turn, no thread, no disk; and one person asks for no more than a person can."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from slack_bolt.request import BoltRequest

from bot.app import TURNS, build_app
from bot.listeners.rate_limit import SAID, Rate, Rates, UserRateLimit
from bot.messages import Texts
from bot.settings import SlackSettings
from bot.transport.slack_transport import MESSAGES
from engine.model.desk import DeskState
from tests.attacks.attack_runner import AttackRunner
from tests.bot.listeners.conftest import ADMIN, CHANNEL, STRANGER, TRADER, VIEWER
from tests.support.fakes.clock import Watch
from tests.support.fakes.desk import FakeAuditLog, FakeEngine
from tests.support.fakes.slack import ScriptedSlack
from tests.support.fakes.trades import a_trade
from tests.support.stuck_engine import StuckEngine
from tests.support.waiting import until

TEXTS = Texts("en", ZoneInfo("UTC"))


@pytest.fixture(name="scripted")
def _scripted() -> Iterator[SlackSettings]:
    with ScriptedSlack() as slack:
        yield SlackSettings.read(
            slack_bot_token="xoxb-test",
            slack_app_token="xapp-test",
            slack_api_url=slack.api_url,
            slack_channel=CHANNEL,
            admins=(ADMIN,),
            traders=(TRADER,),
            viewers=(VIEWER,),
        )


def command(user: str, name: str, text: str, number: int) -> BoltRequest:
    body = {"command": name, "text": text, "user_id": user, "channel_id": CHANNEL}
    return BoltRequest(mode="socket_mode", body={**body, "trigger_id": f"{user}.{name}.{number}.crowd"})


def test_strangers_are_refused_while_every_turn_is_taken(scripted: SlackSettings) -> None:
    engine = StuckEngine()
    app = build_app(engine.commands, engine.queries, TEXTS, scripted.access, scripted)
    with ThreadPoolExecutor(MESSAGES) as slack:
        for number in range(TURNS):
            slack.submit(app.dispatch, command(TRADER, "/approve", a_trade().id, number))
        for _ in range(TURNS):
            assert engine.asked.acquire(timeout=5)
        app.dispatch(command(STRANGER, "/approve", a_trade().id, 0))
        app.dispatch(command(VIEWER, "/halt", "", 0))
        until(lambda: len(engine.commands.audit_log.rows) == 2)
        refused = [(by, outcome) for by, _said, _action, outcome, _why in engine.commands.audit_log.rows]
        engine.let.set()
    app.listener_runner.listener_executor.shutdown()
    assert refused == [(STRANGER, "refused"), (VIEWER, "refused")]


@pytest.mark.parametrize("name", ["/approve", "/halt", "/nothing", "/positions"])
def test_what_a_stranger_types_is_kept_cut_and_with_its_length(scripted: SlackSettings, name: str) -> None:
    engine = FakeEngine(a_trade())
    app = build_app(engine.commands, engine.queries, TEXTS, scripted.access, scripted)
    app.dispatch(command(STRANGER, name, "x" * 8_000, 0))
    app.listener_runner.listener_executor.shutdown()
    [(by, said, _action, outcome, _why)] = engine.commands.audit_log.rows
    assert (by, outcome) == (STRANGER, "refused")
    assert len(said) < SAID + 30
    assert said.endswith(f"({8_001 + len(name)} characters)")
    assert engine.state.state is DeskState.ACTIVE


def test_beyond_a_few_refusals_strangers_are_only_counted(scripted: SlackSettings) -> None:
    engine = FakeEngine(a_trade())
    few = Rates(refusals=Rate(burst=2, a_second=0), all_refusals=Rate(burst=3, a_second=0))
    crowd = UserRateLimit(engine.commands.audit_log, few)
    app = build_app(engine.commands, engine.queries, TEXTS, scripted.access, scripted, crowd=crowd)
    requests = [command(f"U0STRANGER{number % 4}", "/halt", "now", number) for number in range(40)]
    for request in requests:
        app.dispatch(request)
    app.listener_runner.listener_executor.shutdown()
    crowd.stop()
    *refused, counted = engine.commands.audit_log.rows
    told = sum(outcome == "refused" for _by, _said, _action, outcome, _why in refused)
    assert 1 <= told <= 3
    assert counted[3] == "turned away"
    assert counted[4].startswith(f"{40 - told} requests of 4 people; the most: U0STRANGER")


def test_one_person_with_a_script_is_told_that_it_is_too_much_and_can_still_halt(scripted: SlackSettings) -> None:
    engine = FakeEngine(a_trade())
    crowd = UserRateLimit(engine.commands.audit_log, Rates(asking=Rate(burst=5, a_second=0)))
    app = build_app(engine.commands, engine.queries, TEXTS, scripted.access, scripted, crowd=crowd)
    for number in range(8):
        app.dispatch(command(TRADER, "/positions", "", number))
    app.dispatch(command(ADMIN, "/positions", "", 0))
    app.dispatch(command(TRADER, "/halt", "", 0))
    app.listener_runner.listener_executor.shutdown()
    outcomes = sorted((by, action, outcome) for by, _said, action, outcome, _why in engine.commands.audit_log.rows)
    assert outcomes.count((TRADER, "positions", "answered")) == 5
    assert outcomes.count((TRADER, "positions", "refused")) == 3
    assert (ADMIN, "positions", "answered") in outcomes
    assert (TRADER, "halt", "answered") in outcomes
    assert engine.state.state is DeskState.HALTED


def test_a_rate_comes_back_with_time() -> None:
    watch = Watch()
    crowd = UserRateLimit(FakeAuditLog(), Rates(asking=Rate(burst=2, a_second=0.5)), watch)
    assert [crowd.may_ask(TRADER) for _ in range(3)] == [True, True, False]
    watch.seconds += 2
    assert [crowd.may_ask(TRADER) for _ in range(2)] == [True, False]
    assert crowd.may_ask(ADMIN)


def test_five_hundred_commands_of_strangers_at_fifty_a_second_cost_no_trader_an_answer(tmp_path: Path) -> None:
    with AttackRunner.open(tmp_path) as siege:
        before = audit_bytes(tmp_path)
        answered = 0
        with ThreadPoolExecutor(MESSAGES) as slack:
            began = time.monotonic()
            for number in range(500):
                late = began + number / 50 - time.monotonic()
                if late > 0:
                    Event().wait(late)  # the pace is what is tested
                stranger = siege.command(f"U0STRANGER{number % 50}", "/approve", "x" * 8_000)
                slack.submit(siege.app.dispatch, BoltRequest(mode="socket_mode", body=stranger))
                if number % 25 == 0:
                    trader = siege.command(TRADER, "/positions", "")
                    slack.submit(siege.app.dispatch, BoltRequest(mode="socket_mode", body=trader))
                    answered += 1
        siege.app.listener_runner.listener_executor.shutdown()
        with siege.harness.store.reading() as reader:
            rows = reader.audit(limit=2_000)
        assert sum((row.actor, row.outcome) == (TRADER, "answered") for row in rows) == answered
        assert audit_bytes(tmp_path) - before < 1_000_000


def audit_bytes(folder: Path) -> int:
    """Return how many bytes of text the audit holds."""
    [file] = folder.rglob("desk.db")
    with closing(sqlite3.connect(file)) as connection:
        query = "SELECT SUM(LENGTH(actor || action || subject || said || outcome || why || request || hash)) FROM audit"
        [(size,)] = connection.execute(query)
    return int(size or 0)
