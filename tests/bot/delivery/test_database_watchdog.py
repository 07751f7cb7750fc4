"""The watch over the database, on the real ones: what can be read alone is as lost as what does not answer."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from bot.delivery.database_watchdog import DatabaseWatchdog
from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import StoreUnavailable
from tests.support.databases import sqlite_at
from tests.support.servers import Postgres

LOST, BACK = "trouble-halt", "books-back"
PLENTY = 1_000_000
SESSIONS = 3


def on_each_connection(store: SqlStore, statement: str) -> None:
    """Run a statement in each session that the store will use: where nobody works at once, it takes them by turns."""
    with ExitStack() as held:
        for connection in [held.enter_context(store.apart()) for _ in range(SESSIONS)]:
            connection.exec_driver_sql(statement)


def fill(store: SqlStore) -> None:
    """Leave no room for another page, as on a full disk."""
    on_each_connection(store, "PRAGMA max_page_count = 1")  # which is: as many as there are

    with suppress(StoreUnavailable):
        for number in range(10_000):
            with store.writing() as transaction:
                transaction.set_setting(f"ballast {number}", "-" * 500)


def make_room(store: SqlStore) -> None:
    on_each_connection(store, f"PRAGMA max_page_count = {PLENTY}")


def set_read_only(store: SqlStore) -> None:
    on_each_connection(store, "SET default_transaction_read_only = on")


def set_writable(store: SqlStore) -> None:
    on_each_connection(store, "SET default_transaction_read_only = off")


Trouble = tuple[SqlStore, Callable[[SqlStore], None], Callable[[SqlStore], None]]


@pytest.fixture(name="trouble", params=["SQLite on a full disk", "a PostgreSQL that turned read-only"])
def _trouble(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trouble]:
    if request.param == "SQLite on a full disk":
        with closing(open_store(sqlite_at(tmp_path / "desk.db"))) as store:
            yield store, fill, make_room
        return
    server: Postgres = request.getfixturevalue("postgres")
    with closing(open_store(server.new_database())) as store:
        yield store, set_read_only, set_writable


def watching(store: SqlStore, said: list[str], writes: float = 0.0) -> DatabaseWatchdog:
    return DatabaseWatchdog(store=store, say=said.append, every=0.01, patience=10.0, writes=writes)


def look(watch: DatabaseWatchdog, times: int) -> None:
    for _ in range(times):
        watch.look()


def test_a_database_that_can_be_read_but_not_written_is_lost_and_back_once_it_can_be(trouble: Trouble) -> None:
    store, begins, ends = trouble
    said = list[str]()
    watch = watching(store, said)
    look(watch, 3)
    assert (said, watch.is_lost) == ([], False)
    begins(store)
    look(watch, 3)
    with store.reading() as reader:
        reader.desk()
    assert (said, watch.is_lost) == ([LOST], True)
    ends(store)
    look(watch, 3)
    assert (said, watch.is_lost) == ([LOST, BACK], False)
    watch.stop()


def test_once_a_write_failed_each_look_tries_one_so_that_the_loss_and_its_end_are_said_soon(trouble: Trouble) -> None:
    store, begins, ends = trouble
    said = list[str]()
    begins(store)
    watch = watching(store, said, writes=3600.0)
    look(watch, 2)
    ends(store)
    look(watch, 1)
    assert said == [LOST, BACK]
    watch.stop()


def test_while_all_is_well_most_looks_only_read(tmp_path: Path) -> None:
    file = tmp_path / "desk.db"
    with closing(open_store(sqlite_at(file))) as store:
        watch = watching(store, [], writes=3600.0)
        look(watch, 1)
        written = file.with_name("desk.db-wal").stat().st_size
        look(watch, 5)
        assert written > 0
        assert file.with_name("desk.db-wal").stat().st_size == written
        watch.stop()
