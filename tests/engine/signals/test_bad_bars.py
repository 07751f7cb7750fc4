"""What becomes of a bar that cannot be, or that comes where it should not: refused or mended, and counted, by name."""

import numpy as np
import pytest

from engine.model.market import BarFlaw, BarHistory
from engine.signals.sheet import BarSheet
from engine.signals.sift import sifted
from tests.engine.signals.prices import BAR, EVERY_START

STARTS = EVERY_START[:4]
FIRST, SECOND, THIRD, FOURTH = (int(start) for start in STARTS)
GOOD = (10.0, 11.0, 9.0, 10.5, 900.0)
OTHER = (10.0, 12.0, 9.0, 11.5, 950.0)


def sheet(*bars: tuple[str, int, tuple[float, ...]]) -> BarHistory:
    filled = BarSheet(("A", "B"), STARTS, BAR)
    for symbol, start, values in bars:
        filled.put(symbol, start, values)
    return filled.history()


def closes(history: BarHistory, symbol: str = "A") -> list[float]:
    return [float(close) for close in history.close[:, history.symbols.index(symbol)]]


NONE = pytest.approx(float("nan"), nan_ok=True)


def test_bars_stand_in_their_slots_and_what_is_missing_is_missing() -> None:
    history = sheet(("A", FIRST, GOOD), ("A", THIRD, OTHER), ("B", SECOND, GOOD))
    assert closes(history) == [10.5, NONE, 11.5, NONE]
    assert closes(history, "B") == [NONE, 10.5, NONE, NONE]
    assert history.flaws == {}


def test_a_bar_that_comes_after_a_later_one_takes_its_own_place() -> None:
    history = sheet(("A", FIRST, GOOD), ("A", THIRD, GOOD), ("A", SECOND, OTHER), ("B", FIRST, GOOD))
    assert closes(history) == [10.5, 11.5, 10.5, NONE]
    assert history.flaws == {BarFlaw.OUT_OF_ORDER: 1}


def test_a_bar_that_comes_twice_counts_once() -> None:
    history = sheet(("A", FIRST, GOOD), ("A", FIRST, GOOD))
    assert closes(history)[0] == 10.5
    assert history.flaws == {BarFlaw.DOUBLED: 1}


def test_of_two_bars_that_contradict_each_other_neither_is_believed_nor_a_third() -> None:
    history = sheet(("A", FIRST, GOOD), ("A", FIRST, OTHER), ("A", FIRST, GOOD))
    assert closes(history)[0] == NONE
    assert history.flaws == {BarFlaw.DOUBLED: 2}


def test_a_bar_of_a_symbol_that_nobody_asked_for_is_refused() -> None:
    assert sheet(("C", FIRST, GOOD)).flaws == {BarFlaw.FOREIGN: 1}


@pytest.mark.parametrize("late", [BAR, 86_400])
def test_a_bar_that_is_not_over_yet_is_refused(late: int) -> None:
    history = sheet(("A", FOURTH + late, GOOD))
    assert history.flaws == {BarFlaw.EARLY: 1}
    assert np.isnan(history.close).all()


@pytest.mark.parametrize("second", [1, 60, 299])
def test_a_bar_that_starts_where_none_does_is_refused(second: int) -> None:
    assert sheet(("A", SECOND + second, GOOD)).flaws == {BarFlaw.OFF_GRID: 1}


def test_a_bar_of_before_what_was_asked_for_is_no_flaw() -> None:
    assert sheet(("A", FIRST - BAR, GOOD)).flaws == {}


def test_what_trades_in_the_night_between_two_sessions_is_no_flaw() -> None:
    two_days = BarSheet(("A",), EVERY_START[70:90], BAR)
    two_days.put("A", int(EVERY_START[77]) + 7 * BAR, GOOD)
    assert two_days.flaws == {}


def one(**changes: float) -> tuple[BarHistory, dict[BarFlaw, int]]:
    values = dict(zip(("open", "high", "low", "close", "volume"), GOOD, strict=True)) | changes
    both = np.array([[[value, good]] for value, good in zip(values.values(), GOOD, strict=True)])
    history, flaws = sifted(BarHistory.of(("A", "B"), STARTS[:1], both))
    return history, dict(flaws)


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"close": float("nan")}, BarFlaw.NO_NUMBER),
        ({"high": float("inf")}, BarFlaw.NO_NUMBER),
        ({"volume": float("nan")}, BarFlaw.NO_NUMBER),
        ({"volume": 1e12}, BarFlaw.NO_NUMBER),
        ({"low": 0.0}, BarFlaw.NOT_POSITIVE),
        ({"open": -10.0}, BarFlaw.NOT_POSITIVE),
        ({"volume": -1.0}, BarFlaw.NOT_POSITIVE),
        ({"high": 8.0}, BarFlaw.CROSSED),
        ({"close": 11.01}, BarFlaw.CROSSED),
        ({"close": 8.99}, BarFlaw.CROSSED),
        ({"open": 11.01}, BarFlaw.CROSSED),
        ({"volume": 0.0}, BarFlaw.NO_TRADE),
        ({"volume": 0.4}, BarFlaw.NO_TRADE),
    ],
)
def test_an_impossible_bar_is_refused_by_name_and_the_others_stay(changes: dict[str, float], flaw: BarFlaw) -> None:
    history, flaws = one(**changes)
    assert flaws == {flaw: 1}
    assert np.isnan(history.stacked[:, 0, 0]).all()
    assert history.stacked[:, 0, 1].tolist() == list(GOOD)


def test_a_good_bar_stays_as_it_is_and_its_volume_is_in_whole_shares() -> None:
    history, flaws = one(volume=900.4)
    assert flaws == {}
    assert history.stacked[:, 0, 0].tolist() == list(GOOD)


def test_a_bar_that_is_not_there_is_no_flaw() -> None:
    _, flaws = one(open=float("nan"), high=float("nan"), low=float("nan"), close=float("nan"), volume=float("nan"))
    assert flaws == {}


def test_what_the_source_counted_is_counted_on() -> None:
    _, flaws = sifted(sheet(("C", FIRST, GOOD), ("A", FIRST, (10.0, 11.0, 12.0, 10.5, 5.0))))
    assert flaws == {BarFlaw.FOREIGN: 1, BarFlaw.CROSSED: 1}
