"""What the desk last knew is kept in a file and in Redis; what cannot be read counts as a halt."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.adapters.desk_memory import FileMemory, JointMemory
from engine.adapters.files import alone_in
from engine.adapters.redis import RedisMemory, connect
from engine.errors import MemoryUnavailable
from engine.model.audit import Mark
from engine.model.desk import DeskState
from engine.model.desk_record import UNREADABLE, DeskRecord
from engine.ports.memory import DeskMemory
from tests.support.fakes.memory import FakeDeskMemory
from tests.support.servers import Valkey

ACTIVE = DeskRecord(
    state=DeskState.ACTIVE,
    by="U0ADMIN",
    reason="",
    since=datetime(2025, 8, 19, 14, 45, tzinfo=UTC),
    term=7,
    mark=Mark(number=12, hash="ab12"),
)
HALTED = replace(ACTIVE, state=DeskState.HALTED, by="U0TRADER", reason='fire, "now"\n불', since=None, is_pending=True)


@pytest.fixture(params=["file", "redis", "both", "fake"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DeskMemory]:
    if request.param == "fake":
        yield FakeDeskMemory()
        return
    file = FileMemory(tmp_path / "desk-state.json")
    if request.param == "file":
        yield file
        return
    with Valkey(tmp_path) as server:
        redis = RedisMemory(connect(server.url))
        yield redis if request.param == "redis" else JointMemory((file, redis))


def test_a_new_desk_knows_nothing(memory: DeskMemory) -> None:
    assert memory.read() is None


@pytest.mark.parametrize("record", [ACTIVE, HALTED, replace(HALTED, flatten=True)])
def test_what_was_written_last_is_read(memory: DeskMemory, record: DeskRecord) -> None:
    memory.write(HALTED)
    memory.write(record)
    assert memory.read() == record


def test_what_an_older_desk_wrote_is_read() -> None:
    plain = json.loads(HALTED.written())
    del plain["flatten"]
    assert DeskRecord.read(json.dumps(plain)) == HALTED


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "\x00", '{"state": "asleep"}', ACTIVE.written()[:-9]])
def test_nonsense_counts_as_a_halt(tmp_path: Path, text: str) -> None:
    (tmp_path / "desk-state.json").write_text(text, encoding="utf-8")
    assert FileMemory(tmp_path / "desk-state.json").read() == UNREADABLE


def test_bytes_that_are_no_text_and_a_folder_in_its_place_count_as_a_halt(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    assert FileMemory(tmp_path / "bytes").read() == FileMemory(tmp_path).read() == UNREADABLE


def test_a_file_that_cannot_be_written_is_said_and_the_old_one_stays(tmp_path: Path) -> None:
    with pytest.raises(MemoryUnavailable):
        FileMemory(tmp_path / "no folder" / "desk-state.json").write(ACTIVE)


def test_redis_without_an_answer_knows_nothing_and_says_that_it_keeps_nothing(tmp_path: Path) -> None:
    with Valkey(tmp_path) as server:
        memory = RedisMemory(connect(server.url))
        server.stop()
        assert memory.read() is None
        with pytest.raises(MemoryUnavailable):
            memory.write(ACTIVE)


@pytest.mark.parametrize(
    ("one", "other", "holds"),
    [
        (ACTIVE, None, ACTIVE),
        (ACTIVE, replace(HALTED, is_pending=False), replace(HALTED, is_pending=False)),
        (ACTIVE, HALTED, HALTED),
        (HALTED, replace(HALTED, flatten=True), replace(HALTED, flatten=True)),
        (ACTIVE, replace(HALTED, term=6), ACTIVE),
        (ACTIVE, UNREADABLE, UNREADABLE),
        (ACTIVE, replace(ACTIVE, mark=Mark(number=13, hash="cd")), replace(ACTIVE, mark=Mark(number=13, hash="cd"))),
    ],
    ids=[
        "one is empty",
        "a halt",
        "a halt on its way",
        "a flatten on its way",
        "an older halt",
        "one is nonsense",
        "one knows more",
    ],
)
def test_of_two_places_the_safer_one_holds(one: DeskRecord, other: DeskRecord | None, holds: DeskRecord) -> None:
    places = FakeDeskMemory(), FakeDeskMemory()
    for place, record in zip(places, (one, other), strict=True):
        place.record = record
    assert JointMemory(places).read() == JointMemory(places[::-1]).read() == holds


def test_what_one_place_cannot_keep_the_other_keeps() -> None:
    away, there = FakeDeskMemory(), FakeDeskMemory()
    away.is_away = True
    with pytest.raises(MemoryUnavailable):
        JointMemory((away, there)).write(ACTIVE)
    assert there.record == ACTIVE


def test_what_may_not_be_replaced_stays(memory: DeskMemory) -> None:
    memory.write(HALTED, lambda known: known is None)
    memory.write(ACTIVE, lambda known: known != HALTED)
    assert memory.read() == HALTED


def test_of_two_writers_at_once_none_decides_on_what_the_other_has_replaced(tmp_path: Path) -> None:
    asked, answered, seen = threading.Event(), threading.Event(), list[DeskRecord | None]()

    def after_the_other(known: DeskRecord | None) -> bool:
        seen.append(known)
        if len(seen) == 1:
            asked.set()
            answered.wait(10)
        return known != HALTED

    with Valkey(tmp_path) as server, ThreadPoolExecutor() as pool:
        one, other = RedisMemory(connect(server.url)), RedisMemory(connect(server.url))
        slow = pool.submit(one.write, ACTIVE, after_the_other)
        asked.wait(10)
        other.write(HALTED)
        answered.set()
        slow.result()
        assert (seen, one.read()) == ([None, HALTED], HALTED)


def test_of_two_processes_on_one_file_the_second_decides_on_what_the_first_wrote(tmp_path: Path) -> None:
    one, other = (FileMemory(tmp_path / "desk-state.json") for _ in range(2))
    deciding, comes, seen = threading.Event(), threading.Event(), list[DeskRecord | None]()

    def slowly(_known: DeskRecord | None) -> bool:
        deciding.set()
        comes.wait(10)
        return True

    def look(known: DeskRecord | None) -> bool:
        seen.append(known)
        return False

    def come() -> None:
        comes.set()
        other.write(ACTIVE, look)

    with ThreadPoolExecutor() as pool:
        first = pool.submit(one.write, HALTED, slowly)
        deciding.wait(10)
        second = pool.submit(come)
        first.result()
        second.result()
    assert (seen, one.read()) == ([HALTED], HALTED)


def test_a_halt_is_kept_although_another_process_stopped_while_it_wrote(tmp_path: Path) -> None:
    with alone_in(tmp_path):
        FileMemory(tmp_path / "desk-state.json").write(HALTED)
    assert FileMemory(tmp_path / "desk-state.json").read() == HALTED
