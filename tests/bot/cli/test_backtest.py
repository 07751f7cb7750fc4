"""`trading-bot backtest` as it is typed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import app
from tests.support.environment import nothing_set

JUNE = ("--symbols", "AAPL,FB", "--from", "2012-06-04", "--to", "2012-06-08", "--walks", "0")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nothing_set(monkeypatch, tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


def typed(*options: str) -> Result:
    return CliRunner().invoke(app, ["backtest", *options])


def test_the_first_line_says_that_no_edge_is_shown() -> None:
    found = typed(*JUNE)
    assert found.exit_code == 0, found.output
    first, *rest = found.stdout.splitlines()
    assert first.startswith("No edge shown: ")
    assert any(line.startswith("Trades ") for line in rest)
    assert any("generated between them" in line for line in rest)


def test_the_desks_language_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALE", "ko")
    found = typed(*JUNE, "--output", "out")
    assert found.exit_code == 0, found.output
    assert "실제 기록" in found.stdout
    assert '<html lang="ko">' in Path("out/page.html").read_text(encoding="utf-8")


def test_a_result_is_kept_with_its_page() -> None:
    found = typed(*JUNE, "--output", "out", "--costs", "spread_bp=4,slippage_bp=0", "--cash", "50,000", "--seed", "3")
    assert found.exit_code == 0, found.output
    assert "Kept: out/result.json, out/page.html" in found.stdout
    result = json.loads(Path("out/result.json").read_text(encoding="utf-8"))
    assert (result["cash"], result["seed"], result["costs"]["slippage_bp"]) == ("50000", 3, "0")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--from", "June"), "--from June: expected a day such as 2012-06-04"),
        (("--from", "2012-06-08", "--to", "2012-06-04"), "--to 2012-06-04 is before --from 2012-06-08"),
        (("--cash", "much"), "--cash much: expected a number"),
        (("--costs", "spread_bp"), "--costs spread_bp: expected name=value"),
        (("--column", "start="), "--column start=: expected name=value"),
        (("--symbols", "NOPE"), "--symbols NOPE: recorded has no such symbol"),
        (("--strategy", "sead"), "no strategy is called 'sead', did you mean"),
        (("--data", "nowhere.parquet"), "--data nowhere.parquet: expected recorded"),
        (("--output", "/dev/null/out"), "--output /dev/null/out: is no folder that can be written to"),
    ],
)
def test_bad_input_ends_with_one_line_and_keeps_nothing(options: tuple[str, ...], words: str) -> None:
    found = typed("--walks", "0", *options)
    assert found.exit_code == 1
    assert found.stderr.startswith("trading-bot: ")
    assert words in found.stderr
    assert not Path("out").exists()
