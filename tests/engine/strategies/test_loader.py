"""A strategy's file is read as written, and what is wrong with it is told with its line and what to write instead."""

import os
from contextlib import suppress
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import StrategyInvalid
from engine.model.technical_rules import SEED_RULES
from engine.risk.limits import Limits
from engine.strategies.contract import Exits, Hours
from engine.strategies.loader import FOLDER, load, names
from engine.strategies.strategy_file import read_strategy
from engine.strategies.technical_strategy import TechnicalStrategy

SEED = (FOLDER / "seed.toml").read_text("utf-8")


def refused(text: str, folder: Path) -> str:
    file = folder / "mine.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(StrategyInvalid) as error:
        load(file)
    return str(error.value).replace(f"{file}", "mine.toml")


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_seed_has_the_numbers_that_scores_without_a_strategy_were_made_with() -> None:
    assert load("seed") == TechnicalStrategy(name="seed", rules=SEED_RULES)


def test_the_seeds_exits_are_those_of_the_risk_rules() -> None:
    limits, exits = Limits(), load("seed").exits
    assert (exits.stop, exits.target) == (limits.stop_distance, limits.target_distance)
    assert exits == Exits(stop=Decimal("0.015"), target=Decimal("0.03"))
    assert load("seed").hours == Hours(first=time(9, 30), last=time(16))


def test_every_name_that_is_told_can_be_loaded() -> None:
    assert "seed" in names()
    assert {load(name).name for name in names()} == {*names()}


def test_every_number_of_a_file_reaches_the_strategy(tmp_path: Path) -> None:
    text = SEED
    numbers = {
        "bars = 14": "bars = 15",
        "low = 35": "low = 30.5",
        "tenths = 4": "tenths = 5",
        "within = 3": "within = 2",
    }
    numbers |= {"propose = 7": "propose = 6", "stop = 0.015": "stop = 0.02", "target = 0.03": 'target = "never"'}
    numbers |= {"# longest_bars = 78 ": "longest_bars = 40 ", "first = 09:30:00": "first = 10:00:00"}
    for old, new in numbers.items():
        text = text.replace(old, new)
    file = tmp_path / "mine.toml"
    file.write_text(text.replace('"seed"', '"mine"'))
    mine = load(file)
    assert isinstance(mine, TechnicalStrategy)
    assert (mine.name, mine.propose_at, mine.hours.first) == ("mine", 6, time(10))
    assert (mine.rules.rsi.bars, mine.rules.rsi.low, mine.rules.macd.tenths, mine.rules.macd.within) == (15, 30.5, 5, 2)
    assert mine.exits == Exits(stop=Decimal("0.02"), target=None, longest_bars=40)
    assert mine.fingerprint != load("seed").fingerprint


def test_any_changed_number_changes_the_fingerprint_and_the_name_alone_does_not(tmp_path: Path) -> None:
    prints = set()
    changes = ["bars = 14>bars = 13", "high = 65>high = 66", "width = 2.0>width = 2.1", "fast = 12>fast = 11"]
    changes += [
        "least = 1.2>least = 1.3",
        "propose = 7>propose = 8",
        "stop = 0.015>stop = 0.016",
        "last = 16>last = 15",
    ]
    for change in ["x>x", *changes]:
        file = tmp_path / "mine.toml"
        file.write_text(SEED.replace('"seed"', '"mine"').replace(change.split(">")[0], change.split(">")[1]))
        prints.add(load(file).fingerprint)
    assert len(prints) == len(changes) + 1
    assert load("seed").fingerprint in prints


def test_an_indicator_that_is_left_out_has_no_points(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\n[rsi]\nbars = 14\nlow = 35\nhigh = 65\ntenths = 7\n')
    mine = load(file)
    assert isinstance(mine, TechnicalStrategy)
    assert (mine.rules.rsi.tenths, mine.rules.macd.tenths, mine.rules.volume.tenths) == (7, 0, 0)


@pytest.mark.parametrize("stop", ["0.0001", "0.9"])
def test_a_number_may_stand_on_its_limit(stop: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(SEED.replace("stop = 0.015", f"stop = {stop}", 1))
    assert load(str(file)).exits.stop == Decimal(stop)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("bars = 14", "bar = 14", "[rsi] has no 'bar', did you mean 'bars'?; expected bars, low, high, tenths"),
        ("bars = 14", "bars = 14.5", "rsi.bars is 14.5; expected a whole number from 2 to 500, in bars"),
        ("bars = 14", "bars = true", "rsi.bars is True; expected a whole number from 2 to 500, in bars"),
        ("bars = 14", 'bars = "14"', "rsi.bars is 14; expected a whole number from 2 to 500, in bars"),
        ("stop = 0.015", "stop = 0.00009", "exits.stop is 0.00009; expected a number from 0.0001 to 0.9"),
        ("low = 35", "low = nan", "rsi.low is NaN; expected a number from 0 to 100, in points of RSI"),
        ("low = 35", "low = 70", "rsi.low is 70; expected less than rsi.high, 65"),
        ("fast = 12", "fast = 26", "macd.fast is 26; expected less than macd.slow, 26"),
        ("strong = 12", "strong = 6", "thresholds.strong is 6; expected at least thresholds.propose, 7"),
        (
            "stop = 0.015",
            "stop = 1.5",
            "exits.stop is 1.5; expected a number from 0.0001 to 0.9, as a part of the price",
        ),
        ("stop = 0.015", 'stop = "never"', "exits.stop is never; expected a number from 0.0001 to 0.9"),
        ("first = 09:30:00", 'first = "9:30"', "hours.first is '9:30'; expected a time of the exchange"),
        (
            "first = 09:30:00",
            "first = 16:30:00",
            "hours.first is 16:30:00; expected a time before hours.last",
        ),
        ("[macd]", "[mcad]", "there is no 'mcad' in a strategy, did you mean 'macd'?; expected name or rsi or"),
        ('name = "seed"', "name = 7", "the name is 7; expected small letters, digits, - and _"),
        ('name = "seed"', 'name = "A B"', "the name is 'A B'; expected small letters"),
        ('name = "seed"', 'name = "seed"\nvolume = 3', "this is not TOML"),
        ("least = 1.2", "least = ", "this is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, said: str, tmp_path: Path) -> None:
    text = SEED.replace(old, new, 1)
    answer = refused(text, tmp_path)
    assert said in answer
    if "TOML" not in said:
        assert answer.startswith(f"mine.toml:{line_of(text, new.splitlines()[-1])}: ")


def test_what_is_missing_is_told_with_the_line_of_its_table(tmp_path: Path) -> None:
    text = SEED.replace("slow = 26\n", "")
    assert refused(text, tmp_path) == (
        f"mine.toml:{line_of(text, '[macd]')}: [macd] lacks 'slow'; expected a line slow = 26"
    )
    assert refused(SEED.replace('name = "seed"', ""), tmp_path).startswith("mine.toml:1: the name is ''; expected")


@pytest.mark.parametrize(
    "text",
    ['name = "m"\n\nrsi.bars = 1\nrsi.low = 1\nrsi.high = 2\nrsi.tenths = 1', 'name = "m"\n\nrsi = { bars = 1 }'],
)
def test_other_ways_of_writing_a_table_have_lines_too(text: str, tmp_path: Path) -> None:
    assert refused(text, tmp_path).startswith("mine.toml:3: ")


def test_a_value_in_place_of_a_table_is_refused(tmp_path: Path) -> None:
    assert refused('name = "m"\nexits = 3', tmp_path) == "mine.toml:2: 'exits' is a value; expected a table, [exits]"


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    for file, said in ((tmp_path / "none.toml", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(StrategyInvalid, match=said):
            load(f"{file}/" if file is tmp_path else file)
    (tmp_path / "latin.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(StrategyInvalid, match="is no UTF-8 text"):
        load(tmp_path / "latin.toml")


def test_a_name_that_is_nearly_right_is_suggested() -> None:
    with pytest.raises(StrategyInvalid, match="no strategy is called 'sead', did you mean 'seed'"):
        load("sead")


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("no.such.module:Class", "ModuleNotFoundError"),
        ("engine.strategies.loader:Nothing", "AttributeError"),
        ("engine.model.market:Snapshot", "TypeError"),
        ("engine.risk.limits:Limits", "has no name, fingerprint, warm_up_sessions"),
    ],
)
def test_a_class_that_is_no_strategy_is_refused(where: str, said: str) -> None:
    with pytest.raises(StrategyInvalid, match=said):
        load(where)


@pytest.mark.parametrize("number", ["9" * 5_000, "1e" + "9" * 30, "nan", "[" * 3_000])
def test_numbers_that_no_parser_likes_are_told_with_a_line(number: str, tmp_path: Path) -> None:
    assert refused(SEED.replace("bars = 14", f"bars = {number}", 1), tmp_path).startswith("mine.toml:")


def test_a_file_that_ends_anywhere_is_a_strategy_or_told_with_a_line(tmp_path: Path) -> None:
    for end in range(len(SEED)):
        with suppress(StrategyInvalid):
            read_strategy(SEED[:end], "mine.toml")
            continue
        assert refused(SEED[:end], tmp_path).startswith("mine.toml:")


def test_a_pipe_is_not_waited_for_and_a_mark_of_byte_order_is_no_mistake(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(StrategyInvalid, match="is no file"):
        load(tmp_path / "pipe.toml")
    (tmp_path / "marked.toml").write_bytes(b"\xef\xbb\xbf" + SEED.encode())
    assert load(tmp_path / "marked.toml").fingerprint == load("seed").fingerprint
