"""The variants of a strategy's file: every combination of the numbers that are varied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product
from math import prod

from engine.errors import SettingsInvalid, StrategyInvalid
from engine.strategies.strategy_file import varied
from engine.strategies.technical_strategy import TechnicalStrategy

MOST = 10_000
EXPECTED = "expected a number of the strategy's file and its range, such as rsi.low=25:40:5 (from, to, step)"


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantOf:
    """A strategy, and the numbers by which it differs from the others."""

    numbers: Mapping[str, Decimal]
    strategy: TechnicalStrategy


def ranges_of(given: Sequence[str]) -> dict[str, tuple[Decimal, ...]]:
    """Return the values of each number that is varied; raises SettingsInvalid."""
    ranges = dict[str, tuple[Decimal, ...]]()
    for text in given:
        name, _, spread = text.partition("=")
        name = name.strip()
        if name in ranges:
            raise SettingsInvalid(f"--vary {text}: {name} is varied twice; expected one range for each number")
        ranges[name] = _values(text, spread)
    if not ranges:
        raise SettingsInvalid(f"--vary is missing; {EXPECTED}")
    count = prod(map(len, ranges.values()))
    if count > MOST:
        raise SettingsInvalid(f"--vary: these are {count:,} variants; expected at most {MOST:,}, by a longer step")
    return ranges


def variants_of(text: str, file: str, ranges: Mapping[str, Sequence[Decimal]]) -> tuple[VariantOf, ...]:
    """Return every variant, that of the last number's next value next; raises SettingsInvalid for one that is none."""
    made = []
    for values in product(*ranges.values()):
        numbers = dict(zip(ranges, values, strict=True))
        try:
            made.append(VariantOf(numbers=numbers, strategy=varied(text, file, numbers)))
        except StrategyInvalid as error:
            raise SettingsInvalid(f"--vary: the variant {named(numbers)} is no strategy: {error}") from error
    return tuple(made)


def named(numbers: Mapping[str, Decimal]) -> str:
    """Write the numbers of a variant, 'rsi.low=30, exits.stop=0.02'."""
    return ", ".join(f"{name}={value:f}" for name, value in numbers.items())


def _values(text: str, spread: str) -> tuple[Decimal, ...]:
    try:
        first, last, step = (Decimal(part.strip()) for part in spread.split(":"))
    except (InvalidOperation, ValueError):
        raise SettingsInvalid(f"--vary {text}: {EXPECTED}") from None
    if not all(number.is_finite() for number in (first, last, step)) or step <= 0 or last < first:
        raise SettingsInvalid(f"--vary {text}: expected a step over 0, and an end that is not before the beginning")
    if (last - first) / step >= MOST:
        raise SettingsInvalid(f"--vary {text}: this has more than {MOST:,} values; expected a longer step")
    # Of one and the same number there is one way to write it, so that a variant has one fingerprint.
    return tuple(_plain(first + step * number) for number in range(int((last - first) / step) + 1))


def _plain(number: Decimal) -> Decimal:
    return Decimal(int(number)) if number == int(number) else number.normalize()
