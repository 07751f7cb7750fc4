"""The facade of research: what is kept, that it is repeatable, and what is refused."""

import json
import os
import resource
import stat
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.errors import SettingsInvalid, StrategyInvalid
from engine.model.backtest import NoteKind
from engine.research import PAGE, RESULT, BacktestRequest, Researched, backtest, keep, refuse_unwritable
from engine.settings import Settings

JUNE: dict[str, Any] = {"symbols": ("AAPL", "FB"), "first": date(2012, 6, 4), "last": date(2012, 6, 15)}


def research(folder: Path, **asked: Any) -> Researched:
    settings = {key: asked.pop(key) for key in tuple(asked) if key in {"max_trades_a_day", "stop_distance"}}
    request = BacktestRequest(**{"walks": 0, **JUNE, **asked})
    return backtest(request, Settings.read(data_dir=folder, **settings), lambda _part, _done: None)


def test_a_result_has_all_that_it_takes_to_run_it_again(tmp_path: Path) -> None:
    result = json.loads(research(tmp_path, seed=7, cash=Decimal(50_000), costs={"spread_bp": Decimal(4)}).result)
    assert (result["strategy"], result["seed"], result["cash"], result["data"]) == ("seed", 7, "50000", "recorded")
    assert (result["first"], result["last"], result["symbols"]) == ("2012-06-04", "2012-06-15", ["AAPL", "FB"])
    assert len(result["strategy_fingerprint"]) == len(result["data_fingerprint"]) == 64
    assert result["costs"]["spread_bp"] == "4"
    assert result["settings"]["RISK_PER_TRADE"] == "0.005"
    assert result["version"]
    assert len(result["starts"]) == len(result["equity"]) == 10 * 78
    assert {note["kind"] for note in result["notes"]} >= {"generated", "no_news"}


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    one, again = research(tmp_path / "1").result, research(tmp_path / "2").result
    assert one == again
    assert research(tmp_path / "1", seed=2).result != one


def test_the_control_is_the_same_by_any_number_of_processes(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"walks": 3, "first": date(2012, 6, 4), "last": date(2012, 6, 6)}
    alone, beside = research(tmp_path, **asked), research(tmp_path, workers=2, **asked)
    assert alone.evaluation.control == beside.evaluation.control
    assert alone.evaluation.control is not None
    assert alone.evaluation.control.walks == 3
    assert alone.result == beside.result


def test_settings_of_the_desk_hold_in_a_backtest_too(tmp_path: Path) -> None:
    usual, strict = research(tmp_path), research(tmp_path, max_trades_a_day=1, stop_distance="0.004")
    days = [trade.entered_at.date() for trade in strict.evaluation.backtest.trades]
    assert len(days) == len({*days}) > 1
    assert strict.evaluation.backtest.trades[0].stop > usual.evaluation.backtest.trades[0].stop
    assert strict.evaluation.backtest.settings["STOP_DISTANCE"] == "0.004"


def test_every_variant_that_was_tried_on_the_same_data_is_counted(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    seed = Path("engine/strategies/seed.toml")
    text = (Path(__file__).parents[2] / seed).read_text(encoding="utf-8")
    other.write_text(text.replace('name = "seed"', 'name = "other"').replace("low = 35", "low = 30"), encoding="utf-8")
    rounds = ("seed", "seed", str(other), "seed")
    assert [research(tmp_path, strategy=each).evaluation.variants for each in rounds] == [1, 1, 2, 2]


def test_a_desk_that_heeds_earnings_is_told_that_a_backtest_knows_none(tmp_path: Path) -> None:
    settings = Settings.read(data_dir=tmp_path, no_entry_days_before_earnings=2, earnings_file="earnings.csv")
    found = backtest(BacktestRequest(walks=0, **JUNE), settings, lambda _part, _done: None)
    assert NoteKind.NO_EARNINGS in {note.kind for note in found.evaluation.backtest.notes}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"cash": Decimal(0)}, "--cash 0: expected dollars over 0"),
        ({"costs": {"spread": Decimal(1)}}, "--costs spread: expected spread_bp, slippage_bp or participation"),
        ({"costs": {"participation": Decimal(2)}}, "participation over 0 and at most 1"),
        ({"costs": {"spread_bp": Decimal(-1)}}, "basis points of 0 or more"),
        ({"symbols": ("NOPE",)}, "has no such symbol"),
        ({"first": date(2012, 6, 16), "last": date(2012, 6, 17)}, "has no session|no bars from then on"),
    ],
)
def test_bad_input_is_refused_in_a_line_that_says_what_to_do(tmp_path: Path, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsInvalid, match=words):
        research(tmp_path, **asked)


def test_an_unknown_strategy_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(StrategyInvalid, match="no strategy is called 'sead'"):
        research(tmp_path, strategy="sead")


def test_a_result_and_its_page_are_kept_in_a_folder_that_is_made(tmp_path: Path) -> None:
    found, folder = research(tmp_path), tmp_path / "some" / "where"
    refuse_unwritable(folder)
    keep(folder, found, "<html>")
    assert sorted(path.name for path in folder.iterdir()) == [PAGE, RESULT]
    assert (folder / RESULT).read_text(encoding="utf-8") == found.result


def test_a_full_disk_keeps_what_was_there_before_and_nothing_half(tmp_path: Path) -> None:
    found, folder = research(tmp_path), tmp_path / "kept"
    keep(folder, found, "before")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(found.result), before[1]))  # refused as by a full disk
    try:
        with pytest.raises(SettingsInvalid, match=r"cannot be written .* nothing was kept"):
            keep(folder, found, "after " * len(found.result))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (folder / PAGE).read_text(encoding="utf-8") == "before"
    assert sorted(path.name for path in folder.iterdir()) == [PAGE, RESULT]


def test_a_folder_that_cannot_be_written_to_is_named_before_anything_is_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match=r"--output .*file: is no folder that can be written to"):
        refuse_unwritable(tmp_path / "file")
    if os.geteuid():
        (tmp_path / "shut").mkdir(mode=stat.S_IRUSR)
        with pytest.raises(SettingsInvalid, match="--output"):
            refuse_unwritable(tmp_path / "shut")
