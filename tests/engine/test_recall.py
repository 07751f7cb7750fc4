"""A halt, or a second, that the database lost is known outside it: then the desk is halted, and told why."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engine.common.recall import WENT_BACK
from engine.errors import DeskNotActive, HaltNotPersisted, Repeated, StoreUnavailable
from engine.model.audit import Mark
from engine.model.desk import ENGINE, DeskState
from engine.model.notices.desk import DeskHalted
from engine.model.trade import TradeState
from tests.fakes import worked_example
from tests.fakes.worked_example import TRADE_ID
from tests.rig import Rig

DATABASE = ("desk.db", "desk.db-wal", "desk.db-shm")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def life(folder: Path) -> Rig:
    """Begin a life on what a folder holds."""
    rig = Rig.build(folder, cash=worked_example.CASH)
    rig.engine.jobs.start()
    return rig


def back_up(rig: Rig, folder: Path) -> None:
    """Keep the database as it is now; what was written aside is in it once it is closed."""
    rig.close()
    shutil.copy(folder / "desk.db", folder / "backup")


def restore(folder: Path) -> None:
    for name in DATABASE:
        (folder / name).unlink(missing_ok=True)
    (folder / "backup").replace(folder / "desk.db")


def test_a_first_start_without_a_memory_trades(folder: Path) -> None:
    rig = life(folder)
    assert rig.engine.queries.desk().state is DeskState.ACTIVE
    assert rig.memory.read() is not None
    rig.close()


def test_a_restart_on_the_same_database_trades(folder: Path) -> None:
    first = life(folder)
    first.engine.commands.halt(Rig.TRADER, "news")
    first.engine.commands.resume(Rig.ADMIN)
    first.close()
    second = life(folder)
    assert second.engine.queries.desk().state is DeskState.ACTIVE
    second.close()


def test_a_halt_that_a_restore_lost_holds_and_the_desk_is_told_why(folder: Path) -> None:
    back_up(life(folder), folder)
    rig = life(folder)
    rig.engine.commands.halt(Rig.TRADER, "fire in the building")
    rig.close()
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
    rig = life(folder)
    rig.engine.jobs.reconcile()
    rig.engine.jobs.housekeeping()
    assert rig.engine.queries.desk().state is DeskState.HALTED
    rig.engine.commands.resume(Rig.ADMIN)
    rig.engine.jobs.housekeeping()
    rig.close()
    again = life(folder)
    assert again.engine.queries.desk().state is DeskState.ACTIVE
    again.close()


def test_what_the_database_loses_while_the_desk_runs_is_found_by_the_next_round(rig: Rig) -> None:
    known = rig.memory.read()
    assert known is not None
    rig.memory.write(replace(known, mark=Mark(number=known.mark.number, hash="of another chain")))
    rig.engine.jobs.housekeeping()
    assert (rig.engine.queries.desk().state, rig.engine.queries.desk().reason) == (DeskState.HALTED, WENT_BACK)


def test_an_older_memory_of_the_same_chain_is_brought_up_to_date(rig: Rig) -> None:
    old = rig.memory.read()
    assert old is not None
    rig.engine.commands.halt(Rig.TRADER, "news")
    rig.engine.commands.resume(Rig.ADMIN)
    rig.memory.write(old)
    rig.engine.jobs.housekeeping()
    known = rig.memory.read()
    assert rig.engine.queries.desk().state is DeskState.ACTIVE
    assert known is not None
    assert known.term > old.term


def test_a_memory_that_cannot_be_read_halts(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "desk-state.json").write_text("garbage", encoding="utf-8")
    rig.engine.jobs.housekeeping()
    assert (rig.engine.queries.desk().state, rig.engine.queries.desk().reason) == (
        DeskState.HALTED,
        "memory_unreadable",
    )


@pytest.mark.parametrize("text", ["garbage", None], ids=["unreadable", "of a later term"])
def test_no_order_leaves_while_the_memory_speaks_against_it(proposed: Rig, tmp_path: Path, text: str | None) -> None:
    known = proposed.memory.read()
    assert known is not None
    later = text or replace(known, term=known.term + 1).written()
    (tmp_path / "desk-state.json").write_text(later, encoding="utf-8")
    with pytest.raises(DeskNotActive):
        proposed.engine.commands.approve(TRADE_ID, Rig.TRADER)
    assert proposed.broker.order(TRADE_ID) is None
    assert proposed.trade().state is TradeState.CANCELLED


def delete_the_database(folder: Path) -> None:
    for name in DATABASE:
        (folder / name).unlink(missing_ok=True)


def test_nothing_is_bought_once_the_database_was_deleted_and_the_next_look_says_so(
    proposed: Rig, tmp_path: Path
) -> None:
    delete_the_database(tmp_path)
    with pytest.raises(StoreUnavailable):
        proposed.engine.jobs.poll_unconfirmed()  # which looks every second
    with pytest.raises(StoreUnavailable):
        proposed.engine.commands.approve(TRADE_ID, Rig.TRADER)
    assert proposed.broker.order(TRADE_ID) is None


def test_a_halt_given_after_the_database_was_deleted_holds_over_a_restart(rig: Rig, tmp_path: Path) -> None:
    delete_the_database(tmp_path)
    with pytest.raises(HaltNotPersisted):
        rig.engine.commands.halt(Rig.TRADER, "fire in the building")
    rig.store.close()
    again = life(tmp_path)
    desk = again.engine.queries.desk()
    assert (desk.state, desk.by, desk.reason) == (DeskState.HALTED, "U0TRADER", "fire in the building")
    again.close()


def test_a_desk_whose_database_was_deleted_is_halted_at_the_next_start(rig: Rig, tmp_path: Path) -> None:
    delete_the_database(tmp_path)
    rig.store.close()
    again = life(tmp_path)
    assert (again.engine.queries.desk().state, again.engine.queries.desk().reason) == (DeskState.HALTED, WENT_BACK)
    again.close()


def test_a_delivery_of_a_halt_that_was_served_before_leaves_no_halt_in_the_memory(proposed: Rig) -> None:
    halt = replace(Rig.TRADER, id="one delivery")
    proposed.engine.commands.audit_log.record(halt, "halt", "not now")
    with pytest.raises(Repeated):
        proposed.engine.commands.halt(halt, "served before")
    proposed.engine.jobs.housekeeping()
    assert proposed.engine.queries.desk().state is DeskState.ACTIVE


@pytest.mark.parametrize("change", ["auto", "doubt"])
def test_no_other_change_of_the_desk_wipes_a_lost_halt_out_of_the_memory(folder: Path, change: str) -> None:
    back_up(life(folder), folder)
    rig = life(folder)
    rig.engine.commands.halt(Rig.TRADER, "fire in the building")
    known = rig.memory.read()
    rig.close()
    restore(folder)
    again = Rig.build(folder, cash=worked_example.CASH)  # before its start has looked
    if change == "auto":
        again.engine.commands.set_auto(on=True, request=Rig.ADMIN)
    else:
        again.line.is_away = True
        again.engine.jobs.reconcile()
        again.line.is_away = False
        again.engine.jobs.reconcile()
    assert again.memory.read() == known
    again.engine.jobs.housekeeping()
    assert again.engine.queries.desk().state is DeskState.HALTED
    again.close()
