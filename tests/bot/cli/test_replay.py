"""`trading-bot replay` on the books of a desk that traded, and on what somebody made of them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from engine.adapters.sql.store import open_store
from engine.signals.packing import packed, unpacked
from tests.support.engine_harness import EngineHarness
from tests.support.environment import nothing_set
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a desk that bought at another price than was proposed."""
    nothing_set(monkeypatch, tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    harness = EngineHarness.at_the_example(tmp_path)
    harness.play_the_signal()
    harness.clock.advance(20)
    for symbol, price in (("AAPL", "150.90"), ("MSFT", "420.80"), ("TSLA", "255.60")):
        harness.market.price(symbol, price)
    harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    harness.close()
    return tmp_path


def change(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "desk.db")) as connection, connection:
        connection.execute(statement, values)


def replay(*asked: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["replay", *asked])
    return done.exit_code, done.output


@pytest.mark.usefixtures("folder")
def test_each_number_of_a_trade_stands_beside_what_comes_out_again() -> None:
    code, said = replay(TRADE_ID)
    assert code == 0
    for line in ("proposed", "reading rsi", "size unrounded", "rule open_risk figure", "approved", "150.25", "150.9"):
        assert line in said
    assert said.rstrip().endswith("numbers, 0 differences")


@pytest.mark.usefixtures("folder")
def test_all_trades_end_with_a_count() -> None:
    code, said = replay("--all")
    assert code == 0
    assert "2 trades without records" in said
    assert said.splitlines()[-1].startswith("3 trades, ")
    assert said.splitlines()[-1].endswith(", 0 differences")


def test_a_bar_that_was_changed_is_named_and_ends_with_1(folder: Path) -> None:
    store = open_store(f"sqlite:///{folder / 'desk.db'}")
    with store.reading() as reader:
        window = unpacked("AAPL", reader.decision_records(TRADE_ID)[0].record.bars)
    store.close()
    window.close[-2] += 0.5
    change(folder, "UPDATE decision_records SET bars = ? WHERE kind = 'proposed'", packed(window))
    for asked in (TRADE_ID, "--all"):
        code, said = replay(asked)
        assert code == 1
        assert "the bar of 2025-08-19 14:35 UTC was changed" in said
        assert "reading rsi" in said
        assert ", 0 differences" not in said


def test_a_number_that_was_changed_is_named_with_both_of_its_values(folder: Path) -> None:
    change(folder, "UPDATE trades SET sizing_equity = '231999' WHERE id = ?", TRADE_ID)
    code, said = replay("--all")
    assert code == 1
    (line,) = [line for line in said.splitlines() if "size equity" in line]
    assert "231999" in line
    assert "231368" in line


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("asked", [[], ["--all", TRADE_ID], ["AAPL_20250819_000000"]])
def test_a_question_that_makes_no_sense_is_told_in_one_line(asked: list[str]) -> None:
    code, said = replay(*asked)
    assert code == 1
    assert said.startswith("trading-bot: ")
    assert len(said.splitlines()) == 1
