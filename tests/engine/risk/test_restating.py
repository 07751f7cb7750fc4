"""What a split makes of a trade: the same trade in other shares, worth what it was worth, to the cent."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, strategies as st

from engine.common.orders import Orders
from engine.common.trade_following import follow
from engine.model.signal import Side
from engine.model.trade import AS_FILLED, Order, OrderRole, OrderState, Trade, TradeState
from engine.risk.restating import fits, is_denied, is_doubtful, kept_part, plausible, restated, whole
from engine.risk.sizing import cut
from tests.support.fakes.trades import a_trade

ratios = st.one_of(
    st.integers(2, 50).map(Fraction),
    st.integers(2, 50).map(lambda old: Fraction(1, old)),
    st.fractions(min_value=Fraction(1, 3), max_value=5, max_denominator=7).filter(lambda ratio: ratio != 1),
)
prices = st.decimals(min_value=5, max_value=900, places=2)
kept_parts = st.builds(
    kept_part,
    st.decimals(min_value=Decimal("0.5"), max_value=2000, places=2),
    st.fractions(min_value=Fraction(1, 50), max_value=5, max_denominator=100),
    st.decimals(min_value=Decimal("0.01"), max_value=1000, places=2),
)


def an_order(role: OrderRole, shares: int, filled: int, price: Decimal | None) -> Order:
    is_done = filled == shares
    return Order(
        broker_id=f"{role}-{shares}-{filled}",
        client_order_id="AAPL_20250819_234515",
        role=role,
        symbol="AAPL",
        side=Side.BUY if role is OrderRole.ENTRY else Side.SELL,
        shares=shares,
        state=OrderState.FILLED if is_done else OrderState.ACCEPTED,
        price=price,
        filled_shares=filled,
        fill_price=price if filled else None,
        filled_at=a_trade().proposed_at if filled else None,
    )


def held(bought: int, fill: Decimal, sold: int = 0, got: Decimal | None = None) -> tuple[Trade, Orders]:
    """Return a trade that bought and sold so much, and its orders."""
    entry = an_order(OrderRole.ENTRY, bought, bought, fill)
    target = an_order(OrderRole.TARGET, bought, sold, got or fill)
    orders = Orders(entry=replace(entry, legs=(target,)), lone=())
    trade, _ = follow(a_trade(state=TradeState.OPEN), orders)
    return trade, orders


def worth(trade: Trade, price: Decimal) -> Decimal:
    """Return the dollars that a trade won so far, sold and unsold."""
    fill = trade.fill_price or Decimal(0)
    return (trade.result or trade.restated.cash) + trade.held_shares * (price - fill)


def per(price: Decimal, ratio: Fraction) -> Decimal:
    return price * ratio.denominator / ratio.numerator


def test_a_two_for_one_split_doubles_the_shares_and_halves_the_prices() -> None:
    trade, _ = held(512, Decimal("150.28"))
    after = restated(trade, Fraction(2))
    assert (after.id, after.held_shares, after.fill_price) == (trade.id, 1024, Decimal("75.14"))
    assert (after.stop, after.target) == (Decimal("73.99"), Decimal("77.37"))
    assert (after.sizing.entry, after.sizing.stop) == (Decimal("75.125"), Decimal("73.995"))


def test_a_reverse_split_leaves_a_fraction_to_be_paid_in_cash() -> None:
    trade, _ = held(2212, Decimal("150.25"))
    after = restated(trade, Fraction(1, 10))
    assert (after.held_shares, after.fill_price) == (221, Decimal("1502.5"))
    assert after.restated.cash == Decimal("-0.2") * Decimal("1502.5")


@given(bought=st.integers(1, 5000), fill=prices, ratio=ratios, price=prices)
def test_what_is_held_is_worth_the_same_but_for_the_cash_in_lieu(
    bought: int, fill: Decimal, ratio: Fraction, price: Decimal
) -> None:
    trade, _ = held(bought, fill)
    after = restated(trade, ratio)
    fraction = trade.held_shares * ratio - after.held_shares
    in_lieu = Decimal(fraction.numerator) / fraction.denominator * per(price, ratio)
    assert worth(after, per(price, ratio)) + in_lieu == pytest.approx(worth(trade, price), abs=Decimal("0.0001"))


@given(bought=st.integers(2, 5000), fill=prices, ratio=ratios, got=prices, data=st.data())
def test_what_was_sold_before_keeps_its_result(
    bought: int, fill: Decimal, ratio: Fraction, got: Decimal, data: st.DataObject
) -> None:
    trade, _ = held(bought, fill, data.draw(st.integers(1, bought - 1)), got)
    after = restated(trade, ratio)
    fraction = trade.held_shares * ratio - after.held_shares
    cost_of_fraction = Decimal(fraction.numerator) / fraction.denominator * per(fill, ratio)
    assert (after.result or after.restated.cash) + cost_of_fraction == pytest.approx(
        trade.result, abs=Decimal("0.0001")
    )


@given(bought=st.integers(1, 5000), fill=prices, first=ratios, second=ratios)
def test_its_orders_which_go_on_in_old_shares_still_make_the_restated_trade(
    bought: int, fill: Decimal, first: Fraction, second: Fraction
) -> None:
    trade, orders = held(bought, fill)
    for ratio in (first, second):
        trade = restated(trade, ratio)
        assume(trade.filled_shares)  # less than a share is paid for in cash, and ends the trade
        followed, state = follow(trade, orders)
        assert (state, followed.filled_shares, followed.held_shares) == (
            TradeState.OPEN,
            trade.filled_shares,
            trade.held_shares,
        )
        assert followed.fill_price == pytest.approx(trade.fill_price, rel=Decimal("1e-20"))


@given(bought=st.integers(1, 5000), fill=prices, ratio=ratios)
def test_stop_and_target_are_those_of_before_divided_by_the_ratio_and_cut_to_the_cent(
    bought: int, fill: Decimal, ratio: Fraction
) -> None:
    trade, _ = held(bought, fill)
    after = restated(trade, ratio)
    assert (after.stop, after.target) == (cut(per(trade.stop, ratio)), cut(per(trade.target, ratio)))


@given(bought=st.integers(1, 5000), fill=prices, ratio=ratios, got=prices)
def test_the_multiple_of_what_was_risked_stays_as_it_is(
    bought: int, fill: Decimal, ratio: Fraction, got: Decimal
) -> None:
    trade, _ = held(bought, fill, bought, got)
    after = restated(trade, ratio)
    if trade.multiple is not None and after.exit_shares:
        assert after.multiple == pytest.approx(trade.multiple, rel=Decimal("1e-15"))


def test_a_spin_off_of_a_tenth_leaves_nine_tenths_of_every_price() -> None:
    trade, _ = held(512, Decimal("150.25"))
    part = kept_part(Decimal("135.225"), Fraction(1, 2), Decimal("30.05"))
    after = restated(trade, Fraction(1), kept=part)
    assert part == Fraction(9, 10)
    assert (after.held_shares, after.fill_price) == (512, Decimal("135.225"))
    assert (after.stop, after.target) == (cut(trade.stop * 9 / 10), cut(trade.target * 9 / 10))
    assert after.sizing.planned_risk == trade.sizing.planned_risk * 9 / 10
    assert after.shares == trade.shares


@given(bought=st.integers(1, 5000), fill=prices, part=kept_parts, price=prices)
def test_what_a_spin_off_leaves_won_or_lost_the_same_part_of_it(
    bought: int, fill: Decimal, part: Fraction, price: Decimal
) -> None:
    trade, _ = held(bought, fill)
    after = restated(trade, Fraction(1), kept=part)
    left = price * part.numerator / part.denominator
    away = (worth(trade, price)) * (1 - part).numerator / (1 - part).denominator
    assert (after.filled_shares, after.held_shares, after.symbol) == (bought, bought, trade.symbol)
    assert worth(after, left) + away == pytest.approx(worth(trade, price), abs=Decimal("0.0001"))


@given(bought=st.integers(2, 5000), fill=prices, part=kept_parts, got=prices, data=st.data())
def test_what_was_sold_before_a_spin_off_keeps_its_result_and_its_multiple(
    bought: int, fill: Decimal, part: Fraction, got: Decimal, data: st.DataObject
) -> None:
    trade, orders = held(bought, fill, data.draw(st.integers(1, bought)), got)
    after = restated(trade, Fraction(1), kept=part)
    assert after.result == pytest.approx(trade.result, abs=Decimal("0.0001"))
    if trade.multiple is not None:
        assert after.multiple == pytest.approx(trade.multiple, rel=Decimal("1e-15"))
    followed, _ = follow(after, orders)
    assert (followed.filled_shares, followed.exit_shares) == (trade.filled_shares, trade.exit_shares)
    assert followed.result == pytest.approx(trade.result, abs=Decimal("0.0001"))


@given(bought=st.integers(2, 5000), fill=prices, part=kept_parts, got=prices, data=st.data())
def test_what_is_sold_after_a_spin_off_is_measured_against_what_is_left_of_its_cost(
    bought: int, fill: Decimal, part: Fraction, got: Decimal, data: st.DataObject
) -> None:
    before = data.draw(st.integers(0, bought - 1))
    trade, orders = held(bought, fill, before, fill)  # what was sold before won nothing
    after = restated(trade, Fraction(1), kept=part)
    price = got * part.numerator / part.denominator
    sale = replace(an_order(OrderRole.EXIT, bought - before, bought - before, price), broker_id="later")
    closed, state = follow(after, replace(orders, lone=(sale,)))
    cost = fill * part.numerator / part.denominator
    assert state is TradeState.CLOSED
    assert closed.result == pytest.approx((bought - before) * (price - cost), abs=Decimal("0.0001"))


@given(bought=st.integers(1, 5000), fill=prices, part=kept_parts, ratio=ratios)
def test_a_spin_off_and_a_split_make_the_same_in_any_order(
    bought: int, fill: Decimal, part: Fraction, ratio: Fraction
) -> None:
    trade, _ = held(bought, fill)
    assume(whole(bought * ratio))
    once = restated(restated(trade, Fraction(1), kept=part), ratio)
    other = restated(restated(trade, ratio), Fraction(1), kept=part)
    assert once.held_shares == other.held_shares
    assert once.fill_price == pytest.approx(other.fill_price, rel=Decimal("1e-20"))
    cents = 1 + max(Fraction(1), 1 / ratio)  # each cuts its prices to the cent, and the other divides what was cut
    assert abs(Fraction(once.stop) - Fraction(other.stop)) <= cents / 100


@given(bought=st.integers(1, 5000), owed=st.integers(1, 5000), fill=prices, got=prices, ratio=ratios)
def test_what_was_sold_too_much_is_owed_in_the_shares_of_after_for_the_dollars_of_before(
    bought: int, owed: int, fill: Decimal, got: Decimal, ratio: Fraction
) -> None:
    trade, orders = held(bought, fill, bought + owed, got)
    after = restated(trade, ratio)
    assert (after.held_shares, after.net_shares) == (0, whole(-owed * ratio))
    assert after.filled_shares > 0
    followed, state = follow(after, orders)
    assert (state, followed.net_shares) == (TradeState.OPEN, after.net_shares)
    price = per(got, ratio)  # bought back at what it was sold for, a part of a share is all that is lost
    back = replace(an_order(OrderRole.COVER, after.short_shares, after.short_shares, price), side=Side.BUY)
    closed, state = follow(after, replace(orders, lone=(back,)))
    part = after.short_shares - owed * ratio
    lost = Decimal(part.numerator) / part.denominator * price
    assert state is TradeState.CLOSED
    assert closed.result == pytest.approx(bought * (got - fill) - lost, abs=Decimal("0.0001"))


def test_a_rename_changes_the_symbol_and_nothing_else() -> None:
    trade, _ = held(512, Decimal("150.28"))
    after = restated(trade, Fraction(1), symbol="META")
    assert after == replace(trade, symbol="META")
    assert after.restated == AS_FILLED


@pytest.mark.parametrize(("before", "after", "ratio"), [(512, 1024, "2"), (2212, 221, "1/10"), (300, 450, "3/2")])
def test_the_ratio_behind_a_change_of_quantity_is_found(before: int, after: int, ratio: str) -> None:
    assert Fraction(ratio) in list(plausible(before, after))


@given(before=st.integers(1, 5000), ratio=ratios)
def test_every_ratio_that_is_found_makes_the_quantity(before: int, ratio: Fraction) -> None:
    after = whole(before * ratio)
    assert all(
        whole(before * found) <= after < (before + 1) * found or after == 0 for found in plausible(before, after)
    )


def test_a_part_of_a_share_beside_the_whole_ones_may_have_become_more_than_one() -> None:
    assert Fraction(2) in list(plausible(39, 79))  # 39.8 shares before, 79.6 after
    assert Fraction(2) not in list(plausible(39, 80))


@pytest.mark.parametrize(
    ("before", "after", "ratio"),
    [(-512, -1024, "2"), (-512, -51, "1/10"), (-286, -2859, "10"), (-286, -28, "1/10"), (-3, -4, "3/2")],
)
def test_the_ratio_behind_a_change_of_what_is_short_is_found_beside_parts_of_a_share(
    before: int, after: int, ratio: str
) -> None:
    assert Fraction(ratio) in list(plausible(before, after))


def test_shares_that_were_held_and_are_short_are_no_split() -> None:
    assert list(plausible(512, -512)) == []
    assert list(plausible(-512, 1024)) == []


def test_a_sale_of_a_part_is_no_split() -> None:
    assert list(plausible(512, 312)) == []


def test_no_ratio_is_behind_a_quantity_that_is_as_it_was() -> None:
    assert list(plausible(1, 1)) == []


def test_a_price_fits_a_ratio_where_it_moved_by_the_inverse() -> None:
    assert fits(Fraction(2), Decimal(150), Decimal("75.10"))
    assert not fits(Fraction(2), Decimal(150), Decimal(149))
    assert not fits(Fraction(2), Decimal(150), Decimal(0))


def test_a_price_far_from_the_expected_one_is_doubtful_in_both_directions() -> None:
    assert is_doubtful(Decimal(75), Decimal(150))
    assert is_doubtful(Decimal(1500), Decimal(150))
    assert not is_doubtful(Decimal(120), Decimal(150))


@pytest.mark.parametrize(
    ("ratio", "moved", "is_one"),
    [
        (Fraction(18), Fraction(20), False),
        (Fraction(20), Fraction(20), True),
        (Fraction(20), Fraction(201, 10), True),  # a cost is told to the cent
        (Fraction(18), Fraction(1), True),  # a cost that did not move yet says nothing
        (Fraction(18), None, True),
    ],
)
def test_a_ratio_that_the_cost_does_not_show_is_none(ratio: Fraction, moved: Fraction | None, is_one: bool) -> None:
    assert is_denied(ratio, moved) is not is_one
