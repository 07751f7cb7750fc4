"""A desk's database, and its stream, while no desk need run: its status, trades worked out again, rows for an export.

What opens the database raises SettingsInvalid where there is none, or one of another version.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.adapters.redis import connected, unacknowledged
from engine.adapters.sql.lease import every_lease
from engine.adapters.sql.store import SqlStore
from engine.adapters.sql.tasks import SqlTasks
from engine.diagnostics import revision
from engine.errors import SettingsInvalid, UnknownTrade
from engine.model.decision_record import ReplayedTrade
from engine.model.desk import Desk
from engine.ports.lease import Held
from engine.ports.store import Reader
from engine.ports.task_queue import TaskCounts
from engine.settings import PlaceSettings, read_group
from engine.views.journal import journal_lines, lot_lines
from engine.views.replay import recomputed

MOST_WAITING = 1000
"""Notices in the outbox that are counted at most."""


def replayed(asked: str) -> Iterator[ReplayedTrade]:
    """Work trades out again from the database alone: the one that is named, or all of them, newest first, for ''.

    Raises UnknownTrade, SettingsInvalid and StoreUnavailable.
    """
    with open_reader() as reader:
        ids, wanted = reader.trade_ids(), asked.strip().upper()
        if asked and wanted not in ids:
            raise UnknownTrade(asked)
        for trade_id in [wanted] if asked else ids:
            yield recomputed(reader, trade_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskStatus:
    """How a desk stands in its database, whoever runs it.

    `leases` are those of processes and of who leads, none on SQLite; `oldest` is how old the oldest notice is that
    waits, `stream` how many entries of the signal stream nobody has handled, None where no Redis is named.
    `tasks` is how the workers' tasks stand, and `workers` how many of them live; None and 0 on SQLite.
    """

    desk: Desk
    leases: tuple[tuple[str, Held], ...]
    waiting: int
    oldest: timedelta | None
    stream: int | None
    tasks: TaskCounts | None = None
    workers: int = 0


def desk_status() -> DeskStatus:
    """Look at a desk's database, and at its stream; raises SettingsInvalid, StoreUnavailable and StreamUnavailable."""
    place = read_group(PlaceSettings)
    with open_store() as store:
        with store.reading() as reader:
            desk, waiting = reader.desk(), reader.waiting(MOST_WAITING)
        is_shared, rows = place.database.startswith("postgresql"), SqlTasks(store)
        leases = every_lease(store) if is_shared else ()
        tasks, workers = (rows.counts(), rows.workers()) if is_shared else (None, 0)
    return DeskStatus(
        desk=desk,
        leases=leases,
        waiting=len(waiting),
        oldest=datetime.now(UTC) - waiting[0].notice.at if waiting else None,
        stream=_pending(place.redis_url),
        tasks=tasks,
        workers=workers,
    )


def _pending(url: str) -> int | None:
    if not url:
        return None
    with connected(url) as client:
        return unacknowledged(client)


def rows_of(reader: Reader, table: str) -> Iterable[object]:
    """Return the rows of a table of the database, of the journal, or of the tax lots, each column an attribute."""
    made = {"journal": journal_lines, "lots": lot_lines}
    return made[table](reader) if table in made else reader.rows(table)


@contextmanager
def open_reader() -> Iterator[Reader]:
    """Open the database for reading without changing it; raises StoreUnavailable."""
    with open_store() as store, store.reading() as reader:
        yield reader


@contextmanager
def open_store() -> Iterator[SqlStore]:
    """Open the database without changing it, if it is at this version's revision; raises StoreUnavailable."""
    look = revision()
    found, revisions = look() if look else ("", ())
    if not found:
        raise SettingsInvalid("DATABASE_URL, DATA_DIR: there is no database yet; `trading-bot run` makes it")
    if found != revisions[0]:
        raise SettingsInvalid(
            f"DATABASE_URL, DATA_DIR: the database is at revision {found}, this version reads {revisions[0]};"
            " start `trading-bot run` of the version that should use it"
        )
    with closing(SqlStore(read_group(PlaceSettings).database)) as store:
        yield store
