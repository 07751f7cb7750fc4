"""The composition root of a worker: it gets a scorer and its own tasks, and nothing that trades, posts or steers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache

from engine.adapters.celery import celery_app, serve
from engine.adapters.celery.worker import TaskWorker
from engine.adapters.clock import SystemClock
from engine.adapters.news_scorer import longest_scoring, open_scorer, scoring_name
from engine.adapters.sql.lease import SqlLease
from engine.adapters.sql.migrations import known
from engine.adapters.sql.store import SqlStore
from engine.adapters.sql.tasks import SqlTasks
from engine.errors import StoreUnavailable
from engine.pipeline.headline_task import headline_task
from engine.ports.lease import Lease
from engine.ports.news import NewsScorer
from engine.ports.task_queue import AnyTaskKind
from engine.settings import ClaudeSettings, DeskSettings, GroupSettings, PlaceSettings, read_group

ROLE = "worker"


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerSettings:
    """The settings that a worker reads: where the database and the broker are, who reads the news, the log's words."""

    place: PlaceSettings
    claude: ClaudeSettings
    desk: DeskSettings

    @property
    def groups(self) -> tuple[GroupSettings, ...]:
        """Every group."""
        return self.place, self.claude, self.desk

    @property
    def names(self) -> frozenset[str]:
        """The names in the environment that a worker may keep."""
        return frozenset(name.upper() for group in self.groups for name in type(group).model_fields)


def worker_settings() -> WorkerSettings:
    """Read them from the environment; raises SettingsInvalid, also where a worker has no desk to work for."""
    place = read_group(PlaceSettings)
    place.require_shared(ROLE)
    place.require_broker(ROLE)
    return WorkerSettings(place=place, claude=read_group(ClaudeSettings), desk=read_group(DeskSettings))


@contextmanager
def open_worker(settings: WorkerSettings) -> Iterator["WorkerProcess"]:
    """Open what this process needs; raises StoreUnavailable, also for a database of another version.

    A worker brings no database up to date: who trades on it does.
    """
    with closing(SqlStore(settings.place.database)) as store:
        if (found := store.revision()) != known()[0]:
            raise StoreUnavailable(
                f"the database is at revision {found or 'none'}, this worker needs {known()[0]}: start the scheduler of"
                " the same version first"
            )
        yield WorkerProcess(settings, store)


class WorkerProcess:
    """Does what is handed out, in processes of its own. `lease` is for its sign of life."""

    def __init__(self, settings: WorkerSettings, store: SqlStore) -> None:
        self._settings = settings
        self._rows = SqlTasks(store)
        self.lease: Lease = SqlLease(store)

    def serve(self, kinds: Sequence[AnyTaskKind], *, concurrency: int, ready: Callable[[], None]) -> None:
        """Do these kinds of work, and the engine's own, in so many processes until told to stop."""
        serve(
            celery_app(self._settings.place.task_broker),
            concurrency=concurrency,
            rows=self._rows,
            begin=lambda: _task_worker(self._settings, kinds),
            ready=ready,
        )


def _task_worker(settings: WorkerSettings, kinds: Sequence[AnyTaskKind]) -> TaskWorker:
    """Return what one process works with; it has connections of its own, and ends with them."""
    store = SqlStore(settings.place.database)

    @cache
    def scorer() -> NewsScorer:
        return open_scorer(settings.claude, store, ExitStack(), SystemClock())

    headlines = headline_task(scoring_name(settings.claude), longest_scoring(settings.claude), scorer)
    return TaskWorker(rows=SqlTasks(store), kinds={kind.name: kind for kind in (headlines, *kinds)})
