from collections.abc import Iterator
from pathlib import Path

import pytest

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
    with database.writers.begin() as first:
        assert first.in_transaction()
        with database.readers.connect() as reader:
            assert reader.exec_driver_sql("SELECT 1").scalar() == 1
