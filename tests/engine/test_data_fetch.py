"""Bars are fetched from Alpaca once, kept by symbol and year, and added to; what is missing is named."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
from pyarrow import parquet

from engine.adapters.bar_store import BarStore
from engine.adapters.calendar import ExchangeCalendar
from engine.backtest.sources import DataRequest, market_data
from engine.data_fetch import Fetched, FetchRequest, fetch
from engine.errors import MarketUnavailable, NoBars, SettingsInvalid
from engine.model.fetched_bars import FetchedSymbol
from engine.settings import AlpacaSettings, Settings, read_group
from engine.signals.slots import Slots
from tests.support.environment import nothing_set
from tests.support.fakes.alpaca.faults import Fault
from tests.support.fakes.alpaca.market import Bar
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock

NOW = datetime(2025, 1, 10, 22, 0, tzinfo=UTC)
FIRST, LAST = date(2024, 12, 27), date(2025, 1, 10)
SESSION = 78
SESSIONS = tuple(on for number in range(15) if ExchangeCalendar().day(on := FIRST + timedelta(days=number)) is not None)


class Desk:
    """A folder, and an Alpaca that has bars of two symbols."""

    def __init__(self, fake: FakeAlpaca, clock: ManualClock, folder: Path) -> None:
        self.fake, self.clock, self.folder = fake, clock, folder
        self.settings = Settings.read(
            alpaca_key_id=fake.key, alpaca_secret_key=fake.secret, alpaca_data_url=fake.data_url, alpaca_requests=10_000
        )
        for symbol, price in (("AAPL", 150.0), ("BRK.B", 420.0)):
            self.has(symbol, price)

    def has(self, symbol: str, price: float, *, without: tuple[date, ...] = (), until: date = LAST) -> None:
        """Let Alpaca have a symbol's bars, whose prices tell when they were."""
        slots = Slots(ExchangeCalendar(), 300)
        starts = [int(s) for on in SESSIONS if on not in without and on <= until for s in slots.of(on)]
        self.fake.bars(symbol, [_bar(start, price) for start in starts])

    def fetch(self, *symbols: str, first: date | None = FIRST, last: date | None = None) -> Fetched:
        asked = FetchRequest(symbols=symbols, first=first, last=last, folder=self.folder)
        return fetch(asked, self.settings, lambda _symbol, _done: None, self.clock)

    def only(self, **asked: Any) -> FetchedSymbol:
        (found,) = self.fetch("AAPL", **asked).symbols
        return found

    def asked(self) -> list[tuple[str, str]]:
        """Return which days Alpaca was asked for, so far."""
        queries = [parse_qs(seen.query) for seen in self.fake.requests if seen.path == "/v2/stocks/bars"]
        return [(query["start"][0][:10], query["end"][0][:10]) for query in queries]


def _bar(start: int, price: float) -> Bar:
    at = datetime.fromtimestamp(start, UTC)
    opened = price + round((start // 300 % 97) / 10, 2)
    return Bar(at=at, open=opened, high=opened + 0.5, low=opened - 0.5, close=opened + 0.25, volume=900)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    nothing_set(monkeypatch, tmp_path)
    clock = ManualClock(NOW)
    with FakeAlpaca(clock, calendar=ExchangeCalendar()) as fake:
        yield Desk(fake, clock, tmp_path / "bars")
    assert fake.violations == ()


def test_each_symbol_and_year_has_a_file_that_says_what_it_is(desk: Desk) -> None:
    found = desk.fetch("AAPL", "BRK.B")
    assert (found.source, found.first, found.last) == ("alpaca-iex", FIRST, LAST)
    assert [each.bars for each in found.symbols] == [SESSION * len(SESSIONS)] * 2
    files = sorted(str(path.relative_to(desk.folder)) for path in desk.folder.rglob("*.parquet"))
    assert files == ["AAPL/2024.parquet", "AAPL/2025.parquet", "BRK.B/2024.parquet", "BRK.B/2025.parquet"]
    table = parquet.read_table(desk.folder / "AAPL/2025.parquet")
    assert table.column_names == ["symbol", "start", "open", "high", "low", "close", "volume"]
    assert table["start"][0].as_py() == datetime(2025, 1, 2, 14, 30, tzinfo=UTC)
    (about, newest) = BarStore(desk.folder).about("AAPL")
    assert (about.first, about.last) == (FIRST, date(2024, 12, 31))
    assert (newest.source, newest.bar_seconds, newest.adjusted_on) == ("alpaca-iex", 300, NOW.date())
    assert {path.stat().st_mode & 0o77 for path in desk.folder.rglob("*")} == {0}


def test_a_backtest_reads_the_folder_and_each_file_of_it(desk: Desk) -> None:
    desk.fetch("AAPL", "BRK.B")
    nobody = read_group(AlpacaSettings)
    calendar = ExchangeCalendar()
    data = market_data(DataRequest(source=str(desk.folder), first=date(2025, 1, 2), before=2), nobody, calendar)
    assert data.bars.symbols == ("AAPL", "BRK.B")
    assert data.label == "alpaca-iex"
    assert len(data.bars.starts) == SESSION * (2 + 6)
    assert np.isfinite(data.bars.close).all()
    file = DataRequest(source=str(desk.folder / "AAPL/2025.parquet"), symbols=("AAPL",))
    alone = market_data(file, nobody, calendar)
    assert np.array_equal(alone.bars.close[:, 0], data.bars.close[2 * SESSION :, 0])


def test_what_is_kept_is_not_asked_for_again_and_new_days_are_added(desk: Desk) -> None:
    desk.only(last=date(2025, 1, 7))
    asked = len(desk.asked())
    again = desk.only(last=date(2025, 1, 7))
    assert (again.added, len(desk.asked())) == (0, asked)
    more = desk.only()
    assert (more.added, more.bars) == (2 * SESSION, SESSION * len(SESSIONS))  # on the 9th the exchange was shut
    assert desk.asked()[asked:] == [("2025-01-07", "2025-01-07"), ("2025-01-08", "2025-01-10")]


def test_earlier_days_are_added_before_those_that_are_kept(desk: Desk) -> None:
    desk.only(first=date(2025, 1, 6))
    found = desk.only()
    assert found.bars == SESSION * len(SESSIONS)
    kept = BarStore(desk.folder).read("AAPL", 2025)
    assert kept is not None
    assert (np.diff(kept.starts) > 0).all()


def test_where_it_was_cut_off_it_goes_on_with_the_year_that_is_missing(desk: Desk) -> None:
    desk.fetch("AAPL", last=date(2024, 12, 31))
    desk.fake.fault("GET", "/v2/stocks/bars", Fault.UNAVAILABLE, times=50)
    with pytest.raises(MarketUnavailable):
        desk.fetch("AAPL")
    assert BarStore(desk.folder).years("AAPL") == (2024,)
    assert list(desk.folder.rglob("*-*[0-9]")) == []
    desk.fake.mend()
    assert desk.only().bars == SESSION * len(SESSIONS)


def test_after_a_split_everything_of_the_symbol_is_read_anew(desk: Desk) -> None:
    desk.only(last=date(2025, 1, 7))
    desk.has("AAPL", 75.0)
    found = desk.only()
    assert found.is_readjusted
    assert found.bars == SESSION * len(SESSIONS)
    for year in (2024, 2025):
        kept = BarStore(desk.folder).read("AAPL", year)
        assert kept is not None
        assert kept.values[3].max() < 100
    assert not desk.only().is_readjusted


def test_missing_sessions_and_bars_are_named(desk: Desk) -> None:
    gone = (date(2024, 12, 30), date(2025, 1, 3))
    desk.has("AAPL", 150, without=gone)
    found = desk.only()
    assert (found.empty, found.missing) == (gone, 0)
    slots = Slots(ExchangeCalendar(), 300).of(date(2024, 12, 27))
    desk.fake.bars("IBM", [_bar(int(start), 200) for start in slots[::2]])
    (thin,) = desk.fetch("IBM", last=date(2024, 12, 27)).symbols
    assert (thin.bars, thin.missing) == (39, 0.5)


def test_a_session_that_is_not_over_is_not_fetched(desk: Desk) -> None:
    desk.clock.set(datetime(2025, 1, 10, 21, 10, tzinfo=UTC))  # ten minutes after the close
    assert desk.fetch("AAPL", last=date(2026, 1, 1)).last == date(2025, 1, 8)
    desk.clock.set(datetime(2025, 1, 10, 21, 20, tzinfo=UTC))
    assert desk.fetch("AAPL").last == date(2025, 1, 10)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"symbols": ()}, "--symbols, --from: expected both"),
        ({"first": None}, "--symbols, --from: expected both"),
        ({"last": date(2024, 1, 1)}, "--to 2024-01-01 is before --from 2024-12-27"),
        ({"first": date(1990, 1, 2)}, "--from 1990-01-02: expected a day from 2000"),
        ({"first": date(2025, 1, 11)}, "no session of these days is over; the newest one that is over is that of 2025"),
        ({"first": date(2025, 1, 4), "last": date(2025, 1, 5)}, "no session of these days is over"),
        ({"symbols": ("../etc",)}, "--symbols ../etc: expected symbols such as AAPL"),
        ({"symbols": ("",)}, "expected symbols such as AAPL"),
    ],
)
def test_what_cannot_be_fetched_is_told_and_nothing_is_kept(desk: Desk, asked: dict[str, Any], said: str) -> None:
    symbols = asked.pop("symbols", ("AAPL",))
    with pytest.raises(SettingsInvalid) as error:
        desk.fetch(*symbols, **asked)
    assert said in str(error.value)
    assert not desk.folder.exists()


def test_a_symbol_without_bars_is_told_once_the_others_are_kept(desk: Desk) -> None:
    with pytest.raises(NoBars, match=r"--symbols NOSUCH: alpaca-iex has no bar .*1 of 2 symbols are kept"):
        desk.fetch("NOSUCH", "AAPL")
    assert BarStore(desk.folder).symbols() == ("AAPL",)


def test_without_keys_it_says_which_are_needed(desk: Desk) -> None:
    desk.settings = Settings.read()
    with pytest.raises(SettingsInvalid, match="ALPACA_KEY_ID, ALPACA_SECRET_KEY: expected both"):
        desk.fetch("AAPL")


@pytest.mark.parametrize("content", [b"", b"PAR1 nonsense PAR1", None])
def test_a_damaged_file_is_named_and_left_alone(desk: Desk, content: bytes | None) -> None:
    desk.only()
    path = desk.folder / "AAPL/2025.parquet"
    if content is None:  # a Parquet file of somebody else's
        parquet.write_table(parquet.read_table(path).replace_schema_metadata({}), path)
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(SettingsInvalid, match=r"2025\.parquet is no file of bars of this bot's, or is damaged"):
        desk.fetch("AAPL")
    assert path.read_bytes() == before


def test_bars_of_another_feed_or_length_are_not_mixed(desk: Desk) -> None:
    desk.only()
    desk.settings = Settings.read(
        alpaca_key_id=desk.fake.key,
        alpaca_secret_key=desk.fake.secret,
        alpaca_data_url=desk.fake.data_url,
        alpaca_feed="sip",
    )
    with pytest.raises(
        SettingsInvalid, match="has AAPL from alpaca-iex in bars of 5 minutes; expected another --folder"
    ):
        desk.fetch("AAPL")
    other = DataRequest(source=str(desk.folder), bar_seconds=900)
    with pytest.raises(SettingsInvalid, match="has bars of 5 minutes; expected bars of 15 minutes"):
        market_data(other, read_group(AlpacaSettings), ExchangeCalendar())


def test_a_folder_without_room_loses_nothing_that_was_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.only(last=date(2025, 1, 7))
    before = (desk.folder / "AAPL/2025.parquet").read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        desk.fetch("AAPL")
    assert (desk.folder / "AAPL/2025.parquet").read_bytes() == before
    assert sorted(path.name for path in (desk.folder / "AAPL").iterdir()) == ["2024.parquet", "2025.parquet"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"symbols": ("MSFT",)}, "--symbols MSFT: .* has no such symbol; it has AAPL"),
        (
            {"first": date(2020, 1, 2), "last": date(2020, 2, 3)},
            "has bars from 2024-12-27 to 2025-01-10; expected days",
        ),
    ],
)
def test_a_backtest_is_told_what_the_folder_has(desk: Desk, asked: dict[str, Any], said: str) -> None:
    desk.only()
    with pytest.raises(SettingsInvalid, match=said):
        market_data(DataRequest(source=str(desk.folder), **asked), read_group(AlpacaSettings), ExchangeCalendar())


def test_an_empty_folder_is_no_market(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="has no bars; expected a folder that trading-bot data fetch filled"):
        market_data(DataRequest(source=str(tmp_path)), read_group(AlpacaSettings), ExchangeCalendar())
