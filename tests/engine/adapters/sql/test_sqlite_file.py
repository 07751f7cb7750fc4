"""A database file that is deleted or replaced while the bot runs is no database any more."""

import shutil
from pathlib import Path

import pytest

from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import StoreUnavailable


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    return open_store(f"sqlite:///{tmp_path / 'desk.db'}")


def test_nothing_is_read_or_written_once_the_file_was_deleted(store: SqlStore, tmp_path: Path) -> None:
    (tmp_path / "desk.db").unlink()
    with pytest.raises(StoreUnavailable, match="gone"), store.reading():
        pass
    with pytest.raises(StoreUnavailable, match="gone"), store.writing():
        pass
    store.close()


def test_nothing_is_written_into_a_file_that_was_replaced(store: SqlStore, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "desk.db", tmp_path / "copy")
    (tmp_path / "copy").replace(tmp_path / "desk.db")
    with pytest.raises(StoreUnavailable, match="another file"), store.writing():
        pass
    store.close()


def test_what_was_being_written_while_the_file_was_deleted_is_not_said_to_be_kept(
    store: SqlStore, tmp_path: Path
) -> None:
    writing = store.writing()
    writing.__enter__().set_setting("name", "value")
    (tmp_path / "desk.db").unlink()
    with pytest.raises(StoreUnavailable, match="gone"):
        writing.__exit__(None, None, None)
    store.close()
