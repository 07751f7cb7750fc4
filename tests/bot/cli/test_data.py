"""`trading-bot data fetch` as it is typed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import app
from engine.adapters.calendar import ExchangeCalendar
from engine.signals.slots import Slots
from tests.support.environment import nothing_set
from tests.support.fakes.alpaca.market import Bar
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock

DAYS = (date(2025, 1, 6), date(2025, 1, 8))
"""The exchange was open on the 7th as well."""


@pytest.fixture(autouse=True)
def _alpaca(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    nothing_set(monkeypatch, tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    with FakeAlpaca(ManualClock(datetime(2025, 1, 10, 22, tzinfo=UTC)), calendar=ExchangeCalendar()) as fake:
        starts = [int(start) for on in DAYS for start in Slots(ExchangeCalendar(), 300).of(on)]
        bar = {"open": 150.0, "high": 151.0, "low": 149.0, "close": 150.5, "volume": 900}
        fake.bars("AAPL", [Bar(at=datetime.fromtimestamp(start, UTC), **bar) for start in starts])  # type: ignore[arg-type]
        for name, value in {"KEY_ID": fake.key, "SECRET_KEY": fake.secret, "DATA_URL": fake.data_url}.items():
            monkeypatch.setenv(f"ALPACA_{name}", value)
        yield


def typed(*options: str) -> Result:
    return CliRunner().invoke(app, ["data", "fetch", *options])


def test_it_says_what_is_kept_what_is_missing_and_how_to_go_on(tmp_path: Path) -> None:
    found = typed("--symbols", "aapl, AAPL", "--from", "2025-01-06", "--to", "2025-01-08")
    assert found.exit_code == 0, found.output
    folder = tmp_path / "data/bars"
    assert found.stdout.splitlines() == [
        "AAPL: 156 bars, 156 of them new",
        "AAPL: no bar at all on 1 sessions: 2025-01-07",
        f"{folder}: alpaca-iex from 2025-01-06 to 2025-01-08, regular hours",
        "Prices are adjusted for splits, not for dividends",
        f"trading-bot backtest --data {folder} --symbols AAPL",
    ]
    tested = CliRunner().invoke(app, ["backtest", *found.stdout.splitlines()[-1].split()[2:], "--walks", "0"])
    assert tested.exit_code == 0, tested.output
    assert "0 of them new" in typed("--symbols", "AAPL", "--from", "2025-01-06", "--to", "2025-01-08").stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--symbols", "AAPL", "--from", "soon"), "--from soon: expected a day such as 2012-06-04"),
        (("--symbols", "NOSUCH", "--from", "2025-01-06"), "--symbols NOSUCH: alpaca-iex has no bar"),
        (("--symbols", " , ", "--from", "2025-01-06"), "--symbols, --from: expected both"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(options: tuple[str, ...], said: str) -> None:
    found = typed(*options)
    assert found.exit_code == 1
    assert found.stderr.startswith(f"trading-bot: {said}")
    assert len(found.stderr.splitlines()) == 1


def test_a_data_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = typed("--symbols", "AAPL", "--from", "2025-01-06", "--to", "2025-01-08", "--folder", str(tmp_path / "file"))
    assert found.exit_code == 1
    assert "Not a directory" in found.stderr
