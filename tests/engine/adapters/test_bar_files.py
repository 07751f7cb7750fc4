from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.adapters.bar_files import BarFiles
from engine.errors import SettingsInvalid
from engine.model.market import BarFlaw
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.clock import ManualClock

HEAD = "symbol,start,open,high,low,close,volume\n"
OPEN = datetime(2025, 8, 19, 13, 30, tzinfo=UTC)
NOW = OPEN + timedelta(minutes=17)


def bar(start: str, close: float = 150.25, symbol: str = "AAPL") -> str:
    return f"{symbol},{start},150,151,149,{close},900\n"


def files(folder: Path, *texts: str) -> BarFiles:
    named = [folder / f"{number}.csv" for number in range(len(texts))]
    for file, text in zip(named, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    return BarFiles(named, ManualClock(NOW), WeekdayCalendar())


def test_bars_of_several_files_come_in_their_slots_in_any_time_zone(tmp_path: Path) -> None:
    source = files(
        tmp_path,
        HEAD + bar("2025-08-19T09:30:00-04:00", 150.5) + bar("2025-08-19T13:40:00Z", 150.7),
        HEAD + bar("2025-08-19 22:35:00+09:00", 99.5, "msft"),
    )
    bars = source.bars(("AAPL", "MSFT"), OPEN)
    assert source.symbols() == ("AAPL", "MSFT")
    assert [instant - int(OPEN.timestamp()) for instant in bars.starts.tolist()] == [0, 300, 600]
    np.testing.assert_array_equal(bars.close, [[150.5, np.nan], [np.nan, 99.5], [150.7, np.nan]])
    assert bars.flaws == {}


def test_a_bar_is_served_once_it_is_over_and_of_regular_hours_only(tmp_path: Path) -> None:
    source = files(tmp_path, HEAD + bar("2025-08-19T09:25:00-04:00") + bar("2025-08-19T09:45:00-04:00"))
    bars = source.bars(("AAPL",), OPEN - timedelta(hours=1))
    assert np.isnan(bars.close).all()
    assert bars.flaws == {}


def test_what_is_off_the_grid_doubled_or_out_of_order_is_counted(tmp_path: Path) -> None:
    lines = ("09:40:00", "09:31:00", "09:30:00", "09:40:00")
    source = files(tmp_path, HEAD + "".join(bar(f"2025-08-19T{at}-04:00") for at in lines))
    bars = source.bars(("AAPL",), OPEN)
    assert bars.flaws == {BarFlaw.OFF_GRID: 1, BarFlaw.OUT_OF_ORDER: 1, BarFlaw.DOUBLED: 1}
    assert np.isfinite(bars.close[:, 0]).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("symbol,start,open\n", "there is no column high, low, close, volume; expected symbol,start"),
        ("", "there is no column symbol"),
        (HEAD + bar("2025-08-19T09:30:00-04:00") + bar("09:35"), "line 3: start is '09:35'; expected an instant"),
        (
            HEAD + bar("2025-08-19T09:30:00"),
            "line 2: start is '2025-08-19T09:30:00'; expected an instant with its time",
        ),
        (HEAD + "AAPL,2025-08-19T13:30:00Z,150,high,149,150,900\n", "line 2: high is 'high'; expected a number"),
        (HEAD + "AAPL,2025-08-19T13:30:00Z,150,151,149,150\n", "line 2: volume is None; expected a number"),
        (HEAD + ",2025-08-19T13:30:00Z,150,151,149,150,900\n", "line 2: there is no symbol"),
    ],
)
def test_a_line_that_is_no_bar_is_named_with_what_was_expected(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsInvalid, match=words.replace("(", r"\(")):
        files(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"nothing\.csv cannot be read"):
        BarFiles([tmp_path / "nothing.csv"], ManualClock(NOW), WeekdayCalendar())


def parquet_file(folder: Path, **columns: list[object]) -> BarFiles:
    frame = {"symbol": ["AAPL"], "start": [OPEN], "open": [150.0], "high": [151.0], "low": [149.0], "close": [150.5]}
    pd.DataFrame(frame | {"volume": [900]} | columns).to_parquet(folder / "bars.parquet")
    return BarFiles([folder / "bars.parquet"], ManualClock(NOW), WeekdayCalendar())


def test_a_parquet_file_is_read_as_a_csv_file_is(tmp_path: Path) -> None:
    bars = parquet_file(tmp_path).bars(("AAPL",), OPEN)
    assert bars.stacked[:, 0, 0].tolist() == [150.0, 151.0, 149.0, 150.5, 900.0]


def test_a_row_of_a_parquet_file_that_is_no_bar_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"bars\.parquet, row 1: start is '2025-08-19 13:30:00'"):
        parquet_file(tmp_path, start=[OPEN.replace(tzinfo=None)])


def test_what_is_no_parquet_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "bars.parquet").write_text("symbol,start\n", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match=r"bars\.parquet cannot be read"):
        BarFiles([tmp_path / "bars.parquet"], ManualClock(NOW), WeekdayCalendar())
