"""At the last step before an order leaves: how old the approval is, by two clocks, and where the price stands now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import Expired, MarketClosed, NoPrice, RiskRefused, StoppedSince
from engine.model.desk import Desk, DeskState
from engine.model.manual_proposal import ManualProposal
from engine.model.notices.base import NoticeKind
from engine.model.origin import Source
from engine.model.trade import TradeState
from engine.ports.store import LOOK_HOLDS
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID


def approve(harness: EngineHarness) -> None:
    harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)


def ended(harness: EngineHarness) -> tuple[TradeState, str]:
    return harness.trade().state, harness.trade().reason


def asleep(harness: EngineHarness, seconds: float, price: str = "") -> Callable[[], None]:
    """Return what lets the machine sleep, once, and the market go on to a price that is fresh when it wakes."""

    def sleep() -> None:
        harness.line.meanwhile = lambda: None
        harness.clock.advance(seconds)
        if price:
            harness.market.price("AAPL", price)

    return sleep


def test_what_leaves_at_once_asks_for_no_further_price(proposed: EngineHarness) -> None:
    proposed.market.asked.clear()
    approve(proposed)
    assert proposed.trade().state is TradeState.OPEN
    # The price that it was approved at, and the paper broker's own look whether AAPL trades at all.
    assert proposed.market.asked.count(("AAPL",)) == 2


def test_an_approval_that_slept_for_ten_minutes_does_not_leave(proposed: EngineHarness) -> None:
    proposed.line.meanwhile = asleep(proposed, 600, "150.25")
    with pytest.raises(Expired):
        approve(proposed)
    assert ended(proposed) == (TradeState.CANCELLED, "expired")
    assert proposed.broker.order(TRADE_ID) is None


def test_a_price_that_moved_too_far_while_the_machine_slept_is_not_bought_at_and_the_desk_is_told(
    proposed: EngineHarness,
) -> None:
    proposed.line.meanwhile = asleep(proposed, 30, "152.20")
    with pytest.raises(RiskRefused):
        approve(proposed)
    assert ended(proposed) == (TradeState.CANCELLED, "price_drift")
    assert proposed.broker.order(TRADE_ID) is None
    assert [notice.kind for notice in proposed.told() if notice.key == f"{TRADE_ID}:cancelled"] == [NoticeKind.DECIDED]


@pytest.mark.parametrize("limit", [None, Decimal("150.30")])
def test_a_price_that_fell_to_the_stop_while_the_machine_slept_is_not_bought_at(
    harness: EngineHarness, limit: Decimal | None
) -> None:
    harness.market.price("AAPL", "150.25")
    wanted = ManualProposal(source=Source.DESK, by="U0TRADER", symbol="AAPL", limit=limit, stop=Decimal("149.80"))
    trade = harness.engine.commands.buys.propose(wanted, EngineHarness.TRADER).trade
    harness.line.meanwhile = asleep(harness, 30, "149.70")
    with pytest.raises(RiskRefused):
        harness.engine.commands.approve(trade.id, EngineHarness.TRADER)
    over = harness.trade(trade.id)
    assert (over.state, over.reason) == (TradeState.CANCELLED, "stop_passed")
    assert harness.broker.order(trade.id) is None


def test_a_price_that_is_stale_after_a_sleep_is_none(proposed: EngineHarness) -> None:
    proposed.line.meanwhile = asleep(proposed, 110)
    with pytest.raises(NoPrice):
        approve(proposed)
    assert ended(proposed) == (TradeState.CANCELLED, "no_price")


def test_where_no_price_can_be_read_nothing_is_bought(proposed: EngineHarness) -> None:
    def sleep() -> None:
        asleep(proposed, 30)()
        proposed.market.is_down = True

    proposed.line.meanwhile = sleep
    approve(proposed)
    assert proposed.trade().state is TradeState.SUBMITTED
    assert proposed.broker.order(TRADE_ID) is None


def test_a_price_that_still_holds_after_a_short_sleep_is_bought_at(proposed: EngineHarness) -> None:
    proposed.line.meanwhile = asleep(proposed, 30, "150.40")
    approve(proposed)
    assert proposed.trade().state is TradeState.OPEN


def test_an_approval_of_another_life_leaves_only_at_a_price_that_is_read_again(proposed: EngineHarness) -> None:
    proposed.approved_but_not_sent()
    proposed.market.price("AAPL", "152.20")
    proposed.born_again().jobs.start()
    assert ended(proposed) == (TradeState.CANCELLED, "price_drift")


@pytest.mark.parametrize("set_by", [3_660, -3_660], ids=["forward", "back"])
def test_a_clock_that_is_set_makes_no_approval_younger(proposed: EngineHarness, set_by: float) -> None:
    proposed.line.loses_request = True
    approve(proposed)
    proposed.clock.advance(2)
    proposed.clock.jump(set_by)
    proposed.market.price("AAPL", "150.25")
    proposed.look_for_it()
    assert ended(proposed) == (TradeState.FAILED, "never_arrived")
    assert proposed.broker.order(TRADE_ID) is None


def test_a_clock_that_is_set_back_while_an_order_waits_lets_it_leave_at_no_later_time(proposed: EngineHarness) -> None:
    proposed.approved_but_not_sent()
    other_life = proposed.born_again()
    other_life.jobs.housekeeping()  # it sees the approval, and does not send it
    proposed.clock.advance(119)
    proposed.clock.jump(-100)
    proposed.clock.advance(10)
    proposed.market.price("AAPL", "150.25")
    other_life.jobs.housekeeping()
    assert ended(proposed) == (TradeState.CANCELLED, "expired")


def test_an_approval_from_the_future_is_not_young(proposed: EngineHarness) -> None:
    proposed.approved_but_not_sent()
    proposed.clock.jump(-3_660)
    proposed.market.price("AAPL", "150.25")
    proposed.engine.jobs.housekeeping()
    assert ended(proposed) == (TradeState.CANCELLED, "expired")


def test_a_halt_and_a_resume_while_the_machine_slept_end_what_was_approved_before(proposed: EngineHarness) -> None:
    def sleep() -> None:
        asleep(proposed, 1)()
        with proposed.store.writing() as transaction:
            transaction.set_desk(Desk(state=DeskState.HALTED, auto=False, by="U0OTHER", since=proposed.clock.now()))
        with proposed.store.writing() as transaction:
            transaction.set_desk(Desk(state=DeskState.ACTIVE, auto=False, by="U0OTHER", since=proposed.clock.now()))

    proposed.line.meanwhile = sleep
    with pytest.raises(StoppedSince):  # it is not known who stopped it
        approve(proposed)
    assert proposed.broker.order(TRADE_ID) is None


def test_what_is_looked_at_in_time_is_not_looked_at_twice(proposed: EngineHarness) -> None:
    proposed.line.meanwhile = asleep(proposed, LOOK_HOLDS / 2)
    approve(proposed)
    assert proposed.trade().state is TradeState.OPEN


@pytest.fixture
def late(proposed: EngineHarness) -> EngineHarness:
    """The same desk 30 seconds before the close, with its proposal still good."""
    proposed.clock.set(proposed.clock.now().replace(hour=19, minute=59, second=30))
    with proposed.store.writing() as transaction:
        transaction.update(replace(proposed.trade(), expires_at=proposed.clock.now() + timedelta(minutes=10)))
    proposed.market.price("AAPL", "150.25")
    return proposed


def test_nothing_is_approved_in_the_last_minute_before_the_close(late: EngineHarness) -> None:
    with pytest.raises(MarketClosed):
        approve(late)
    assert late.trade().state is TradeState.PROPOSED


def test_an_approval_that_slept_into_the_last_minute_does_not_leave(late: EngineHarness) -> None:
    late.clock.advance(-31)
    late.market.price("AAPL", "150.25")
    late.line.meanwhile = asleep(late, 2, "150.25")
    with pytest.raises(MarketClosed):
        approve(late)
    assert ended(late) == (TradeState.CANCELLED, "outside_regular_hours")
    assert late.broker.order(TRADE_ID) is None


def test_the_last_minute_is_a_setting(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, last_entry_seconds=0)
    harness.play_the_signal()
    harness.clock.set(harness.clock.now().replace(hour=19, minute=59, second=59))
    with harness.store.writing() as transaction:
        transaction.update(replace(harness.trade(), expires_at=harness.clock.now() + timedelta(minutes=10)))
    harness.market.price("AAPL", "150.25")
    approve(harness)
    assert harness.trade().state is TradeState.OPEN
    harness.close()
