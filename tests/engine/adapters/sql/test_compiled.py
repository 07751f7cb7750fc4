from sqlalchemy import create_engine, select, text
from sqlalchemy.schema import CreateTable

from engine.adapters.sql.compiled import CompiledStatements
from engine.adapters.sql.database import connect
from engine.adapters.sql.desk_tables import DeskRow


def test_a_statement_is_compiled_once_for_databases_of_a_kind() -> None:
    known = CompiledStatements()
    for _ in range(2):
        engine = create_engine("sqlite://", execution_options={"compiled_cache": known})
        with engine.connect() as connection:
            connection.execute(select(text("1")))
        engine.dispose()
    assert len(known) == 1


def test_what_it_became_for_another_kind_is_not_taken() -> None:
    known, sqlite = CompiledStatements(), create_engine("sqlite://").dialect
    known[sqlite, "the statement"] = "for SQLite"
    assert known.get((type(sqlite)(), "the statement")) == "for SQLite"
    assert known.get((create_engine("postgresql+psycopg://").dialect, "the statement")) is None


def test_too_many_are_forgotten() -> None:
    known, sqlite = CompiledStatements(most=3), create_engine("sqlite://").dialect
    for number in range(10):
        known[sqlite, number] = number
    assert len(known) <= 3
    assert known.get((sqlite, 9)) == 9


def test_no_statement_of_the_desks_database_looks_for_listeners(tmp_path: object) -> None:
    database = connect(f"sqlite:///{tmp_path}/desk.db", patience=1.0)
    with database.writing() as connection:
        connection.execute(CreateTable(DeskRow.__table__))  # type: ignore[arg-type]  # a mapped table is a Table
        assert not connection._has_events  # noqa: SLF001 (SQLAlchemy tells it nowhere else)
        assert not connection.engine._has_events  # noqa: SLF001
    database.close()
