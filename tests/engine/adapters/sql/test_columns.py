from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, create_engine, insert, select, text
from sqlalchemy.exc import StatementError

from engine.adapters.sql.columns import Json, Money, UtcDateTime

KEPT = Table(
    "kept",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("money", Money),
    Column("at", UtcDateTime),
    Column("nested", Json),
)
NOON_IN_SEOUL = datetime(2025, 8, 19, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=9)))


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        KEPT.metadata.create_all(connection)
        yield connection
    engine.dispose()


def again(connection: Connection, name: str, value: Any) -> Any:
    connection.execute(insert(KEPT), {name: value})
    return connection.scalar(select(KEPT.c[name]))


@pytest.mark.parametrize("amount", ["0.1", "150.2800", "-0.000001", "12345678901234567890.123456789", "1E+3"])
def test_money_is_kept_to_its_last_digit(connection: Connection, amount: str) -> None:
    assert str(again(connection, "money", Decimal(amount))) == amount


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_what_is_no_amount_is_refused(connection: Connection, amount: str) -> None:
    with pytest.raises(StatementError, match="is no amount"):
        again(connection, "money", Decimal(amount))


def test_an_instant_comes_back_in_utc(connection: Connection) -> None:
    kept = again(connection, "at", NOON_IN_SEOUL)
    assert (kept, kept.tzinfo) == (NOON_IN_SEOUL, UTC)


def test_instants_are_kept_in_the_order_of_time(connection: Connection) -> None:
    for instant in (NOON_IN_SEOUL, datetime(2025, 8, 19, 2, tzinfo=UTC)):
        connection.execute(insert(KEPT), {"at": instant})
    assert connection.scalars(select(KEPT.c.id).order_by(KEPT.c.at)).all() == [2, 1]


def test_a_naive_time_is_refused(connection: Connection) -> None:
    with pytest.raises(StatementError, match="is naive"):
        again(connection, "at", NOON_IN_SEOUL.replace(tzinfo=None))


@pytest.mark.parametrize("name", ["money", "at"])
def test_nothing_stays_nothing(connection: Connection, name: str) -> None:
    assert again(connection, name, None) is None


def test_nested_values_are_kept_as_readable_text(connection: Connection) -> None:
    assert again(connection, "nested", [{"rsi": 35.0}]) == [{"rsi": 35.0}]
    assert connection.scalar(text("SELECT nested FROM kept")) == '[{"rsi": 35.0}]'


def test_a_reading_that_is_not_a_number_is_kept(connection: Connection) -> None:
    (reading,) = again(connection, "nested", [float("nan")])
    assert reading != reading  # noqa: PLR0124 only NaN differs from itself
