"""A halt that comes while the database is out of reach holds all the same, and is written as soon as it can be."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.adapters.desk_memory import FileMemory
from engine.adapters.factory import Adapters
from engine.common.approvals import Approvals
from engine.common.kept_orders import KeptOrders
from engine.common.recall import Recall
from engine.common.service_health import ServiceHealth
from engine.common.strategy_in_force import StrategyInForce
from engine.common.trading_hours import TradingHours
from engine.control.kill_switch import PATIENCE, KillSwitch
from engine.errors import AlreadyDecided, DeskNotActive, HaltNotPersisted, Repeated, StoreUnavailable
from engine.execution.order_gate import OrderGate
from engine.model.desk import FLATTENING, OWN_ACCORD, DeskState, Request
from engine.model.desk_record import DeskRecord
from engine.model.notices.base import NoticeKind
from engine.model.trade import TradeState
from engine.ports.memory import whatever_was_known
from engine.ports.store import Store
from engine.risk.limits import Limits
from engine.strategies.loader import load
from tests.support.duty import calls_of
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.store import HangingStore, LosableStore
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.waiting import until

HALT = Request(by="U0TRADER", said="/halt", id="one delivery")
FLATTEN = Request(by="U0OTHER", said="/halt flatten", id="another delivery")


@dataclass(frozen=True, kw_only=True)
class Bookless:
    """The example's desk with AAPL proposed, halted while its database was away; now back, it knows nothing of that."""

    harness: EngineHarness
    store: LosableStore


@pytest.fixture
def halted(tmp_path: Path) -> Iterator[Bookless]:
    stores = list[LosableStore]()

    def losable(adapters: Adapters) -> Adapters:
        stores.append(LosableStore(adapters.store))
        return replace(adapters, store=stores[0])

    harness = EngineHarness.at_the_example(tmp_path, on=losable)
    harness.play_the_signal()
    stores[0].is_away = True
    with pytest.raises(HaltNotPersisted):
        harness.engine.commands.halt(HALT, "fire in the building")
    stores[0].is_away = False
    yield Bookless(harness=harness, store=stores[0])
    harness.close()


def test_no_order_leaves_before_the_halt_is_written(halted: Bookless) -> None:
    harness = halted.harness
    halted.harness.approved_but_not_sent()
    harness.engine.jobs.start()
    assert harness.broker.order(TRADE_ID) is None
    assert harness.trade().state is TradeState.CANCELLED


def test_it_is_written_told_and_audited_once_the_books_are_back(halted: Bookless) -> None:
    harness = halted.harness
    harness.engine.commands.audit_log.write_audit(HALT, "halt", "not now")
    harness.engine.jobs.housekeeping()
    harness.engine.jobs.housekeeping()
    desk = harness.engine.queries.desk()
    assert (desk.state, desk.by, desk.reason) == (DeskState.HALTED, "U0TRADER", "fire in the building")
    assert [notice.kind for notice in harness.told()].count(NoticeKind.HALTED) == 1
    with harness.store.reading() as reader:
        outcomes = [row.outcome for row in reader.audit() if row.action == "halt"]
    assert outcomes == ["halted", "not now"]
    assert harness.trade().state is TradeState.REFUSED


def test_what_is_written_late_stands_in_the_audit_under_the_request_that_asked_for_it(halted: Bookless) -> None:
    halted.harness.engine.jobs.housekeeping()
    with halted.harness.store.reading() as reader:
        [row] = [row for row in reader.audit() if row.action == "halt"]
    assert (row.request, row.outcome) == (HALT.id, "halted")


def test_what_is_approved_before_the_halt_is_written_is_refused(halted: Bookless) -> None:
    with pytest.raises(AlreadyDecided):
        halted.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert halted.harness.trade().state is TradeState.REFUSED


class LateMemory(FileMemory):
    """A memory that takes its time with a halt, and sees whether the database has the halt before it."""

    def __init__(self, path: Path, database: list[Store]) -> None:
        super().__init__(path)
        self.is_second: list[bool] = []
        self._database = database

    def write(self, record: DeskRecord, may_replace: Callable[[DeskRecord | None], bool] = whatever_was_known) -> None:
        if record.is_pending:
            with suppress(TimeoutError):
                until(self._is_halted, seconds=0.1)
            self.is_second.append(self._is_halted())
        super().write(record, may_replace)

    def _is_halted(self) -> bool:
        with self._database[0].reading() as reader:
            return reader.desk().state is DeskState.HALTED


def test_a_halt_stands_in_the_memory_before_the_database_has_it(tmp_path: Path) -> None:
    memories = list[LateMemory]()

    def on(adapters: Adapters) -> Adapters:
        memories.append(memory := LateMemory(tmp_path / "late.json", [adapters.store]))
        return replace(adapters, memory=memory)

    harness = EngineHarness.at_the_example(tmp_path, on=on)
    harness.engine.commands.halt(HALT)
    assert memories[0].is_second == [False]  # a desk that dies between the two knows of it, wherever the database goes
    assert harness.engine.queries.desk().state is DeskState.HALTED
    harness.close()


class InterruptedMemory(FileMemory):
    """A memory in whose writing of a halt something else comes."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)
    other: threading.Thread

    def write(self, record: DeskRecord, may_replace: Callable[[DeskRecord | None], bool] = whatever_was_known) -> None:
        if record.is_pending:
            self.other = threading.Thread(target=self.meanwhile)
            self.other.start()
            self.other.join(0.2)
        super().write(record, may_replace)


def test_a_flatten_that_waits_for_the_memory_is_not_taken_for_a_late_one_that_sells_nothing(tmp_path: Path) -> None:
    memory = InterruptedMemory(tmp_path / "interrupted.json")
    harness = EngineHarness.at_the_example(tmp_path, on=lambda adapters: replace(adapters, memory=memory))
    harness.engine.commands.halt(HALT)
    harness.engine.commands.resume(EngineHarness.ADMIN)
    memory.meanwhile = harness.engine.jobs.housekeeping
    harness.engine.commands.flatten(FLATTEN)
    with harness.store.reading() as reader:
        assert [row.why for row in reader.audit() if row.action == "flatten"] == [""]
    memory.other.join()
    harness.close()


def gate_and_steer(harness: EngineHarness, store: Store, patience: float = 0.01) -> tuple[OrderGate, KillSwitch]:
    """Wire a gate and who halts, who is not patient, on another store."""
    recall, approvals = Recall(store=store, memory=harness.memory), Approvals(clock=harness.clock)
    services = ServiceHealth(store=harness.store, clock=harness.clock)
    gate = OrderGate(
        broker=harness.line,
        store=store,
        clock=harness.clock,
        hours=TradingHours(calendar=WeekdayCalendar(), extended=False),
        price=lambda symbol, _now: harness.market.snapshots((symbol,))[0],
        limits_of=lambda _reader: Limits(),
        approvals=approvals,
        recall=recall,
        strategy_in_force=StrategyInForce(name="seed", fingerprint=load("seed").fingerprint),
    )
    kill_switch = KillSwitch(
        store=store,
        broker=harness.line,
        clock=harness.clock,
        gate=gate,
        services=services,
        recall=recall,
        calls=calls_of(harness),
        kept_orders=KeptOrders(store=harness.store, clock=harness.clock, calendar=WeekdayCalendar()),
        patience=patience,
    )
    return gate, kill_switch


def test_a_halt_holds_at_once_while_the_books_do_not_answer_and_is_written_when_they_do(
    proposed: EngineHarness,
) -> None:
    store = HangingStore(proposed.store)
    gate, kill_switch = gate_and_steer(proposed, store)
    submitted = proposed.submitted_but_not_sent()
    with pytest.raises(HaltNotPersisted):
        kill_switch.halt(HALT, "fire in the building")
    with ThreadPoolExecutor() as pool:
        sending = pool.submit(gate.submit, submitted)
        store.answers.set()
        with pytest.raises(DeskNotActive):
            sending.result()
    until(lambda: proposed.engine.queries.desk().state is DeskState.HALTED)


def test_a_flatten_that_comes_while_a_halt_is_being_written_is_written_too(proposed: EngineHarness) -> None:
    store = HangingStore(proposed.store)
    _, kill_switch = gate_and_steer(proposed, store)
    for request, flatten in ((HALT, False), (FLATTEN, True)):
        with pytest.raises(HaltNotPersisted):
            kill_switch.halt(request, "fire in the building", flatten=flatten)
    store.answers.set()

    def both_stand_in_the_audit() -> bool:
        with suppress(StoreUnavailable):  # the other one is being written
            kill_switch.flush_pending_halts()
        with proposed.store.reading() as reader:
            rows = [(row.action, row.actor) for row in reader.audit() if row.action in {"halt", "flatten"}]
            return sorted(rows) == [("flatten", FLATTEN.by), ("halt", HALT.by)] and bool(reader.setting(FLATTENING))

    until(both_stand_in_the_audit)


def test_a_delivery_that_was_served_before_does_not_end_the_hold_of_another_halt(halted: Bookless) -> None:
    harness = halted.harness
    harness.engine.commands.audit_log.write_audit(FLATTEN, "halt", "not now")
    with pytest.raises(Repeated):
        harness.engine.commands.halt(FLATTEN, "served before")
    desk = harness.engine.queries.desk()
    assert (desk.state, desk.by, desk.reason) == (DeskState.HALTED, "U0TRADER", "fire in the building")


def test_resume_lets_trade_again_what_a_held_halt_stopped(halted: Bookless) -> None:
    harness = halted.harness
    harness.engine.commands.resume(EngineHarness.ADMIN)
    harness.engine.jobs.housekeeping()
    assert harness.engine.queries.desk().state is DeskState.ACTIVE
    kinds = [notice.kind for notice in harness.told()]
    assert [kind for kind in kinds if kind in {NoticeKind.HALTED, NoticeKind.RESUMED}] == ["halted", "resumed"]


def test_a_delivery_that_was_served_before_halts_nothing(proposed: EngineHarness) -> None:
    proposed.engine.commands.audit_log.write_audit(HALT, "halt", "not now")
    with pytest.raises(Repeated):
        proposed.engine.commands.halt(HALT, "fire in the building")
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert proposed.trade().state is TradeState.OPEN


@dataclass(frozen=True, kw_only=True)
class Process:
    """One of two processes of a desk, with what it alone has: its way to the books."""

    store: LosableStore
    gate: OrderGate
    kill_switch: KillSwitch


def a_process(desk: EngineHarness) -> Process:
    store = LosableStore(desk.store)
    gate, kill_switch = gate_and_steer(desk, store, PATIENCE)
    return Process(store=store, gate=gate, kill_switch=kill_switch)


def halted_without_books(process: Process, request: Request, *, flatten: bool) -> None:
    process.store.is_away = True
    with pytest.raises(HaltNotPersisted):
        process.kill_switch.halt(request, "fire in the building", flatten=flatten)
    process.store.is_away = False


def flattening(desk: EngineHarness) -> str:
    with desk.store.reading() as reader:
        return reader.setting(FLATTENING) or ""


def audited(desk: EngineHarness) -> list[tuple[str, str, str]]:
    with desk.store.reading() as reader:
        return [(row.actor, row.action, row.outcome) for row in reader.audit() if row.action in {"halt", "flatten"}]


def test_another_process_carries_out_a_flatten_that_one_could_not_write(proposed: EngineHarness) -> None:
    one, other = a_process(proposed), a_process(proposed)
    halted_without_books(one, FLATTEN, flatten=True)
    other.kill_switch.hold_to_memory()
    assert proposed.engine.queries.desk().state is DeskState.HALTED
    assert flattening(proposed)
    assert audited(proposed) == [(FLATTEN.by, "flatten", "halted")]


def test_a_flatten_of_a_desk_that_is_halted_already_is_not_lost_either(proposed: EngineHarness) -> None:
    one, other = a_process(proposed), a_process(proposed)
    other.kill_switch.halt(HALT, "news")
    halted_without_books(one, FLATTEN, flatten=True)
    proposed.engine.commands.set_auto(on=True, request=EngineHarness.ADMIN)  # which brings the memory up to date
    other.kill_switch.hold_to_memory()
    assert flattening(proposed)


def test_a_halt_that_comes_after_a_flatten_does_not_wipe_it_out_of_the_memory(proposed: EngineHarness) -> None:
    one, other = a_process(proposed), a_process(proposed)
    halted_without_books(one, FLATTEN, flatten=True)
    halted_without_books(one, HALT, flatten=False)
    other.kill_switch.hold_to_memory()
    assert flattening(proposed)


def test_a_flatten_that_another_process_carried_out_does_not_sell_again(proposed: EngineHarness) -> None:
    one, other = a_process(proposed), a_process(proposed)
    halted_without_books(one, FLATTEN, flatten=True)
    other.kill_switch.hold_to_memory()
    proposed.engine.jobs.housekeeping()
    with proposed.store.writing() as transaction:
        transaction.set_setting(FLATTENING, "")  # everything is sold
    proposed.clock.advance(3600)
    one.kill_switch.flush_pending_halts()
    other.kill_switch.hold_to_memory()
    assert flattening(proposed) == ""
    assert proposed.engine.queries.desk().state is DeskState.HALTED


@pytest.mark.parametrize("flatten", [False, True])
def test_a_halt_that_was_overtaken_by_a_resume_is_dropped_audited_and_holds_nothing(
    proposed: EngineHarness, *, flatten: bool
) -> None:
    one, other = a_process(proposed), a_process(proposed)
    submitted = proposed.submitted_but_not_sent()
    halted_without_books(one, FLATTEN, flatten=flatten)
    proposed.clock.advance(15)
    other.kill_switch.resume(EngineHarness.ADMIN, anyway=True)
    one.kill_switch.flush_pending_halts()
    one.kill_switch.flush_pending_halts()
    one.kill_switch.hold_to_memory()
    assert proposed.engine.queries.desk().state is DeskState.ACTIVE
    assert flattening(proposed) == ""
    assert audited(proposed)[0] == (FLATTEN.by, "flatten" if flatten else "halt", "overtaken")
    assert one.gate.submit(submitted).client_order_id == TRADE_ID


def test_a_flatten_that_another_process_began_and_a_person_ended_is_not_begun_again(proposed: EngineHarness) -> None:
    one, other = a_process(proposed), a_process(proposed)
    halted_without_books(one, FLATTEN, flatten=True)
    other.kill_switch.hold_to_memory()
    proposed.clock.advance(60)
    other.kill_switch.resume(EngineHarness.ADMIN, anyway=True)
    proposed.clock.advance(3600)
    one.kill_switch.flush_pending_halts()
    assert (proposed.engine.queries.desk().state, flattening(proposed)) == (DeskState.ACTIVE, "")


def test_a_flatten_that_was_overtaken_sells_nothing_where_the_desk_was_halted_anew(proposed: EngineHarness) -> None:
    one, other = a_process(proposed), a_process(proposed)
    halted_without_books(one, FLATTEN, flatten=True)
    proposed.clock.advance(60)
    other.kill_switch.resume(EngineHarness.ADMIN)
    other.kill_switch.halt(HALT, "news")
    one.kill_switch.flush_pending_halts()
    desk = proposed.engine.queries.desk()
    assert (desk.state, desk.reason, flattening(proposed)) == (DeskState.HALTED, "news", "")


@pytest.mark.parametrize("seconds", [-5, 0, 5])
def test_where_clocks_do_not_tell_whether_the_resume_was_later_the_halt_holds_and_sells_nothing(
    proposed: EngineHarness, seconds: int
) -> None:
    one, other = a_process(proposed), a_process(proposed)
    halted_without_books(one, FLATTEN, flatten=True)
    proposed.clock.set(proposed.clock.now() + timedelta(seconds=seconds))
    other.kill_switch.resume(EngineHarness.ADMIN)
    one.kill_switch.flush_pending_halts()
    assert proposed.engine.queries.desk().state is DeskState.HALTED
    assert flattening(proposed) == ""
    assert audited(proposed)[0] == (FLATTEN.by, "halt", "halted")


def test_a_halt_asked_for_after_a_resume_holds_and_sells_however_late_it_is_written(proposed: EngineHarness) -> None:
    one, other = a_process(proposed), a_process(proposed)
    other.kill_switch.halt(HALT, "news")
    other.kill_switch.resume(EngineHarness.ADMIN)
    proposed.clock.advance(60)
    halted_without_books(one, FLATTEN, flatten=True)
    proposed.clock.advance(3600)
    one.kill_switch.flush_pending_halts()
    assert proposed.engine.queries.desk().state is DeskState.HALTED
    assert flattening(proposed)


def test_what_the_engine_ends_by_itself_overtakes_no_halt(proposed: EngineHarness) -> None:
    one, other = a_process(proposed), a_process(proposed)
    halted_without_books(one, FLATTEN, flatten=True)
    proposed.clock.advance(60)
    other.kill_switch.reduce(OWN_ACCORD, "doubt")
    other.kill_switch.restore_active()
    one.kill_switch.flush_pending_halts()
    assert proposed.engine.queries.desk().state is DeskState.HALTED
    assert flattening(proposed)


def test_a_flatten_right_after_a_resume_sells_where_the_books_answer(proposed: EngineHarness) -> None:
    one, other = a_process(proposed), a_process(proposed)
    other.kill_switch.halt(HALT, "news")
    other.kill_switch.resume(EngineHarness.ADMIN)
    one.kill_switch.halt(FLATTEN, "fire in the building", flatten=True)
    assert flattening(proposed)
