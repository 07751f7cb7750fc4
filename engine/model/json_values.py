"""Values as JSON has them, and back without loss: amounts and ratios as text, instants in ISO 8601, fields by name."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

WORDS: Final = (str, Decimal, Fraction, date, bool, int, float, NoneType)
"""The kinds of what is no collection: most of a record's parts, so they are told apart first."""


def plain(value: Any) -> Any:
    """Return a value of the model as dicts, lists, texts and numbers."""
    if isinstance(value, WORDS):
        return _word(value)
    if (names := _fields(type(value))) is not None:  # type: ignore[arg-type]  # any class can be hashed
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def valued(kind: type[T], written: Any, **given: Any) -> T:
    """Return the dataclass that was written with `plain`, with the fields that are given as they are.

    Raises ValueError where it is not such a one.
    """
    try:
        hints = _hints(kind)  # type: ignore[arg-type]  # any class can be hashed
        # A field that a later version dropped is left out.
        kept = {name: _made(hints[name], part) for name, part in written.items() if name in hints}
        return kind(**kept | given)
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        raise ValueError(f"this is no {kind.__name__}: {error!r}") from error


def _word(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case str() | Decimal() | Fraction():
            return str(value)
    return value


@cache
def _fields(kind: type) -> tuple[str, ...] | None:
    """Return the names of a dataclass's fields, None of what is no dataclass."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _made(kind: Any, written: Any) -> Any:
    parts = get_args(kind)
    if get_origin(kind) in {Union, UnionType}:
        return None if written is None else _made(next(part for part in parts if part is not NoneType), written)
    if get_origin(kind) is tuple:
        if isinstance(written, str):
            raise TypeError("a text in place of a list")
        kinds = [parts[0]] * len(written) if parts[-1] is Ellipsis else parts
        return tuple(_made(each, part) for each, part in zip(kinds, written, strict=True))
    if parts:
        return {key: _made(parts[1], part) for key, part in written.items()}
    return _value(kind, written)


def _value(kind: Any, written: Any) -> Any:
    """Make a value that is no collection."""
    if is_dataclass(kind):
        return valued(kind, written)  # type: ignore[arg-type]
    if issubclass(kind, date):
        return kind.fromisoformat(written)
    if issubclass(kind, Decimal):
        return _amount(written)
    if issubclass(kind, Fraction):
        return _ratio(written)
    if issubclass(kind, StrEnum):
        return kind(written)
    if not isinstance(written, (float, int) if kind is float else kind) or (kind is int and isinstance(written, bool)):
        raise TypeError(f"{type(written).__name__} in place of {kind.__name__}")
    return written


def _ratio(written: Any) -> Fraction:
    if not isinstance(written, str):
        raise TypeError(f"{type(written).__name__} in place of a ratio")
    return Fraction(written)


def _amount(written: Any) -> Decimal:
    amount = Decimal(written)
    if not amount.is_finite():
        raise ValueError(f"{written!r} is no amount")
    return amount
