import csv
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # has no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # has no types
import pytest

from bot.export import ROWS_AT_ONCE, TABLES, export
from engine.adapters.sql.tables import AuditRow, DecisionRow, OrderRow, TradeRow
from engine.errors import SettingsInvalid
from engine.model.desk import AuditEntry
from engine.model.signal import Side
from engine.model.trade import Order, OrderRole, OrderState

SEOUL = timezone(timedelta(hours=9))
AT = datetime(2025, 8, 19, 23, 45, 15, 123456, tzinfo=SEOUL)
THIRD = Decimal(1_000_000) / 3
SAID = '/reject AAPL "가격이, 너무\n높다"'
ENTRY = AuditEntry(at=AT, actor="U0TRADER", action="reject", subject="AAPL_20250819_234515", said=SAID)


@dataclass(frozen=True, kw_only=True)
class OrderOfTrade:
    """An order with its trade's id, as the books' row has it."""

    trade_id: str
    order: Order

    def __getattr__(self, name: str) -> Any:
        return getattr(self.order, name)


ORDER = OrderOfTrade(
    trade_id="AAPL_20250819_234515",
    order=Order(
        broker_id="b-1",
        client_order_id="AAPL_20250819_234515",
        role=OrderRole.ENTRY,
        symbol="AAPL",
        side=Side.BUY,
        shares=512,
        state=OrderState.FILLED,
        filled_shares=512,
        fill_price=THIRD,
        filled_at=AT,
    ),
)


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _parquet(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


@pytest.mark.parametrize(
    ("table", "kind"), [("trades", TradeRow), ("orders", OrderRow), ("decisions", DecisionRow), ("audit", AuditRow)]
)
def test_every_column_is_one_of_the_books(table: str, kind: type) -> None:
    assert set(TABLES[table]) <= set(kind.__table__.columns.keys())  # type: ignore[attr-defined]  # SQLAlchemy adds it


def test_csv_keeps_money_to_the_last_digit(tmp_path: Path) -> None:
    assert export("orders", [ORDER], tmp_path / "orders.csv") == 1
    row = _csv(tmp_path / "orders.csv")[0]
    assert Decimal(row["fill_price"]) == THIRD
    assert (row["shares"], row["state"], row["price"]) == ("512", "filled", "")


def test_parquet_keeps_money_to_the_last_digit(tmp_path: Path) -> None:
    export("orders", [ORDER], tmp_path / "orders.parquet")
    row = _parquet(tmp_path / "orders.parquet")[0]
    assert Decimal(row["fill_price"]) == THIRD
    assert (row["shares"], row["state"], row["price"]) == (512, "filled", None)


def test_times_keep_their_zone(tmp_path: Path) -> None:
    export("audit", [ENTRY], tmp_path / "audit.csv")
    export("audit", [ENTRY], tmp_path / "audit.parquet")
    assert _csv(tmp_path / "audit.csv")[0]["at"] == "2025-08-19T14:45:15.123456+00:00"
    assert _parquet(tmp_path / "audit.parquet")[0]["at"] == AT
    assert pq.read_schema(tmp_path / "audit.parquet").field("at").type == pa.timestamp("us", tz="UTC")


def test_what_people_typed_comes_back_as_it_was(tmp_path: Path) -> None:
    for name in ("audit.csv", "audit.parquet"):
        export("audit", [ENTRY], tmp_path / name)
    assert _csv(tmp_path / "audit.csv")[0]["said"] == SAID
    assert _parquet(tmp_path / "audit.parquet")[0]["said"] == SAID


@pytest.mark.parametrize("name", ["audit.csv", "audit.parquet"])
def test_an_empty_table_still_has_its_columns(tmp_path: Path, name: str) -> None:
    assert export("audit", [], tmp_path / name) == 0
    assert list(TABLES["audit"]) == (
        pq.read_schema(tmp_path / name).names
        if name.endswith("parquet")
        else (tmp_path / name).read_text().strip().split(",")
    )


def test_more_rows_than_are_held_at_once_are_all_written(tmp_path: Path) -> None:
    many = 2 * ROWS_AT_ONCE + 1
    assert export("audit", (ENTRY for _ in range(many)), tmp_path / "audit.parquet") == many
    assert len(_parquet(tmp_path / "audit.parquet")) == many


def test_a_broken_export_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "audit.csv"
    path.write_text("old")
    with pytest.raises(AttributeError):
        export("audit", [ENTRY, object()], path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("table", "name", "expected"),
    [
        ("audit", "audit.xlsx", r"ends in \.csv or \.parquet"),
        ("prices", "prices.csv", "expected one of trades, orders"),
        ("audit", "no/such/folder/audit.csv", "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_line(tmp_path: Path, table: str, name: str, expected: str) -> None:
    with pytest.raises(SettingsInvalid, match=expected):
        export(table, [], tmp_path / name)
