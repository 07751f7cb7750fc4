"""The recent prices of each symbol, as they were seen."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import UnknownSymbol
from engine.signals.prices import UNKNOWN, RecentPrices
from engine.signals.ring import PRICE_RECORD

START = 1_755_610_200
"""2025-08-19 13:30 UTC."""


def tick(prices: RecentPrices, second: float, seen: Sequence[float], volume: int = 0) -> None:
    """Give every symbol a price, `second` seconds after START."""
    size = len(prices.symbols)
    prices.tick(
        np.arange(size),
        np.full(size, round((START + second) * 1_000_000)),
        np.array(seen, np.float64),
        np.full(size, volume),
        np.full(size, 2, np.int32),
    )


def prices_of(prices: RecentPrices, symbol: str) -> list[float]:
    return [float(price) for price in prices.recent(symbol)["price"]]


def test_a_price_record_is_28_bytes() -> None:
    assert PRICE_RECORD.itemsize == 28


def test_recent_records_come_back_in_the_order_of_time() -> None:
    prices = RecentPrices(["A", "B"])
    tick(prices, 0, [1.0, 10.0], volume=5)
    tick(prices, 30, [2.0, 20.0], volume=8)
    assert prices.recent("B").tolist() == [
        (START * 1_000_000, 10.0, 5, 2),
        ((START + 30) * 1_000_000, 20.0, 8, 2),
    ]
    assert prices.recent("B").dtype == PRICE_RECORD


def test_a_symbol_without_a_price_has_no_records() -> None:
    assert not RecentPrices(["A"]).recent("A").size


@pytest.mark.parametrize("ticks", [3, 4, 5, 9])
def test_only_the_last_records_are_kept(ticks: int) -> None:
    prices = RecentPrices(["A"], depth=4)
    for number in range(ticks):
        tick(prices, number, [number + 1])
    assert prices_of(prices, "A") == list(range(max(1, ticks - 3), ticks + 1))


def test_symbols_that_tick_apart_keep_their_own_records() -> None:
    prices = RecentPrices(["A", "B", "C"], depth=3)
    for second, names in enumerate(["C", "CA", "ABC", "BC", "CBA"]):
        rows = prices.rows_of(names)
        times = np.full(len(rows), (START + second) * 1_000_000)
        seen = np.array(100 * rows + second + 1, np.float64)
        prices.tick(rows, times, seen, np.full(len(rows), 5), np.full(len(rows), 1, np.int32))
    assert prices_of(prices, "A") == [2, 3, 5]
    assert prices_of(prices, "B") == [103, 104, 105]
    assert prices_of(prices, "C") == [203, 204, 205]


def test_prices_of_other_symbols_keep_what_was_known_of_those_that_stay() -> None:
    old = RecentPrices(["A", "B"], depth=3)
    for second in range(5):
        tick(old, second, [second + 1, second + 11])
    new = old.regrown(["B", "C"])
    assert (prices_of(new, "B"), prices_of(new, "C")) == ([13, 14, 15], [])
    tick(new, 9, [16, 26])
    assert (prices_of(new, "B"), prices_of(old, "B")) == ([14, 15, 16], [13, 14, 15])


def test_a_price_older_than_the_newest_is_ignored() -> None:
    prices = RecentPrices(["A", "B"])
    tick(prices, 10, [10.0, 10.0])
    times = (START + np.array([9, 10])) * 1_000_000
    prices.tick(np.arange(2), times, np.array([50.0, 50.0]), np.array([7, 7]), np.array([1, 1], np.int32))
    assert (prices_of(prices, "A"), prices_of(prices, "B")) == ([10], [10, 50])


def test_a_volume_and_a_spread_may_be_unknown() -> None:
    prices = RecentPrices(["A"])
    unknown = np.array([UNKNOWN])
    prices.tick(np.arange(1), np.array([START * 1_000_000]), np.array([10.0]), unknown, unknown.astype(np.int32))
    assert prices.recent("A").tolist() == [(START * 1_000_000, 10.0, -1, -1)]


def test_changing_a_copy_of_the_records_leaves_the_prices_alone() -> None:
    prices = RecentPrices(["A"])
    tick(prices, 0, [1.0])
    prices.recent("A")["price"] = 99
    assert prices_of(prices, "A") == [1.0]


def test_rows_follow_the_order_in_which_they_are_asked_for() -> None:
    assert RecentPrices(["A", "B", "C"]).rows_of(["C", "A"]).tolist() == [2, 0]


def test_an_unknown_symbol_is_refused() -> None:
    with pytest.raises(UnknownSymbol):
        RecentPrices(["A"]).recent("B")


GOOD: dict[str, NDArray[Any]] = {
    "rows": np.array([0, 1]),
    "times": np.array([START, START]) * 1_000_000,
    "prices": np.array([10.0, 20.0]),
    "volumes": np.array([5, 0]),
    "spreads": np.array([0, 3], np.int32),
}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("prices", np.nan),
        ("prices", np.inf),
        ("prices", -np.inf),
        ("prices", 0.0),
        ("prices", -1.0),
        ("volumes", -2),
        ("spreads", -2),
        ("times", 0),
        ("rows", 0),
        ("rows", 2),
        ("rows", -1),
    ],
)
def test_an_impossible_number_is_refused_and_nothing_is_taken_in(column: str, value: float) -> None:
    prices = RecentPrices(["A", "B"])
    bad = GOOD[column].copy()
    bad[1] = value
    with pytest.raises(ValueError, match=r"^a (tick|price|time)"):
        prices.tick(**{**GOOD, column: bad})
    assert not prices.recent("A").size
    prices.tick(**GOOD)
    assert prices_of(prices, "B") == [20]


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        RecentPrices(["A", "B"]).tick(**{**GOOD, "prices": np.array([10.0])})


def test_a_tick_of_nothing_is_harmless() -> None:
    for symbols in ([], ["A"]):
        prices = RecentPrices(symbols)
        prices.tick(**{name: column[:0] for name, column in GOOD.items()})
        assert all(not prices.recent(symbol).size for symbol in symbols)
