"""The CSV file of earnings dates: read when it changes, and never half."""

import os
from datetime import date
from pathlib import Path

import pytest

from engine.adapters.earnings import EarningsFile, NoEarningsDates
from engine.errors import EarningsUnavailable

TODAY = date(2026, 1, 15)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "earnings.csv"


def write(path: Path, text: str | bytes, *, second: int = 1) -> EarningsFile:
    """Write the file with a time of its own, and return a reader of it."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(path, (second, second))
    return EarningsFile(path)


def problem(dates: EarningsFile) -> str:
    with pytest.raises(EarningsUnavailable) as error:
        dates.next_date("AAPL", TODAY)
    return str(error.value)


def test_the_next_date_is_the_first_on_or_after_a_day(path: Path) -> None:
    dates = write(path, "symbol,date\nAAPL,2026-04-30\nAAPL,2026-01-29\nMSFT,2026-01-15\nAAPL,2025-10-30\n")
    assert dates.next_date("AAPL", TODAY) == date(2026, 1, 29)
    assert dates.next_date("AAPL", date(2026, 1, 30)) == date(2026, 4, 30)
    assert dates.next_date("MSFT", TODAY) == TODAY
    assert dates.next_date("AAPL", date(2026, 5, 1)) is None
    assert dates.next_date("IBM", TODAY) is None


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffsymbol,date\r\naapl , 2026-01-29\r\n",
        "Date,Company,Symbol\n2026-01-29,Apple,AAPL\n",
        '"symbol","date"\n\n"AAPL","2026-01-29"\n\n',
        "symbol,date,time\nAAPL,2026-01-29,after close\nBRK.B,2026-02-20\n",
        "symbol,date\nAAPL,2026-01-29\nAAPL,2026-01-29",
    ],
)
def test_a_file_may_look_as_spreadsheets_write_it(path: Path, text: str) -> None:
    assert write(path, text).next_date("AAPL", TODAY) == date(2026, 1, 29)


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("", "line 1: expected the columns symbol,date", 1),
        ("ticker,day\nAAPL,2026-01-29\n", "line 1: expected the columns symbol,date", 1),
        ("AAPL,2026-01-29\n", "line 1: expected the columns symbol,date", 1),
        ("symbol,date\nAAPL,29.01.2026\n", "line 2: expected a date such as 2026-01-29, not '29.01.2026'", 2),
        ("symbol,date\n\nAAPL,2026-02-30\n", "line 3: expected a date such as 2026-01-29, not '2026-02-30'", 3),
        ("symbol,date\nAAPL,20260129\n", "line 2: expected a date such as 2026-01-29, not '20260129'", 2),
        ("symbol,date\nAAPL\n", "line 2: expected a date such as 2026-01-29, not ''", 2),
        ("symbol,date\n,2026-01-29\n", "line 2: expected a symbol such as AAPL, not ''", 2),
        ("symbol,date\nApple Inc.,2026-01-29\n", "line 2: expected a symbol such as AAPL, not 'APPLE INC.'", 2),
        ('symbol,date\n"AAPL,2026-01-29\n', "line 2: no CSV (unexpected end of data)", 2),
    ],
)
def test_a_bad_line_is_named_with_what_to_write(path: Path, text: str, said: str, line: int) -> None:
    dates = write(path, text)
    assert problem(dates) == f"earnings.csv: {said}"
    with pytest.raises(EarningsUnavailable) as error:
        dates.next_date("IBM", TODAY)
    assert (error.value.file, error.value.line) == ("earnings.csv", line)


def test_of_many_bad_lines_three_are_named_and_the_rest_is_counted(path: Path) -> None:
    said = problem(write(path, "symbol,date\n" + "AAPL,soon\n" * 5))
    assert said.count("expected a date") == 3
    assert said.endswith("; and 2 more")


def test_a_file_that_is_no_text_or_is_not_there_says_so(path: Path) -> None:
    assert problem(EarningsFile(path)) == "earnings.csv: No such file or directory"
    assert problem(write(path, b"symbol,date\nAAPL,\xff\xfe\n")) == "earnings.csv: expected UTF-8 text"


def test_a_changed_file_is_read_again_and_one_that_was_mended_is_good_again(path: Path) -> None:
    dates = write(path, "symbol,date\nAAPL,2026-01-29\n")
    assert dates.next_date("AAPL", TODAY) == date(2026, 1, 29)
    write(path, "symbol,date\nAAPL,2026-02-05\n", second=2)
    assert dates.next_date("AAPL", TODAY) == date(2026, 2, 5)
    write(path, "symbol,date\nAAPL,later\n", second=3)
    assert "line 2" in problem(dates)
    assert "line 2" in problem(dates)  # it did not change meanwhile, and is as bad as before
    path.unlink()
    assert "No such file" in problem(dates)
    write(path, "symbol,date\nAAPL,2026-02-05\n", second=3)
    assert dates.next_date("AAPL", TODAY) == date(2026, 2, 5)


def test_where_nobody_keeps_dates_none_is_known() -> None:
    assert NoEarningsDates().next_date("AAPL", TODAY) is None
