"""`trading-bot sweep` as it is typed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import app
from tests.support.environment import nothing_set

JUNE = ("--symbols", "AAPL,FB", "--from", "2012-06-04", "--to", "2012-06-29")
VARY = ("--vary", "rsi.low=30:40:10", "--vary", "exits.stop=0.01:0.02:0.01")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nothing_set(monkeypatch, tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


def typed(*options: str) -> Result:
    return CliRunner().invoke(app, ["sweep", *options])


def test_the_variants_are_counted_first_and_then_comes_the_verdict_on_later_sessions() -> None:
    found = typed(*JUNE, *VARY)
    assert found.exit_code == 0, found.output
    count, verdict, *rest = found.stdout.splitlines()
    assert count == "4 variants: rsi.low (2) × exits.stop (2)"
    assert verdict.startswith("No edge shown: ")
    assert "later sessions" in verdict
    assert any("4 variants were tried on these data so far" in line for line in rest)
    assert "best" not in found.stdout.lower()


def test_the_result_and_its_page_are_kept_in_the_desks_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALE", "ko")
    found = typed(*JUNE, *VARY, "--output", "out", "--map", "exits.stop", "--windows", "2")
    assert found.exit_code == 0, found.output
    assert "변형 4개" in found.stdout
    assert len(json.loads(Path("out/sweep.json").read_text(encoding="utf-8"))["chosen"]) == 2
    page = Path("out/page.html").read_text(encoding="utf-8")
    assert '<html lang="ko">' in page
    assert "<th>exits.stop</th>" in page


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "--vary is missing"),
        (("--vary", "rsi.low=30"), "--vary rsi.low=30: expected a number of the strategy's file and its range"),
        ((*VARY, "--map", "rsi.bars"), "--map rsi.bars: expected one or two of rsi.low, exits.stop"),
        ((*VARY, "--map", "rsi.low,rsi.low"), "--map rsi.low,rsi.low: expected one or two of"),
        ((*VARY, "--strategy", "trend"), "strategy 'trend' is Python code"),
        ((*VARY, "--windows", "50", *JUNE), "--windows 50: 20 sessions are too few"),
        ((*VARY, "--output", "/dev/null/out"), "--output /dev/null/out: is no folder that can be written to"),
    ],
)
def test_bad_input_ends_with_one_line_and_keeps_nothing(options: tuple[str, ...], words: str) -> None:
    found = typed(*options)
    assert found.exit_code == 1
    assert found.stderr.startswith("trading-bot: ")
    assert words in found.stderr
    assert not Path("data/variants").exists()
