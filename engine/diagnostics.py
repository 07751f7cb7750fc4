"""One look at each outside system, and the database as it is: what the command line needs without a running desk.

Each look reads its own settings, so one that is wrong hides nothing else; all of them raise SettingsInvalid.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import redis
from pydantic_settings import BaseSettings

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.calendar import YEARS, ExchangeCalendar
from engine.adapters.clock import SystemClock
from engine.adapters.desk_memory import FileAnchors, FileMemory
from engine.adapters.factory import ANCHORS, MEMORY, alpaca_access
from engine.adapters.files import OWN, refuse_links, wider
from engine.adapters.redis import connect, unacknowledged
from engine.adapters.sql.archive import Pruned, check_archive, prune as move
from engine.adapters.sql.lease import every_lease
from engine.adapters.sql.migrations import known
from engine.adapters.sql.retention import ArchiveEnd
from engine.adapters.sql.store import SqlStore
from engine.adapters.sql.tasks import SqlTasks
from engine.adapters.strategies.processes import StrategyProcesses
from engine.errors import MemoryUnavailable, SettingsInvalid, StreamUnavailable, UnknownTrade
from engine.model.address import keeps_secrets
from engine.model.audit import Anchor, AuditCheck, Mark
from engine.model.decision_record import ReplayedTrade
from engine.model.desk import Desk
from engine.model.desk_record import UNREADABLE
from engine.ports.lease import Held
from engine.ports.store import Reader
from engine.ports.task_queue import TaskCounts
from engine.settings import (
    AlpacaSettings,
    ClaudeSettings,
    HttpSettings,
    MarketSettings,
    PlaceSettings,
    Settings,
    read_group,
)
from engine.strategies.live_strategy import live_strategy
from engine.strategies.shadow_strategies import shadow_strategies
from engine.views.journal import journal_lines, lot_lines
from engine.views.replay import recomputed


def _market() -> MarketSettings:
    group, runner = read_group(MarketSettings), StrategyProcesses()
    live_strategy(group.strategy, runner)
    _, left_out = shadow_strategies(group.shadow_strategies, runner)
    if left_out:
        raise SettingsInvalid(left_out[0])
    return group


GROUPS: Final[Mapping[str, Callable[[], BaseSettings]]] = {
    name: partial(read_group, kind) for name, kind in Settings.kinds().items()
} | {"market": _market}
"""How to read each group of settings by itself, the strategies that it names included."""
SETTINGS: Final = frozenset(name.upper() for kind in Settings.kinds().values() for name in kind.model_fields)
"""The names of all settings of the engine in the environment."""
IN_THE_CLEAR = "its password goes over the network in the clear: rediss:// would hide it"
IN_THE_CLEAR_TASKS = "its password goes over the network in the clear: rediss:// or amqps:// would hide it"
MOST_WAITING = 1000
"""Notices in the outbox that are counted at most."""
MOST_NAMED = 4
"""Files that one line names."""
CALENDAR_END = datetime(YEARS[-1], 12, 31, tzinfo=UTC)
"""The last day for which hours are known offline."""


def folder() -> str:
    """Say where the embedded state lives, or will."""
    place = read_group(PlaceSettings).data_dir.absolute()
    standing = next(path for path in (place, *place.parents) if path.exists())
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        raise SettingsInvalid(f"DATA_DIR: {standing} is no folder that can be written")
    if not place.is_dir():
        return f"{place}, made at the first start"
    refuse_links(place)
    if found := list(wider(place)):
        raise SettingsInvalid(
            f"others may read or write {', '.join(found[:MOST_NAMED])}{' …' * (len(found) > MOST_NAMED)}"
        )
    return f"{place}"


def is_in_use(folder: Path) -> bool:
    """Tell whether a desk keeps anything in a folder that is there, wherever its database is; raises OSError."""
    return any(path.name.startswith(OWN) for path in folder.iterdir())


def alpaca() -> Callable[[], str] | None:
    """Return how to ask for the account, which raises BrokerUnavailable; None where Alpaca is not used."""
    settings = read_group(AlpacaSettings)
    if "alpaca" not in {settings.market, settings.broker}:
        return None

    def ask() -> str:
        with ExitStack() as stack:
            broker = AlpacaBroker(alpaca_access(settings), SystemClock(), ExchangeCalendar())
            stack.callback(broker.stop)
            return f"{broker.label}, equity ${broker.account().equity:,.2f}"

    return ask


def claude() -> Callable[[], str] | None:
    """Return how to ask for the model, which raises NewsUnavailable; None where there is no key."""
    settings = read_group(ClaudeSettings)
    key = settings.anthropic_api_key.get_secret_value()
    if not key:
        return None
    # Brought in only where it is used: the SDK takes three seconds of every start.
    from engine.adapters.claude.probe import ask_for_model

    return partial(ask_for_model, api_key=key, model=settings.claude_model, url=settings.claude_url)


def redis_server() -> Callable[[], str] | None:
    """Return how to ask the server for an answer, which raises StreamUnavailable; None where the bot brings its own."""
    url = read_group(PlaceSettings).redis_url
    if not url:
        return None

    def ask() -> str:
        with closing(connect(url)) as client:
            try:
                client.ping()
            except (redis.RedisError, OSError) as error:
                raise StreamUnavailable(str(error)) from error
        return "answers" if keeps_secrets(url) or not urlsplit(url).password else f"answers; {IN_THE_CLEAR}"

    return ask


def task_broker() -> Callable[[], str] | None:
    """Return how to ask the workers' broker for an answer, which raises StreamUnavailable; None where none is named."""
    url = read_group(PlaceSettings).celery_broker_url
    if not url:
        return None
    # Brought in only where it is used, as Celery takes a second.
    from engine.adapters.celery import broker_fault

    def ask() -> str:
        if fault := broker_fault(url):
            raise StreamUnavailable(fault)
        return "answers" if keeps_secrets(url) or not urlsplit(url).password else f"answers; {IN_THE_CLEAR_TASKS}"

    return ask


def revision() -> Callable[[], tuple[str, tuple[str, ...]]] | None:
    """Return how to read the database's revision and all known ones, newest first; None where there is none yet.

    The database is not changed; what reads it raises StoreUnavailable.
    """
    settings = read_group(PlaceSettings)
    if not settings.database_url and not (settings.data_dir / "desk.db").exists():
        return None

    def read() -> tuple[str, tuple[str, ...]]:
        with closing(SqlStore(settings.database)) as store:
            store.require_own_sessions()
            return store.revision(), tuple(known())

    return read


def address() -> tuple[str, int, str]:
    """Return where the HTTP side listens: host, port, and a token that it demands."""
    settings = read_group(HttpSettings)
    token = settings.http_token.get_secret_value() or settings.metrics_token.get_secret_value()
    return settings.http_host, settings.http_port, token


def prune(months: int, folder: Path | None) -> Pruned:
    """Move what is older than so many whole months from the database into files, by default in DATA_DIR/archive.

    Raises SettingsInvalid and StoreUnavailable.
    """
    places, kept = anchored(), FileAnchors(read_group(PlaceSettings).data_dir / ANCHORS)
    if faults := [f"{place.path} {place.fault}" for place in places if place.fault]:
        raise SettingsInvalid(f"{faults[0]}: `trading-bot audit verify`, nothing pruned")
    known = {anchor.mark for place in places for anchor in place.anchors}
    with _open_store() as store:
        now = datetime.now(UTC)
        year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
        before = datetime(year, month + 1, 1, tzinfo=UTC)
        return move(store, folder or archive_folder(), before, now, anchors=kept, known=known)


def archive_fault(checked: AuditCheck, known: str = "", anchors: Collection[Mark] = ()) -> str:
    """Return what is wrong with the archived part of the audit, '' where it leads unbroken to the database's."""
    begins = ArchiveEnd(number=checked.begins_after, count=checked.archived, hash=checked.begins_hash)
    try:
        return check_archive(archive_folder(), begins, known, anchors)
    except OSError as error:
        return f"{error.filename} cannot be read ({error.strerror})"


def archive_folder() -> Path:
    """Return where the archive is."""
    return read_group(PlaceSettings).data_dir / "archive"


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchored:
    """A file that anchors the audit, with what it says, oldest first; `fault` is why it says nothing."""

    path: Path
    anchors: tuple[Anchor, ...] = ()
    fault: str = ""


def anchored() -> tuple[Anchored, ...]:
    """Return what anchors the audit in DATA_DIR: the desk's last known state, and each day's end."""
    place = read_group(PlaceSettings).data_dir
    return _anchored_by_state(place / MEMORY), _anchored_by_days(place / ANCHORS)


def anchored_by(path: Path) -> Anchored:
    """Return the anchors of a file that was named; raises SettingsInvalid where it has none."""
    found = _anchored_by_days(path)
    if not found.anchors:
        raise SettingsInvalid(f"--anchors: {path} {found.fault or 'has no anchor'}")
    return found


def _anchored_by_state(path: Path) -> Anchored:
    record = FileMemory(path).read()
    if record is None:
        return Anchored(path=path)
    if record == UNREADABLE:
        return Anchored(path=path, fault="cannot be read, or understood")
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Anchored(path=path, anchors=(Anchor(at=at, mark=record.mark, by="the desk's last known state"),))


def _anchored_by_days(path: Path) -> Anchored:
    try:
        return Anchored(path=path, anchors=FileAnchors(path).read())
    except MemoryUnavailable as error:
        return Anchored(path=path, fault=str(error).removeprefix(f"{path} "))


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
    with _open_store() as store:
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
    with closing(connect(url)) as client:
        try:
            return unacknowledged(client)
        except (redis.RedisError, OSError) as error:
            raise StreamUnavailable(str(error)) from error


def rows_of(reader: Reader, table: str) -> Iterable[object]:
    """Return the rows of a table of the database, of the journal, or of the tax lots, each column an attribute."""
    made = {"journal": journal_lines, "lots": lot_lines}
    return made[table](reader) if table in made else reader.rows(table)


@contextmanager
def open_reader() -> Iterator[Reader]:
    """Open the database for reading without changing it; raises StoreUnavailable."""
    with _open_store() as store, store.reading() as reader:
        yield reader


@contextmanager
def _open_store() -> Iterator[SqlStore]:
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
