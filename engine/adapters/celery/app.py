from typing import Any, Final

from celery import Celery
from kombu.exceptions import OperationalError

from engine.errors import SettingsInvalid

QUEUE: Final = "trading_bot.tasks"
TASK: Final = "trading_bot.do"
"""The name of the one task that a worker knows; what it has to do is in the database."""
LONGEST: Final = 300.0
"""Seconds after which a task that was sent without a limit of its own is ended."""
VISIBILITY: Final = 3_600
"""Seconds after which Redis gives an unacknowledged message to another worker; no task takes an eighth of that."""
ANSWERS_WITHIN: Final = 2.0
"""Seconds that the broker may take to be reached, or to answer."""


def celery_app(url: str) -> Celery:
    """Return Celery on the broker at a redis://, rediss://, unix://, amqp:// or amqps:// URL, not yet connected.

    Raises SettingsInvalid for a URL with options that it does not take.
    """
    app = Celery("trading-bot", broker=_broker(url), set_as_current=False, fixups=[])
    app.conf.update(
        # A message is acknowledged once its task is done, by a worker that takes no more than it does at once.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_time_limit=LONGEST,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=1_000,
        worker_proc_alive_timeout=60.0,
        # Nobody controls a worker through the message broker or sends it objects: JSON names a task, and nothing else.
        accept_content=["json"],
        task_serializer="json",
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=ANSWERS_WITHIN,
        broker_transport_options=_options(url),
        task_default_queue=QUEUE,
        **_durable(url),
    )
    try:
        app.connection_for_read().release()  # it connects to nothing, and is where options are looked at
    except (TypeError, ValueError, KeyError) as error:
        raise SettingsInvalid(
            f"CELERY_BROKER_URL, REDIS_URL: expected only options that Celery takes ({error})"
        ) from error
    return app


def broker_fault(url: str) -> str:
    """Ask the broker at a URL for an answer, and return why none came, '' where one did."""
    connection = celery_app(url).connection_for_read()
    try:
        connection.connect()
    except (OperationalError, OSError, *connection.connection_errors, *connection.channel_errors) as error:
        return str(error) or type(error).__name__
    finally:
        connection.release()
    return ""


def _broker(url: str) -> str:
    return url.replace("unix://", "redis+socket://", 1) if url.startswith("unix://") else url


def _is_rabbitmq(url: str) -> bool:
    return url.startswith("amqp")


def _options(url: str) -> dict[str, Any]:
    if _is_rabbitmq(url):
        return {"confirm_publish": True, "read_timeout": ANSWERS_WITHIN, "write_timeout": ANSWERS_WITHIN}
    return {
        "visibility_timeout": VISIBILITY,
        "socket_timeout": ANSWERS_WITHIN,
        "socket_connect_timeout": ANSWERS_WITHIN,
        "global_keyprefix": "trading_bot:",
    }


def _durable(url: str) -> dict[str, Any]:
    """Return what makes RabbitMQ keep the queue on a quorum of its nodes."""
    if not _is_rabbitmq(url):
        return {}
    return {"task_default_queue_type": "quorum", "worker_detect_quorum_queues": True}
