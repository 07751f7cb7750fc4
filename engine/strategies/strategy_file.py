"""Reads a strategy of the seed's kind from TOML. Every error names the file, the line, and what to write there."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import time
from decimal import Decimal
from typing import Any, NoReturn

from engine.errors import StrategyInvalid
from engine.model.technical_rules import BollingerRule, MacdRule, RsiRule, TechnicalRules, VolumeRule
from engine.strategies.contract import Exits, Hours
from engine.strategies.suggestions import did_you_mean
from engine.strategies.technical_strategy import TechnicalStrategy

NEVER = "never"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MOST_BARS = 500
"""Bars of the longest indicator: the 20 sessions that the live price board keeps have 520 of a quarter of an hour."""
MOST_TENTHS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class _Thresholds:
    propose: int = 7
    strong: int = 12


INDICATORS: Mapping[str, type] = {"rsi": RsiRule, "bollinger": BollingerRule, "macd": MacdRule, "volume": VolumeRule}
TABLES: Mapping[str, type] = {**INDICATORS, "thresholds": _Thresholds, "exits": Exits, "hours": Hours}

BARS = (1, MOST_BARS, "in bars")
LIMITS: Mapping[str, tuple[float, float, str]] = {
    "rsi.bars": (2, MOST_BARS, "in bars"),
    "rsi.low": (0, 100, "in points of RSI"),
    "rsi.high": (0, 100, "in points of RSI"),
    "bollinger.bars": (2, MOST_BARS, "in bars"),
    "bollinger.width": (0.1, 10, "in deviations"),
    "macd.fast": BARS,
    "macd.slow": BARS,
    "macd.signal": BARS,
    "macd.within": (1, 20, "in bars"),
    "volume.least": (0, 100, "in times of the usual volume"),
    "thresholds.propose": (1, 60, "in tenths"),
    "thresholds.strong": (1, 60, "in tenths"),
    "exits.stop": (0.0001, 0.9, "as a part of the price (0.015 = 1.5 %)"),
    "exits.target": (0.0001, 10, "as a part of the price (0.03 = 3 %)"),
    "exits.longest_bars": (1, 1_000_000, "in bars"),
    "exits.before_close_minutes": (1, 180, "in minutes"),
    "exits.trail": (0.0001, 0.9, "as a part of the highest close (0.02 = 2 %)"),
    "exits.trail_atr": (0.1, 100, "in average true ranges"),
    "exits.breakeven": (0.1, 100, "in times the first risk"),
    "exits.partial": (0.01, 0.99, "as a part of the shares (0.5 = half of them)"),
} | {f"{name}.tenths": (0, MOST_TENTHS, "in tenths") for name in INDICATORS}
"""The least and the most that a number may be, and its unit."""
DECIMALS = frozenset({"exits.target", "exits.trail", "exits.trail_atr", "exits.breakeven", "exits.partial"})
"""Numbers that may be left out and need not be whole."""


def read_strategy(text: str, file: str) -> TechnicalStrategy:
    """Return the strategy that a file's text describes; raises StrategyInvalid."""
    return _File(text, file).strategy()


def varied(text: str, file: str, numbers: Mapping[str, Decimal]) -> TechnicalStrategy:
    """Return the strategy of a file with other numbers, named as `rsi.low`; raises StrategyInvalid."""
    written = _File(text, file)
    for name, number in numbers.items():
        written.put(name, number)
    return written.strategy()


class _File:
    """A file with its tables, and the lines on which they stand."""

    def __init__(self, text: str, file: str) -> None:
        self._lines = text.splitlines()
        self._file = file
        try:
            self._content = tomllib.loads(text, parse_float=Decimal)
        except (ValueError, ArithmeticError, RecursionError) as error:  # a number too long, a thousand brackets
            found = re.search(r"at line (\d+)", str(error))
            line = int(found[1]) if found else max(1, len(self._lines))
            raise StrategyInvalid(f"{file}:{line}: this is not TOML: {error}; see seed.toml") from error

    def put(self, key: str, number: Decimal) -> None:
        """Put a number in the place of what the file has there."""
        table, _, name = key.partition(".")
        if key not in LIMITS:
            self._fail(key, f"there is no number {key!r} in a strategy{did_you_mean(key, LIMITS)}", ", ".join(LIMITS))
        numbers = self._content.get(table)
        if numbers is None or isinstance(numbers, Mapping):
            self._content[table] = {**(numbers or {}), name: int(number) if number == int(number) else number}

    def strategy(self) -> TechnicalStrategy:
        """Return the strategy, after all was looked at."""
        known = ("name", *TABLES)
        for key, value in self._content.items():
            if key not in known:
                self._fail(key, f"there is no {key!r} in a strategy{did_you_mean(key, known)}", " or ".join(known))
            if key in TABLES and not isinstance(value, Mapping):
                self._fail(key, f"{key!r} is a value", f"a table, [{key}]")
        name = self._content.get("name", "")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            self._fail("name", f"the name is {name!r}", 'small letters, digits, - and _, such as name = "mine"')
        rules = TechnicalRules(**{table: self._table(table, kind) for table, kind in INDICATORS.items()})
        thresholds, exits = self._table("thresholds", _Thresholds), self._table("exits", Exits)
        hours = self._table("hours", Hours)
        self._check(rules, thresholds, hours)
        if exits.lacks:
            self._fail("exits.partial", "exits.partial stands alone", exits.lacks)
        return TechnicalStrategy(
            name=name,
            rules=rules,
            propose_at=thresholds.propose,
            strong_at=thresholds.strong,
            exits=exits,
            hours=hours,
        )

    def _table(self, table: str, kind: type) -> Any:
        """Return a table as its values; an indicator that is left out has no points."""
        written = self._content.get(table)
        known = {each.name: each for each in fields(kind)}
        if written is None:
            return kind(tenths=0) if "tenths" in known else kind()
        for key in written:
            if key not in known:
                self._fail(f"{table}.{key}", f"[{table}] has no {key!r}{did_you_mean(key, known)}", ", ".join(known))
        missing = [key for key, each in known.items() if key not in written and each.default is not None]
        if missing:
            self._fail(table, f"[{table}] lacks {missing[0]!r}", f"a line {missing[0]} = {_example(known[missing[0]])}")
        return kind(**{key: self._value(f"{table}.{key}", known[key], value) for key, value in written.items()})

    def _value(self, key: str, wanted: Field[Any], value: Any) -> Any:
        """Return a value of the kind that its field has."""
        if wanted.type in {time, "time"}:
            if not isinstance(value, time):
                self._fail(key, f"{key} is {value!r}", "a time of the exchange without quotes, such as 09:30:00")
            return value
        if value == NEVER and key == "exits.target":
            return None
        least, most, unit = LIMITS[key]
        whole = isinstance(wanted.default, int) or (wanted.default is None and key not in DECIMALS)
        is_number = isinstance(value, int if whole else (int, Decimal)) and not isinstance(value, bool)
        is_number = is_number and Decimal(value).is_finite()
        if not is_number or not Decimal(str(least)) <= Decimal(value) <= Decimal(str(most)):
            number = "a whole number" if whole else "a number"
            self._fail(key, f"{key} is {value}", f"{number} from {least:g} to {most:g}, {unit}")
        return value if whole else Decimal(value) if key.startswith("exits.") else float(value)

    def _check(self, rules: TechnicalRules, thresholds: _Thresholds, hours: Hours) -> None:
        """Refuse numbers that contradict each other."""
        if not rules.rsi.low < rules.rsi.high:
            self._fail("rsi.low", f"rsi.low is {rules.rsi.low:g}", f"less than rsi.high, {rules.rsi.high:g}")
        if not rules.macd.fast < rules.macd.slow:
            self._fail("macd.fast", f"macd.fast is {rules.macd.fast}", f"less than macd.slow, {rules.macd.slow}")
        if not thresholds.propose <= thresholds.strong:
            self._fail(
                "thresholds.strong",
                f"thresholds.strong is {thresholds.strong}",
                f"at least thresholds.propose, {thresholds.propose}",
            )
        if not hours.first < hours.last:
            self._fail("hours.first", f"hours.first is {hours.first}", f"a time before hours.last, {hours.last}")

    def _fail(self, key: str, problem: str, expected: str) -> NoReturn:
        raise StrategyInvalid(f"{self._file}:{self._line(key)}: {problem}; expected {expected}")

    def _line(self, key: str) -> int:
        """Return the line on which a key stands, that of its table where it is in none, 1 where that is in none."""
        table, inside, near = key.rpartition(".")[0], "", 0
        for number, line in enumerate(self._lines, 1):
            header, written = re.match(r"\s*\[\s*([\w.\"'-]+)\s*\]", line), re.match(r"\s*([\w.\"'-]+)\s*=", line)
            if header:
                inside = header[1].strip("\"'")
            here = inside if header else _joined(inside, written[1]) if written else ""
            if here == key:
                return number
            if here and not near and (here == table or here.startswith(f"{key}.")):
                near = number
        return near or 1


def _joined(table: str, key: str) -> str:
    bare = key.replace('"', "").replace("'", "")
    return f"{table}.{bare}" if table else bare


def _example(wanted: Field[Any]) -> str:
    value = wanted.default if wanted.default is not MISSING else ""
    return f"{value:%H:%M:%S}" if isinstance(value, time) else str(value)
