"""What SQLite writes beside its file is brought into it, and no commit waits for that."""

from itertools import count
from pathlib import Path

from engine.adapters.sql import checkpoints
from engine.adapters.sql.store import open_store
from tests.support.waiting import until


def test_what_is_written_aside_is_brought_in_while_the_desk_writes_on(tmp_path: Path) -> None:
    file, aside = tmp_path / "desk.db", tmp_path / "desk.db-wal"
    store = open_store(f"sqlite:///{file}")

    numbers = count()

    def grows_in_the_file() -> bool:
        with store.writing() as transaction:
            transaction.set_setting("name", str(next(numbers)) * checkpoints.ENOUGH)
        return file.stat().st_size > checkpoints.ENOUGH

    until(grows_in_the_file)
    assert aside.stat().st_size >= checkpoints.ENOUGH
    store.close()


def test_a_store_that_is_closed_leaves_all_in_its_file(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    with store.writing() as transaction:
        transaction.set_setting("name", "written just before the end")
    store.close()
    assert not (tmp_path / "desk.db-wal").exists()
    assert b"written just before the end" in (tmp_path / "desk.db").read_bytes()
