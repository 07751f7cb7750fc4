"""How money, times and nested values are kept, exactly and alike on SQLite and PostgreSQL."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Dialect, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

UNKEEPABLE = re.compile("[\0\ud800-\udfff]")


class Money(TypeDecorator[Decimal]):
    """A Decimal kept to its last digit: NUMERIC, or text on SQLite, whose own numbers are floats."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column for a database."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        """Hand a finite amount to the database; raises ValueError for any other."""
        if value is None:
            return None
        if not value.is_finite():
            raise ValueError(f"{value} is no amount")
        return str(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Decimal | str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 SQLAlchemy's signature
        """Take an amount from the database."""
        return None if value is None else Decimal(value)


class StoredText(TypeDecorator[str]):
    """A text as it came, but for what no database can hold (NUL, half a sign): nobody's words may stop the desk."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 SQLAlchemy's signature
        """Hand a text to the database."""
        return None if value is None else UNKEEPABLE.sub("\ufffd", value)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware when it goes in, UTC while it is kept, aware UTC when it comes out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 SQLAlchemy's signature
        """Hand an instant to the database; raises ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} is naive: say which time zone it is in")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 SQLAlchemy's signature
        """Take an instant from the database; SQLite forgets the time zone, which is always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A nested value as JSON text; PostgreSQL's own JSON would refuse NaN, the reading of an indicator without bars."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002 SQLAlchemy's signature
        """Hand lists and dicts of plain values to the database."""
        return json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 SQLAlchemy's signature
        """Take lists and dicts from the database."""
        return None if value is None else json.loads(value)
