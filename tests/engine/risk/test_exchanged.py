"""What shares seem to have become before anybody has understood it, by their cost, their count and their price."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from engine.model.account import AssetKind, Position
from engine.risk.exchanged import (
    awaited_readings,
    misread,
    others_readings,
    seeming_ratio,
    seeming_ratios,
    seen_by_price,
)
from engine.risk.restating import SAME
from tests.engine.risk.examples import a_portfolio
from tests.engine.risk.test_portfolio import HELD, OPEN

RATIOS = [Fraction(2), Fraction(3), Fraction(3, 2), Fraction(5, 4), Fraction(11, 10), Fraction(20), Fraction(1, 10)]

prices = st.integers(50, 150).map(Decimal)


def exchanged(ratio: Fraction, price: Decimal, more: int = 0) -> Position:
    """Return the position of OPEN, 100 shares at 100 dollars, and `more`, after a split, at a price of before."""
    shares = int((100 + more) * ratio)
    cost = Decimal(100) * ratio.denominator / ratio.numerator
    return replace(HELD, shares=shares, cost=cost, price=price * ratio.denominator / ratio.numerator)


@given(st.sampled_from(RATIOS), prices)
def test_the_cost_of_shares_that_are_all_ours_says_it_wherever_the_price_goes(ratio: Fraction, price: Decimal) -> None:
    assert seeming_ratio((OPEN,), 0, exchanged(ratio, price)) == ratio


@given(prices)
def test_a_price_that_fell_or_rose_is_no_split(price: Decimal) -> None:
    assert seeming_ratio((OPEN,), 0, replace(HELD, cost=Decimal(100), price=price)) == SAME
    portfolio = a_portfolio(positions=(replace(HELD, cost=Decimal(100), price=price),), trades=(OPEN,))
    assert portfolio.open_loss == max(0, 100 * (100 - price))


@pytest.mark.parametrize("ratio", RATIOS)
def test_beside_shares_of_others_the_count_says_it_where_the_price_fits(ratio: Fraction) -> None:
    assert seeming_ratio((OPEN,), 60, exchanged(ratio, Decimal(100), 60)) == ratio


@pytest.mark.parametrize("ratio", [each for each in RATIOS if each != Fraction(11, 10)])
def test_beside_shares_of_others_a_count_at_the_price_of_before_is_no_split(ratio: Fraction) -> None:
    assert seeming_ratio((OPEN,), 60, replace(exchanged(ratio, Decimal(100), 60), price=Decimal(100))) == SAME


def test_a_cost_that_is_far_off_and_of_no_split_is_said_of_nobody() -> None:
    assert seeming_ratio((OPEN,), 0, replace(HELD, cost=Decimal("61.8"))) is not SAME


@pytest.mark.parametrize("part", [Decimal("0.5"), Decimal("0.98")])
def test_of_what_is_unclear_no_more_is_lost_than_if_it_were_stopped(part: Decimal) -> None:
    position = replace(HELD, cost=Decimal(100), price=100 * part)
    unclear = seeming_ratios((OPEN,), {}, (position,), frozenset({OPEN.symbol}))
    assert unclear == {OPEN.symbol: None}
    portfolio = a_portfolio(positions=(position,), trades=(OPEN,), exchanged=unclear)
    assert portfolio.open_loss == 200


def test_shares_that_others_bought_cheaply_and_sold_again_make_no_split_of_ours() -> None:
    """The broker's cost stays the average of both."""
    assert seeming_ratio((OPEN,), 0, replace(HELD, cost=Decimal("95.70"), price=Decimal(90))) == SAME


def test_symbols_whose_shares_are_as_they_were_bought_are_left_out() -> None:
    other = replace(HELD, symbol="MSFT", cost=Decimal(1))
    assert seeming_ratios((OPEN,), {}, (replace(HELD, cost=Decimal(100)), other), frozenset()) == {}


@pytest.mark.parametrize(
    ("ratio", "price", "ratios", "off"),
    [
        (Fraction(2), "50", {OPEN.symbol: Fraction(2)}, (-5000, 5000)),
        (Fraction(2), "101", {}, (0, 0)),
        (Fraction(1, 10), "1000", {OPEN.symbol: Fraction(1, 10)}, (90_000, -90_000)),
        (Fraction(1, 10), "99", {}, (0, 0)),
        (Fraction(11, 10), "95", {OPEN.symbol: None}, (0, 950)),
        (SAME, "95", {}, (0, 0)),
    ],
)
def test_the_price_says_whether_a_split_that_the_account_does_not_show_has_come(
    ratio: Fraction, price: str, ratios: dict[str, Fraction | None], off: tuple[int, int]
) -> None:
    positions = (replace(HELD, cost=Decimal(100), price=Decimal(price)),)
    awaited = awaited_readings((OPEN,), positions, {OPEN.symbol: ratio}, ())
    assert awaited.keys() == {OPEN.symbol}
    assert seen_by_price(awaited) == ratios
    assert misread(positions, awaited) == tuple(map(Decimal, off))


@pytest.mark.parametrize(
    ("ratio", "cost", "price", "read"),
    [
        (Fraction(1, 10), "100", "1000", Fraction(1, 10)),
        (Fraction(1, 10), "140", "1000", Fraction(1, 10)),
        (Fraction(1, 10), "1400", "1000", SAME),
        (Fraction(2), "100", "50", Fraction(2)),
        (Fraction(2), "50", "50", SAME),
        (Fraction(11, 10), "100", "95", SAME),
        (Fraction(2), "0", "50", None),
    ],
)
def test_of_shares_that_no_trade_holds_what_they_cost_says_whether_a_split_is_still_to_be_shown(
    ratio: Fraction, cost: str, price: str, read: Fraction | None
) -> None:
    position = replace(HELD, cost=Decimal(cost), price=Decimal(price))
    found = others_readings((position,), {position.symbol: ratio}, ())
    assert found == ({position.symbol: (read,)} if read else {})
    assert others_readings((position,), {position.symbol: ratio}, {position.symbol}) == {}
    assert others_readings((replace(position, kind=AssetKind.OPTION),), {position.symbol: ratio}, ()) == {}


def test_what_the_cost_shows_is_awaited_no_more() -> None:
    assert (
        awaited_readings((OPEN,), (exchanged(Fraction(2), Decimal(100)),), {OPEN.symbol: Fraction(2)}, (OPEN.symbol,))
        == {}
    )
