"""First in, first out within a trade."""

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given, strategies as st

from engine.model.signal import Side
from engine.model.tax_lots import Fill, HoldingTerm, tax_lots
from engine.model.trade import Restatement, Trade, TradeState
from tests.support.fakes.trades import PROPOSED_AT, a_trade


def at(days: float) -> datetime:
    return PROPOSED_AT + timedelta(days=days)


def bought(shares: int, price: str, day: float = 0) -> Fill:
    return Fill(side=Side.BUY, shares=Decimal(shares), price=Decimal(price), at=at(day))


def sold(shares: int, price: str, day: float = 1) -> Fill:
    return Fill(side=Side.SELL, shares=Decimal(shares), price=Decimal(price), at=at(day))


CLOSED = a_trade(state=TradeState.CLOSED)


def told(trade: Trade, *fills: Fill) -> list[tuple[float, ...]]:
    """Return number, shares, cost and proceeds of each lot."""
    return [(lot.lot, *map(float, (lot.shares, lot.cost, lot.proceeds))) for lot in tax_lots(trade, fills)]


def test_what_was_bought_first_is_sold_first() -> None:
    assert told(CLOSED, bought(100, "10"), bought(50, "12", 0.5), sold(120, "15"), sold(30, "9", 2)) == [
        (1, 100, 1000, 1500),
        (2, 20, 240, 300),
        (3, 30, 360, 270),
    ]


def test_what_is_still_held_is_in_no_lot() -> None:
    assert told(CLOSED, bought(100, "10"), sold(40, "11")) == [(1, 40, 400, 440)]
    assert told(CLOSED, bought(100, "10")) == []


def test_each_lot_says_when_its_shares_came_and_went_and_whether_that_is_more_than_a_year() -> None:
    first, second, third = tax_lots(
        CLOSED, (bought(10, "10"), sold(3, "11", 365), sold(3, "11", 366), sold(4, "11", 367))
    )
    assert (first.acquired_at, first.sold_at, first.term) == (at(0), at(365), HoldingTerm.SHORT)
    assert (second.term, third.term) == (HoldingTerm.LONG, HoldingTerm.LONG)


def test_what_was_sold_too_many_and_bought_back_is_a_lot_of_its_own() -> None:
    assert told(CLOSED, bought(10, "10"), sold(10, "11"), sold(5, "12", 1.5), bought(5, "13", 2)) == [
        (1, 10, 100, 110),
        (2, 5, 65, 60),
    ]


def test_after_a_split_lots_are_in_the_shares_of_today_and_cost_what_they_cost() -> None:
    split = a_trade(state=TradeState.OPEN, restated=Restatement(bought_shares=100))
    assert told(split, bought(100, "10"), sold(80, "6")) == [(1, 80, 400, 480)]


def test_cash_for_parts_of_a_share_stands_in_the_last_lot_and_counts() -> None:
    paid = a_trade(state=TradeState.CLOSED, restated=Restatement(cash=Decimal("3.50")))
    lots = tax_lots(paid, (bought(10, "10"), sold(4, "11"), sold(6, "11", 2)))
    assert [lot.cash for lot in lots] == [0, Decimal("3.50")]
    assert sum(lot.result for lot in lots) == Decimal("13.50")


SOME = st.lists(st.tuples(st.integers(1, 500), st.integers(100, 90_000), st.integers(0, 400)), min_size=1, max_size=6)


@given(SOME, SOME)
def test_lots_sell_no_more_than_was_sold_or_bought_and_lose_no_dollar(
    purchases: list[tuple[int, int, int]], sales: list[tuple[int, int, int]]
) -> None:
    fills = [Fill(side=Side.BUY, shares=Decimal(n), price=Decimal(p) / 100, at=at(d)) for n, p, d in purchases]
    exits = [Fill(side=Side.SELL, shares=Decimal(n), price=Decimal(p) / 100, at=at(d)) for n, p, d in sales]
    lots = tax_lots(CLOSED, (*fills, *exits))
    total = min(sum(n for n, _, _ in purchases), sum(n for n, _, _ in sales))
    assert sum(lot.shares for lot in lots) == total
    assert [lot.lot for lot in lots] == list(range(1, len(lots) + 1))
    assert [lot.sold_at for lot in lots] == sorted(lot.sold_at for lot in lots)
    assert [lot.acquired_at for lot in lots] == sorted(lot.acquired_at for lot in lots)
    if total == sum(n for n, _, _ in purchases):
        assert sum(lot.cost for lot in lots) == sum(n * Decimal(p) / 100 for n, p, _ in purchases)
