"""Where bars come from, and what is said of those that are of no use."""

import tracemalloc
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import SecretStr

from engine.adapters.bar_store import About, BarStore, KeptBars
from engine.adapters.calendar import ExchangeCalendar
from engine.backtest.market_data import MarketData
from engine.backtest.sources import DataRequest, market_data
from engine.errors import SettingsInvalid
from engine.model.backtest import NoteKind
from engine.model.market import EXCHANGE_ZONE
from engine.settings import AlpacaSettings

DAY = date(2025, 8, 19)
NAMES = ("symbol", "start", "open", "high", "low", "close", "volume")


def read(source: object, *, alpaca: AlpacaSettings | None = None, **asked: Any) -> MarketData:
    request = DataRequest(source=str(source), **asked)
    return market_data(request, alpaca or AlpacaSettings.model_construct(
        alpaca_key_id=SecretStr(""), alpaca_secret_key=SecretStr("")
    ), ExchangeCalendar())  # fmt: skip


def starts(*, days: int = 2, minutes: float = 5) -> list[str]:
    """Return the starts of a few days' bars of regular hours."""
    opened = [datetime(2025, 8, 19 + day, 9, 30, tzinfo=EXCHANGE_ZONE) for day in range(days)]
    return [
        (at + number * timedelta(minutes=minutes)).isoformat() for at in opened for number in range(int(390 / minutes))
    ]


def csv_of(folder: Path, times: Sequence[str], symbol: str = "AAPL", names: Sequence[str] = NAMES) -> Path:
    file = folder / "bars.csv"
    lines = [f"{symbol},{at},150,151,149,150.5,900" for at in times]
    file.write_text("\n".join([",".join(names), *lines]) + "\n", encoding="utf-8")
    return file


def actions_of(folder: Path, *rows: str) -> str:
    """Return the name of a file with what companies did."""
    file = folder / "actions.csv"
    file.write_text("\n".join(["symbol,date,split,dividend", *rows]) + "\n", encoding="utf-8")
    return str(file)


def kept_bars(folder: Path, adjusted_on: date = DAY + timedelta(days=1)) -> Path:
    """Return a folder as `trading-bot data fetch` fills it, with two days of one symbol."""
    times = np.array([int(datetime.fromisoformat(at).timestamp()) for at in starts()], np.int64)
    values = np.tile(np.array([[150.0], [151.0], [149.0], [150.5], [900.0]]), len(times))
    about = About(
        source="alpaca-iex", bar_seconds=300, first=DAY, last=DAY + timedelta(days=1), adjusted_on=adjusted_on
    )
    BarStore(folder).write("AAPL", DAY.year, KeptBars(about=about, starts=times, values=values))
    return folder


def test_what_is_recorded_says_that_its_prices_are_generated() -> None:
    data = read("recorded", symbols=("AAPL", "FB"), first=date(2012, 6, 4), last=date(2012, 6, 5), before=3)
    assert data.bars.symbols == ("AAPL", "FB")
    assert len(data.bars.starts) == 5 * 78
    kinds = [note.kind for note in data.notes]
    assert kinds[:2] == [NoteKind.GENERATED, NoteKind.NO_NEWS]


def on_dividends(source: object, **asked: Any) -> set[NoteKind]:
    told = {note.kind for note in read(source, **asked).notes}
    return told & {NoteKind.NO_DIVIDENDS, NoteKind.DIVIDENDS_IN_PRICES}


def test_prices_that_are_adjusted_for_dividends_say_that_these_are_in_them(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"symbols": ("AAPL",), "first": date(2012, 9, 4), "last": date(2012, 9, 5), "before": 0}
    assert on_dividends("recorded", **asked) == {NoteKind.DIVIDENDS_IN_PRICES}
    actions = actions_of(tmp_path, "AAPL,2012-09-05,,2.65", "AAPL,2012-09-05,7:1,")
    assert on_dividends("recorded", **asked, actions=actions) == {NoteKind.DIVIDENDS_IN_PRICES}
    data = read("recorded", **asked, actions=actions)
    assert (data.dividends, data.fingerprint) == ({}, read("recorded", **asked).fingerprint)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("", {NoteKind.NO_DIVIDENDS}),
        ("AAPL,2025-08-20,2:1,", {NoteKind.NO_DIVIDENDS}),
        ("AAPL,2025-08-20,,0.26", set()),
    ],
)
def test_of_prices_that_are_not_adjusted_dividends_are_unknown_unless_a_file_names_them(
    tmp_path: Path, row: str, told: set[NoteKind]
) -> None:
    assert on_dividends(kept_bars(tmp_path / "kept"), actions=actions_of(tmp_path, row)) == told


def test_dividends_are_unknown_of_the_symbols_that_a_file_does_not_name(tmp_path: Path) -> None:
    file = csv_of(tmp_path, starts())
    with file.open("a", encoding="utf-8") as text:
        text.writelines(f"{symbol},{at},150,151,149,150.5,900\n" for symbol in ("IBM", "MSFT") for at in starts())
    rows, told = ["AAPL,2025-08-20,,0.26", "MSFT,2025-08-20,,0.83", "IBM,2024-05-09,,1.67"], []
    for named in range(4):
        notes = read(file, actions=actions_of(tmp_path, *rows[:named])).notes
        told.append([(note.symbol, note.count) for note in notes if note.kind is NoteKind.NO_DIVIDENDS])
    assert told == [[("", 0)], [("IBM", 2)], [("IBM", 1)], []]


@pytest.mark.parametrize("split", ["4:1", "1.25", "1:10"])
def test_a_split_that_fetched_prices_are_adjusted_for_restates_the_dividends_before_it_alone(
    tmp_path: Path, split: str
) -> None:
    folder = kept_bars(tmp_path / "kept")
    data = read(folder, actions=actions_of(tmp_path, f"AAPL,2025-08-20,{split},", "AAPL,2025-08-19,,0.80"))
    assert np.array_equal(data.bars.stacked, read(folder).bars.stacked)
    assert {note.kind for note in data.notes} == {NoteKind.NO_NEWS}
    share = {"4:1": "0.20", "1.25": "0.64", "1:10": "8"}[split]
    assert data.dividends == {0: ((0, Decimal(share)),)}


def test_a_split_after_prices_were_fetched_is_not_in_them_and_restates_no_dividend(tmp_path: Path) -> None:
    later = DAY + timedelta(days=2)
    actions = actions_of(tmp_path, f"AAPL,{later},4:1,", "AAPL,2025-08-20,,0.80")
    paid = [read(kept_bars(tmp_path / str(on), on), actions=actions).dividends for on in (DAY, later)]
    assert paid == [{78: ((0, Decimal("0.80")),)}, {78: ((0, Decimal("0.20")),)}]


def test_a_file_whose_prices_are_adjusted_for_a_split_already_is_refused_with_it(tmp_path: Path) -> None:
    file = csv_of(tmp_path, starts())
    with pytest.raises(SettingsInvalid, match=r"AAPL split 4:1 on 2025-08-20.*adjusted for it already"):
        read(file, actions=actions_of(tmp_path, "AAPL,2025-08-20,4:1,"))


def test_random_walks_are_the_same_by_their_seed_and_stand_in_the_exchanges_own_slots() -> None:
    asked: dict[str, Any] = {"symbols": ("A", "B"), "first": date(2024, 7, 1), "last": date(2024, 7, 5), "before": 0}
    one, same, other = read("random-walk", **asked), read("random-walk", **asked), read("random-walk", seed=2, **asked)
    assert one.fingerprint == same.fingerprint != other.fingerprint
    assert len(one.bars.starts) == 3 * 78 + 42  # a half-day, and a holiday, among them
    assert one.notes[0].kind is NoteKind.RANDOM


def test_a_file_brings_its_bars_with_its_own_names_for_columns(tmp_path: Path) -> None:
    names = ("ticker", "timestamp", "o", "h", "l", "c", "v")
    file = csv_of(tmp_path, starts(), names=names)
    data = read(file, columns=dict(zip(NAMES, names, strict=True)))
    assert data.bars.symbols == ("AAPL",)
    assert (len(data.bars.starts), data.label) == (2 * 78, "bars.csv")


def test_parquet_is_read_as_well(tmp_path: Path) -> None:
    csv = csv_of(tmp_path, starts())
    frame = pd.read_csv(csv)
    frame.to_parquet(tmp_path / "bars.parquet")
    assert read(csv).fingerprint == read(tmp_path / "bars.parquet").fingerprint


def test_days_are_cut_to_those_that_are_asked_for_and_those_before(tmp_path: Path) -> None:
    file = csv_of(tmp_path, starts(days=4))
    assert len(read(file, first=date(2025, 8, 21), last=date(2025, 8, 21), before=1).bars.starts) == 2 * 78


def test_what_comes_after_the_last_day_that_is_asked_for_is_not_read(tmp_path: Path) -> None:
    file = csv_of(tmp_path, [*starts(days=4), starts(days=4)[-1]])
    kinds = [{note.kind for note in read(file, last=date(2025, 8, day)).notes} for day in (21, 22)]
    assert [NoteKind.REFUSED in each for each in kinds] == [False, True]


def test_a_file_of_a_few_days_takes_no_memory_for_the_years_after_it(tmp_path: Path) -> None:
    file = csv_of(tmp_path, starts())
    read(file)  # what is loaded once is there
    tracemalloc.start()
    try:
        read(file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


def test_doubled_bars_are_counted_and_left_out_where_they_differ(tmp_path: Path) -> None:
    file = csv_of(tmp_path, starts())
    first = starts()[0]
    with file.open("a", encoding="utf-8") as text:
        text.write(f"AAPL,{first},150,151,149,150.7,900\n")
    data = read(file)
    assert np.isnan(data.bars.close[0, 0])
    assert any((note.kind, note.symbol, note.count) == (NoteKind.REFUSED, "doubled", 1) for note in data.notes)


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ([f"2025-0{month}-{day:02}T16:00:00-04:00" for month in (6, 7) for day in range(1, 29)], "has bars of days"),
        (starts(minutes=1), "has bars of 1 minutes; expected bars of 5 minutes"),
        (starts(minutes=30), "has bars of 30 minutes"),
        ([at.replace("-04:00", "+00:00") for at in starts()], "starts with their right time zone"),
        ([at.replace("-04:00", "") for at in starts()], "line 2: start is .* expected an instant with its time zone"),
        ([], "has no bars"),
    ],
)
def test_bars_of_another_length_or_time_zone_are_refused(tmp_path: Path, times: list[str], words: str) -> None:
    with pytest.raises(SettingsInvalid, match=words):
        read(csv_of(tmp_path, times))


@pytest.mark.parametrize(
    ("source", "asked", "words"),
    [
        ("recorded", {"symbols": ("AAPL", "NOPE")}, "--symbols NOPE: recorded has no such symbol; it has AAPL, FB"),
        ("recorded", {"first": date(2012, 6, 5), "last": date(2012, 6, 4)}, "--to 2012-06-04 is before --from"),
        ("recorded", {"first": date(2031, 6, 5)}, "prices are recorded from"),
        ("recorded", {"symbols": ("FB",), "first": date(2012, 3, 1), "last": date(2012, 3, 2)}, "has no bar of it"),
        ("recorded", {"first": date(2012, 6, 9), "last": date(2012, 6, 10), "before": 0}, "has no session from"),
        ("nowhere.csv", {}, "expected recorded, random-walk, alpaca, or a .csv or .parquet file"),
        ("recorded", {"columns": {"begin": "t"}}, "--column begin: expected one of symbol, start"),
        ("alpaca", {}, "ALPACA_KEY_ID, ALPACA_SECRET_KEY: expected both"),
        ("recorded", {"actions": "nowhere.csv"}, "--actions nowhere.csv cannot be read"),
    ],
)
def test_what_cannot_be_had_is_said_with_what_can(source: str, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsInvalid, match=words.replace(".", r"\.").replace("(", r"\(")):
        read(source, **asked)


def test_a_symbol_that_a_file_has_no_bars_of_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="has no such symbol; it has AAPL"):
        read(csv_of(tmp_path, starts()), symbols=("MSFT",))


def test_alpaca_needs_symbols_and_a_first_day() -> None:
    keys = AlpacaSettings.model_construct(alpaca_key_id=SecretStr("k"), alpaca_secret_key=SecretStr("s"))
    with pytest.raises(SettingsInvalid, match="--symbols, --from: expected both"):
        read("alpaca", alpaca=keys)
