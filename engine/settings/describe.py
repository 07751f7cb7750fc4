"""What a setting counts and what bounds it, read from the fields themselves, so that nothing is said twice."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, get_args

from pydantic.fields import FieldInfo

from engine.model.number_input import IN_SECONDS, AmbiguousNumber, InputUnit, narrowed, read_number, read_seconds
from engine.model.runtime_settings import SettingLine, SettingUnit

ENDINGS = {
    "_seconds": SettingUnit.SECONDS,
    "_minutes": SettingUnit.MINUTES,
    "_hours": SettingUnit.HOURS,
    "_days": SettingUnit.DAYS,
    "_bp": SettingUnit.BASIS_POINTS,
}
COUNTED: Mapping[SettingUnit, frozenset[InputUnit]] = {
    SettingUnit.PART: frozenset({InputUnit.PERCENT}),
    SettingUnit.DOLLARS: frozenset({InputUnit.NONE, InputUnit.DOLLARS}),
    SettingUnit.BASIS_POINTS: frozenset({InputUnit.NONE, InputUnit.BASIS_POINTS}),
    SettingUnit.COUNT: frozenset({InputUnit.NONE, InputUnit.SHARES}),
}
"""What may be typed beside the figure of a setting, for people are shown it so."""
TIMES: Mapping[SettingUnit, int] = {
    SettingUnit.SECONDS: IN_SECONDS[InputUnit.SECONDS],
    SettingUnit.MINUTES: IN_SECONDS[InputUnit.MINUTES],
    SettingUnit.HOURS: IN_SECONDS[InputUnit.HOURS],
    SettingUnit.DAYS: IN_SECONDS[InputUnit.DAYS],
}
"""Seconds of the units in which a time may be set; it is shown, and may be typed, as '1 h 30 min'."""
SWITCH = {
    **dict.fromkeys(("on", "1", "yes", "true", "켜짐", "켜기", "예"), "1"),
    **dict.fromkeys(("off", "0", "no", "false", "꺼짐", "끄기", "아니오"), "0"),
}
UNSET_WORD = "none"
UNSET = frozenset({UNSET_WORD, "not set", "없음"})
"""What takes a limit away that need not be set."""


def described(name: str, field: FieldInfo, value: object) -> SettingLine:
    """Return a setting as it stands, without saying whether it can be changed."""
    least, most = _bounds(field)
    unit = _unit(name, field, most)
    figured = unit is not SettingUnit.TEXT
    return SettingLine(
        name=name,
        unit=unit,
        value=_figure(value) if figured else None,
        default=_figure(field.default) if figured else None,
        least=least,
        most=most,
        text="" if figured else _text(value),
        default_text="" if figured else _text(field.default),
    )


def parsed(text: str, line: SettingLine) -> str | None:
    """Return what a person typed for a setting as its field reads it.

    A part is typed with its percent sign, a switch as on or off; none takes a limit away that need not be set. Raises
    ValueError for what makes no sense, AmbiguousNumber for what could mean two numbers.
    """
    typed = narrowed(text)
    if typed in UNSET and line.default is None:
        return None
    if line.unit is SettingUnit.SWITCH:
        return SWITCH[typed] if typed in SWITCH else _wrong(text)
    if line.unit in TIMES:
        return f"{(read_seconds(text, bare=TIMES[line.unit]) / TIMES[line.unit]).normalize():f}"
    found = read_number(text)
    if found.unit not in COUNTED.get(line.unit, frozenset()):
        return _wrong(text) if found.unit or line.unit is not SettingUnit.PART else _without_percent(found.number)
    return f"{found.number / 100 if line.unit is SettingUnit.PART else found.number:f}"


def _wrong(text: str) -> str:
    raise ValueError(text)


def _without_percent(number: Decimal) -> str:
    """Refuse a part without its sign: 0.02 could be meant as 2 %."""
    if not 0 < number <= 1:
        raise ValueError(number)
    raise AmbiguousNumber(f"{number}%", f"{(number * 100).normalize():f}%")


def _unit(name: str, field: FieldInfo, most: Decimal | None) -> SettingUnit:
    kinds = {field.annotation, *get_args(field.annotation)} - {type(None)}
    if bool in kinds:
        return SettingUnit.SWITCH
    if Decimal in _numbers(kinds):
        return SettingUnit.DOLLARS if most is None else SettingUnit.PART
    if not {int, float} & _numbers(kinds):
        return SettingUnit.TEXT
    return next((unit for ending, unit in ENDINGS.items() if name.endswith(ending)), SettingUnit.COUNT)


def _numbers(kinds: set[Any]) -> set[Any]:
    """Return the kinds themselves and what annotated ones are made of."""
    return kinds | {part for kind in kinds for part in get_args(kind)}


def _bounds(field: FieldInfo) -> tuple[Decimal | None, Decimal | None]:
    rules = [*field.metadata]
    for kind in get_args(field.annotation):
        for rule in getattr(kind, "__metadata__", ()):
            rules += rule.metadata if isinstance(rule, FieldInfo) else [rule]
    least, most = (_first(rules, *names) for names in (("ge", "gt"), ("le", "lt")))
    return least, most


def _first(rules: Sequence[object], *names: str) -> Decimal | None:
    bounds = (getattr(rule, name, None) for rule in rules for name in names)
    return next((_figure(bound) for bound in bounds if bound is not None), None)


def _figure(value: object) -> Decimal | None:
    if value is None:
        return None
    return Decimal(int(value)) if isinstance(value, bool) else Decimal(str(value))


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
