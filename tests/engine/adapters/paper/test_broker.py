from collections.abc import Iterator
from decimal import Decimal

import pytest

from engine.adapters.paper.quotes import slipped
from engine.errors import OrderRefused
from engine.model.signal import Side
from engine.model.trade import OrderRole, OrderState
from tests.engine.adapters.paper import EVENING, Paper, open_paper


@pytest.fixture
def paper() -> Iterator[Paper]:
    with open_paper() as paper:
        yield paper


# Slippage


def test_a_purchase_slips_up_and_a_sale_down_to_the_cent() -> None:
    assert slipped(Decimal("150.25"), Side.BUY, Decimal(2)) == Decimal("150.28")
    assert slipped(Decimal("150.25"), Side.SELL, Decimal(2)) == Decimal("150.22")


def test_an_entry_is_filled_at_the_slipped_ask(paper: Paper) -> None:
    paper.quote("150.24", "150.25")
    paper.buy(512)
    assert paper.order().fill_price == Decimal("150.28")
    assert paper.broker.account().cash == Decimal(100000) - Decimal("76943.36")


def test_a_limit_is_never_passed_by_the_slippage(paper: Paper) -> None:
    paper.buy(limit="150.26")
    assert paper.order().fill_price == Decimal("150.26")


def test_a_gap_below_the_stop_is_honoured(paper: Paper) -> None:
    paper.buy()
    assert paper.order().state is OrderState.FILLED
    paper.price("140.00")
    assert paper.leg(OrderRole.STOP).fill_price == Decimal("139.96")


def test_a_target_gets_the_better_price_but_never_less_than_its_own(paper: Paper) -> None:
    paper.buy()
    assert paper.held == 100
    paper.price("154.79")
    assert paper.leg(OrderRole.TARGET).fill_price == Decimal("154.78")


def test_an_order_is_accepted_first_and_filled_at_the_next_look(paper: Paper) -> None:
    answer = paper.buy()
    assert (answer.state, answer.filled_shares) == (OrderState.ACCEPTED, 0)
    assert [leg.state for leg in answer.legs] == [OrderState.HELD, OrderState.HELD]
    assert paper.order().state is OrderState.FILLED


# Partial fills


@pytest.fixture
def thin() -> Iterator[Paper]:
    """A paper broker that fills at most a tenth of the volume at a look."""
    with open_paper(participation="0.1") as paper:
        yield paper


def test_a_large_order_is_filled_in_parts(thin: Paper) -> None:
    thin.buy(100)
    thin.price("150.25", volume=400)
    assert (thin.order().state, thin.order().filled_shares) == (OrderState.PARTLY_FILLED, 40)
    thin.price("150.35", volume=500)
    thin.price("150.25", volume=600)
    assert (thin.order().state, thin.order().filled_shares) == (OrderState.FILLED, 100)
    assert thin.order().fill_price == (50 * Decimal("150.29") + 50 * Decimal("150.39")) / 100


def test_looking_twice_at_the_same_price_fills_no_more(thin: Paper) -> None:
    thin.buy(100)
    thin.price("150.25", volume=400)
    thin.broker.look()
    assert thin.order().filled_shares == 40


def test_the_legs_cover_what_was_bought_so_far(thin: Paper) -> None:
    thin.buy(100)
    thin.price("150.25", volume=400)
    assert (thin.leg(OrderRole.STOP).state, thin.leg(OrderRole.STOP).shares) == (OrderState.ACCEPTED, 40)
    thin.price("150.25", volume=500)
    assert thin.leg(OrderRole.STOP).shares == thin.leg(OrderRole.TARGET).shares == 90


def test_a_stop_ends_an_entry_that_was_still_buying(thin: Paper) -> None:
    thin.buy(100)
    thin.price("150.25", volume=400)
    thin.price("147.00", volume=10_000)
    assert (thin.order().state, thin.order().filled_shares) == (OrderState.CANCELLED, 40)
    assert thin.leg(OrderRole.STOP).filled_shares == 40
    assert (thin.held, thin.broker.orders()) == (0, ())


def test_a_stop_that_triggered_sells_on_when_the_price_recovers(thin: Paper) -> None:
    thin.buy(100)
    thin.price("150.25", volume=1_000)
    thin.price("147.00", volume=600)
    assert thin.leg(OrderRole.TARGET).state is OrderState.CANCELLED
    thin.price("150.00", volume=1_000)
    assert (thin.leg(OrderRole.STOP).state, thin.held) == (OrderState.FILLED, 0)


def test_the_stop_covers_what_a_partly_filled_target_left(thin: Paper) -> None:
    thin.buy(100)
    thin.price("150.25", volume=1_000)
    thin.price("155.00", volume=300)
    assert (thin.leg(OrderRole.TARGET).filled_shares, thin.leg(OrderRole.STOP).shares) == (30, 70)
    thin.price("147.00", volume=1_000)
    assert (thin.leg(OrderRole.STOP).filled_shares, thin.held) == (70, 0)


def test_cancelling_a_partly_filled_entry_leaves_its_shares_protected(thin: Paper) -> None:
    thin.buy(100)
    thin.price("150.25", volume=400)
    thin.broker.cancel(thin.order())
    assert (thin.order().state, thin.order().filled_shares) == (OrderState.CANCELLED, 40)
    assert (thin.leg(OrderRole.STOP).state, thin.leg(OrderRole.STOP).shares) == (OrderState.ACCEPTED, 40)


# Closing and protecting


def test_closing_a_part_leaves_the_rest_protected(paper: Paper) -> None:
    paper.buy()
    assert paper.held == 100
    paper.broker.close("exit-1", "AAPL", 30)
    assert paper.order("exit-1").state is OrderState.FILLED
    assert paper.leg(OrderRole.STOP).shares == paper.leg(OrderRole.TARGET).shares == 70


def test_shares_that_are_being_sold_are_not_sold_again(paper: Paper) -> None:
    paper.buy()
    assert paper.held == 100
    paper.clock.set(EVENING)
    paper.broker.close("exit-1", "AAPL", 60)
    with pytest.raises(OrderRefused, match="available: 40"):
        paper.broker.close("exit-2", "AAPL", 41)


def test_cancelling_one_leg_cancels_the_other_as_alpaca_does(paper: Paper) -> None:
    paper.buy()
    paper.broker.cancel(paper.leg(OrderRole.TARGET))
    assert paper.leg(OrderRole.STOP).state is OrderState.CANCELLED
    assert paper.broker.orders() == ()


def test_a_replaced_lone_stop_is_found_under_the_id_that_was_sent(paper: Paper) -> None:
    paper.buy()
    paper.broker.cancel(paper.leg(OrderRole.STOP))
    paper.broker.replace(paper.broker.protect("protect-1", "AAPL", 100, Decimal("148.50")), Decimal("149.00"))
    stop = paper.order("protect-1").leg(OrderRole.STOP)
    assert stop is not None
    assert (stop.state, stop.price) == (OrderState.ACCEPTED, Decimal("149.00"))
    assert [order.client_order_id for order in paper.broker.orders()] == ["protect-1"]


def test_a_stop_is_not_moved_above_its_target(paper: Paper) -> None:
    paper.buy()
    with pytest.raises(OrderRefused):
        paper.broker.replace(paper.leg(OrderRole.STOP), Decimal("154.78"))
