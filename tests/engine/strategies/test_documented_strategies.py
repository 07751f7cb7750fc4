"""docs/strategies.md works as written: its examples are loaded and checked; so do entry points and the command."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from engine.model.strategy_check import StrategyFault
from engine.strategies.live_strategy import live_strategy
from engine.strategies.loader import load, names
from engine.strategies.lookahead import BEYOND_WARM_UP, checked
from engine.strategies.lookahead_market import market_of
from tests.engine.strategies.test_lookahead import PLACE
from tests.support.fakes.strategies import InProcessStrategies

DOCUMENT = (Path(__file__).parents[3] / "docs" / "strategies.md").read_text("utf-8")


def example(language: str, number: int = 0) -> str:
    """Return a fenced example of the document."""
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    return found[number]


def lookahead(*asked: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["lookahead", *asked])
    return done.exit_code, done.output


@pytest.fixture
def pullback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The document's class, as its reader saves it."""
    (tmp_path / "pullback.py").write_text(example("python"), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return "pullback:Pullback"


def test_the_file_of_the_document_is_a_strategy_that_a_desk_can_trade_by(tmp_path: Path) -> None:
    file = tmp_path / "calm.toml"
    file.write_text(example("toml"), "utf-8")
    strategy = live_strategy(str(file), InProcessStrategies())
    assert (strategy.name, strategy.rules.macd.tenths) == ("calm", 0)
    assert checked(strategy, market_of(strategy.warm_up_sessions + BEYOND_WARM_UP, seed=1)).passed


def test_the_mistake_of_the_document_is_told_as_it_says(tmp_path: Path) -> None:
    file = tmp_path / "calm.toml"
    file.write_text(example("toml").replace("bars = 21", "bar = 21"), "utf-8")
    code, said = lookahead(str(file))
    assert code == 1
    assert "calm.toml:4: [rsi] has no 'bar', did you mean 'bars'?" in said


def test_the_class_of_the_document_passes_the_check(pullback: str) -> None:
    code, said = lookahead(pullback)
    assert code == 0, said
    assert "pullback (" in said
    assert "no score or stop moved" in said


def test_an_installed_package_offers_its_strategies_by_name(pullback: str, tmp_path: Path) -> None:
    folder = tmp_path / "mine-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n", "utf-8")
    (folder / "entry_points.txt").write_text(example("toml", 1).replace("project.entry-points.", "").replace('"', ""))
    assert "pullback" in names()
    assert load("pullback") == load(pullback)


def test_the_command_says_what_is_wrong_and_ends_with_one() -> None:
    code, said = lookahead(f"{PLACE}:short")
    assert code == 1
    assert f"✗ {StrategyFault.WRONG_SHAPE.value}: its tenths are int8 of shape" in said
    assert "may not trade" in said


def test_every_finding_is_in_the_document() -> None:
    assert all(fault.value in DOCUMENT for fault in StrategyFault)
