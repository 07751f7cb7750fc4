"""Between rows and model values; a column and the field that it keeps have the same name."""

from collections.abc import Collection
from dataclasses import Field, asdict, fields
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import Row

from engine.model.news import ModelCall, Tokens
from engine.model.risk import Sizing
from engine.model.signal import Component, Finding, Part, Readings, Signal
from engine.model.trade import Order, Trade


class Value(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T", bound=Value)


def columns_of(value: Value, *, prefix: str = "", without: Collection[str] = ()) -> dict[str, Any]:
    """Return the columns that keep a value's fields."""
    return {prefix + field.name: getattr(value, field.name) for field in fields(value) if field.name not in without}


def value_of(kind: type[T], row: Row[Any], *, prefix: str = "", **nested: Any) -> T:
    """Make a value from a row's columns and the fields that are not columns."""
    names = [field.name for field in fields(kind) if field.name not in nested]
    return kind(**{name: getattr(row, prefix + name) for name in names}, **nested)


def columns_of_trade(trade: Trade) -> dict[str, Any]:
    """Return the columns that keep a trade, without those of its signal."""
    return columns_of(trade, without={"signal", "sizing"}) | columns_of(trade.sizing, prefix="sizing_")


def trade_of(row: Row[Any]) -> Trade:
    """Make a trade from its row, joined with that of its signal."""
    return value_of(Trade, row, signal=signal_of(row), sizing=value_of(Sizing, row, prefix="sizing_"))


def columns_of_order(order: Order) -> dict[str, Any]:
    """Return the columns that keep an order, without its legs."""
    return columns_of(order, without={"legs"})


def order_of(row: Row[Any]) -> Order:
    """Make an order from its row, without legs."""
    return value_of(Order, row, legs=())


def columns_of_signal(signal: Signal) -> dict[str, Any]:
    """Return the columns that keep a signal, with lists and dicts for what is nested in it."""
    return columns_of(signal) | {
        "readings": asdict(signal.readings),
        "components": [asdict(component) for component in signal.components],
        "findings": [asdict(finding) | {"at": finding.at.isoformat()} for finding in signal.findings],
    }


def signal_of(row: Row[Any]) -> Signal:
    """Make a signal from columns that are called like its fields after 'signal_'."""
    components = [Component(part=Part(kept["part"]), tenths=kept["tenths"]) for kept in row.signal_components]
    findings = [Finding(**kept | {"at": datetime.fromisoformat(kept["at"])}) for kept in row.signal_findings]
    return value_of(
        Signal,
        row,
        prefix="signal_",
        readings=Readings(**row.signal_readings),
        components=tuple(components),
        findings=tuple(findings),
    )


def columns_of_call(call: ModelCall) -> dict[str, Any]:
    """Return the columns that keep a call to a model."""
    return columns_of(call, without={"tokens"}) | columns_of(call.tokens, prefix="tokens_")


def call_of(row: Row[Any]) -> ModelCall:
    """Make a call to a model from its row."""
    return value_of(ModelCall, row, tokens=value_of(Tokens, row, prefix="tokens_"))
