"""Between rows and model values; a column and the field that it keeps have the same name."""

from collections.abc import Collection
from dataclasses import Field, asdict, fields
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from sqlalchemy import Row

from engine.adapters.sql.base import Base
from engine.adapters.sql.tables import OrderRow, TradeRow
from engine.model.activity import Activity
from engine.model.corporate_action import CorporateAction
from engine.model.exit_plan import AS_SENT, ExitPlan
from engine.model.json_values import plain, valued
from engine.model.news import ModelCall, TokenCounts
from engine.model.origin import Origin
from engine.model.risk import Sizing
from engine.model.signal import Component, Finding, Part, Readings, Signal
from engine.model.trade import Approved, Order, Restatement, Trade


class Value(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T", bound=Value)


@cache
def names_of(kind: type[Value]) -> tuple[str, ...]:
    """Return the names of a dataclass's fields."""
    return tuple(field.name for field in fields(kind))


def columns_of(value: Value, *, prefix: str = "", without: Collection[str] = ()) -> dict[str, Any]:
    """Return the columns that keep a value's fields."""
    return {prefix + name: getattr(value, name) for name in names_of(type(value)) if name not in without}


def value_of(kind: type[T], row: Row[Any], *, prefix: str = "", **nested: Any) -> T:
    """Make a value from a row's columns and the fields that are not columns."""
    kept = {name: getattr(row, prefix + name) for name in names_of(kind) if name not in nested}
    return kind(**kept, **nested)


class Shape(Generic[T]):
    """Where the fields of a value stand in the rows of a table: found once, for rows that are read by the thousand."""

    def __init__(self, kind: type[T], table: type[Base], *, prefix: str = "", without: Collection[str] = ()) -> None:
        stands = {column.key: number for number, column in enumerate(table.__table__.c)}
        self._kind = kind
        self._names = [name for name in names_of(kind) if name not in without]
        self._pick = itemgetter(*(stands[prefix + name] for name in self._names))

    def of(self, row: Row[Any], **nested: Any) -> T:
        """Make a value from a whole row of the table, in its order, and the fields that are not columns."""
        return self._kind(**dict(zip(self._names, self._pick(row), strict=True)), **nested)


NESTED = frozenset({"signal", "sizing", "restated", "approved", "exit_plan"})
"""The fields of a trade that are values themselves."""

TRADE = Shape(Trade, TradeRow, without=NESTED)
RESTATED = Shape(Restatement, TradeRow, prefix="restated_")
SIZING = Shape(Sizing, TradeRow, prefix="sizing_")
ORDER = Shape(Order, OrderRow, without={"legs", "replaced"})


def columns_of_trade(trade: Trade) -> dict[str, Any]:
    """Return the columns that keep a trade, without those of its signal."""
    return (
        columns_of(trade, without=NESTED)
        | columns_of(trade.sizing, prefix="sizing_")
        | columns_of(trade.restated, prefix="restated_")
        | {"exit_plan": None if trade.exit_plan == AS_SENT else plain(trade.exit_plan)}
    )


def trade_of(row: Row[Any], signal: Signal, approved: Approved | None) -> Trade:
    """Make a trade from its row, its signal, and what was approved."""
    plan = AS_SENT if row.exit_plan is None else valued(ExitPlan, row.exit_plan)
    return TRADE.of(
        row, signal=signal, sizing=SIZING.of(row), restated=RESTATED.of(row), approved=approved, exit_plan=plan
    )


def columns_of_order(order: Order) -> dict[str, Any]:
    """Return the columns that keep an order, without its legs and what it replaced."""
    return columns_of(order, without={"legs", "replaced"})


def order_of(row: Row[Any]) -> Order:
    """Make an order from its row, without legs and what it replaced."""
    return ORDER.of(row, legs=(), replaced=())


def columns_of_signal(signal: Signal) -> dict[str, Any]:
    """Return the columns that keep a signal, with lists and dicts for what is nested in it."""
    return (
        columns_of(signal, without={"origin"})
        | columns_of(signal.origin, prefix="origin_")
        | {
            "readings": asdict(signal.readings),
            "components": [asdict(component) for component in signal.components],
            "findings": [asdict(finding) | {"at": finding.at.isoformat()} for finding in signal.findings],
        }
    )


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
        origin=value_of(Origin, row, prefix="signal_origin_"),
    )


def activity_of(row: Row[Any]) -> Activity:
    """Make an activity from its row."""
    return value_of(Activity, row)


def action_of(row: Row[Any]) -> CorporateAction:
    """Make a corporate action from its row."""
    return value_of(CorporateAction, row)


def columns_of_call(call: ModelCall) -> dict[str, Any]:
    """Return the columns that keep a call to a model."""
    return columns_of(call, without={"tokens"}) | columns_of(call.tokens, prefix="tokens_")


def call_of(row: Row[Any]) -> ModelCall:
    """Make a call to a model from its row."""
    return value_of(ModelCall, row, tokens=value_of(TokenCounts, row, prefix="tokens_"))
