"""Workers that are killed, stopped and cut off, and a broker that brings what nobody asked for: one answer to each."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from bot.charts.pictures import EQUITY, EquityPicture
from bot.cli.main import app
from bot.messages import Texts
from engine.adapters.celery import celery_app
from engine.adapters.celery.app import QUEUE, TASK
from engine.adapters.news_scorer import scoring_name
from engine.errors import StoreUnavailable
from engine.model.market import Headline
from engine.model.performance import EquityPoint, Period
from engine.model.signal import Finding
from engine.pipeline.headline_task import HeadlineQuestion, headline_task
from engine.ports.task_queue import TaskState
from engine.settings import ClaudeSettings, Settings
from engine.worker import open_worker, worker_settings
from tests.several.steps import LONG, SHORT
from tests.several.workplace import Workplace
from tests.support.engine_harness import EngineHarness
from tests.support.environment import nothing_set
from tests.support.fakes.claude import KEY, ScriptedClaude, saying
from tests.support.fakes.scorer import FakeScorer
from tests.support.servers import Postgres, Valkey
from tests.support.waiting import until

AT = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)


@pytest.fixture(name="valkey", scope="module")
def _valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    with Valkey(tmp_path_factory.mktemp("valkey")) as valkey:
        yield valkey


@pytest.fixture(name="claude", scope="module")
def _claude() -> Iterator[ScriptedClaude]:
    with ScriptedClaude() as claude:
        yield claude


@pytest.fixture(name="shared", scope="module")
def _shared(
    postgres: Postgres, valkey: Valkey, claude: ScriptedClaude, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workplace]:
    folder = tmp_path_factory.mktemp("workers")
    (token := folder / "token").write_text("a token that nobody guesses", encoding="ascii")
    given = {
        "ANTHROPIC_API_KEY": KEY,
        "CLAUDE_URL": claude.url,
        "ALPACA_SECRET_KEY": "a key",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "HTTP_TOKEN_FILE": str(token),
    }
    with Workplace.open(folder, postgres.new_database(), valkey.url, given=given) as workplace:
        yield workplace


@pytest.fixture(name="workplace")
def _workplace(shared: Workplace) -> Workplace:
    return shared.start()


def children(workplace: Workplace) -> set[int]:
    assert workplace.process
    pid = workplace.process.pid
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()}


@contextmanager
def meanwhile(condition: Callable[[], object], act: Callable[[], object]) -> Iterator[None]:
    """Do something as soon as a condition holds, beside what the test waits for."""

    def wait_and_act() -> None:
        until(condition, 30)
        act()

    beside = Thread(target=wait_and_act)
    beside.start()
    yield
    beside.join()


def test_workers_do_what_is_asked_once_and_have_no_key_of_the_broker_or_of_slack(workplace: Workplace) -> None:
    steps = [workplace.step() for _ in range(6)]
    done = workplace.ask(*steps)
    assert {each.pid for each in done} <= children(workplace)
    assert [step.begun() for step in steps] == [[each.pid] for each in done]
    assert "ANTHROPIC_API_KEY" in done[0].environment
    assert not {"ALPACA_SECRET_KEY", "SLACK_BOT_TOKEN", "HTTP_TOKEN_FILE"} & set(done[0].environment)


def test_a_task_whose_message_comes_again_and_again_is_done_once(workplace: Workplace) -> None:
    step, celery = workplace.step(), celery_app(workplace.broker)
    [done] = workplace.ask(step)
    workplace.ask(step)
    with workplace.store.apart() as connection:
        [slot] = connection.exec_driver_sql(
            "SELECT slot FROM tasks WHERE slot LIKE %(name)s", {"name": f"{step.name}:%"}
        ).scalars()
    for _ in range(3):
        celery.send_task(TASK, args=[LONG.name, slot])
    workplace.ask(workplace.step(), workplace.step())  # which were sent after them
    assert step.begun() == [done.pid]


def test_a_task_whose_process_is_killed_in_the_middle_is_done_by_another(workplace: Workplace) -> None:
    step = workplace.step(how="hang")
    with meanwhile(step.begun, lambda: os.kill(step.begun()[0], signal.SIGKILL)):
        [done] = workplace.ask(step)
    first, second = step.begun()
    assert done.pid == second != first


def test_a_task_that_takes_longer_than_it_may_is_ended_and_done_by_another(workplace: Workplace) -> None:
    step = workplace.step(how="hang")
    [done] = workplace.ask(step, kind=SHORT)
    assert step.begun()[1:] == [done.pid]


def test_what_is_no_task_of_ours_is_set_aside_and_counted_and_keeps_no_other_waiting(workplace: Workplace) -> None:
    before, celery = workplace.rows.counts(), celery_app(workplace.broker)
    celery.send_task("tasks.of.somebody.else", args=[1])
    celery.send_task(TASK, args=[LONG.name, "nobody asked for this"])
    celery.send_task(TASK, args=["only one"])
    celery.send_task(TASK, args=[["a"], {"b": 1}])
    with celery.connection_for_write() as connection, connection.SimpleQueue(QUEUE) as queue:
        queue.put("no task at all", serializer="json")
        queue.put(object(), serializer="pickle")  # which is not even looked at
    [done] = workplace.ask(workplace.step())
    assert done.pid in children(workplace)
    until(lambda: workplace.rows.counts().set_aside == before.set_aside + 5)


def test_a_task_of_another_version_is_done_by_the_asker(workplace: Workplace) -> None:
    step = workplace.step()
    [(_, done)] = workplace.queue().run(replace(LONG, name="long.2"), {"it": step})
    assert (done.pid, step.begun()) == (os.getpid(), [os.getpid()])


def test_without_a_broker_the_asker_does_the_work_at_once_and_workers_do_once_it_is_back(
    workplace: Workplace, valkey: Valkey
) -> None:
    valkey.stop()
    began = time.monotonic()
    try:
        done = workplace.ask(*(workplace.step() for _ in range(3)))
        assert [each.pid for each in done] == [os.getpid()] * 3
        assert time.monotonic() - began < 5
    finally:
        valkey.start()
    until(lambda: workplace.ask(workplace.step())[0].pid in children(workplace), 45)


def test_a_worker_whose_processes_end_while_its_broker_is_away_works_again_once_that_is_back(
    workplace: Workplace, valkey: Valkey
) -> None:
    workplace.ask(workplace.step())
    valkey.stop()
    try:
        for child in children(workplace):
            os.kill(child, signal.SIGKILL)
    finally:
        valkey.start()
    until(lambda: workplace.ask(workplace.step(), patience=5.0)[0].pid in children(workplace), 45)


def test_a_process_that_takes_the_place_of_another_keeps_no_connection_of_the_one_that_it_is_forked_from(
    workplace: Workplace, valkey: Valkey
) -> None:
    before = children(workplace)
    os.kill(min(before), signal.SIGKILL)
    until(lambda: children(workplace) - before, 30)
    steps = [workplace.step(how="hang"), workplace.step(how="hang")]  # so that each process is at work once
    assert len(workplace.ask(*steps, kind=SHORT)) == 2
    to_the_broker = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        if int(line.split()[2].partition(":")[2], 16) == valkey.port
    }
    assert to_the_broker
    for child in children(workplace):
        open_now = {str(file.readlink()) for file in Path(f"/proc/{child}/fd").iterdir()}
        assert not {f"socket:[{number}]" for number in to_the_broker} & open_now


def test_a_database_that_cuts_every_connection_costs_no_answer(workplace: Workplace, postgres: Postgres) -> None:
    workplace.ask(workplace.step())
    postgres.cut_all_connections()
    done = workplace.ask(*(workplace.step() for _ in range(4)))
    assert {each.pid for each in done} <= children(workplace)


def test_workers_that_stand_still_are_waited_for_no_longer_than_said(workplace: Workplace) -> None:
    step = workplace.step()
    workplace.signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        [done] = workplace.ask(step, patience=1.0)
        assert done.pid == os.getpid()
        assert 1.0 <= time.monotonic() - began < 5
    finally:
        workplace.signal(signal.SIGCONT)
    workplace.ask(workplace.step())
    assert step.begun() == [os.getpid()]  # the word of it that came later changed nothing


def test_when_all_workers_are_killed_in_the_middle_the_asker_does_the_work(workplace: Workplace) -> None:
    steps = [workplace.step(how="hang"), workplace.step(how="hang"), workplace.step()]
    with meanwhile(lambda: steps[0].begun() and steps[1].begun(), workplace.kill):
        done = workplace.ask(*steps)
    assert [each.pid for each in done[:2]] == [os.getpid()] * 2
    assert [len(step.begun()) for step in steps] == [2, 2, 1]


def test_a_worker_scores_headlines_by_claude_and_draws_pictures(workplace: Workplace, claude: ScriptedClaude) -> None:
    claude.replies.append(saying(("n-1", 3, "raises its outlook")))
    line = Headline(id="n-1", at=AT, symbols=("AAPL",), text="Apple raises its outlook", source="wire")
    kind = headline_task(scoring_name(claude_at(claude)), 60, FakeScorer)  # which says nothing, would it be asked
    [(symbol, answer)] = workplace.queue().run(kind, {"AAPL": HeadlineQuestion(symbol="AAPL", headlines=(line,))})
    assert (symbol, [finding.tenths for finding in answer.findings], answer.problem) == ("AAPL", [3], None)
    with workplace.store.reading() as reader:
        assert reader.spent(datetime.now(UTC).date()) == sum(call.dollars for call in reader.calls()) > 0
    curve = [EquityPoint(at=AT + timedelta(hours=hour), equity=Decimal(100_000 + hour)) for hour in range(5)]
    picture = EquityPicture.of(curve, Period.TODAY, Texts("ko", ZoneInfo("Asia/Seoul"), own_clock=False))
    [(_, drawn)] = workplace.queue().run(EQUITY, {"today": picture})
    assert drawn == EQUITY.do(picture)
    assert all(task.state is TaskState.DONE for task in workplace.rows.look(EQUITY.name, ["today"]))


def claude_settings(claude: ScriptedClaude) -> dict[str, Any]:
    return {"anthropic_api_key": KEY, "claude_url": claude.url}


def claude_at(claude: ScriptedClaude) -> ClaudeSettings:
    return Settings.read(**claude_settings(claude)).claude


def read_news(
    workplace: Workplace, folder: Path, headline: str, **given: Any
) -> tuple[tuple[Finding, ...], FakeScorer]:
    """Let a desk with these settings read a headline about MSFT; return what was found, and its own scorer."""
    own = FakeScorer()
    harness = EngineHarness.build(
        folder, on=lambda adapters: replace(adapters, scorer=own, tasks=workplace.queue()), **given
    )
    line = Headline(id=headline, at=harness.clock.now(), symbols=("MSFT",), text="Microsoft wins", source="wire")
    harness.news.lines.append(line)
    harness.engine.jobs.read_news()
    with harness.store.reading() as reader:
        found = reader.findings(["MSFT"], line.at - timedelta(hours=1))["MSFT"]
    harness.close()
    return tuple(found), own


def test_a_desk_has_its_headlines_scored_by_a_worker_and_keeps_what_was_found(
    workplace: Workplace, claude: ScriptedClaude, tmp_path: Path
) -> None:
    claude.replies.append(saying(("n-7", 2, "wins")))
    found, own = read_news(workplace, tmp_path, "n-7", **claude_settings(claude))
    assert [(finding.headline_id, finding.tenths) for finding in found] == [("n-7", 2)]
    assert own.asked == []


def test_a_desk_with_another_model_than_its_workers_scores_its_headlines_itself(
    workplace: Workplace, claude: ScriptedClaude, tmp_path: Path
) -> None:
    _, own = read_news(workplace, tmp_path, "n-8", claude_model="claude-other-1", **claude_settings(claude))
    assert own.asked == [("MSFT", ("n-8",))]


def test_the_status_shows_workers_alive_what_waits_and_what_failed(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nothing_set(monkeypatch, tmp_path)
    monkeypatch.setenv("DATABASE_URL", workplace.database)
    workplace.rows.set_aside(uuid4().hex, "not ours")
    workplace.rows.put("long.2", {uuid4().hex: b"{}"})
    shown = " ".join(CliRunner().invoke(app, ["status"]).stdout.split())
    found = re.search(
        r"workers 1, tasks (\d+) waiting, oldest \d+ s, 0 running; in the last day \d+ refused, (\d+) ", shown
    )
    assert found, shown
    counts = workplace.rows.counts()
    assert (int(found[1]), int(found[2])) == (counts.waiting, counts.set_aside)
    assert re.search(rf"worker │ \S+ │ {workplace.process.pid if workplace.process else 0} │", shown)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "DATABASE_URL: worker shares a database with other processes; expected PostgreSQL"),
        ({"DATABASE_URL": "postgresql://127.0.0.1/desk"}, "CELERY_BROKER_URL, REDIS_URL: worker is handed its work"),
    ],
)
def test_a_worker_that_nobody_told_of_a_database_or_a_broker_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    nothing_set(monkeypatch, tmp_path)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    ended = CliRunner().invoke(app, ["worker"])
    assert ended.exit_code == 1
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_worker_does_not_begin_without_a_database_or_with_one_of_another_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, postgres: Postgres
) -> None:
    nothing_set(monkeypatch, tmp_path)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9")
    for url, said in (
        ("postgresql://127.0.0.1:9/desk", "the database is out of reach"),
        (postgres.new_database(migrated=False), "the database is at revision none, this worker needs"),
    ):
        monkeypatch.setenv("DATABASE_URL", url)
        with pytest.raises(StoreUnavailable, match=said), open_worker(worker_settings()):
            pass
