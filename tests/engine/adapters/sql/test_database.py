from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from engine.adapters.sql.database import Database, connect


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = connect(f"sqlite:///{tmp_path / 'desk.db'}", patience=2.5)
    yield database
    database.readers.dispose()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 2500)],
)
def test_every_sqlite_connection_is_set_up_for_money(database: Database, pragma: str, value: object) -> None:
    for engine in (database.readers, database.writers):
        with engine.connect() as connection:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_readers_and_writers_share_one_pool(database: Database) -> None:
    assert database.readers.pool is database.writers.pool


def test_a_writer_holds_its_turn_from_the_beginning(database: Database) -> None:
    with database.writing(), database.reading() as reader:
        assert reader.exec_driver_sql("SELECT 1").scalar() == 1
        with database.sessions.connect() as another:
            another.exec_driver_sql("PRAGMA busy_timeout = 1")
            with pytest.raises(OperationalError, match="locked"):
                another.exec_driver_sql("BEGIN IMMEDIATE")


def test_a_reader_sees_one_instant_from_the_beginning(database: Database) -> None:
    with database.writing() as writer:
        writer.exec_driver_sql("CREATE TABLE shares (count INTEGER)")
    with database.reading() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM shares").scalar() == 0
        with database.writing() as writer:
            writer.exec_driver_sql("INSERT INTO shares VALUES (512)")
        assert reader.exec_driver_sql("SELECT count(*) FROM shares").scalar() == 0


def break_off(database: Database) -> None:
    """Write, and then what cannot be written."""
    with database.writing() as writer:
        writer.exec_driver_sql("INSERT INTO shares VALUES (512)")
        writer.exec_driver_sql("INSERT INTO no_such_table VALUES (512)")


def test_a_write_that_raises_leaves_nothing(database: Database) -> None:
    with database.writing() as writer:
        writer.exec_driver_sql("CREATE TABLE shares (count INTEGER)")
    with pytest.raises(OperationalError):
        break_off(database)
    with database.reading() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM shares").scalar() == 0
