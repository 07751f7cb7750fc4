"""What a setting counts and what bounds it, read from the fields themselves, so that nothing is said twice."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, get_args

from pydantic.fields import FieldInfo

from engine.model.choices import SettingLine, SettingUnit

ENDINGS = {
    "_seconds": SettingUnit.SECONDS,
    "_minutes": SettingUnit.MINUTES,
    "_hours": SettingUnit.HOURS,
    "_days": SettingUnit.DAYS,
    "_bp": SettingUnit.BASIS_POINTS,
}
WRITTEN = {
    SettingUnit.SECONDS: ("s", "초"),
    SettingUnit.MINUTES: ("min", "분"),
    SettingUnit.HOURS: ("h", "시간"),
    SettingUnit.DAYS: ("d", "일"),
    SettingUnit.BASIS_POINTS: ("bp",),
}
"""What people write after a figure of a unit, for they are shown it so."""
NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?")
SWITCH = {"on": "1", "off": "0", "1": "1", "0": "0"}
NOTHING = "none"


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
    """Return what a person typed for a setting as its field reads it; raises ValueError for what makes no sense.

    A part is typed with its percent sign, a switch as on or off; none takes a limit away that need not be set.
    """
    typed = text.strip().lower().replace(",", "")
    if typed == NOTHING and line.default is None:
        return None
    if line.unit is SettingUnit.SWITCH:
        return SWITCH[typed] if typed in SWITCH else _wrong(text)
    if line.unit is SettingUnit.PART:
        number = typed.removesuffix("%")
        if number == typed or not NUMBER.fullmatch(number):
            _wrong(text)
        return str(Decimal(number) / 100)
    number = typed.removeprefix("$") if line.unit is SettingUnit.DOLLARS else typed
    for word in WRITTEN.get(line.unit, ()):
        number = number.removesuffix(word)
    return number if NUMBER.fullmatch(number) else _wrong(text)


def _wrong(text: str) -> str:
    raise ValueError(text)


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
