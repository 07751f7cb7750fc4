"""Several bots on one database post each notice once, however often they are killed. Five hundred: make several."""

from pathlib import Path

import pytest

from tests.several.campaign import Campaign
from tests.support.databases import sqlite_at
from tests.support.servers import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_at(tmp_path / "desk.db")
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()


@pytest.mark.parametrize("bots", [2, 3])
def test_bots_that_are_killed_post_each_notice_once_and_in_its_order(bots: int, database: str, tmp_path: Path) -> None:
    campaign = Campaign(bots=bots, notices=60, seed=bots, database=database, folder=tmp_path)
    delivered = campaign.run()
    assert delivered.breaches(campaign.keys) == []
    assert sum(delivered.posts.values()) == 60
    assert delivered.kills >= 60 // 6 - 1
