"""What workers are asked and what came of it, on a real PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing
from multiprocessing import get_context

import pytest
from sqlalchemy import text

from engine.adapters.sql.lease import SqlLease
from engine.adapters.sql.store import SqlStore, open_store
from engine.adapters.sql.tasks import ATTEMPTS, SqlTasks
from engine.ports.task_queue import BegunTask, TaskCounts, TaskState, TaskStatus
from tests.support.servers import Postgres

JOB, SLOT = "charts.1", "AAPL:1"
ELSEWHERE = "another machine/1/a life"


@pytest.fixture(name="store")
def _store(postgres: Postgres) -> Iterator[SqlStore]:
    with closing(open_store(postgres.new_database())) as store:
        yield store


@pytest.fixture(name="rows")
def _rows(store: SqlStore) -> SqlTasks:
    rows = SqlTasks(store)
    rows.put(JOB, {SLOT: b"question"})
    return rows


def status(rows: SqlTasks, slot: str = SLOT) -> TaskStatus:
    [found] = rows.look(JOB, [slot])
    return found


def let_time_pass(store: SqlStore, seconds: float) -> None:
    """Move every time of the tasks back."""
    with store.apart() as connection:
        moved = "UPDATE tasks SET put_at = put_at - :s, sent_at = sent_at - :s, due_at = due_at - :s"
        connection.execute(text(moved), {"s": seconds})


def begun(rows: SqlTasks, *, refused: bool = False) -> BegunTask:
    found = rows.begin(JOB, SLOT, 60, refused=refused)
    assert found
    return found


def test_a_task_is_begun_by_one_and_its_answer_stays(rows: SqlTasks) -> None:
    assert begun(rows) == BegunTask(question=b"question", attempt=1)
    assert rows.begin(JOB, SLOT, 60) is None
    assert [rows.finish(JOB, SLOT, b"first"), rows.finish(JOB, SLOT, b"second")] == [True, False]
    assert rows.begin(JOB, SLOT, 60, refused=True) is None
    assert (status(rows).state, status(rows).answer) == (TaskState.DONE, b"first")


def test_whoever_asks_again_finds_the_answer(rows: SqlTasks) -> None:
    begun(rows)
    rows.finish(JOB, SLOT, b"answer")
    rows.put(JOB, {SLOT: b"question"})
    assert status(rows).answer == b"answer"
    rows.drop(JOB, SLOT)
    rows.put(JOB, {SLOT: b"question"})
    assert status(rows).state is TaskState.WAITING


def test_one_that_fails_is_tried_again_after_2_4_and_8_seconds_and_then_refused(
    store: SqlStore, rows: SqlTasks
) -> None:
    for seconds in (2, 4, 8):
        rows.fail(JOB, SLOT, begun(rows).attempt, "it broke")
        let_time_pass(store, seconds - 1)
        assert rows.begin(JOB, SLOT, 60) is None
        assert (status(rows).state, status(rows).is_due) == (TaskState.WAITING, False)
        let_time_pass(store, 1)
    rows.fail(JOB, SLOT, begun(rows).attempt, "it broke")
    let_time_pass(store, 16)
    assert rows.begin(JOB, SLOT, 60) is None
    assert (status(rows).state, status(rows).attempts, status(rows).error) == (TaskState.REFUSED, ATTEMPTS, "it broke")
    assert begun(rows, refused=True).attempt == ATTEMPTS + 1  # who asked may do it itself


def test_one_whose_process_died_is_lost_at_once_and_one_elsewhere_once_its_time_is_over(
    store: SqlStore, rows: SqlTasks
) -> None:
    child = get_context("spawn").Process(target=begin_and_die, args=(str(store_url(store)),))
    child.start()
    child.join()
    found = status(rows)
    assert (found.state, found.attempts, found.lost, found.is_due) == (TaskState.WAITING, 1, 1, False)
    let_time_pass(store, 2)
    begun(rows)
    with store.apart() as connection:
        connection.execute(text("UPDATE tasks SET holder = :elsewhere"), {"elsewhere": ELSEWHERE})
    assert status(rows).state is TaskState.RUNNING
    let_time_pass(store, 61)
    assert (status(rows).state, status(rows).lost) == (TaskState.WAITING, 2)


def test_a_task_over_which_every_process_died_is_set_aside_for_good(store: SqlStore, rows: SqlTasks) -> None:
    for _ in range(ATTEMPTS):
        begun(rows)
        let_time_pass(store, 61)
        found = status(rows)
        let_time_pass(store, 8)
    assert (found.state, found.lost) == (TaskState.SET_ASIDE, ATTEMPTS)
    assert rows.begin(JOB, SLOT, 60, refused=True) is None


def test_a_late_answer_of_an_attempt_that_counted_as_lost_is_taken(store: SqlStore, rows: SqlTasks) -> None:
    attempt = begun(rows).attempt
    let_time_pass(store, 61)
    assert status(rows).state is TaskState.WAITING
    rows.fail(JOB, SLOT, attempt, "too late to fail")
    assert rows.finish(JOB, SLOT, b"late")
    assert status(rows).state is TaskState.DONE


def test_the_message_of_a_task_that_nobody_began_is_sent_again(store: SqlStore, rows: SqlTasks) -> None:
    assert not status(rows).is_sent
    rows.sent(JOB, [SLOT])
    assert status(rows).is_sent
    let_time_pass(store, 31)
    assert not status(rows).is_sent


def test_what_is_no_task_of_ours_is_set_aside_once_and_counted(rows: SqlTasks) -> None:
    assert rows.begin(JOB, "nobody asked", 60) is None
    assert rows.begin(JOB, "nobody asked", 60) is None
    rows.set_aside("a message", "unknown task")
    rows.refuse(JOB, SLOT, "another version's")
    assert rows.counts() == TaskCounts(waiting=0, oldest=0, running=0, refused=1, set_aside=2)


def test_what_ended_is_forgotten_after_an_hour_and_what_came_to_nothing_after_a_day(
    store: SqlStore, rows: SqlTasks
) -> None:
    rows.finish(JOB, SLOT, b"answer")
    rows.set_aside("a message", "unknown task")
    let_time_pass(store, 3_599)
    rows.forget()
    assert status(rows).state is TaskState.DONE
    let_time_pass(store, 2)
    rows.forget()
    assert rows.look(JOB, [SLOT]) == ()
    assert rows.counts().set_aside == 1
    let_time_pass(store, 86_400)
    rows.forget()
    assert rows.counts().set_aside == 0


def test_the_workers_that_live_and_the_oldest_that_waits_are_counted(store: SqlStore, rows: SqlTasks) -> None:
    let_time_pass(store, 40)
    rows.put(JOB, {"MSFT:1": b"question"})
    assert (rows.counts().waiting, int(rows.counts().oldest)) == (2, 40)
    assert rows.workers() == 0
    SqlLease(store, me=ELSEWHERE).named("process:worker:there:7").take(15)
    SqlLease(store, me=ELSEWHERE).named("process:api:there:8").take(15)
    SqlLease(store, me=ELSEWHERE).named("process:worker:gone:9").take(0)
    assert rows.workers() == 1


def store_url(store: SqlStore) -> str:
    with store.apart() as connection:
        return connection.engine.url.render_as_string(hide_password=False)


def begin_and_die(url: str) -> None:
    with closing(SqlStore(url)) as store:
        SqlTasks(store).begin(JOB, SLOT, 60)
