from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog

from engine.adapters.sql.store import open_store
from tests.support.databases import sqlite_at
from tests.support.fakes.slack import ScriptedSlack
from tests.support.outbox import Outbox


@pytest.fixture(scope="session", autouse=True)
def _plain_log() -> Iterator[None]:
    """Keep tracebacks short: structlog's own default draws each with all its variables, which takes seconds."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])
    yield
    structlog.reset_defaults()


@pytest.fixture(name="outbox")
def _outbox(tmp_path: Path) -> Iterator[Outbox]:
    with closing(open_store(sqlite_at(tmp_path / "desk.db"))) as store, ScriptedSlack() as slack:
        yield Outbox(store=store, slack=slack)
