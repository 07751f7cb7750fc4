from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from engine.execution.senseless_exits import senseless
from engine.model.notices.trades import ExitSenseless
from engine.model.trade import OrderRole, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.duty import BOTH_LINES, put_on_duty


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        yield desk


@pytest.mark.parametrize(
    ("role", "price", "is_senseless"),
    [
        (OrderRole.STOP, "99.99", False),
        (OrderRole.STOP, "100.00", True),
        (OrderRole.STOP, "100.01", True),
        (OrderRole.TARGET, "100.01", False),
        (OrderRole.TARGET, "100.00", True),
        (OrderRole.TARGET, "99.99", True),
    ],
)
def test_an_exit_that_the_market_has_reached_makes_no_sense(role: OrderRole, price: str, is_senseless: bool) -> None:
    assert senseless(role, Decimal(price), Decimal(100)) is is_senseless


def test_a_stop_over_the_price_is_asked_about_and_not_sent(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.fake.cancel_by_hand(desk.live(OrderRole.STOP).broker_id)
    desk.price("AAPL", "147.00")  # under the stop, which nobody holds now
    before = len(desk.fake.reader)
    desk.look()
    assert [order.client_order_id for order in desk.fake.reader[before:]] == []
    (notice,) = desk.harness.told_of(ExitSenseless)
    assert (notice.role, notice.price, notice.market) == (OrderRole.STOP, Decimal("147.99"), Decimal(147))
    assert desk.harness.trade().state is TradeState.OPEN


def under_its_stop(desk: AtAlpaca) -> None:
    """Let somebody cancel the stop at the broker, and the price fall under it before the desk looks."""
    desk.fake.fill_by_hand()
    desk.fake.cancel_by_hand(desk.live(OrderRole.STOP).broker_id)
    desk.price("AAPL", "147.00")
    desk.look()


def test_shares_that_stay_without_a_stop_call_everybody_on_duty(desk: AtAlpaca) -> None:
    put_on_duty(desk.harness, BOTH_LINES)
    under_its_stop(desk)
    (notice,) = desk.harness.told_of(ExitSenseless)
    assert (notice.bare, notice.called) == (512, ("U0TRADER", "U0ADMIN"))


def test_shares_that_stay_without_a_stop_once_more_at_the_same_price_call_once_more(desk: AtAlpaca) -> None:
    put_on_duty(desk.harness, BOTH_LINES)
    under_its_stop(desk)
    desk.price("AAPL", "149.00")
    desk.look()
    assert desk.live(OrderRole.STOP).price == Decimal("147.99")
    under_its_stop(desk)
    assert [notice.called for notice in desk.harness.told_of(ExitSenseless)] == [("U0TRADER", "U0ADMIN")] * 2


def test_a_lower_stop_of_ones_own_holds_on_and_makes_way_for_the_bots_stop_once_it_is_cancelled(desk: AtAlpaca) -> None:
    under_its_stop(desk)
    own = desk.broker.protect("by-hand", "AAPL", 512, Decimal("145.00"), None)
    desk.price("AAPL", "149.00")
    desk.look()
    assert [stop.price for stop in desk.parts() if not stop.state.is_over] == [Decimal("145.00")]
    desk.fake.cancel_by_hand(own.broker_id)
    desk.look()
    assert desk.live(OrderRole.STOP).price == Decimal("147.99")


def test_a_target_under_the_price_is_left_out_and_the_stop_is_sent(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.fake.cancel_by_hand(desk.live(OrderRole.STOP).broker_id)
    desk.price("AAPL", "156.00")
    desk.look()
    assert desk.live(OrderRole.STOP).price == Decimal("147.99")
    assert [notice.role for notice in desk.harness.told_of(ExitSenseless)] == [OrderRole.TARGET]
