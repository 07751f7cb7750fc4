from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text

from engine.adapters.sql.migrations import upgrade
from engine.adapters.sql.store import open_store
from engine.adapters.sql.tables import Base
from engine.model.desk import Desk, DeskState


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'desk.db'}")
    with engine.begin() as connection:
        upgrade(connection)
    yield engine
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_describes(migrated: Engine) -> None:
    with migrated.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_an_upgrade_of_the_newest_schema_changes_nothing(migrated: Engine) -> None:
    with migrated.begin() as connection:
        connection.execute(text("INSERT INTO settings VALUES ('locale', 'ko')"))
        upgrade(connection)
        assert connection.scalar(text("SELECT value FROM settings")) == "ko"


def test_opening_an_existing_database_keeps_the_desk_as_it_was(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    halted = Desk(state=DeskState.HALTED, auto=True)
    first = open_store(url)
    with first.writing() as book:
        book.set_desk(halted)
    first.close()
    second = open_store(url)
    with second.reading() as ledger:
        assert ledger.desk() == halted
    second.close()
