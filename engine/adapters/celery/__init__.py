"""Celery: how tasks reach the workers, over Redis, Valkey or RabbitMQ.

A message carries no more than a task's name; question, answer and how often it was tried stand in the database. So a
message that is lost, comes twice or too late, is somebody else's or of another version changes nothing.
"""

from engine.adapters.celery.app import broker_fault, celery_app
from engine.adapters.celery.queue import CeleryTaskQueue
from engine.adapters.celery.worker import serve

__all__ = ["CeleryTaskQueue", "broker_fault", "celery_app", "serve"]
