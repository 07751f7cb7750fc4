"""A short campaign on each database; a long one: make calling PROPOSALS=1000."""

import os
from pathlib import Path

import pytest

from tests.calling.campaign import Campaign
from tests.support.databases import sqlite_at
from tests.support.servers import Postgres

PROPOSALS = int(os.environ.get("PROPOSALS", "24"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_at(tmp_path / "desk.db")
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()


def test_where_the_first_line_is_silent_the_second_is_called_in_time_and_nobody_twice(
    database: str, tmp_path: Path
) -> None:
    found = Campaign(proposals=PROPOSALS, seed=1, database=database, folder=tmp_path).run()
    assert found.breaches == []
    assert found.reached == PROPOSALS
    assert found.kills >= 4
