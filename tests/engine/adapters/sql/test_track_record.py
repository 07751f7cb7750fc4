from pathlib import Path

import pytest
from sqlalchemy import Select, create_engine, text
from sqlalchemy.dialects import sqlite

from engine.adapters.sql.store import open_store
from engine.adapters.sql.tables import TradeRow
from engine.adapters.sql.track_record import OUTCOMES
from tests.support.fakes.trades import PROPOSED_AT


@pytest.mark.parametrize(
    "query",
    [
        OUTCOMES.order_by(TradeRow.closed_at.desc()).limit(4),
        OUTCOMES.where(TradeRow.closed_at >= PROPOSED_AT).order_by(TradeRow.closed_at.desc()),
    ],
    ids=["the last few", "since an instant"],
)
def test_outcomes_are_found_by_when_they_ended_however_many_trades_there_are(
    query: Select[tuple[object, ...]], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    open_store(url).close()
    statement = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    database = create_engine(url)
    with database.connect() as connection:
        plan = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"))]
    database.dispose()
    assert plan in (
        ["SCAN trades USING INDEX ix_trades_closed_at"],
        ["SEARCH trades USING INDEX ix_trades_closed_at (closed_at>?)"],
    )
