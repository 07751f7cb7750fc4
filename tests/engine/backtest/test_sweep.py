"""A sweep: each variant is the backtest that it would be alone, and a choice is judged by later sessions only."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.backtest.honesty import verdict
from engine.backtest.sweep import VariantRun, best_of, judged, luck_of, windows_of
from engine.backtest.walk_forward import EPOCH
from engine.errors import SettingsInvalid
from engine.model.evaluation import DeflatedSharpe, Interval, Tried, Verdict, WalkForward
from engine.model.sweep import Variant
from engine.research import BacktestRequest, Swept, backtest, planned_sweep, sweep
from engine.settings import Settings
from tests.support.backtests import weekdays

JUNE: dict[str, Any] = {"symbols": ("AAPL", "FB"), "first": date(2012, 6, 4), "last": date(2012, 6, 29), "walks": 0}
VARY = ("rsi.low=35:40:5", "macd.within=2:3:1", "exits.stop=0.005:0.015:0.01")


def swept(folder: Path, *, vary: tuple[str, ...] = VARY, **asked: Any) -> Swept:
    plan = planned_sweep(BacktestRequest(**JUNE | asked), vary)
    return sweep(plan, Settings.read(data_dir=folder), lambda _part, _done: None)


def run(returns: list[float], first: date = date(2025, 3, 3)) -> VariantRun:
    variant = Variant(numbers={}, fingerprint="", trades=0, mean=None, total_return=None, sharpe=None)
    days = [day.toordinal() - EPOCH for day in weekdays(len(returns), first)]
    return VariantRun(variant=variant, days=np.array(days), returns=np.array(returns))


def test_each_variant_is_the_backtest_of_a_file_with_its_numbers(tmp_path: Path) -> None:
    done = swept(tmp_path).sweep
    assert len(done.variants) == 8
    assert done.walked == 2 + 1 + 2
    own = backtest(BacktestRequest(**JUNE), Settings.read(data_dir=tmp_path), lambda _part, _done: None).evaluation
    same = [each for each in done.variants if each.fingerprint == own.backtest.strategy_fingerprint]
    assert [(each.trades, each.mean, each.total_return) for each in same] == [
        (own.measures.trades, own.measures.expectancy, own.measures.total_return)
    ]
    assert len({each.total_return for each in done.variants}) > 4


def test_each_variant_counts_as_tried_once_however_often_it_runs(tmp_path: Path) -> None:
    assert [swept(tmp_path).sweep.tried for _ in range(2)] == [8, 8]
    own = backtest(BacktestRequest(**JUNE), Settings.read(data_dir=tmp_path), lambda _part, _done: None).evaluation
    assert own.deflated is not None
    assert own.deflated.variants == 8
    assert swept(tmp_path, vary=("exits.stop=0.02:0.02:1",)).sweep.tried == 9


def test_the_same_inputs_give_the_same_bytes_by_any_number_of_processes(tmp_path: Path) -> None:
    one = swept(tmp_path / "1")
    assert one.result == swept(tmp_path / "2", workers=2).result
    assert one.result != swept(tmp_path / "2", seed=2).result


def test_a_result_says_what_was_chosen_and_what_it_made_later(tmp_path: Path) -> None:
    done = swept(tmp_path)
    result = json.loads(done.result)
    assert [each["numbers"] for each in result["chosen"]] == [step.chosen for step in done.sweep.walk.steps]
    assert len(result["chosen"]) == 4
    for each in result["chosen"]:
        assert each["train_last"] < each["test_first"]
    assert result["variants"][0]["numbers"] == {"rsi.low": "35", "macd.within": "2", "exits.stop": "0.005"}
    assert "best" not in result


def test_a_choice_looks_at_its_own_sessions_only() -> None:
    first, last = date(2025, 3, 3), date(2025, 3, 7)
    early, late = [0.01, 0.02, 0.01, 0.02, 0.01], [-0.01, 0.0, -0.01, 0.0, -0.01]
    runs = [run(late + early), run(early + late), run([0.0] * 10)]
    assert best_of(runs, first, last) == 1
    assert best_of(runs, date(2025, 3, 10), date(2025, 3, 14)) == 0


def test_where_nothing_was_traded_the_first_is_chosen_and_a_loss_is_worse_than_a_gain() -> None:
    first, last = date(2025, 3, 3), date(2025, 3, 7)
    nothing = run([0.0] * 5)
    assert best_of([nothing, nothing], first, last) == 0
    assert best_of([nothing, run([-0.01, 0.0, -0.02, 0.0, 0.0]), run([0.01, 0.0, 0.0, 0.0, 0.0])], first, last) == 2


@pytest.mark.parametrize(("sessions", "count"), [(7, 4), (20, 4), (250, 4), (4, 1), (103, 100)])
def test_the_windows_judge_on_the_newest_sessions_and_after_what_they_choose_on(sessions: int, count: int) -> None:
    days = weekdays(sessions)
    cut = windows_of(days, count)
    assert len(cut) == count
    assert cut[-1].test_last == days[-1]
    for window in cut:
        assert days.index(window.test_first) - days.index(window.train_last) == 2


def test_too_few_sessions_are_refused_with_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"--windows 4: 3 sessions are too few .* at least 7"):
        swept(tmp_path, last=date(2012, 6, 4) + timedelta(days=2))
    assert not (tmp_path / "variants").exists()


@pytest.mark.parametrize(
    ("later", "luck", "said"),
    [
        (Verdict.EDGE, 0.99, Verdict.EDGE),
        (Verdict.EDGE, 0.5, Verdict.TRIED_TOO_OFTEN),
        (Verdict.LOSES, 0.5, Verdict.LOSES),
        (Verdict.TOO_FEW, 0.99, Verdict.TOO_FEW),
    ],
)
def test_an_edge_that_so_many_tries_explain_is_none(later: Verdict, luck: float, said: Verdict) -> None:
    walk = WalkForward(steps=(), train_mean=None, interval=None, verdict=later)
    found = DeflatedSharpe(sharpe=0.1, hurdle=0.1, variants=8, probability=luck)
    assert judged(walk, found, 8).verdict is said
    assert judged(walk, replace(found, variants=1), 1).verdict is later


@pytest.mark.parametrize("trades", [29, 30])
@pytest.mark.parametrize("variants", [1, 2, 8])
@pytest.mark.parametrize("sure", [None, 0.5, 0.94, 0.95])
def test_a_choice_is_judged_as_one_backtest_after_as_many_tries_is(
    trades: int, variants: int, sure: float | None
) -> None:
    interval = Interval(mean=0.5, low=0.2, high=0.8, count=trades, block=1, confidence=0.95)
    luck = None if sure is None else DeflatedSharpe(sharpe=0.1, hurdle=0.1, variants=variants, probability=sure)
    walk = WalkForward(steps=(), train_mean=None, interval=interval, verdict=verdict(trades, interval))
    assert judged(walk, luck, variants).verdict is verdict(trades, interval, luck, variants=variants)


def test_no_choice_shows_an_edge_where_the_luck_of_so_many_tries_is_not_known() -> None:
    walk = WalkForward(steps=(), train_mean=None, interval=None, verdict=Verdict.EDGE)
    assert judged(walk, None, 12).verdict is Verdict.TRIED_TOO_OFTEN
    assert judged(walk, None, 1).verdict is Verdict.EDGE


def test_more_tries_make_the_highest_sharpe_ratio_less_sure() -> None:
    dice = np.random.default_rng(3)
    runs = [run(list(dice.normal(0.001 * number, 0.01, 60))) for number in range(4)]
    few, many = (luck_of(runs, Tried(variants=count, sharpes=(0.0, 0.1, 0.2))) for count in (4, 400))
    assert few is not None
    assert many is not None
    assert few.sharpe == many.sharpe
    assert few.probability > many.probability
    assert luck_of([], Tried(variants=1, sharpes=())) is None
