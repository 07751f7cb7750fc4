import numpy as np
import pytest

from engine.model.market import BarHistory
from engine.signals.panel import panel
from tests.engine.signals.prices import history_of, walks


def names(history: BarHistory) -> set[str]:
    return {line.name for line in panel(history)}


def test_enough_bars_give_every_line() -> None:
    assert names(walks(60, 1)) == {
        "ATR(14)",
        "ADX(14)",
        "Stochastic %K(14)",
        "CCI(20)",
        "ROC(12)",
        "SMA(20)",
        "SMA(50)",
        "OBV",
    }


@pytest.mark.parametrize(
    ("name", "least"),
    [("ATR(14)", 14), ("ADX(14)", 30), ("ROC(12)", 13), ("SMA(20)", 20), ("SMA(50)", 50), ("OBV", 2)],
)
def test_a_line_that_lacks_bars_is_left_out(name: str, least: int) -> None:
    assert name not in names(walks(least - 1, 1))
    assert name in names(walks(least, 1))


def test_no_bars_give_no_lines() -> None:
    assert panel(history_of(["A"], np.empty((0, 1)))) == ()


def test_missing_bars_are_left_out_of_account() -> None:
    whole = walks(60, 1)
    gappy = np.insert(whole.close, 30, np.nan, axis=0)
    volume = np.insert(whole.volume, 30, np.nan, axis=0)
    assert panel(history_of(["S0"], gappy, volume=volume)) == panel(whole)


def test_a_flat_series_leaves_out_what_would_be_no_number() -> None:
    lines = {line.name: line.value for line in panel(history_of(["A"], np.full((60, 1), 5.0), spread=0))}
    assert all(np.isfinite(value) for value in lines.values())
    assert "Stochastic %K(14)" not in lines
    assert lines["ATR(14)"] == 0


def test_simple_lines_have_the_values_that_arithmetic_gives() -> None:
    close = np.arange(101.0, 161.0)[:, np.newaxis]
    lines = {line.name: line.value for line in panel(history_of(["A"], close))}
    assert lines["SMA(20)"] == pytest.approx(150.5)
    assert lines["SMA(50)"] == pytest.approx(135.5)
    assert lines["ROC(12)"] == pytest.approx(100 * 12 / 148)


def test_a_panel_of_several_symbols_is_refused() -> None:
    with pytest.raises(ValueError, match="one symbol"):
        panel(walks(60, 2))
