"""A halt, or a second, that the database lost is known outside it: then the desk is halted, and told why."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engine.adapters.desk_memory import FileMemory
from engine.adapters.factory import Adapters
from engine.common.recall import WENT_BACK, LostHalt, Recall
from engine.errors import DeskNotActive, HaltNotPersisted, Repeated, StoreUnavailable
from engine.model.audit import Mark
from engine.model.desk import ENGINE, DeskState
from engine.model.desk_record import DeskRecord
from engine.model.notices.desk import DeskHalted, FlattenStarted
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.store import LosableStore
from tests.support.fakes.worked_example import TRADE_ID

DATABASE = ("desk.db", "desk.db-wal", "desk.db-shm")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def life(folder: Path) -> EngineHarness:
    """Begin a life on what a folder holds."""
    harness = EngineHarness.build(folder, cash=worked_example.CASH)
    harness.engine.jobs.start()
    return harness


def back_up(harness: EngineHarness, folder: Path) -> None:
    """Keep the database as it is now; what was written aside is in it once it is closed."""
    harness.close()
    shutil.copy(folder / "desk.db", folder / "backup")


def restore(folder: Path) -> None:
    for name in DATABASE:
        (folder / name).unlink(missing_ok=True)
    (folder / "backup").replace(folder / "desk.db")


def test_a_first_start_without_a_memory_trades(folder: Path) -> None:
    harness = life(folder)
    assert harness.engine.queries.desk().state is DeskState.ACTIVE
    assert harness.memory.read() is not None
    harness.close()


def test_a_restart_on_the_same_database_trades(folder: Path) -> None:
    first = life(folder)
    first.engine.commands.halt(EngineHarness.TRADER, "news")
    first.engine.commands.resume(EngineHarness.ADMIN)
    first.close()
    second = life(folder)
    assert second.engine.queries.desk().state is DeskState.ACTIVE
    second.close()


def test_a_halt_that_a_restore_lost_holds_and_the_desk_is_told_why(folder: Path) -> None:
    back_up(life(folder), folder)
    harness = life(folder)
    harness.engine.commands.halt(EngineHarness.TRADER, "fire in the building")
    harness.close()
    restore(folder)
    again = life(folder)
    assert (again.engine.queries.desk().state, again.engine.queries.desk().reason) == (DeskState.HALTED, WENT_BACK)
    assert [notice.reason.word for notice in again.told_of(DeskHalted)] == [WENT_BACK]
    again.close()


def test_a_restore_that_lost_no_halt_but_a_piece_of_the_audit_halts_as_well(folder: Path) -> None:
    back_up(life(folder), folder)
    life(folder).close()  # another start stands in the audit
    restore(folder)
    again = life(folder)
    assert (again.engine.queries.desk().state, again.engine.queries.desk().by) == (DeskState.HALTED, ENGINE)
    again.close()


def test_only_a_person_ends_it_and_it_does_not_come_again(folder: Path) -> None:
    back_up(life(folder), folder)
    life(folder).close()
    restore(folder)
    harness = life(folder)
    harness.engine.jobs.reconcile()
    harness.engine.jobs.housekeeping()
    assert harness.engine.queries.desk().state is DeskState.HALTED
    harness.engine.commands.resume(EngineHarness.ADMIN)
    harness.engine.jobs.housekeeping()
    harness.close()
    again = life(folder)
    assert again.engine.queries.desk().state is DeskState.ACTIVE
    again.close()


def test_what_the_database_loses_while_the_desk_runs_is_found_by_the_next_round(harness: EngineHarness) -> None:
    known = harness.memory.read()
    assert known is not None
    harness.memory.write(replace(known, mark=Mark(number=known.mark.number, hash="of another chain")))
    harness.engine.jobs.housekeeping()
    assert (harness.engine.queries.desk().state, harness.engine.queries.desk().reason) == (DeskState.HALTED, WENT_BACK)


def test_an_older_memory_of_the_same_chain_is_brought_up_to_date(harness: EngineHarness) -> None:
    old = harness.memory.read()
    assert old is not None
    harness.engine.commands.halt(EngineHarness.TRADER, "news")
    harness.engine.commands.resume(EngineHarness.ADMIN)
    harness.memory.write(old)
    harness.engine.jobs.housekeeping()
    known = harness.memory.read()
    assert harness.engine.queries.desk().state is DeskState.ACTIVE
    assert known is not None
    assert known.term > old.term


def test_a_memory_that_cannot_be_read_halts(harness: EngineHarness, tmp_path: Path) -> None:
    (tmp_path / "desk-state.json").write_text("garbage", encoding="utf-8")
    harness.engine.jobs.housekeeping()
    assert (harness.engine.queries.desk().state, harness.engine.queries.desk().reason) == (
        DeskState.HALTED,
        "memory_unreadable",
    )


@pytest.mark.parametrize("text", ["garbage", None], ids=["unreadable", "of a later term"])
def test_no_order_leaves_while_the_memory_speaks_against_it(
    proposed: EngineHarness, tmp_path: Path, text: str | None
) -> None:
    known = proposed.memory.read()
    assert known is not None
    later = text or replace(known, term=known.term + 1).written()
    (tmp_path / "desk-state.json").write_text(later, encoding="utf-8")
    with pytest.raises(DeskNotActive):
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert proposed.broker.order(TRADE_ID) is None
    assert proposed.trade().state is TradeState.CANCELLED


def delete_the_database(folder: Path) -> None:
    for name in DATABASE:
        (folder / name).unlink(missing_ok=True)


def test_nothing_is_bought_once_the_database_was_deleted_and_the_next_look_says_so(
    proposed: EngineHarness, tmp_path: Path
) -> None:
    delete_the_database(tmp_path)
    with pytest.raises(StoreUnavailable):
        proposed.engine.jobs.poll_unconfirmed()  # which looks every second
    with pytest.raises(StoreUnavailable):
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert proposed.broker.order(TRADE_ID) is None


def test_a_halt_given_after_the_database_was_deleted_holds_over_a_restart(
    harness: EngineHarness, tmp_path: Path
) -> None:
    delete_the_database(tmp_path)
    with pytest.raises(HaltNotPersisted):
        harness.engine.commands.halt(EngineHarness.TRADER, "fire in the building")
    harness.store.close()
    again = life(tmp_path)
    desk = again.engine.queries.desk()
    assert (desk.state, desk.by, desk.reason) == (DeskState.HALTED, "U0TRADER", "fire in the building")
    again.close()


def test_a_desk_whose_database_was_deleted_is_halted_at_the_next_start(harness: EngineHarness, tmp_path: Path) -> None:
    delete_the_database(tmp_path)
    harness.store.close()
    again = life(tmp_path)
    assert (again.engine.queries.desk().state, again.engine.queries.desk().reason) == (DeskState.HALTED, WENT_BACK)
    again.close()


def test_a_delivery_of_a_halt_that_was_served_before_leaves_no_halt_in_the_memory(proposed: EngineHarness) -> None:
    halt = replace(EngineHarness.TRADER, id="one delivery")
    proposed.engine.commands.audit_log.write_audit(halt, "halt", "not now")
    with pytest.raises(Repeated):
        proposed.engine.commands.halt(halt, "served before")
    proposed.engine.jobs.housekeeping()
    assert proposed.engine.queries.desk().state is DeskState.ACTIVE


@pytest.mark.parametrize("change", ["auto", "doubt"])
def test_no_other_change_of_the_desk_wipes_a_lost_halt_out_of_the_memory(folder: Path, change: str) -> None:
    back_up(life(folder), folder)
    harness = life(folder)
    harness.engine.commands.halt(EngineHarness.TRADER, "fire in the building")
    known = harness.memory.read()
    harness.close()
    restore(folder)
    again = EngineHarness.build(folder, cash=worked_example.CASH)  # before its start has looked
    if change == "auto":
        again.engine.commands.set_auto(on=True, request=EngineHarness.ADMIN)
    else:
        again.line.is_away = True
        again.engine.jobs.reconcile()
        again.line.is_away = False
        again.engine.jobs.reconcile()
    assert again.memory.read() == known
    again.engine.jobs.housekeeping()
    assert again.engine.queries.desk().state is DeskState.HALTED
    again.close()


@pytest.mark.parametrize("is_first", [True, False], ids=["the flatten first", "the halt first"])
def test_a_flatten_that_one_process_could_not_write_survives_the_plain_halt_of_another(
    folder: Path, *, is_first: bool
) -> None:
    stores = list[LosableStore]()

    def losable(adapters: Adapters) -> Adapters:
        stores.append(LosableStore(adapters.store))
        return replace(adapters, store=stores[0])

    cut_off = EngineHarness.build(folder, cash=worked_example.CASH, on=losable)
    with_database = life(folder)
    stores[0].is_away = True
    if not is_first:
        with_database.engine.commands.halt(EngineHarness.TRADER, "news")
    with pytest.raises(HaltNotPersisted):
        cut_off.engine.commands.flatten(EngineHarness.ADMIN, "sell it all")
    if is_first:
        with_database.engine.commands.halt(EngineHarness.TRADER, "news")
    cut_off.close()  # with what it held in its own memory
    known = with_database.memory.read()
    assert known is not None
    assert (known.is_pending, known.flatten, known.by) == (True, True, EngineHarness.ADMIN.by)
    with_database.engine.jobs.housekeeping()
    assert with_database.told_of(FlattenStarted)
    known = with_database.memory.read()
    assert known is not None
    assert (known.is_pending, known.flatten) == (False, False)
    with_database.close()


def test_a_flatten_that_could_not_be_written_ends_with_the_person_who_resumes_after_it(folder: Path) -> None:
    harness = life(folder)
    harness.engine.commands.halt(EngineHarness.TRADER, "news")
    known = harness.memory.read()
    assert known is not None
    waiting = replace(known, state=DeskState.HALTED, since=harness.clock.now(), is_pending=True, flatten=True)
    harness.memory.write(waiting)
    harness.clock.advance(1)
    harness.engine.commands.resume(EngineHarness.ADMIN)
    harness.engine.jobs.housekeeping()
    assert not harness.told_of(FlattenStarted)
    assert harness.engine.queries.desk().state is DeskState.ACTIVE
    harness.close()


def test_two_processes_that_halt_at_once_leave_the_flatten_in_the_memory(harness: EngineHarness) -> None:
    """The one that only halts has read the memory already, when the other one's flatten comes into it."""
    memory = harness.memory
    recall = Recall(store=harness.store, memory=memory)
    flatten = LostHalt(by="U0ADMIN", reason="", since=harness.clock.now(), flatten=True)

    class Overtaken(FileMemory):
        def read(self) -> DeskRecord | None:
            known = super().read()
            if known is not None and not known.is_pending:
                recall.hold(flatten, lambda: True)
            return known

    slow = Recall(store=harness.store, memory=Overtaken(memory.path))
    slow.hold(replace(flatten, flatten=False, by="U0TRADER"), lambda: True)
    known = memory.read()
    assert known is not None
    assert (known.by, known.flatten) == ("U0ADMIN", True)
