"""No question that people or jobs ask makes the database go through a whole table of what grows."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.event import listen

from engine.adapters.sql.reader import SqlReader
from engine.adapters.sql.signals import KnownSignals
from engine.model.trade import ALIVE, RESERVED, TradeState
from engine.ports.store import Reader
from tests.support.databases import sqlite_at
from tests.support.fakes.trades import PROPOSED_AT
from tests.support.servers import Postgres

GROWING = (
    "trades|orders|fills|decisions|audit|outbox|signals|results|headlines|findings|scored|model_calls|equity|activities"
)
DAY = timedelta(days=1)
QUESTIONS: dict[str, Callable[[Reader], object]] = {
    "a trade": lambda reader: reader.trade("T1"),
    "trades under way": lambda reader: reader.trades(ALIVE),
    "open trades": lambda reader: reader.trades({TradeState.OPEN}),
    "the last closed trades": lambda reader: reader.trades({TradeState.CLOSED}, limit=50),
    "closed trades of lately": lambda reader: reader.trades({TradeState.CLOSED}, since=PROPOSED_AT, limit=50),
    "the last trades": lambda reader: reader.trades(limit=200),
    "trades of a day": lambda reader: reader.trades(since=PROPOSED_AT),
    "trades of a symbol": lambda reader: reader.trades(symbol="AAPL", limit=5),
    "a symbol's trades under way": lambda reader: reader.trades(RESERVED, symbol="AAPL"),
    "symbols that are taken": lambda reader: reader.symbols(ALIVE, ["AAPL", "MSFT"]),
    "unpublished proposals": lambda reader: reader.unpublished(),
    "orders of a trade": lambda reader: reader.orders("T1"),
    "orders of many trades": lambda reader: reader.orders_of(["T1", "T2"]),
    "what is still bought": lambda reader: reader.unfilled(),
    "entries of today": lambda reader: reader.entries(PROPOSED_AT),
    "the last outcomes": lambda reader: reader.outcomes(limit=5),
    "outcomes of today": lambda reader: reader.outcomes(since=PROPOSED_AT),
    "the newest fill": lambda reader: reader.last_fill(),
    "equity at an instant": lambda reader: reader.equity_at(PROPOSED_AT),
    "the highest equity": lambda reader: reader.peak_equity(PROPOSED_AT),
    "money that came today": lambda reader: reader.flows(PROPOSED_AT),
    "/pnl today": lambda reader: reader.performance(PROPOSED_AT, PROPOSED_AT + DAY / 4),
    "/pnl month": lambda reader: reader.performance(PROPOSED_AT - 20 * DAY, PROPOSED_AT),
    "/pnl all": lambda reader: reader.performance(None, PROPOSED_AT),
    "/pnl month of a symbol": lambda reader: reader.performance(PROPOSED_AT - 20 * DAY, PROPOSED_AT, "AAPL"),
    "results of a month": lambda reader: reader.trade_results(PROPOSED_AT - 20 * DAY, PROPOSED_AT, limit=5),
    "results of all time": lambda reader: reader.trade_results(None, PROPOSED_AT, limit=5),
    "results of a symbol": lambda reader: reader.trade_results(None, PROPOSED_AT, "AAPL", limit=5),
    "growth of a month": lambda reader: reader.daily_growth(PROPOSED_AT - 20 * DAY, PROPOSED_AT),
    "signals": lambda reader: reader.signals(50),
    "signals of a symbol": lambda reader: reader.signals(50, "AAPL"),
    "findings": lambda reader: reader.findings(["AAPL"], PROPOSED_AT),
    "who found them": lambda reader: reader.scorers(["AAPL"], PROPOSED_AT),
    "scored headlines": lambda reader: reader.scored(["news-1"]),
    "headlines of a symbol": lambda reader: reader.headlines(["AAPL"], PROPOSED_AT, 10),
    "calls to the model": lambda reader: reader.calls(symbol="AAPL"),
    "notices that wait": lambda reader: reader.waiting(100),
    "whether a notice was told": lambda reader: reader.was_enqueued("halted:1"),
    "whether a request was served": lambda reader: reader.is_served("r-1"),
    "the audit of a trade": lambda reader: reader.audit(subject="T1"),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An empty database whose planner may not choose to read a table from end to end because it is small."""
    if request.param == "sqlite":
        url = sqlite_at(Path(tmp_path_factory.mktemp("plans")) / "desk.db")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.new_database().replace("postgresql:", "postgresql+psycopg:")
    engine = create_engine(url)
    yield engine
    engine.dispose()


def plans(engine: Engine, question: Callable[[Reader], object]) -> list[str]:
    """Return a line for each step of the plans of all queries that a question takes."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        asked.append((statement, parameters))

    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        listen(connection, "before_cursor_execute", note)
        question(SqlReader(connection, KnownSignals()))
        return [line for statement, parameters in list(asked) for line in _plan(connection, statement, parameters)]


def _plan(connection: Connection, statement: str, parameters: Any) -> list[str]:
    explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    return [str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)]


def is_whole(step: str) -> bool:
    """Tell whether a step reads a table that grows without an index, from end to end."""
    on_sqlite = re.search(rf"SCAN ({GROWING})\b(?! USING)", step)
    return bool(on_sqlite or re.search(rf"Seq Scan on ({GROWING})\b", step))


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_is_answered_from_an_index(engine: Engine, question: Callable[[Reader], object]) -> None:
    steps = plans(engine, question)
    assert steps
    assert [step for step in steps if is_whole(step)] == []


@pytest.mark.parametrize(
    ("table", "column"), [("trades", "reason"), ("orders", "reason"), ("audit", "why"), ("outbox", "detail")]
)
def test_a_look_through_a_whole_table_would_be_found(engine: Engine, table: str, column: str) -> None:
    with engine.connect() as connection:
        steps = _plan(connection, f"SELECT * FROM {table} WHERE {column} = 'X'", ())  # noqa: S608 (our own names)
    assert any(is_whole(step) for step in steps)
