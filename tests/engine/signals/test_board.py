"""The board is a function of its bars alone: the same however and whenever they came."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from engine.errors import UnknownSymbol
from engine.signals.board import Board, board_of
from tests.engine.signals.prices import (
    A_DAY,
    after,
    assert_equal,
    changed,
    history_of,
    of_symbols,
    part,
    played,
    walks,
    window,
)

LONG = walks(26 * A_DAY, 6, gaps=0.2)
"""More sessions than a window has; the last symbols have fewer bars than the first."""


@settings(max_examples=20, deadline=None)
@given(begun=st.integers(6 * A_DAY + 1, 25 * A_DAY), bars=st.integers(1, 2 * A_DAY))
def test_a_board_that_ran_and_one_that_was_just_started_hold_the_same(begun: int, bars: int) -> None:
    end = min(begun + bars, len(LONG.starts))
    ran = played(board_of(window(LONG, begun)), LONG, range(begun, end))
    assert_equal(ran.indicators(), after(window(LONG, end)))


def test_a_board_that_ran_for_a_month_holds_what_a_fresh_one_holds_after_every_bar() -> None:
    board = board_of(part(LONG, slice(0, 6 * A_DAY)))
    for bar in range(6 * A_DAY, len(LONG.starts)):
        board.take(part(LONG, slice(bar - 3, bar + 1)))
        if bar % 37 == 0 or bar % A_DAY in {0, A_DAY - 1}:
            assert_equal(board.indicators(), after(window(LONG, bar + 1)))


def test_a_symbol_comes_to_the_same_alone_and_among_others() -> None:
    whole = after(window(LONG, 1700))
    assert whole.valid.all()
    for row, symbol in enumerate(LONG.symbols):
        alone = after(of_symbols(window(LONG, 1700), symbol))
        assert [getattr(alone, name)[0] for name in alone.__slots__] == [
            getattr(whole, name)[row] for name in whole.__slots__
        ]


def test_the_window_that_a_board_gives_brings_back_its_score() -> None:
    board = played(board_of(window(LONG, 1700)), LONG, range(1700, 1800))
    for row, symbol in enumerate(LONG.symbols):
        kept = board.window(symbol)
        assert len(kept.starts) == 20 * A_DAY + 1800 % A_DAY
        again, whole = after(kept), board.indicators()
        assert [getattr(again, name)[0] for name in again.__slots__] == [
            getattr(whole, name)[row] for name in whole.__slots__
        ]


def test_what_lies_before_the_twenty_sessions_has_no_part_in_it() -> None:
    bars = 24 * A_DAY + 30
    other = LONG.close.copy()
    other[: 4 * A_DAY] *= 7
    ran = played(board_of(part(changed(LONG, close=other), slice(0, 10 * A_DAY))), LONG, range(10 * A_DAY, bars))
    assert_equal(ran.indicators(), after(window(LONG, bars)))


@settings(max_examples=20, deadline=None)
@given(
    back=st.integers(0, 40), price=st.floats(0.5, 2), row=st.integers(0, 5), gone=st.booleans(), seed=st.integers(0, 99)
)
def test_a_corrected_bar_is_as_if_it_had_always_been_so(
    back: int, price: float, row: int, gone: bool, seed: int
) -> None:
    end = 22 * A_DAY + 41
    right = LONG.close.copy()
    right[end - 1 - back, row] = np.nan if gone else np.round(100 * price, 2)
    corrected = history_of(LONG.symbols, right, volume=np.where(np.isfinite(right), 1.0 + seed, np.nan))
    corrected = changed(corrected, volume=np.where(np.isfinite(LONG.close), LONG.volume, corrected.volume))
    corrected = changed(corrected, volume=np.where(np.isfinite(right), corrected.volume, np.nan))
    board = board_of(window(LONG, end))
    assert board.take(part(corrected, slice(end - 1 - back, end))) <= 1
    assert_equal(board.indicators(), after(window(corrected, end)))


def test_a_bar_that_comes_late_changes_the_state_and_leaves_the_newest_bar_where_it_is() -> None:
    end = 21 * A_DAY + 9
    late = LONG.close.copy()
    late[end - 2 :, 0] = np.nan
    board = board_of(window(history_of(LONG.symbols, late, volume=LONG.volume), end))
    assert board.indicators().bar[0] == LONG.starts[end - 3]
    assert board.take(part(history_of(LONG.symbols, LONG.close, volume=LONG.volume), slice(end - 2, end))) == 2
    assert_equal(board.indicators(), after(window(history_of(LONG.symbols, LONG.close, volume=LONG.volume), end)))


def test_bars_that_stay_the_same_correct_nothing() -> None:
    board = board_of(window(LONG, 1700))
    assert board.take(part(LONG, slice(1690, 1700))) == 0
    assert_equal(board.indicators(), after(window(LONG, 1700)))


def test_what_differs_in_the_newest_session_is_named() -> None:
    board = board_of(window(LONG, 21 * A_DAY))
    assert board.differing(part(LONG, slice(20 * A_DAY, 21 * A_DAY + 1))) == ()
    halved = LONG.close.copy()
    halved[:, 2] /= 2
    assert board.differing(part(changed(LONG, close=halved), slice(20 * A_DAY, 21 * A_DAY + 1))) == ("S2",)


def test_a_symbol_without_a_bar_in_the_newest_slot_keeps_its_last_one() -> None:
    close = walks(6 * A_DAY + 5, 2).close.copy()
    close[-1, 1] = np.nan
    history = history_of(["A", "B"], close)
    assert after(history).bar.tolist() == [history.starts[-1], history.starts[-2]]


def test_a_symbol_without_a_bar_in_the_session_has_no_score() -> None:
    close = walks(6 * A_DAY + 5, 2).close.copy()
    close[-5:, 1] = np.nan
    assert after(history_of(["A", "B"], close)).valid.tolist() == [True, False]


def test_filling_again_starts_the_symbols_afresh_and_leaves_the_others_alone() -> None:
    board = board_of(window(LONG, 1700))
    adjusted = of_symbols(changed(LONG, close=LONG.close / 2, low=LONG.low / 2, high=LONG.high / 2), "S1")
    board.fill(window(adjusted, 1700))
    whole, alone, before = board.indicators(), after(window(adjusted, 1700)), after(window(LONG, 1700))
    assert whole.lower[1] == alone.lower[0]
    assert np.delete(whole.lower, 1).tolist() == np.delete(before.lower, 1).tolist()


def test_a_regrown_board_knows_what_the_old_one_knew_of_the_symbols_that_stay() -> None:
    old = board_of(window(of_symbols(LONG, "S0", "S1"), 1700))
    new = old.regrown(["S1", "S2"])
    assert new.indicators().valid.tolist() == [True, False]
    new.fill(of_symbols(window(LONG, 1700), "S2"))
    played(new, LONG, range(1700, 1750))
    assert_equal(new.indicators(), after(of_symbols(window(LONG, 1750), "S1", "S2")))


def test_a_board_that_has_not_begun_can_be_regrown() -> None:
    assert Board(["A"]).regrown(["A", "B"]).last is None


def test_rows_follow_the_order_in_which_they_are_asked_for() -> None:
    assert Board(["A", "B", "C"]).rows_of(["C", "A"]).tolist() == [2, 0]


def test_an_unknown_symbol_is_refused() -> None:
    with pytest.raises(UnknownSymbol):
        Board(["A"]).window("B")


def test_symbols_that_the_board_does_not_know_are_ignored() -> None:
    board = Board(["S2", "S0"])
    board.begin(window(LONG, 1700).starts)
    board.fill(window(LONG, 1700))
    whole = after(window(LONG, 1700))
    assert board.indicators().rsi.tolist() == [whole.rsi[2], whole.rsi[0]]


def test_an_empty_board_can_be_filled() -> None:
    board = Board([])
    board.begin(window(LONG, 1700).starts)
    board.fill(window(LONG, 1700))
    assert board.indicators().rsi.shape == (0,)


def test_a_result_does_not_change_with_later_bars() -> None:
    board = board_of(window(LONG, 1700))
    before = board.indicators()
    kept = {name: getattr(before, name).copy() for name in before.__slots__}
    played(board, LONG, range(1700, 1710))
    assert all(np.array_equal(getattr(before, name), kept[name]) for name in kept)
