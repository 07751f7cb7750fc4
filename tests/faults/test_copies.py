"""What a copy of a database is, and what putting one back leaves."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import StoreUnavailable
from engine.model.notices.desk import DeskHalted
from tests.faults.copies import Copies
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.notices import a_notice
from tests.support.servers import Postgres

NOW = datetime(2025, 8, 19, 16, 0, tzinfo=UTC)


def tell(store: SqlStore, key: str) -> None:
    with store.writing() as transaction:
        transaction.enqueue_notice(a_notice(DeskHalted, key=key, at=NOW))


def is_told(store: SqlStore, key: str) -> bool:
    with store.reading() as reader:
        return reader.was_enqueued(key)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()


def test_what_came_after_a_copy_is_gone_once_it_is_put_back(url: str, tmp_path: Path) -> None:
    copies = Copies.of(url, tmp_path)
    with closing(open_store(url)) as store:
        tell(store, "before")
        copies.take(NOW)
        tell(store, "after")
    loss = copies.put_back(0, ManualClock(NOW), while_it_ran=False)
    assert loss.notices == {"after": False}
    with closing(open_store(url)) as store:
        assert is_told(store, "before")
        assert not is_told(store, "after")
        tell(store, "after")  # numbers go on where they were


def test_a_database_that_runs_falls_back_under_its_desk(url: str, tmp_path: Path) -> None:
    copies = Copies.of(url, tmp_path)
    with closing(open_store(url)) as store:
        copies.take(NOW)
        tell(store, "after")
        copies.put_back(0, ManualClock(NOW), while_it_ran=True)
        if url.startswith("sqlite"):
            with pytest.raises(StoreUnavailable):
                tell(store, "more")
        else:
            assert not is_told(store, "after")
            tell(store, "more")
