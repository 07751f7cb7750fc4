import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from engine.adapters.sql.database import POOL_SIZE
from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import StoreUnavailable
from tests.support.databases import is_open
from tests.support.fakes.trades import a_trade

PATIENCE = 0.1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    store = open_store(f"sqlite:///{file}", patience=PATIENCE)
    yield store
    store.close()


def write(store: SqlStore) -> None:
    with store.writing() as transaction:
        transaction.set_setting("locale", "ko")


def read(store: SqlStore) -> None:
    with store.reading() as reader:
        reader.desk()


def test_a_database_that_cannot_be_opened_halts(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"cannot be opened: .*No such file"):
        open_store(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'desk.db'}")


def test_a_file_that_is_no_database_halts(file: Path) -> None:
    file.write_text("not a database, and long enough to be told from an empty one " * 20)
    with pytest.raises(StoreUnavailable, match="not a database"):
        open_store(f"sqlite:///{file}")


def test_a_database_without_its_tables_halts(file: Path) -> None:
    store = SqlStore(f"sqlite:///{file}")
    with pytest.raises(StoreUnavailable, match="no such table"):
        read(store)
    store.close()


def test_a_writer_of_another_process_that_never_ends_halts_writing_but_not_reading(store: SqlStore, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            write(store)
        read(store)
    write(store)


def test_a_writer_inside_a_writer_halts_instead_of_waiting_for_ever(store: SqlStore) -> None:
    with store.writing(), pytest.raises(StoreUnavailable, match="another writer"):
        write(store)


def test_a_writer_that_failed_leaves_its_turn_to_the_next(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="never moves"), store.writing() as transaction:
        transaction.move(a_trade(), a_trade().state)
    write(store)


def test_a_reader_that_gets_no_connection_halts(store: SqlStore) -> None:
    with ExitStack() as readers:
        for _ in range(2 * POOL_SIZE):
            readers.enter_context(store.reading()).desk()
        with pytest.raises(StoreUnavailable, match="no connection"):
            read(store)
    read(store)


def test_a_reader_that_is_still_at_it_when_the_store_is_closed_leaves_nothing_open(file: Path) -> None:
    store = open_store(f"sqlite:///{file}")
    with store.reading() as reader:
        store.close()
        reader.desk()
        assert is_open(file)
    assert not is_open(file)


def test_what_is_read_after_the_end_leaves_nothing_open(file: Path) -> None:
    store = open_store(f"sqlite:///{file}")
    store.close()
    read(store)
    assert not is_open(file)


def test_a_file_that_is_no_database_is_not_left_open(file: Path) -> None:
    file.write_text("not a database, and long enough to be told from an empty one " * 20)
    with pytest.raises(StoreUnavailable):
        open_store(f"sqlite:///{file}")
    assert not is_open(file)
