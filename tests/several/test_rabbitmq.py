"""Workers on RabbitMQ, with a quorum queue. Run by `make workers`; it says so where there is no RabbitMQ."""

import os
import signal
from collections.abc import Iterator

import pytest
from amqp.exceptions import PreconditionFailed

from engine.adapters.celery import celery_app
from engine.adapters.celery.app import QUEUE
from tests.several.rabbitmq import RabbitMq, why_no_rabbitmq
from tests.several.test_workers import children, meanwhile
from tests.several.workplace import Workplace
from tests.support.servers import Postgres

pytestmark = [pytest.mark.rabbitmq, pytest.mark.skipif(bool(why_no_rabbitmq()), reason=why_no_rabbitmq())]


@pytest.fixture(name="rabbitmq", scope="module")
def _rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMq]:
    with RabbitMq(tmp_path_factory.mktemp("rabbitmq")) as rabbitmq:
        yield rabbitmq


@pytest.fixture(name="shared", scope="module")
def _shared(postgres: Postgres, rabbitmq: RabbitMq, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    with Workplace.open(tmp_path_factory.mktemp("workers"), postgres.new_database(), rabbitmq.url) as workplace:
        yield workplace


@pytest.fixture(name="workplace")
def _workplace(shared: Workplace) -> Workplace:
    return shared.start()


def test_workers_do_each_task_once_and_the_queue_is_kept_by_a_quorum(workplace: Workplace) -> None:
    steps = [workplace.step() for _ in range(20)]
    done = workplace.ask(*steps)
    assert {each.pid for each in done} <= children(workplace)
    assert [step.begun() for step in steps] == [[each.pid] for each in done]
    with celery_app(workplace.broker).connection_for_write() as connection, pytest.raises(PreconditionFailed):
        connection.default_channel.queue_declare(QUEUE, durable=True, auto_delete=False)  # no quorum's


def test_a_task_whose_process_is_killed_is_done_by_another(workplace: Workplace) -> None:
    step = workplace.step(how="hang")
    with meanwhile(step.begun, lambda: os.kill(step.begun()[0], signal.SIGKILL)):
        [done] = workplace.ask(step)
    first, second = step.begun()
    assert done.pid == second != first


def test_while_rabbitmq_is_away_the_asker_does_the_work_and_afterwards_the_workers_do(
    workplace: Workplace, rabbitmq: RabbitMq
) -> None:
    rabbitmq.stop()
    try:
        [done] = workplace.ask(workplace.step())
        assert done.pid == os.getpid()
    finally:
        rabbitmq.start()
    [done] = workplace.ask(workplace.step(), patience=60)
    assert done.pid in children(workplace)
