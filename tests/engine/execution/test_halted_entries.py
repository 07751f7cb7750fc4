"""An entry that a halt could not cancel ends whatever the desk does since; what is approved later buys."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.common.newest_halt import newest_halt
from engine.errors import EndedByHalt, TemporaryError
from engine.model.calculation import Amount, AmountKind
from engine.model.desk import NEWEST_HALT, DeskState, Request
from engine.model.manual_proposal import ManualProposal
from engine.model.notices.account import OrderKept
from engine.model.origin import Source
from engine.model.trade import Order, OrderRole, OrderState, Trade, TradeState
from tests.engine.control.test_kill_switch import a_process
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.alpaca.faults import Fault

SHARES, LIMIT = 100, Decimal("149.50")
ANN = Request(by="U0ANN", said="/halt", id="a halt")


def buy(desk: EngineHarness) -> Trade:
    """Let a purchase at a limit that is not reached yet be asked for and approved."""
    amount = Amount(kind=AmountKind.SHARES, figure=Decimal(SHARES))
    wanted = ManualProposal(source=Source.DESK, by="U0TRADER", symbol="AAPL", amount=amount, limit=LIMIT)
    made = desk.engine.commands.buys.propose(wanted, Request(by="U0TRADER")).trade
    desk.engine.commands.approve(made.id, Request(by="U0OTHER"))
    return desk.trade(made.id)


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(tmp_path) as desk:
        desk.price("AAPL", "150.25")
        yield desk


@pytest.fixture(name="entry")
def _entry(desk: AtAlpaca) -> Trade:
    return buy(desk.harness)


def refuse_cancels(desk: AtAlpaca, status: int = 503) -> None:
    desk.fake.fault("DELETE", "/v2/orders/*", Fault.NO_CODE, times=999, status=status)


def halt(desk: AtAlpaca, status: int = 503) -> datetime:
    """Let Ann halt while the broker takes no cancel."""
    refuse_cancels(desk, status)
    since = desk.harness.engine.commands.halt(ANN).since
    assert since is not None
    desk.harness.clock.advance(10)
    return since


def take_back(desk: AtAlpaca, since: datetime) -> None:
    desk.harness.engine.commands.take_back_halt(replace(ANN, id="a click"), since)


def resume(desk: AtAlpaca, since: datetime) -> None:
    del since
    desk.harness.engine.commands.resume(EngineHarness.ADMIN)


def at_the_broker(desk: AtAlpaca, trade: Trade) -> Order:
    order = desk.broker.order(trade.id)
    assert order is not None
    return order


def one_round(desk: AtAlpaca) -> None:
    desk.harness.engine.jobs.housekeeping()
    desk.harness.engine.jobs.reconcile()


ENDS: list[Callable[[AtAlpaca, datetime], None]] = [take_back, resume]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("status", [422, 503])
def test_an_entry_that_a_halt_could_not_cancel_ends_though_the_desk_trades_again(
    desk: AtAlpaca, entry: Trade, end: Callable[[AtAlpaca, datetime], None], status: int
) -> None:
    end(desk, halt(desk, status))
    desk.fake.mend()
    one_round(desk)
    assert desk.harness.engine.queries.desk().state is DeskState.ACTIVE
    assert at_the_broker(desk, entry).state is OrderState.CANCELLED
    ended = desk.harness.trade(entry.id)
    assert (ended.state, ended.reason) == (TradeState.CANCELLED, "")  # as if the halt itself had cancelled it


def test_it_ends_after_a_restart(desk: AtAlpaca, entry: Trade) -> None:
    resume(desk, halt(desk))
    desk.fake.mend()
    desk.restart()
    assert at_the_broker(desk, entry).state is OrderState.CANCELLED


def test_a_part_that_was_bought_keeps_its_stop_and_the_rest_ends(desk: AtAlpaca, entry: Trade) -> None:
    desk.fake.partly_fill(40)
    desk.price("AAPL", "149.45")
    resume(desk, halt(desk))
    desk.fake.mend()
    for _ in range(8):
        desk.look()
    assert at_the_broker(desk, entry).state is OrderState.CANCELLED
    stops = [part for part in desk.parts() if part.role is OrderRole.STOP and not part.state.is_over]
    assert (desk.harness.trade(entry.id).held_shares, [part.unfilled_shares for part in stops]) == (40, [40])


def test_one_that_the_broker_keeps_is_told_though_the_desk_trades_again(desk: AtAlpaca, entry: Trade) -> None:
    del entry
    resume(desk, halt(desk, 422))
    for _ in range(3):
        desk.harness.clock.advance(60)
        desk.look(1)
    assert [(kept.symbol, kept.role) for kept in desk.harness.told_of(OrderKept)] == [("AAPL", OrderRole.ENTRY)]


def test_what_is_approved_as_soon_as_the_desk_trades_again_is_left_to_buy(desk: AtAlpaca) -> None:
    """Nobody's clock has to say that it was after the halt."""
    since = desk.harness.engine.commands.halt(ANN).since
    assert since is not None
    take_back(desk, since)
    later = buy(desk.harness)
    one_round(desk)
    assert at_the_broker(desk, later).state is OrderState.ACCEPTED


def test_one_approved_by_a_clock_ahead_of_the_one_that_halts_ends(desk: AtAlpaca, entry: Trade) -> None:
    desk.harness.clock.set(desk.harness.clock.now() - timedelta(seconds=5))
    resume(desk, halt(desk))
    desk.fake.mend()
    one_round(desk)
    assert at_the_broker(desk, entry).state is OrderState.CANCELLED


def lost_on_its_way(desk: AtAlpaca) -> Trade:
    """Let a purchase be approved whose order never reaches the broker."""
    desk.fake.fault("POST", "/v2/orders", Fault.DROP, handled=False)
    with suppress(TemporaryError):
        buy(desk.harness)
    [entry] = desk.harness.engine.queries.trades({TradeState.SUBMITTED})
    return entry


def test_who_halted_is_named_though_the_desk_trades_again(desk: AtAlpaca) -> None:
    entry = lost_on_its_way(desk)
    resume(desk, halt(desk))
    with pytest.raises(EndedByHalt) as refused:
        a_process(desk.harness).gate.submit(entry)
    assert refused.value.facts["by"] == ANN.by


@pytest.mark.parametrize("end", ENDS)
def test_one_that_was_yet_to_leave_never_does_though_its_clock_was_ahead(
    desk: AtAlpaca, end: Callable[[AtAlpaca, datetime], None]
) -> None:
    entry = lost_on_its_way(desk)
    desk.harness.clock.set(desk.harness.clock.now() - timedelta(seconds=20))
    end(desk, halt(desk))
    for _ in range(8):
        desk.harness.clock.advance(5)
        desk.harness.engine.jobs.poll_unconfirmed()
        one_round(desk)
    assert desk.harness.engine.queries.desk().state is DeskState.ACTIVE
    assert desk.broker.order(entry.id) is None


def test_a_halt_of_an_older_version_ends_nothing_later(desk: AtAlpaca, entry: Trade) -> None:
    since = halt(desk)
    with desk.harness.store.writing() as transaction:
        transaction.set_setting(NEWEST_HALT, "")
    resume(desk, since)
    desk.fake.mend()
    one_round(desk)
    assert at_the_broker(desk, entry).state is OrderState.ACCEPTED


def test_whoever_leads_ends_what_another_process_halted_and_did_not_see_at_its_broker(
    desk: AtAlpaca, entry: Trade
) -> None:
    other = a_process(desk.harness)
    since = other.kill_switch.halt(ANN, "").since
    assert since is not None
    assert other.kill_switch.take_back(replace(ANN, id="a click"), since).state is DeskState.ACTIVE
    assert at_the_broker(desk, entry).state is OrderState.ACCEPTED
    one_round(desk)
    assert at_the_broker(desk, entry).state is OrderState.CANCELLED


def test_a_second_halt_is_the_newest_and_has_what_still_buys(desk: AtAlpaca, entry: Trade) -> None:
    halt(desk)
    desk.harness.engine.commands.halt(Request(by="U0BEN", said="/halt", id="another"))
    with desk.harness.store.reading() as reader:
        newest = newest_halt(reader)
    assert newest is not None
    assert (newest.number, newest.by, newest.at) == (2, "U0BEN", desk.harness.clock.now())
    assert newest.entries == {entry.id}
