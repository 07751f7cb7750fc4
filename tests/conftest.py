import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import structlog
from hypothesis import settings

from tests.support.engine_harness import EngineHarness
from tests.support.servers import Postgres, in_memory, why_no_postgres
from tests.support.slack_harness import SlackHarness, embedded

OpenStage = Callable[..., SlackHarness[EngineHarness]]

# A slow machine is no fault of the code: what takes how long is measured by the benchmarks.
settings.register_profile("default", deadline=None)
settings.load_profile("default")

# Six hundred files are compiled, and their assertions rewritten, once and not by every process of every run; nor by the
# bots and demos that tests start. Bytecode is never committed.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# With every local variable drawn in a frame, as is the default, one traceback takes longer than most tests.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


def pytest_configure(config: pytest.Config) -> None:
    """Say once, before any test, what the system lacks; hundreds of tests need a PostgreSQL.

    What tests write is kept in memory, where it has room: a commit waits for the disk, and no test cuts the power.
    """
    lacking = why_no_postgres()
    if lacking and not hasattr(config, "workerinput"):
        raise pytest.UsageError(lacking)
    if memory := in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Let the collector of garbage pass over what lives to the end: the modules, and the tests that were collected."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Let what a test sets of the log end with it: a command that it ran logs to a stream that is closed by then."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL for this test process, started by the first test that needs it."""
    with (
        TemporaryDirectory(dir=in_memory(), ignore_cleanup_errors=True) as folder,
        Postgres.running(Path(folder)) as server,
    ):
        yield server


@pytest.fixture
def open_stage(tmp_path: Path) -> Iterator[OpenStage]:
    """Open the desk of the blueprint's example in a local workspace; takes a locale and settings of the engine."""
    with ExitStack() as stack:

        def opened(locale: str = "en", **given: Any) -> SlackHarness[EngineHarness]:
            return stack.enter_context(embedded(tmp_path, locale, **given))

        yield opened
