"""What the paper broker deals at: the quote, no more than it shows, and a stop at what the market then is."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from engine.model.trade import OrderRole, OrderState
from tests.engine.adapters.paper import NEXT_OPEN, Paper, open_paper

CENTS = st.integers(100, 200_000).map(lambda cents: Decimal(cents).scaleb(-2))


@pytest.fixture
def paper() -> Iterator[Paper]:
    with open_paper() as paper:
        yield paper


def look(paper: Paper, bid: str, ask: str, *, last: str | None = None, shown: int | None = None) -> None:
    paper.quote(bid, ask, last=last, sizes=(shown, shown))
    paper.broker.look()


def held(paper: Paper, shares: int = 100) -> Paper:
    """Hold shares that were bought at an ask of 150.25, with a stop at 147.99 and a target at 154.78."""
    paper.quote("150.24", "150.25")
    paper.buy(shares)
    paper.broker.look()
    assert paper.held == shares
    return paper


# Bid and ask


def test_a_purchase_pays_the_ask_and_a_sale_gets_the_bid_and_both_slip_beyond_it(paper: Paper) -> None:
    paper.quote("149.00", "151.00", last="150.00")
    paper.buy()
    assert paper.order().fill_price == Decimal("151.03")
    paper.broker.close("exit-1", "AAPL", 100)
    assert paper.order("exit-1").fill_price == Decimal("148.97")


@settings(max_examples=60, deadline=None)
@given(prices=st.tuples(CENTS, CENTS, CENTS))
def test_whoever_buys_and_sells_at_once_never_gains(prices: tuple[Decimal, Decimal, Decimal]) -> None:
    bid, last, ask = sorted(prices)
    with open_paper(cash=1_000_000) as paper:
        paper.quote(str(bid), str(ask), last=str(last))
        paper.broker.deal_by_hand("AAPL", 100, last)
        paper.broker.close("exit-1", "AAPL", 100)
        sold = paper.order("exit-1").fill_price
        paper.broker.deal_by_hand("AAPL", -100, last)
        paper.broker.buy_back("cover-1", "AAPL", 100)
        bought = paper.order("cover-1").fill_price
    assert sold is not None
    assert bought is not None
    assert sold <= bid <= last <= ask <= bought


@pytest.mark.parametrize(
    ("bid", "ask"), [("0.00", "150.26"), ("150.26", "150.24"), ("NaN", "150.26"), ("150.24", "Infinity"), ("-1", "1")]
)
def test_where_the_quote_is_broken_the_last_trade_counts(paper: Paper, bid: str, ask: str) -> None:
    paper.quote(bid, ask, last="150.25")
    paper.buy()
    assert paper.order().fill_price == Decimal("150.28")


def test_a_quote_of_twelve_hours_ago_gives_way_to_the_last_trade(paper: Paper) -> None:
    paper.quote("100.00", "200.00", last="150.25", sizes=(1, 1), age=12 * 3600)
    paper.buy()
    assert (paper.order().fill_price, paper.order().filled_shares) == (Decimal("150.28"), 100)


def test_a_quote_of_a_moment_before_the_last_trade_counts_where_it_is_worse(paper: Paper) -> None:
    paper.quote("150.00", "150.10", last="150.25", age=5)
    paper.buy()
    assert paper.order().fill_price == Decimal("150.28")
    paper.broker.close("exit-1", "AAPL", 100)
    assert paper.order("exit-1").fill_price == Decimal("149.97")


# The shares shown


def test_an_order_beyond_what_is_shown_is_filled_in_parts_at_later_quotes(paper: Paper) -> None:
    paper.quote("150.24", "150.25", sizes=(900, 60))
    paper.buy(100)
    assert (paper.order().state, paper.order().filled_shares) == (OrderState.PARTLY_FILLED, 60)
    assert paper.leg(OrderRole.STOP).shares == 60
    look(paper, "150.29", "150.30", shown=500)
    assert (paper.order().state, paper.leg(OrderRole.STOP).shares) == (OrderState.FILLED, 100)
    assert paper.order().fill_price == (60 * Decimal("150.28") + 40 * Decimal("150.33")) / 100


def test_looking_again_at_the_same_quote_fills_no_more(paper: Paper) -> None:
    paper.quote("150.24", "150.25", sizes=(900, 60))
    paper.buy(100)
    for _ in range(3):
        paper.broker.look()
    assert paper.order().filled_shares == 60


def test_two_orders_share_what_is_shown(paper: Paper) -> None:
    held(paper)
    paper.quote("150.20", "150.25", sizes=(70, 70))
    for number in (1, 2):
        paper.broker.close(f"exit-{number}", "AAPL", 50)
    assert [paper.order(f"exit-{number}").filled_shares for number in (1, 2)] == [50, 20]


def test_a_purchase_and_a_sale_do_not_take_from_each_other(paper: Paper) -> None:
    held(paper)
    paper.quote("150.20", "150.25", sizes=(50, 50))
    paper.broker.close("exit-1", "AAPL", 50)
    paper.buy(50, client_order_id="trade-2")
    assert paper.order("exit-1").state is OrderState.FILLED
    assert paper.order("trade-2").state is OrderState.FILLED


def test_where_nothing_is_shown_nothing_is_dealt(paper: Paper) -> None:
    held(paper)
    paper.quote("150.20", "150.25", sizes=(0, 500))
    paper.broker.close("exit-1", "AAPL", 100)
    assert paper.order("exit-1").filled_shares == 0
    look(paper, "150.20", "150.25", shown=100)
    assert paper.order("exit-1").state is OrderState.FILLED


def test_what_was_taken_of_a_quote_is_known_after_a_restart(tmp_path: Path) -> None:
    before = Paper(tmp_path / "paper.db")
    before.quote("150.24", "150.25", sizes=(900, 60))
    before.buy(100)
    assert before.order().filled_shares == 60
    before.broker.stop()
    after = Paper(tmp_path / "paper.db")
    after.clock.set(before.clock.now())
    after.market.put(before.market.snapshots(["AAPL"])[0])
    assert after.order().filled_shares == 60
    after.broker.stop()


# Stops


def test_a_stop_is_sold_at_the_bid_of_the_look_after_it_was_triggered(paper: Paper) -> None:
    held(paper)
    look(paper, "147.97", "147.99", last="147.99")
    look(paper, "147.60", "147.70")
    assert paper.leg(OrderRole.STOP).fill_price == Decimal("147.57")
    assert paper.held == 0


def test_a_gap_after_the_trigger_is_what_the_stop_gets(paper: Paper) -> None:
    held(paper)
    look(paper, "147.97", "147.99", last="147.99")
    look(paper, "120.00", "120.10")
    assert paper.leg(OrderRole.STOP).fill_price == Decimal("119.98")


def test_a_gap_over_night_through_the_stop_sells_at_the_gaps_price(paper: Paper) -> None:
    held(paper)
    paper.clock.set(NEXT_OPEN)
    look(paper, "131.00", "131.20")
    paper.broker.look()
    assert paper.leg(OrderRole.STOP).fill_price == Decimal("130.97")


def test_a_stop_that_triggered_sells_on_though_the_price_came_back(paper: Paper) -> None:
    held(paper)
    look(paper, "147.90", "147.95")
    look(paper, "149.00", "149.05")
    assert paper.leg(OrderRole.STOP).fill_price == Decimal("148.97")


def test_a_large_stop_is_sold_in_parts_at_ever_lower_bids(paper: Paper) -> None:
    held(paper)
    for bid in ("147.90", "147.50", "147.00"):
        look(paper, bid, "148.00", last=bid, shown=60)
    stop = paper.leg(OrderRole.STOP)
    assert (stop.state, paper.held) == (OrderState.FILLED, 0)
    assert stop.fill_price == (60 * Decimal("147.47") + 40 * Decimal("146.97")) / 100


@settings(max_examples=60, deadline=None)
@given(trigger=st.integers(1, 14_799), then=st.integers(1, 20_000), spread=st.integers(1, 50))
def test_no_stop_is_ever_sold_above_the_bid_that_it_met(trigger: int, then: int, spread: int) -> None:
    with open_paper() as paper:
        held(paper)
        for cents in (trigger, then):
            bid, ask = (Decimal(price).scaleb(-2) for price in (cents, cents + spread))
            look(paper, str(bid), str(ask))
        got = paper.leg(OrderRole.STOP).fill_price
        assert got is not None
        assert got <= Decimal(then).scaleb(-2)


# Targets and limits


def test_a_target_waits_for_a_bid_or_for_a_trade_beyond_it(paper: Paper) -> None:
    held(paper)
    look(paper, "154.77", "154.79", last="154.78")
    assert paper.leg(OrderRole.TARGET).state is OrderState.ACCEPTED
    look(paper, "154.77", "154.79", last="154.79")
    assert paper.leg(OrderRole.TARGET).fill_price == Decimal("154.78")


def test_a_target_over_which_the_market_gaps_gets_the_bid(paper: Paper) -> None:
    held(paper)
    look(paper, "160.00", "160.10")
    assert paper.leg(OrderRole.TARGET).fill_price == Decimal("159.97")


def test_a_limit_waits_for_the_ask_and_never_pays_more(paper: Paper) -> None:
    paper.quote("150.20", "150.27", last="150.26")
    paper.buy(limit="150.26")
    assert paper.order().filled_shares == 0
    look(paper, "150.20", "150.26")
    assert paper.order().fill_price == Decimal("150.26")
