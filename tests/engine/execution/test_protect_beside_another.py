"""A desk of several processes: one looks after the stops while people steer another, which may sell in between."""

from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread

import pytest

from engine.bootstrap import Engine, wire
from engine.errors import OrderRefused
from engine.model.notices.trades import TradeUnprotected
from engine.model.trade import OrderRole, TradeState
from engine.ports.store import LOOK_HOLDS
from tests.engine.execution.test_protect_exits import lose_the_stop
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.broker import TroubledBroker
from tests.support.fakes.fencing_store import impatient
from tests.support.fakes.worked_example import TRADE_ID


def close_at(other: Engine) -> None:
    other.commands.close(TRADE_ID, EngineHarness.TRADER)


def live(harness: EngineHarness) -> list[tuple[OrderRole, int]]:
    parts = (part for order in harness.broker.orders() for part in order.parts)
    return [(part.role, part.shares) for part in parts if part.symbol == "AAPL" and not part.state.is_over]


@pytest.mark.parametrize("is_filled", [True, False])
def test_no_stop_is_sent_for_shares_that_another_process_sells_during_the_look(
    filled: EngineHarness, *, is_filled: bool
) -> None:
    lose_the_stop(filled)
    other = filled.born_again()
    sent: list[str] = []

    def sold_meanwhile() -> None:
        filled.line.while_counting = lambda: None
        filled.market.is_down = not is_filled
        close_at(other)

    filled.line.while_counting = sold_meanwhile
    filled.line.while_protecting = lambda: sent.append(TRADE_ID)
    filled.engine.jobs.housekeeping()
    filled.engine.jobs.order_changed(TRADE_ID)
    assert (filled.trade().state, sent) == (TradeState.CLOSED if is_filled else TradeState.CLOSING, [])


def test_a_sale_waits_for_the_stop_that_another_process_is_sending_and_ends_it(filled: EngineHarness) -> None:
    lose_the_stop(filled)
    other, is_closed = filled.born_again(), Event()

    def close_and_say() -> None:
        close_at(other)
        is_closed.set()

    seller = Thread(target=close_and_say)
    was_quicker: list[bool] = []

    def sold_meanwhile() -> None:
        seller.start()
        was_quicker.append(is_closed.wait(0.5))

    filled.line.while_protecting = sold_meanwhile
    filled.engine.jobs.housekeeping()
    seller.join()
    filled.line.while_protecting = lambda: None
    filled.engine.jobs.reconcile()
    assert was_quicker == [False]
    assert filled.trade().state is TradeState.CLOSED
    assert live(filled) == []


def test_a_sale_from_which_another_process_took_the_way_to_the_broker_leaves_right_after_it(
    filled: EngineHarness,
) -> None:
    with closing(impatient(f"sqlite:///{filled.memory.path.with_name('desk.db')}")) as other:

        def come_in() -> None:
            filled.line.while_selling = lambda: None
            with other.order_lock(urgent=True):
                filled.clock.advance(LOOK_HOLDS * 2)

        filled.line.while_selling = come_in
        filled.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    filled.engine.jobs.order_changed(TRADE_ID)
    assert filled.trade().state is TradeState.CLOSED


def test_a_sale_that_is_refused_because_another_process_has_just_sent_it_is_no_alarm(filled: EngineHarness) -> None:
    def another_was_quicker() -> None:
        filled.broker.close(f"{TRADE_ID}-exit-1", "AAPL", 512)
        raise OrderRefused("insufficient qty available (requested: 512, available: 0)")

    filled.line.while_selling = another_was_quicker
    filled.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    filled.engine.jobs.order_changed(TRADE_ID)
    assert filled.trade().state is TradeState.CLOSED


def test_a_stop_that_is_refused_because_another_process_has_just_sent_it_is_no_alarm(filled: EngineHarness) -> None:
    lose_the_stop(filled)

    def another_was_quicker() -> None:
        filled.broker.protect(f"{TRADE_ID}-stop-1", "AAPL", 512, filled.trade().stop, None)
        raise OrderRefused("insufficient qty available (requested: 512, available: 0)")

    filled.line.while_protecting = another_was_quicker
    filled.engine.jobs.housekeeping()
    assert live(filled) == [(OrderRole.STOP, 512)]
    assert [notice.trouble for notice in filled.told_of(TradeUnprotected) if notice.trade_id == TRADE_ID] == [""]


def test_what_is_not_ours_gets_no_stop_once_another_process_sells_everything(tmp_path: Path) -> None:
    with AtAlpaca.open(tmp_path, protect_foreign=True) as desk:
        desk.fake.hold("NVDA", 40, "100")
        desk.fake.price("NVDA", "100")
        line, harness = TroubledBroker(desk.broker), desk.harness
        adapters = replace(desk.adapters, broker=line)
        leader, other = wire(harness.settings, adapters), wire(harness.settings, adapters)
        leader.jobs.start()
        leader.jobs.reconcile()
        harness.clock.advance(3)
        leader.jobs.poll_unconfirmed()
        sent: list[str] = []
        line.while_protecting = lambda: sent.append("stop")

        def sold_meanwhile() -> None:
            line.while_counting = lambda: None
            other.commands.flatten(EngineHarness.TRADER)

        line.while_counting = sold_meanwhile
        leader.jobs.housekeeping()
        assert sent == []


@pytest.mark.parametrize("role", [OrderRole.STOP, OrderRole.TARGET])
def test_no_exits_are_sent_at_a_price_that_another_process_changed_during_the_look(
    filled: EngineHarness, role: OrderRole
) -> None:
    lose_the_stop(filled)
    other, wanted = filled.born_again(), {OrderRole.STOP: Decimal("148.50"), OrderRole.TARGET: Decimal(160)}[role]
    sent: list[tuple[Decimal, Decimal]] = []

    def moved_meanwhile() -> None:
        filled.line.while_counting = lambda: None
        getattr(other.commands.exits, role)(TRADE_ID, wanted, EngineHarness.TRADER)

    filled.line.while_counting = moved_meanwhile
    filled.line.while_protecting = lambda: sent.append((filled.trade().stop, filled.trade().target))
    filled.engine.jobs.housekeeping()
    assert sent == []
    filled.engine.jobs.housekeeping()
    parts = [part for order in filled.broker.orders() for part in order.parts if part.symbol == "AAPL"]
    assert [part.price for part in parts if part.role is role and not part.state.is_over] == [wanted]
