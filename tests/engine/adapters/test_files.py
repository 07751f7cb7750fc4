"""The files of a desk are its owner's alone, and a link that somebody planted is followed nowhere."""

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.adapters.clock import SystemClock
from engine.adapters.desk_memory import FileAnchors, FileMemory
from engine.adapters.factory import open_adapters
from engine.adapters.files import make_private, refuse_links, replace, wider
from engine.adapters.sql.store import open_store
from engine.common.last_seen import last_seen
from engine.errors import MemoryUnavailable, SettingsInvalid, StoreUnavailable
from engine.model.audit import Anchor, Mark
from engine.model.desk_record import UNREADABLE
from engine.settings import Settings

ANCHOR = Anchor(at=datetime(2025, 8, 20, tzinfo=UTC), mark=Mark(number=7, hash="5f1c"), by="report:day:20250819")
WRITTEN = (
    *("desk.db", "desk.db-wal", "desk.db-shm", "desk.db-passage", "paper.db", "desk-state.json"),
    *("audit-anchors.jsonl", "valkey", "valkey/valkey.lock", "valkey/valkey.log", "valkey/appendonlydir"),
)
"""What a desk writes into its folder, but for the socket."""


def opened(folder: Path) -> ExitStack:
    """Open what a desk on recorded prices and a paper broker opens, in a folder."""
    stack = ExitStack()
    try:
        open_adapters(Settings.read(data_dir=folder, market="replay", broker="paper"), stack, SystemClock(), last_seen)
    except BaseException:
        stack.close()
        raise
    return stack


@pytest.fixture(autouse=True)
def a_careless_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_all_that_a_desk_writes_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with opened(folder):
        FileAnchors(folder / "audit-anchors.jsonl").keep(ANCHOR)
        modes = {path.name: stat.S_IMODE(path.lstat().st_mode) for path in (folder, *folder.rglob("*"))}
        assert list(wider(folder)) == []
    assert modes["data"] == modes["valkey"] == 0o700
    assert modes["desk.db"] == modes["desk.db-wal"] == modes["paper.db"] == modes["valkey.log"] == 0o600
    assert {name: mode for name, mode in modes.items() if mode & 0o077} == {}


def test_what_an_earlier_version_left_open_to_others_is_closed_at_the_start(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    for path in tmp_path.iterdir():
        path.chmod(0o777)
    (tmp_path / "not ours").touch(0o666)
    with opened(tmp_path):
        assert list(wider(tmp_path)) == []
    assert stat.S_IMODE((tmp_path / "not ours").stat().st_mode) == 0o666


def test_what_is_open_to_others_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for name in ("desk.db", "desk-state.json", "not ours"):
        (tmp_path / name).touch(0o644)
    (tmp_path / "findings").mkdir(0o755)
    (tmp_path / "valkey").mkdir()
    (tmp_path / "valkey" / "appendonly.aof").touch(0o640)
    named = [str(tmp_path), "desk-state.json", "desk.db", "findings", "valkey", "valkey/appendonly.aof"]
    assert [line.split(" (")[0] for line in wider(tmp_path)] == named


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("is_there", [True, False])
def test_a_desk_does_not_start_where_a_link_stands_in_the_place_of_a_file(
    tmp_path: Path, name: str, *, is_there: bool
) -> None:
    precious, folder = tmp_path / "precious", tmp_path / "data"
    if is_there:
        precious.write_text("precious")
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).symlink_to(precious)
    with pytest.raises(SettingsInvalid, match=f"{folder / name} is a link"), opened(folder):
        pass
    assert precious.exists() is is_there
    assert not is_there or precious.read_text() == "precious"


def test_a_folder_that_is_itself_a_link_is_its_owners_choice(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "disk")
    refuse_links(tmp_path / "data")


def test_a_link_in_the_place_of_the_desks_last_known_state_is_neither_read_nor_written_through(tmp_path: Path) -> None:
    precious, path = tmp_path / "precious", tmp_path / "desk-state.json"
    precious.write_text("precious")
    path.symlink_to(precious)
    assert FileMemory(path).read() == UNREADABLE
    FileMemory(path).write(UNREADABLE)
    assert precious.read_text() == "precious"
    assert not path.is_symlink()


def test_a_link_at_the_name_of_what_is_half_written_is_not_written_through(tmp_path: Path) -> None:
    precious, path = tmp_path / "precious", tmp_path / "desk-state.json"
    precious.write_text("precious")
    (tmp_path / f"{path.name}-{os.getpid()}").symlink_to(precious)
    replace(path, "text")
    assert (precious.read_text(), path.read_text()) == ("precious", "text")


def test_anchors_behind_a_link_are_not_read(tmp_path: Path) -> None:
    FileAnchors(tmp_path / "elsewhere").keep(ANCHOR)
    (tmp_path / "audit-anchors.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(MemoryUnavailable):
        FileAnchors(tmp_path / "audit-anchors.jsonl").read()
    with pytest.raises(MemoryUnavailable):
        FileAnchors(tmp_path / "audit-anchors.jsonl").keep(ANCHOR)


def test_anchors_are_added_to_those_that_were_kept(tmp_path: Path) -> None:
    file = FileAnchors(tmp_path / "audit-anchors.jsonl")
    assert file.read() == ()
    file.keep(ANCHOR)
    file.keep(ANCHOR)
    assert FileAnchors(tmp_path / "audit-anchors.jsonl").read() == (ANCHOR, ANCHOR)


def test_a_database_behind_a_link_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "desk.db").symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    assert not (tmp_path / "elsewhere.db").exists()


def test_a_file_that_is_there_keeps_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_text("books")
    make_private(tmp_path / "desk.db")
    assert (tmp_path / "desk.db").read_text() == "books"
