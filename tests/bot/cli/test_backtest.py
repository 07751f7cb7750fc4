"""`trading-bot backtest` as it is typed."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import app
from tests.support.environment import nothing_set
from tests.support.fakes.claude import KEY, ScriptedClaude

JUNE = ("--symbols", "AAPL,FB", "--from", "2012-06-04", "--to", "2012-06-08", "--walks", "0")


CODE = "tests.support.odd_strategies"


def bars_file(path: Path, symbol: str = "AAA", *, year: int = 2024, days: int = 5) -> str:
    """Write five-minute bars of some sessions in March, that go up and down; return the file's name."""
    dice, price, lines = random.Random(1), 100.0, ["symbol,start,open,high,low,close,volume"]  # noqa: S311 (no secret)
    for day in range(days):
        opens = datetime(year, 3, 4 + day, 14, 30, tzinfo=UTC)
        for number in range(78):
            start, before = opens + timedelta(minutes=5 * number), price
            price = round(price + dice.gauss(0, 0.3), 2)
            high, low = max(before, price), min(before, price)
            lines.append(f"{symbol},{start.isoformat()},{before},{high},{low},{price},100000")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


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
    assert "Saved: out/result.json, out/page.html" in found.stdout
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
        (("--from", "1900-01-05"), "--from 1900-01-05: expected a day from 2000 to 2050"),
        (("--data", "random-walk", "--from", "9999-01-01"), "--from 9999-01-01: expected a day from 2000 to 2050"),
        (("--data", "random-walk", "--to", "1999-12-31"), "--to 1999-12-31: expected a day from 2000 to 2050"),
        (("--cash", "1e400"), "expected dollars over 0, and a trillion at most"),
        (("--cash", "1e-400"), "expected dollars over 0, and a trillion at most"),
        (("--costs", "spread_bp=1e400"), "--costs: expected basis points of 0 or more and under 10000"),
        (("--strategy", f"{CODE}:Raises"), "strategy 'odd': scores raised KeyError: 'x'"),
        (("--strategy", f"{CODE}:OfAnotherShape"), "strategy 'odd': its tenths are int8 of shape (3,)"),
        (("--strategy", f"{CODE}:FarStop"), "strategy 'odd': a stop of 3 is no part of a price"),
        (("--strategy", f"{CODE}:FarExit"), "its stop is 3 of the price"),
        (("--strategy", f"{CODE}:PropertyRaises"), "a property raised ZeroDivisionError"),
        (("--output", "/dev/null/out"), "--output /dev/null/out: is no folder that can be written to"),
    ],
)
def test_bad_input_ends_with_one_line_and_keeps_nothing(options: tuple[str, ...], words: str) -> None:
    found = typed("--walks", "0", *options)
    assert found.exit_code == 1
    assert found.stderr.startswith("trading-bot: ")
    assert words in found.stderr
    assert not Path("out").exists()


@pytest.mark.parametrize("symbol", ["[/A]", "[RED]", "<SCRIPT>", "[LINK=X]Y[/LINK]"])
def test_a_symbol_that_looks_like_markup_is_shown_as_it_is(symbol: str) -> None:
    found = typed("--walks", "0", "--data", bars_file(Path("odd.csv"), symbol, days=25), "--output", "[/out]")
    assert found.exit_code == 0, found.output
    assert f"\n{symbol} " in found.stdout
    assert "Saved: [/out]/result.json" in found.stdout


@pytest.mark.parametrize("year", [1902, 2093])
def test_bars_beyond_the_calendar_are_refused_with_their_year(year: int) -> None:
    found = typed("--walks", "0", "--data", bars_file(Path("old.csv"), year=year))
    assert found.exit_code == 1
    assert f"old.csv has a bar of the year {year}; expected bars of 2000 to 2050" in found.stderr


def test_one_row_of_year_1_is_refused() -> None:
    path = Path("far.csv")
    bars_file(path)
    with path.open("a", encoding="utf-8") as file:
        file.write("AAA,0001-01-01T00:00:00+00:00,1,1,1,1,100\n")
    found = typed("--walks", "0", "--data", str(path))
    assert found.exit_code == 1
    assert "far.csv has a bar of the year 1; expected bars of 2000 to 2050" in found.stderr


@pytest.mark.parametrize("days", [("--from", "2030-04-01"), ("--to", "2020-04-01")])
def test_days_beyond_a_good_file_are_told_beside_its_own(days: tuple[str, str]) -> None:
    found = typed("--walks", "0", "--data", bars_file(Path("good.csv")), *days)
    assert found.exit_code == 1
    assert "good.csv has bars from 2024-03-04 to 2024-03-08; expected days among them" in found.stderr


def test_a_file_whose_rows_are_in_no_order_is_a_good_one() -> None:
    path = Path("shuffled.csv")
    bars_file(path)
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    found = typed("--walks", "0", "--data", str(path))
    assert found.exit_code == 0, found.output
    assert "refused" not in found.stdout


def test_the_control_is_shown_beside_the_figures() -> None:
    found = typed(*JUNE[:-1], "2")
    assert found.exit_code == 0, found.output
    assert "Control: on 2 random walks" in found.stdout


def test_code_that_looks_ahead_shows_no_edge() -> None:
    asked = ("--data", "random-walk", "--symbols", "A,B,C", "--from", "2024-02-01", "--to", "2024-04-30")
    found = typed(*asked, "--walks", "0", "--strategy", f"{CODE}:Peek")
    assert found.exit_code == 0, found.output
    assert found.stdout.startswith("No edge shown: the look-ahead check refuses the strategy.")


@pytest.mark.parametrize(
    ("options", "risk"), [(("--cash", "50000"), "0.005"), (("--costs", "spread_bp=3"), "0.005"), ((), "0.004")]
)
def test_the_same_strategy_under_other_conditions_is_another_variant(
    options: tuple[str, ...], risk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [typed(*JUNE).exit_code, typed(*JUNE, "--seed", "2").exit_code] == [0, 0]
    (kept,) = Path("data/variants").iterdir()
    assert len(json.loads(kept.read_text(encoding="utf-8"))["variants"]) == 1
    monkeypatch.setenv("RISK_PER_TRADE", risk)
    assert typed(*JUNE, *options).exit_code == 0
    assert len(json.loads(kept.read_text(encoding="utf-8"))["variants"]) == 2


@pytest.fixture
def claude(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedClaude]:
    with ScriptedClaude() as scripted:
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("CLAUDE_URL", scripted.url)
        yield scripted


def with_news(tmp_path: Path, *options: str, answer: str = "") -> Result:
    file = tmp_path / "news.csv"
    file.write_text("at,symbols,headline\n2012-06-05T13:00:00Z,AAPL,Apple beats\n", encoding="utf-8")
    return CliRunner().invoke(app, ["backtest", *JUNE, "--news", str(file), *options], input=answer)


def test_the_news_are_paid_for_once_somebody_agrees(claude: ScriptedClaude, tmp_path: Path) -> None:
    asked = with_news(tmp_path, "--budget", "0.5", answer="y\n")
    assert asked.exit_code == 0, asked.output
    assert "1 headline to score, 0 known already: Claude will cost about $0.01, $0.06 at most." in asked.stderr
    assert "Scoring stops at $0.50." in asked.stderr
    assert "With news: 1 headline, scored by Claude. Each counts from a minute after it arrived." in asked.stdout
    again = with_news(tmp_path)
    assert again.exit_code == 0, again.output
    assert "to score" not in again.stderr
    assert len(claude.bodies) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("n\n", "nothing was spent; --budget 0 trades on what is scored already"),
        ("", "nobody answered, and nothing was spent; expected --yes where nobody can be asked"),
    ],
)
def test_without_a_yes_nothing_is_spent_and_nothing_runs(
    claude: ScriptedClaude, tmp_path: Path, answer: str, said: str
) -> None:
    found = with_news(tmp_path, answer=answer)
    assert found.exit_code == 1
    assert said in found.stderr
    assert claude.bodies == []


def test_with_yes_nobody_is_asked_and_with_no_budget_nothing_is_spent(claude: ScriptedClaude, tmp_path: Path) -> None:
    unscored = with_news(tmp_path, "--budget", "0", "--output", str(tmp_path / "out"))
    assert "1 headline isn't scored, because the budget ended" in unscored.stdout
    assert "because the budget ended" in (tmp_path / "out" / "page.html").read_text("utf-8").replace("&#x27;", "'")
    assert claude.bodies == []
    assert with_news(tmp_path, "--yes").exit_code == 0
    assert len(claude.bodies) == 1
