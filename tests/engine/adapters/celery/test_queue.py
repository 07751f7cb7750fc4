"""A process that hands tasks to workers, on a real PostgreSQL, beside others that ask for the same."""

from collections.abc import Collection, Iterator
from contextlib import closing
from itertools import count

import pytest

from engine.adapters.celery import CeleryTaskQueue, celery_app
from engine.adapters.sql.lease import SqlLease
from engine.adapters.sql.store import SqlStore, open_store
from engine.adapters.sql.tasks import SqlTasks
from engine.errors import SettingsInvalid
from engine.ports.task_queue import AS_IS, TaskKind, TaskStatus
from tests.support.servers import Postgres

PATIENCE = 5.0
UPPER = TaskKind(name="upper.1", seconds=1.0, do=bytes.upper, question=AS_IS, answer=AS_IS)


class Beside(SqlTasks):
    """Rows from which another process has dropped every task, at the second look; and a worker begins what it finds."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__(store)
        self.looks = 0

    def look(self, job: str, slots: Collection[str]) -> tuple[TaskStatus, ...]:
        self.looks += 1
        if self.looks == 2:
            for slot in slots:
                self.drop(job, slot)
        if self.looks > 3:  # the worker
            for slot in slots:
                if begun := self.begin(job, slot, 60):
                    self.finish(job, slot, begun.question.upper())
        return super().look(job, slots)


@pytest.fixture(name="store")
def _store(postgres: Postgres) -> Iterator[SqlStore]:
    with closing(open_store(postgres.new_database())) as store:
        SqlLease(store, me="another machine/1/a life").named("process:worker:there:7").take(60)
        yield store


def test_a_task_that_another_process_dropped_is_asked_for_again_at_once(store: SqlStore) -> None:
    rows, seconds = Beside(store), count()
    queue = CeleryTaskQueue(
        celery=celery_app("memory://"), rows=rows, patience=PATIENCE, clock=lambda: float(next(seconds))
    )
    assert dict(queue.run(UPPER, {"a": b"a", "b": b"b"})) == {"a": b"A", "b": b"B"}
    assert rows.looks == 4


@pytest.mark.parametrize(
    "url",
    [
        "redis://cache?databse=1",
        "rediss://cache?ssl_cert_reqs=x",
        "amqp://queue?heartbeat=x",
        "amqps://queue?hartbeat=9",
    ],
)
def test_a_broker_with_options_that_celery_does_not_take_is_refused_by_the_names_of_its_settings(url: str) -> None:
    with pytest.raises(
        SettingsInvalid, match=r"^CELERY_BROKER_URL, REDIS_URL: expected only options that Celery takes"
    ):
        celery_app(url)
