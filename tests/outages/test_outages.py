"""Each outside system is lost for a while, twice, with orders under way; `make outages` does the same for longer."""

import os
import re
from pathlib import Path

import pytest

from tests.outages.desk import BusyDesk, Outside
from tests.outages.outage import LOST, Outcome, live_through
from tests.support.servers import Postgres

SHORT = 1.0
FAST, SLOW = 20, 10
"""Market seconds a real second: all of a test must fit into one bar of half an hour, on a busy machine too."""


@pytest.mark.parametrize("outside", LOST)
def test_an_outage_is_said_trades_nothing_it_should_not_and_leaves_nothing_lost(
    tmp_path: Path, postgres: Postgres, outside: Outside
) -> None:
    with BusyDesk.open(tmp_path, postgres.new_database(), FAST) as desk:
        outcome = live_through(desk, outside, SHORT)
    assert outcome.harm == {}
    assert outcome.orders >= 2


@pytest.mark.outages
@pytest.mark.timeout(1_200)
def test_every_outside_system_can_be_lost_for_long(
    tmp_path: Path, postgres: Postgres, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = float(os.environ.get("OUTAGE_SECONDS", "30"))
    outcomes = [live_for(tmp_path / outside, postgres.new_database(), outside, seconds) for outside in LOST]
    with capsys.disabled():
        print(f"\n{seconds:g} s each, twice\n{HEAD}\n{RULE}")  # noqa: T201 (what the campaign is run for)
        for outcome in outcomes:
            print(row(outcome))  # noqa: T201
    assert all(outcome.harm == {} for outcome in outcomes)


HEAD = "| lost | the channel was told | bought | doubled | bought though forbidden | trades lost | notices lost |"
RULE = "| --- | --- | --- | --- | --- | --- | --- |"


def live_for(folder: Path, database_url: str, outside: Outside, seconds: float) -> Outcome:
    folder.mkdir()
    with BusyDesk.open(folder, database_url, SLOW) as desk:
        return live_through(desk, outside, seconds)


def row(outcome: Outcome) -> str:
    said = ", ".join(dict.fromkeys(re.split(r" \(|\.", text)[0] for text in outcome.said))
    figures = (outcome.orders, outcome.doubled, outcome.forbidden, outcome.trades_lost, outcome.notices_lost)
    return " | ".join((f"| {outcome.outside}", said, *map(str, figures))) + " |"
