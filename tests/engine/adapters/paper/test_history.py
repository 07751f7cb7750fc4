"""The paper broker's short positions and its account's history, beyond what every broker promises."""

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from engine.model.activity import ActivityKind
from engine.model.trade import OrderRole, OrderState
from tests.engine.adapters.paper import REGULAR, open_paper
from tests.support.databases import is_open

OLD = """
CREATE TABLE account (cash TEXT NOT NULL);
CREATE TABLE positions (
    symbol TEXT PRIMARY KEY, shares INTEGER NOT NULL CHECK (shares > 0), cost TEXT NOT NULL
);
CREATE TABLE prices (symbol TEXT PRIMARY KEY, price TEXT NOT NULL, at TEXT NOT NULL);
INSERT INTO account VALUES ('5000');
INSERT INTO positions VALUES ('AAPL', 10, '149.50');
INSERT INTO prices VALUES ('AAPL', '150.00', '2025-08-19T14:00:00.000000+00:00');
"""


def test_a_file_of_before_keeps_its_positions_and_can_be_short(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "paper.db")) as file:
        file.executescript(OLD)
    for shares in (10, -5):
        with open_paper(tmp_path / "paper.db") as paper:
            assert paper.held == shares
            paper.broker.deal_by_hand("AAPL", -15, Decimal(150))
    with open_paper(tmp_path / "paper.db") as paper:
        assert paper.held == -20


def test_the_history_survives_a_restart(tmp_path: Path) -> None:
    with open_paper(tmp_path / "paper.db") as paper:
        paper.buy()
        paper.price("150.25")
        before = paper.broker.activities(REGULAR)
    with open_paper(tmp_path / "paper.db") as paper:
        assert paper.broker.activities(REGULAR) == before
        assert [activity.kind for activity in before] == [ActivityKind.FILL]


def test_each_part_of_a_fill_is_told_by_itself() -> None:
    with open_paper(participation="0.1") as paper:
        paper.buy(100)
        paper.price("150.25", volume=600)
        paper.price("150.30", volume=600)
        fills = paper.broker.activities(REGULAR)
        assert [int(fill.shares) for fill in fills] == [60, 40]
        assert sum(fill.shares * (fill.price or 0) for fill in fills) == 100 * (paper.order().fill_price or 0)


def test_what_is_sold_short_binds_buying_power() -> None:
    with open_paper() as paper:
        paper.broker.deal_by_hand("AAPL", -100, Decimal("150.25"))
        account = paper.broker.account()
        assert (account.cash, account.equity) == (Decimal(115_025), Decimal(100_000))
        assert account.buying_power == 2 * 100_000 - 15_025


def test_a_cash_account_does_not_spend_what_it_got_for_shares_that_it_owes() -> None:
    with open_paper(margin=False) as paper:
        paper.broker.deal_by_hand("AAPL", -100, Decimal("150.25"))
        assert paper.broker.account().buying_power == 100_000 - 15_025


def test_what_is_bought_back_needs_no_buying_power(tmp_path: Path) -> None:
    with open_paper(tmp_path / "paper.db", cash=100, margin=False) as paper:
        paper.broker.deal_by_hand("AAPL", -100, Decimal(150))
        paper.price("400.00")  # far more than the account has
        paper.broker.buy_back("trade-1-cover-1", "AAPL", 100)
        paper.price("400.00")
        order = paper.order("trade-1-cover-1")
        assert (order.role, order.state, paper.held) == (OrderRole.COVER, OrderState.FILLED, 0)


def test_shares_bought_over_a_short_position_cost_what_they_cost() -> None:
    with open_paper() as paper:
        paper.broker.deal_by_hand("AAPL", -40, Decimal(150))
        paper.broker.deal_by_hand("AAPL", 100, Decimal(160))
        (position,) = paper.broker.positions()
        assert (position.shares, position.cost) == (60, Decimal(160))


def test_a_file_that_is_no_database_is_not_left_open(tmp_path: Path) -> None:
    file = tmp_path / "paper.db"
    file.write_text("not a database, and long enough to be told from an empty one " * 20)
    with pytest.raises(sqlite3.DatabaseError), open_paper(file):
        pass
    assert not is_open(file)
