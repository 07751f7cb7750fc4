"""What all tables share."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from sqlalchemy import ColumnElement, Enum, MetaData, literal
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, mapped_column

from engine.adapters.sql.columns import Json, Money, StoredText, UtcDateTime

T = TypeVar("T")

Nested = Annotated[Any, mapped_column(Json, nullable=False)]
Number = Annotated[int, mapped_column(primary_key=True)]
"""Given by the database, in the order in which rows are added."""


def one_of(column: InstrumentedAttribute[T], values: Iterable[T]) -> ColumnElement[bool]:
    """Return that a column is one of some values that never change: a list that is written once, not at each asking."""
    return column.in_([literal(value, column.type) for value in values])


class Base(DeclarativeBase):
    """What all tables share: how Python types are kept and constraints are named."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        },
    )
    type_annotation_map = {  # noqa: RUF012 SQLAlchemy's name and type
        Decimal: Money,
        datetime: UtcDateTime,
        str: StoredText,
        StrEnum: Enum(
            StrEnum, native_enum=False, length=30, values_callable=lambda kind: [word.value for word in kind]
        ),
    }
