"""The board's records, bars and volumes."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import UnknownSymbol
from engine.signals.indicators import PriceBoard
from engine.signals.ring import PRICE_RECORD
from tests.engine.signals.prices import BAR, START, history_of, part, tick, walks, warmed

NEXT = 60 * BAR  # the second at which the first bar after a history of 60 starts


def board_of_one() -> PriceBoard:
    return warmed(history_of(["A"], walks(60, 1).close))


def volume_of(board: PriceBoard) -> float:
    """Return the current bar's shares; the histories here have 1000 in each bar."""
    return float(board.indicators().volume_ratio[0]) * 1000


def prices_of(board: PriceBoard, symbol: str) -> list[float]:
    return [float(price) for price in board.recent(symbol)["price"]]


def test_a_price_record_is_28_bytes() -> None:
    assert PRICE_RECORD.itemsize == 28


def test_recent_records_come_back_in_the_order_of_time() -> None:
    board = PriceBoard(["A", "B"])
    tick(board, 0, [1.0, 10.0], volume=5)
    tick(board, 30, [2.0, 20.0], volume=8)
    assert board.recent("B").tolist() == [
        (START * 1_000_000, 10.0, 5, 2),
        ((START + 30) * 1_000_000, 20.0, 8, 2),
    ]
    assert board.recent("B").dtype == PRICE_RECORD


def test_a_symbol_without_a_price_has_no_records() -> None:
    assert not PriceBoard(["A"]).recent("A").size


@pytest.mark.parametrize("ticks", [3, 4, 5, 9])
def test_only_the_last_records_are_kept(ticks: int) -> None:
    board = PriceBoard(["A"], depth=4)
    for number in range(ticks):
        tick(board, number, [number + 1])
    assert prices_of(board, "A") == list(range(max(1, ticks - 3), ticks + 1))


def test_symbols_that_tick_apart_keep_their_own_records() -> None:
    board = PriceBoard(["A", "B", "C"], depth=3)
    for second, names in enumerate(["C", "CA", "ABC", "BC", "CBA"]):
        rows = board.rows_of(names)
        times = np.full(len(rows), (START + second) * 1_000_000)
        prices = np.array(100 * rows + second + 1, np.float64)
        board.tick(rows, times, prices, np.full(len(rows), 5), np.full(len(rows), 1, np.int32))
    assert prices_of(board, "A") == [2, 3, 5]
    assert prices_of(board, "B") == [103, 104, 105]
    assert prices_of(board, "C") == [203, 204, 205]


def test_a_regrown_board_knows_what_the_old_one_knew_of_the_symbols_that_stay() -> None:
    history = history_of(["A", "B"], walks(60, 2).close)
    old = warmed(history)
    tick(old, NEXT, [101.0, 50.0], volume=5)
    new = old.regrown(["B", "C"])
    was, now = old.indicators(), new.indicators()
    for name in ("rsi", "lower", "macd", "macd_cross", "high", "volume_ratio", "valid"):
        assert getattr(now, name)[0] == getattr(was, name)[1], name
    assert prices_of(new, "B") == prices_of(old, "B")
    assert not now.valid[1]
    tick(old, NEXT + BAR, [102.0, 51.0], volume=9)
    assert new.indicators().rsi[0] == was.rsi[1]


def test_changing_a_copy_of_the_records_leaves_the_board_alone() -> None:
    board = PriceBoard(["A"])
    tick(board, 0, [1.0])
    board.recent("A")["price"] = 99
    assert prices_of(board, "A") == [1.0]


def test_rows_follow_the_order_in_which_they_are_asked_for() -> None:
    assert PriceBoard(["A", "B", "C"]).rows_of(["C", "A"]).tolist() == [2, 0]


def test_an_unknown_symbol_is_refused() -> None:
    with pytest.raises(UnknownSymbol):
        PriceBoard(["A"]).recent("B")


def test_symbols_that_the_board_does_not_know_are_ignored_when_it_warms() -> None:
    history = walks(60, 3)
    board = PriceBoard(["S2", "S0"])
    board.warm(history)
    whole = warmed(history).indicators()
    assert board.indicators().rsi.tolist() == [whole.rsi[2], whole.rsi[0]]


def test_a_symbol_without_a_single_bar_stays_without_a_score() -> None:
    close = walks(60, 2).close.copy()
    close[:, 1] = np.nan
    assert warmed(history_of(["A", "B"], close)).indicators().valid.tolist() == [True, False]


def test_an_empty_history_changes_nothing() -> None:
    board = board_of_one()
    board.warm(part(history_of(["A"], walks(60, 1).close), slice(0)))
    assert board.indicators().valid[0]


def test_warming_again_starts_afresh() -> None:
    history = walks(160, 1)
    board = warmed(part(history, slice(60)))
    tick(board, NEXT, [5.0])
    board.warm(part(history, slice(40, 160)))
    fresh = warmed(part(history, slice(40, 160))).indicators()
    assert board.indicators().rsi[0] == pytest.approx(fresh.rsi[0])
    assert board.indicators().upper[0] == pytest.approx(fresh.upper[0])


def test_the_last_instant_of_a_bar_belongs_to_it_and_the_next_opens_another() -> None:
    board = PriceBoard(["A"])
    tick(board, 0, [10.0])
    tick(board, BAR - 0.000001, [9.0])
    assert (board.indicators().low[0], board.indicators().high[0]) == (9, 10)
    tick(board, BAR, [11.0])
    assert (board.indicators().low[0], board.indicators().high[0]) == (11, 11)


def test_a_price_older_than_the_newest_is_ignored() -> None:
    board = PriceBoard(["A", "B"])
    tick(board, 10, [10.0, 10.0])
    times = (START + np.array([9, 10])) * 1_000_000
    board.tick(np.arange(2), times, np.array([50.0, 50.0]), np.array([7, 7]), np.array([1, 1], np.int32))
    assert prices_of(board, "A") == [10]
    assert prices_of(board, "B") == [10, 50]
    assert board.indicators().high.tolist() == [10, 50]


def test_a_price_from_before_the_warmed_bars_is_ignored() -> None:
    board = board_of_one()
    before = board.indicators()
    tick(board, NEXT - BAR - 1, [1.0])
    assert board.indicators().low[0] == before.low[0]
    assert not board.recent("A").size


def test_a_tick_of_some_symbols_leaves_the_others_alone() -> None:
    history = walks(60, 5)
    board = warmed(history)
    before = board.indicators()
    rows = board.rows_of(["S3", "S1"])
    times = np.full(2, (START + NEXT) * 1_000_000)
    board.tick(rows, times, history.close[-1, rows] * 1.01, np.array([5, 5]), np.array([1, 1], np.int32))
    changed = board.indicators().rsi != before.rsi
    assert changed.tolist() == [False, True, False, True, False]


def test_what_was_traded_before_the_first_seen_volume_is_not_counted() -> None:
    board = board_of_one()
    tick(board, NEXT, [10.0], volume=2_500_000)
    assert volume_of(board) == 0
    tick(board, NEXT + 30, [10.0], volume=2_500_400)
    assert volume_of(board) == pytest.approx(400)


def test_a_bar_counts_from_the_last_volume_seen_before_it() -> None:
    board = board_of_one()
    tick(board, NEXT, [10.0], volume=5000)
    tick(board, NEXT + BAR, [10.0], volume=5700)
    assert volume_of(board) == pytest.approx(700 / (19_000 / 20_000))


@pytest.mark.parametrize("second", [30, BAR])
def test_a_volume_lower_than_the_last_starts_a_new_day(second: int) -> None:
    board = board_of_one()
    tick(board, NEXT, [10.0], volume=9000)
    tick(board, NEXT + second, [10.0], volume=300)
    average = 1 if second < BAR else 19_000 / 20_000
    assert volume_of(board) == pytest.approx(300 / average)


def test_a_new_day_that_starts_inside_a_bar_keeps_what_the_bar_had() -> None:
    board = board_of_one()
    for second, volume in enumerate([9000, 9200, 300, 350]):
        tick(board, NEXT + second, [10.0], volume=volume)
    assert volume_of(board) == pytest.approx(200 + 300 + 50)


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
        ("volumes", -1),
        ("spreads", -1),
        ("times", 0),
        ("rows", 0),
        ("rows", 2),
        ("rows", -1),
    ],
)
def test_an_impossible_number_is_refused_and_nothing_is_taken_in(column: str, value: float) -> None:
    board = PriceBoard(["A", "B"])
    bad = GOOD[column].copy()
    bad[1] = value
    with pytest.raises(ValueError, match=r"^a (tick|price|time)"):
        board.tick(**{**GOOD, column: bad})
    assert not board.recent("A").size
    board.tick(**GOOD)
    assert prices_of(board, "B") == [20]


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        PriceBoard(["A", "B"]).tick(**{**GOOD, "prices": np.array([10.0])})


def test_a_tick_of_nothing_is_harmless() -> None:
    for symbols in ([], ["A"]):
        board = PriceBoard(symbols)
        board.tick(**{name: column[:0] for name, column in GOOD.items()})
        assert board.indicators().valid.tolist() == [False] * len(symbols)


def test_an_empty_board_can_be_warmed() -> None:
    board = PriceBoard([])
    board.warm(walks(60, 2))
    assert board.indicators().rsi.shape == (0,)
