"""Celery: how tasks reach the workers, over Redis, Valkey or RabbitMQ.

A message carries only a task's name; question, answer and the number of attempts are in the database. So nothing
changes if a message is lost, comes twice or too late, is somebody else's, or of another version.
"""

from engine.adapters.celery.app import broker_fault, celery_app
from engine.adapters.celery.queue import CeleryTaskQueue
from engine.adapters.celery.worker import serve

__all__ = ["CeleryTaskQueue", "broker_fault", "celery_app", "serve"]
