"""Orders that were cancelled and that the broker keeps: the desk is told of each, once."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.common.kept_orders import KeptOrders
from engine.errors import Fenced, LookedTooLongAgo, TemporaryError
from engine.execution.end_orders import EndOrders
from engine.execution.exit_gate import ExitGate
from engine.model.desk import Term
from engine.model.notices.account import OrderKept
from engine.model.trade import PENDING_CANCEL, OrderRole
from engine.ports.store import Reader
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.worked_example import TRADE_ID

CLOSE = datetime(2025, 8, 19, 20, tzinfo=UTC)
NEXT_OPEN = datetime(2025, 8, 20, 13, 30, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(tmp_path) as desk:
        yield desk


@pytest.fixture
def held(desk: AtAlpaca) -> AtAlpaca:
    """The desk holds 512 AAPL with a stop and a target."""
    desk.buy()
    desk.look()
    return desk


def told(desk: AtAlpaca) -> list[tuple[str, OrderRole, int, bool]]:
    return [(kept.symbol, kept.role, kept.shares, kept.is_pending) for kept in desk.harness.told_of(OrderKept)]


def refuse_cancels(desk: AtAlpaca, status: int = 422) -> None:
    desk.fake.fault("DELETE", "/v2/orders/*", Fault.NO_CODE, times=999, status=status)


def wait(desk: AtAlpaca, seconds: float = 180) -> None:
    """Let the desk look once a minute."""
    for _ in range(round(seconds / 60)):
        desk.harness.clock.advance(60)
        desk.look(1)


@pytest.mark.parametrize("status", [403, 422, 500])
def test_exits_for_more_than_is_held_are_told_once_however_the_broker_puts_it(held: AtAlpaca, status: int) -> None:
    refuse_cancels(held, status)
    held.fake.sell_by_hand("AAPL", 100)
    held.look()
    assert told(held) == []
    for _ in range(2):
        wait(held)
        assert told(held) == [("AAPL", OrderRole.STOP, 512, False)]


def test_a_cancel_that_stays_pending_is_told_as_such_for_the_order_can_still_fill(held: AtAlpaca) -> None:
    held.fake.hold_cancels()
    held.fake.sell_by_hand("AAPL", 100)
    held.look()
    wait(held)
    assert told(held) == [("AAPL", OrderRole.STOP, 512, True)]


def test_what_ended_at_the_next_request_is_not_told(held: AtAlpaca) -> None:
    refuse_cancels(held)
    held.fake.sell_by_hand("AAPL", 100)
    held.look()
    held.fake.mend()
    wait(held)
    assert told(held) == []


def test_an_entry_that_waits_on_after_a_halt_is_told(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.buy()
    refuse_cancels(desk)
    desk.harness.engine.commands.halt(EngineHarness.ADMIN, "news")
    wait(desk)
    assert told(desk) == [("AAPL", OrderRole.ENTRY, 512, False)]


def test_a_pending_cancel_is_as_it_should_be_while_the_market_is_closed_and_counts_from_the_open(
    desk: AtAlpaca,
) -> None:
    desk.fake.fill_by_hand()
    desk.buy()
    desk.fake.hold_cancels()
    desk.harness.clock.set(CLOSE + timedelta(minutes=1))
    wait(desk)
    assert [part.reason for part in desk.parts() if part.role is OrderRole.ENTRY] == [PENDING_CANCEL]
    assert told(desk) == []
    desk.harness.clock.set(NEXT_OPEN)
    wait(desk)
    assert told(desk) == [("AAPL", OrderRole.ENTRY, 512, True)]


def test_what_is_no_longer_asked_to_end_is_not_told(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.buy()
    clock = desk.harness.clock
    kept_orders = KeptOrders(store=desk.harness.store, clock=clock, calendar=WeekdayCalendar())
    kept_orders.expect_end(desk.live(OrderRole.ENTRY))
    for _ in range(8):
        clock.advance(60)
        kept_orders.look(desk.broker.orders())
    assert told(desk) == []


def test_an_entry_that_a_halt_is_to_end_is_told_though_the_halt_is_over_before_a_second_cancel(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.buy()
    refuse_cancels(desk)
    desk.harness.engine.commands.halt(EngineHarness.ADMIN, "news")
    desk.harness.engine.commands.resume(EngineHarness.ADMIN)
    wait(desk)
    assert told(desk) == [("AAPL", OrderRole.ENTRY, 512, False)]


def test_an_outage_is_no_second_request(held: AtAlpaca) -> None:
    refuse_cancels(held, 500)
    held.fake.sell_by_hand("AAPL", 100)
    held.look(1)
    held.fake.mend()
    held.harness.clock.advance(300)
    held.look(1)
    assert told(held) == []


def test_an_entry_that_was_told_keeps_no_other_order_of_its_trade_from_being_told(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.buy()
    refuse_cancels(desk)
    desk.harness.engine.commands.halt(EngineHarness.ADMIN, "news")
    wait(desk)
    desk.fake.fill(TRADE_ID, 512, "150.25")
    desk.look()
    desk.fake.sell_by_hand("AAPL", 100)
    desk.look()
    wait(desk)
    assert told(desk) == [("AAPL", OrderRole.ENTRY, 512, False), ("AAPL", OrderRole.STOP, 512, False)]


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_clock_that_is_set_makes_no_order_a_kept_one(held: AtAlpaca, seconds: float) -> None:
    refuse_cancels(held)
    held.fake.sell_by_hand("AAPL", 100)
    held.look()
    held.harness.clock.jump(seconds)
    held.look()
    assert told(held) == []


def test_one_cancel_that_fails_keeps_no_other_order_from_ending(held: AtAlpaca) -> None:
    target = held.live(OrderRole.TARGET)
    held.fake.fault("DELETE", f"/v2/orders/{target.broker_id}", Fault.NO_CODE, times=999, status=500)
    held.fake.sell_by_hand("AAPL", 100)
    held.look()
    stops = [part.unfilled_shares for part in held.parts() if part.role is OrderRole.STOP and not part.state.is_over]
    assert 512 not in stops


@pytest.mark.parametrize("held_back", [Fenced("term 1 is over"), LookedTooLongAgo("too slow")])
def test_a_cancel_that_is_held_back_from_leaving_is_left_to_the_next_look(
    held: AtAlpaca, held_back: TemporaryError
) -> None:
    class HoldingBack(ExitGate):
        def _look(self, look: Callable[[Reader], None], term: Term) -> float:
            del look, term
            raise held_back

    store, clock = held.harness.store, held.harness.clock
    kept_orders = KeptOrders(store=store, clock=clock, calendar=WeekdayCalendar())
    EndOrders(broker=held.broker, exits=HoldingBack(store=store, clock=clock), kept_orders=kept_orders)(held.parts())
    assert any(part.is_standing for part in held.parts())
