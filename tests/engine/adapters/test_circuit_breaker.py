"""A service that fails again and again is left alone; what makes the desk safer always passes."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from engine.adapters.circuit_breaker import GuardedBroker, GuardedMarket
from engine.adapters.factory import Adapters
from engine.common.orders import entry_of
from engine.errors import BrokerUnavailable, MarketUnavailable, OrderExists
from engine.model.market import Session
from engine.model.trade import OrderState, TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.breaker import FakeBreaker


class GuardedRig:
    """The blueprint's example behind a breaker that a test holds in its hands."""

    def __init__(self, folder: Path) -> None:
        self.breaker = FakeBreaker()
        self.harness = EngineHarness.at_the_example(folder, on=self._guard)

    def _guard(self, adapters: Adapters) -> Adapters:
        self.broker = GuardedBroker(adapters.broker, self.breaker)
        return replace(adapters, broker=self.broker)

    def open_the_breaker(self) -> None:
        for _ in range(5):
            self.breaker.failed()


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[GuardedRig]:
    guarded = GuardedRig(tmp_path)
    yield guarded
    guarded.harness.close()


def test_that_an_order_is_there_already_is_an_answer(guarded: GuardedRig) -> None:
    guarded.harness.play_the_signal()
    entry = entry_of(guarded.harness.trade(), Session.REGULAR)
    guarded.broker.submit(entry)
    for _ in range(9):
        with pytest.raises(OrderExists):
            guarded.broker.submit(entry)
    assert guarded.breaker.is_closed()


def test_an_open_breaker_lets_no_approval_through_and_the_proposal_waits(guarded: GuardedRig) -> None:
    guarded.harness.play_the_signal()
    guarded.open_the_breaker()
    with pytest.raises(BrokerUnavailable):
        guarded.harness.engine.commands.approve(guarded.harness.trade().id, EngineHarness.TRADER)
    assert guarded.harness.trade().state is TradeState.PROPOSED


def test_an_entry_stays_where_the_state_of_the_breaker_cannot_be_read(guarded: GuardedRig) -> None:
    guarded.harness.play_the_signal()
    guarded.breaker.is_down = True
    guarded.harness.engine.commands.approve(guarded.harness.trade().id, EngineHarness.TRADER)
    assert guarded.harness.broker.order(guarded.harness.trade().id) is None
    assert guarded.harness.trade().state is TradeState.SUBMITTED


def test_the_entry_leaves_once_the_state_can_be_read_again(guarded: GuardedRig) -> None:
    guarded.harness.play_the_signal()
    guarded.breaker.is_down = True
    guarded.harness.engine.commands.approve(guarded.harness.trade().id, EngineHarness.TRADER)
    guarded.breaker.is_down = False
    guarded.harness.clock.advance(2)
    guarded.harness.engine.jobs.poll_unconfirmed()
    assert guarded.harness.trade().state is TradeState.OPEN


@pytest.mark.parametrize("trouble", ["open", "unreadable"])
def test_stops_cancels_and_sales_always_pass(guarded: GuardedRig, trouble: str) -> None:
    for order in guarded.harness.broker.orders():
        guarded.harness.broker.cancel(order)
    if trouble == "open":
        guarded.open_the_breaker()
    else:
        guarded.breaker.is_down = True
    stop = guarded.broker.protect("MSFT-stop-1", "MSFT", 300, Decimal("401.00"))
    guarded.broker.cancel(stop)
    assert guarded.broker.order("MSFT-stop-1") == replace(stop, state=OrderState.CANCELLED)
    guarded.broker.close("MSFT-exit-1", "MSFT", 300)
    assert guarded.broker.order("MSFT-exit-1")


def test_five_failures_in_a_row_and_the_broker_is_no_longer_asked(guarded: GuardedRig) -> None:
    guarded.harness.line.is_away = True
    for _ in range(5):
        with pytest.raises(BrokerUnavailable, match="cut"):
            guarded.broker.account()
    with pytest.raises(BrokerUnavailable, match="left alone"):
        guarded.broker.account()


def test_a_market_is_asked_though_the_state_of_its_breaker_cannot_be_read(guarded: GuardedRig) -> None:
    market = GuardedMarket(guarded.harness.market, guarded.breaker)
    guarded.breaker.is_down = True
    assert market.bars(["AAPL"], worked_example.AT).symbols == ("AAPL",)
    guarded.breaker.is_down = False
    guarded.open_the_breaker()
    with pytest.raises(MarketUnavailable):
        market.bars(["AAPL"], worked_example.AT)


def test_trap_looking_for_nothing_is_no_answer_of_the_broker(guarded: GuardedRig) -> None:
    guarded.open_the_breaker()
    guarded.harness.engine.jobs.poll_unconfirmed()
    assert guarded.broker.find_orders([]) == {}
    assert not guarded.breaker.is_closed()
