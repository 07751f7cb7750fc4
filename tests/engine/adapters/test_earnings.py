"""The CSV file of earnings dates: read when it changes, and never half."""

import os
from datetime import date
from pathlib import Path

import pytest

from engine.adapters.earnings import EarningsFile, NoEarningsDates
from engine.errors import EarningsUnavailable
from engine.model.overnight import EarningsDay, EarningsTime

TODAY = date(2026, 1, 15)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "earnings.csv"


def write(path: Path, text: str | bytes, *, second: int = 1) -> EarningsFile:
    """Write the file with a time of its own, and return a reader of it."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(path, (second, second))
    return EarningsFile(path)


def next_date(dates: EarningsFile, symbol: str, on: date) -> date | None:
    return next((day.on for day in dates.upcoming(symbol, on)), None)


def problem(dates: EarningsFile) -> str:
    with pytest.raises(EarningsUnavailable) as error:
        dates.upcoming("AAPL", TODAY)
    assert not error.value.kept
    return str(error.value)


def told(dates: EarningsFile) -> str:
    """Return what the desk is told of a file of which older dates still hold."""
    with pytest.raises(EarningsUnavailable) as error:
        dates.check()
    assert error.value.kept
    return str(error.value)


def test_the_next_date_is_the_first_on_or_after_a_day(path: Path) -> None:
    dates = write(path, "symbol,date\nAAPL,2026-04-30\nAAPL,2026-01-29\nMSFT,2026-01-15\nAAPL,2025-10-30\n")
    assert next_date(dates, "AAPL", TODAY) == date(2026, 1, 29)
    assert next_date(dates, "AAPL", date(2026, 1, 30)) == date(2026, 4, 30)
    assert next_date(dates, "MSFT", TODAY) == TODAY
    assert next_date(dates, "AAPL", date(2026, 5, 1)) is None
    assert next_date(dates, "IBM", TODAY) is None


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
    assert next_date(write(path, text), "AAPL", TODAY) == date(2026, 1, 29)


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
        (
            "symbol,date,when\nAAPL,2026-01-29,noon\n",
            "line 2: expected before, after or nothing, not 'noon'",
            2,
        ),
        ('symbol,date\n"AAPL,2026-01-29\n', "line 2: no CSV (unexpected end of data)", 2),
    ],
)
def test_a_bad_line_is_named_with_what_to_write(path: Path, text: str, said: str, line: int) -> None:
    dates = write(path, text)
    assert problem(dates) == f"earnings.csv: {said}"
    with pytest.raises(EarningsUnavailable) as error:
        dates.upcoming("IBM", TODAY)
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
    assert next_date(dates, "AAPL", TODAY) == date(2026, 1, 29)
    write(path, "symbol,date\nAAPL,2026-02-05\n", second=2)
    assert next_date(dates, "AAPL", TODAY) == date(2026, 2, 5)
    write(path, "symbol,date\nAAPL,later\n", second=3)
    for _ in range(2):  # it does not change meanwhile, and is as bad as before
        assert "line 2" in told(dates)
        assert next_date(dates, "AAPL", TODAY) == date(2026, 2, 5)  # as it was read last
    path.unlink()
    assert "No such file" in problem(dates)
    write(path, "symbol,date\nAAPL,2026-02-05\n", second=3)
    assert next_date(dates, "AAPL", TODAY) == date(2026, 2, 5)


@pytest.mark.parametrize("broken", [b"symbol,date\nAAPL,2026-13-01\n", b"symbol,date\nAAPL,\xff\n", b"", b"\x00" * 20])
def test_whatever_breaks_the_file_the_dates_that_were_read_last_hold(path: Path, broken: bytes) -> None:
    dates = write(path, "symbol,date\nAAPL,2026-01-29\n")
    assert next_date(dates, "AAPL", TODAY) == date(2026, 1, 29)
    write(path, broken, second=2)
    assert next_date(dates, "AAPL", TODAY) == date(2026, 1, 29)
    assert told(dates)
    write(path, "symbol,date\nAAPL,2026-02-05\n", second=3)
    dates.check()
    assert next_date(dates, "AAPL", TODAY) == date(2026, 2, 5)


def test_a_file_may_say_when_on_its_day_figures_are_told(path: Path) -> None:
    dates = write(path, "symbol,date,when\nAAPL,2026-01-29,After\nAAPL,2026-01-20,before\nAAPL,2026-04-30,\n")
    assert dates.upcoming("AAPL", TODAY) == (
        EarningsDay(on=date(2026, 1, 20), when=EarningsTime.BEFORE),
        EarningsDay(on=date(2026, 1, 29), when=EarningsTime.AFTER),
        EarningsDay(on=date(2026, 4, 30)),
    )


def test_where_nobody_keeps_dates_none_is_known() -> None:
    NoEarningsDates().check()
    assert NoEarningsDates().upcoming("AAPL", TODAY) == ()
