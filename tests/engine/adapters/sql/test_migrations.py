import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, create_engine, insert, inspect, make_url, select, text

from engine.adapters.sql.base import Base
from engine.adapters.sql.migrations import known, upgrade
from engine.adapters.sql.store import open_store
from engine.errors import StoreUnavailable
from engine.model.desk import AuditEntry, Desk, DeskState
from engine.model.notices.base import Posted
from engine.model.notices.desk import DeskHalted
from engine.model.reason import Reason
from engine.model.trade import TradeState
from tests.engine.adapters.sql.dying_upgrade import upgrade_until
from tests.engine.adapters.sql.old_rows import ADDED, AT, rows_at
from tests.support.forks import fork
from tests.support.samples import sample
from tests.support.servers import Postgres

NEWEST, *EARLIER = known()
TRADE_ID = "AAPL_20250819_234515"
OLDEST, HALFWAY, LATEST = EARLIER[-1], EARLIER[len(EARLIER) // 2], EARLIER[0]
KILLED = [
    *(
        (OLDEST, statement) for statement in sample((1, 4, 12, 24, 36, 48, 60, None), 4)
    ),  # a way through every migration
    (HALFWAY, None),
    (LATEST, 1),
    (LATEST, None),
]
"""The revisions from which an upgrade is killed before a statement, or with None before its commit."""
Rows = dict[str, list[tuple[Any, ...]]]
Filled = Callable[[str, str], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """A kind of database."""
    kind: str = request.param
    return kind


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database(migrated=False)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = engine_of(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Filled:
    """Give, by its kind and revision, a database with a row in every table, which is made once and only copied."""
    folder = tmp_path_factory.mktemp("filled")

    @cache
    def filled(kind: str, revision: str) -> str:
        if kind == "sqlite":
            url = f"sqlite:///{folder / revision}.db"
        else:
            server: Postgres = request.getfixturevalue("postgres")
            url = server.new_database(migrated=False)
        fill(url, revision)
        return url

    return filled


@pytest.fixture(params=sample(EARLIER, 8))
def revision(request: pytest.FixtureRequest) -> str:
    """An earlier revision."""
    revision: str = request.param
    return revision


@pytest.fixture
def old(kind: str, revision: str, filled: Filled, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database at an earlier revision, with a row in every table."""
    made = filled(kind, revision)
    if kind == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.copy_of(made)
    file = tmp_path / "desk.db"
    shutil.copyfile(str(make_url(made).database), file)
    return f"sqlite:///{file}"


def engine_of(url: str) -> Engine:
    return create_engine(url.replace("postgresql:", "postgresql+psycopg:"))


def fill(url: str, revision: str) -> None:
    """Bring an empty database to a revision, and put a row in every table."""
    engine = engine_of(url)
    with engine.begin() as connection:
        upgrade(connection, to=revision)
    tables = tables_of(engine)
    with engine.begin() as connection:
        for made in tables.tables.keys() & {"desk", "fence"}:  # the one row of each is made with its table
            connection.execute(tables.tables[made].delete())
        for table in tables.sorted_tables:
            connection.execute(insert(table), rows_at(revision)[table.name])
    engine.dispose()


def tables_of(engine: Engine) -> MetaData:
    """Return the tables as the database itself describes them, without Alembic's own."""
    tables = MetaData()
    tables.reflect(engine, only=[name for name in inspect(engine).get_table_names() if name != "alembic_version"])
    return tables


def rows(engine: Engine, tables: MetaData) -> Rows:
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in tables.sorted_tables
        }


def lost(before: Rows, after: Rows) -> list[str]:
    """Name the tables that do not hold what they held; the audit grows with every upgrade, and its head with it."""
    changed = [name for name in before if before[name] != after[name]]
    grown = {name for name in changed if name == "audit" and after[name][: len(before[name])] == before[name]}
    return [name for name in changed if name not in grown and not (grown and name == "audit_head")]


@contextmanager
def nothing_lost(url: str) -> Iterator[None]:
    """Hold that a database has the newest tables in the end, and in them all that it had in the beginning."""
    engine = engine_of(url)
    tables = tables_of(engine)
    before = rows(engine, tables)
    assert all(before.values())
    engine.dispose()
    yield
    assert lost(before, rows(engine, tables)) == []
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_every_revision_says_what_it_adds() -> None:
    assert ADDED.keys() == set(known())


def test_the_migrations_make_the_tables_that_the_code_describes(engine: Engine) -> None:
    with engine.begin() as connection:
        upgrade(connection)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_an_upgrade_makes_the_newest_tables_and_loses_nothing_that_was_in_the_old(old: str) -> None:
    with nothing_lost(old):
        open_store(old).close()


@pytest.mark.parametrize(("revision", "statement"), KILLED, indirect=["revision"])
def test_an_upgrade_that_is_killed_goes_on_at_the_next_start(old: str, statement: int | None, tmp_path: Path) -> None:
    with nothing_lost(old):
        killed = fork(tmp_path / "log.txt", upgrade_until, old, statement)
        killed.join(60)
        assert killed.exitcode == -signal.SIGKILL, (tmp_path / "log.txt").read_text(encoding="utf-8")
        open_store(old).close()


def test_a_long_audit_is_chained_within_seconds(engine: Engine, url: str) -> None:
    with engine.begin() as connection:
        upgrade(connection, to="0004")
    audit, row = tables_of(engine).tables["audit"], rows_at("0004")["audit"]
    with engine.begin() as connection:
        connection.execute(insert(audit), [row] * 20_000)
    store = open_store(url)
    with store.reading() as reader:
        assert (reader.check_audit().count, reader.check_audit().fault) == (20_000, "")
    store.close()


def test_what_an_earlier_version_kept_is_read_and_gone_on_with_through_the_store(old: str, revision: str) -> None:
    store = open_store(old)
    with store.reading() as reader:
        assert reader.desk() == Desk(state=DeskState.HALTED, auto=True, by="U0ADMIN", reason="CPI", since=AT)
        (trade,) = reader.trades({TradeState.OPEN})
        assert (trade.id, trade.fill_price, trade.target) == (TRADE_ID, Decimal("150.28"), Decimal("154.78"))
        assert (trade.signal.tenths, trade.sizing.shares, trade.sizing.stop) == (5, 512, Decimal("147.99"))
        assert reader.signals(5) == (trade.signal,)
        assert [(order.broker_id, order.filled_shares) for order in reader.orders(TRADE_ID)] == [("b-1", 512)]
        assert [finding.reason for finding in reader.findings(["AAPL"], AT)["AAPL"]] == ["upgrade"]
        assert ("news-1", "AAPL") in reader.scored(["news-1"])
        assert [waiting.notice for waiting in reader.waiting(5)] == [
            DeskHalted(key="halted:1", at=AT, by="U0ADMIN", reason=Reason(word="CPI"))
        ]
        assert reader.posted(f"{TRADE_ID}:card") == Posted(channel="C0DESK", ts="1755614715.000100")
        assert reader.setting("first_start") == "1"
    with store.writing() as transaction:
        transaction.move(trade, TradeState.CLOSING)
        transaction.write_audit(AuditEntry(at=AT, actor="U0ADMIN", action="resume"))
        assert [(entry.action, entry.said) for entry in transaction.audit()] == [("resume", ""), ("halt", "/halt CPI")]
    with store.reading() as reader:
        checked = reader.check_audit()
    as_found = revision < "0011"  # the upgrade that takes the fingerprint of every trade
    assert (checked.count, checked.trades, checked.fault) == (3 + as_found, 1, "")  # with the trade as moved
    store.close()


def test_a_headline_of_the_first_revision_counts_as_scored_for_all_of_its_symbols(engine: Engine, url: str) -> None:
    with engine.begin() as connection:
        upgrade(connection, to="0001")
    headlines = tables_of(engine).tables["headlines"]
    with engine.begin() as connection:
        connection.execute(insert(headlines), rows_at("0001")["headlines"])
    store = open_store(url)
    with store.reading() as reader:
        assert reader.scored(["news-1"]) == {("news-1", "AAPL"): "", ("news-1", "MSFT"): ""}
    store.close()


def test_what_ended_before_results_were_kept_is_in_them(engine: Engine, url: str) -> None:
    with engine.begin() as connection:
        upgrade(connection, to="0005")
    tables = tables_of(engine).tables
    sold = {"state": "closed", "exit_shares": 512, "exit_price": "151.28", "closed_at": AT}
    with engine.begin() as connection:
        connection.execute(insert(tables["signals"]), rows_at("0005")["signals"])
        for number in range(3):
            ended = {"id": f"T{number}", "closed_at": AT - number * timedelta(days=40)}
            connection.execute(insert(tables["trades"]), rows_at("0005")["trades"] | sold | ended)
    store = open_store(url)
    with store.reading() as reader:
        came, lately = reader.performance(None, AT), reader.performance(AT - timedelta(days=50), AT)
    assert (came.trades, came.wins, came.result, lately.trades) == (3, 3, Decimal(1536), 2)
    store.close()


def test_an_upgrade_of_the_newest_schema_changes_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        upgrade(connection)
        connection.execute(text("INSERT INTO settings VALUES ('locale', 'ko')"))
        upgrade(connection)
        assert connection.scalar(text("SELECT value FROM settings")) == "ko"


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(engine: Engine, url: str) -> None:
    with engine.begin() as connection:
        upgrade(connection, to=EARLIER[-1])
        connection.execute(text("CREATE TABLE spending (day INTEGER)"))
    with pytest.raises(StoreUnavailable, match="spending"):
        open_store(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE spending"))
    open_store(url).close()


def test_a_database_of_a_newer_version_is_left_alone_and_said_in_one_line(engine: Engine, url: str) -> None:
    open_store(url).close()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable) as refused:
        open_store(url)
    assert "newer version of the bot (revision 9999, this one knows " + NEWEST in str(refused.value)
    assert "backup" in str(refused.value)
    assert "\n" not in str(refused.value)


SPREAD_OUT = "0014"
"""The revision from which on a desk may be several processes, which go over to another version one by one."""


def shape(engine: Engine) -> dict[str, dict[str, Any]]:
    """Return by table what an older version relies on: its columns, and what must be one row only."""
    found = inspect(engine)
    return {
        table: {
            "columns": {column["name"]: column for column in found.get_columns(table)},
            "unique": {tuple(each["column_names"]) for each in found.get_unique_constraints(table)},
            "checks": {str(each["sqltext"]) for each in found.get_check_constraints(table)},
        }
        for table in found.get_table_names()
    }


def in_the_way_of_the_version_before(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Name what keeps a version that knows one shape from working on the other."""
    gone = [table for table in before if table not in after]
    for table in before.keys() & after.keys():
        old, new = before[table]["columns"], after[table]["columns"]
        gone += [
            f"{table}.{name}" for name in old if name not in new or str(old[name]["type"]) != str(new[name]["type"])
        ]
        gone += [
            f"{table}.{name} is needed"
            for name in new.keys() - old.keys()
            if not new[name]["nullable"] and new[name]["default"] is None
        ]
        gone += [f"{table} {what}" for what in ("unique", "checks") if after[table][what] - before[table][what]]
    return gone


@pytest.mark.parametrize("revision", [each for each in known() if each > SPREAD_OUT])
def test_no_revision_since_takes_anything_from_the_version_before_or_demands_anything_of_it(
    engine: Engine, revision: str
) -> None:
    with engine.begin() as connection:
        upgrade(connection, to=known()[known().index(revision) + 1])
    before = shape(engine)
    with engine.begin() as connection:
        upgrade(connection, to=revision)
    assert in_the_way_of_the_version_before(before, shape(engine)) == []


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE outages",
        "ALTER TABLE trades DROP COLUMN reason",
        "ALTER TABLE outages RENAME COLUMN since TO begun",
    ],
)
def test_a_revision_that_would_take_something_from_the_version_before_is_noticed(engine: Engine, change: str) -> None:
    with engine.begin() as connection:
        upgrade(connection)
    before = shape(engine)
    with engine.begin() as connection:
        connection.execute(text(change))
    assert in_the_way_of_the_version_before(before, shape(engine)) != []


def test_a_revision_that_would_demand_something_of_the_version_before_is_noticed(postgres: Postgres) -> None:
    engine = create_engine(make_url(postgres.new_database()).set(drivername="postgresql+psycopg"))
    before = shape(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE trades ADD COLUMN novelty VARCHAR NOT NULL"))
    assert in_the_way_of_the_version_before(before, shape(engine)) == ["trades.novelty is needed"]
    engine.dispose()


def test_opening_an_existing_database_keeps_the_desk_as_it_was(url: str) -> None:
    halted = Desk(state=DeskState.HALTED, auto=True)
    first = open_store(url)
    with first.writing() as transaction:
        transaction.set_desk(halted)
    first.close()
    second = open_store(url)
    with second.reading() as reader:
        assert reader.desk() == halted
    second.close()
