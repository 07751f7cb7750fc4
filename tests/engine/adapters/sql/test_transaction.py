"""What the tables keep beyond what the port Reader reads back."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, create_engine, select

from engine.adapters.sql.account_tables import EquityRow, RiskRow
from engine.adapters.sql.base import Base
from engine.adapters.sql.store import SqlStore, open_store
from engine.adapters.sql.tables import DecisionRow, FillRow, OrderRow, SignalRow
from engine.model.account import Account
from engine.model.signal import Side
from engine.model.trade import Order, OrderRole, OrderState, TradeState
from tests.support.fakes.trades import PROPOSED_AT, a_signal, a_trade

SOON = PROPOSED_AT + timedelta(minutes=1)
ACCOUNT = Account(equity=Decimal(231_368), cash=Decimal(66_788), buying_power=Decimal(133_576), margin=True)
ENTRY = Order(
    broker_id="b-1",
    client_order_id=a_trade().id,
    role=OrderRole.ENTRY,
    symbol="AAPL",
    side=Side.BUY,
    shares=512,
    state=OrderState.PARTLY_FILLED,
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    store = open_store(url)
    with store.writing() as transaction:
        transaction.propose(a_trade())
    yield store
    store.close()


def rows(url: str, table: type[Base]) -> Sequence[Row[Any]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(select(table)).all()
    engine.dispose()
    return found


def fills(url: str) -> list[tuple[int, Decimal | None]]:
    return [(row.shares, row.price) for row in rows(url, FillRow)]


def partly(shares: int, price: str) -> Order:
    return replace(ENTRY, filled_shares=shares, fill_price=Decimal(price), filled_at=SOON)


def test_each_move_leaves_a_decision(store: SqlStore, url: str) -> None:
    with store.writing() as transaction:
        approved = transaction.move(a_trade(decided_by="U1", decided_at=SOON, reason="looks good"), TradeState.APPROVED)
        transaction.move(approved, TradeState.SUBMITTED)
    first, second = rows(url, DecisionRow)
    assert (first.trade_id, first.from_state, first.to_state) == (a_trade().id, "proposed", "approved")
    assert (first.by, first.at, first.reason) == ("U1", SOON, "looks good")
    assert (second.from_state, second.to_state) == ("approved", "submitted")


def test_a_move_that_is_lost_leaves_no_decision(store: SqlStore, url: str) -> None:
    with pytest.raises(ValueError, match="never moves"), store.writing() as transaction:
        transaction.move(transaction.move(a_trade(), TradeState.REJECTED), TradeState.APPROVED)
    assert rows(url, DecisionRow) == []


def test_each_growth_of_an_order_is_a_fill_at_its_own_price(store: SqlStore, url: str) -> None:
    with store.writing() as transaction:
        transaction.save_order(a_trade().id, ENTRY)
        transaction.save_order(a_trade().id, partly(100, "150.20"))
        transaction.save_order(a_trade().id, partly(400, "150.26"))
        transaction.save_order(a_trade().id, partly(400, "150.26"))
    assert fills(url) == [(100, Decimal("150.20")), (300, Decimal("150.28"))]
    assert rows(url, FillRow)[0].at == SOON


def test_an_order_that_is_filled_when_first_seen_is_one_fill(store: SqlStore, url: str) -> None:
    with store.writing() as transaction:
        transaction.save_order(a_trade().id, partly(512, "150.28"))
    assert fills(url) == [(512, Decimal("150.28"))]


def test_an_older_sight_that_comes_late_counts_no_share_twice(store: SqlStore, url: str) -> None:
    with store.writing() as transaction:
        for shares in (400, 100, 400):
            transaction.save_order(a_trade().id, partly(shares, "150.28"))
    assert [shares for shares, _ in fills(url)] == [400]


def test_a_fill_whose_price_is_not_known_yet_has_none(store: SqlStore, url: str) -> None:
    with store.writing() as transaction:
        transaction.save_order(a_trade().id, replace(ENTRY, filled_shares=100))
    assert fills(url) == [(100, None)]


def test_a_leg_knows_its_parent_and_has_its_own_fills(store: SqlStore, url: str) -> None:
    stop = replace(partly(512, "147.95"), broker_id="b-2", role=OrderRole.STOP, side=Side.SELL)
    with store.writing() as transaction:
        transaction.save_order(a_trade().id, replace(ENTRY, legs=(stop,)))
    entry_row, stop_row = rows(url, OrderRow)
    assert (entry_row.parent_id, stop_row.parent_id) == (None, entry_row.id)
    assert [row.order_id for row in rows(url, FillRow)] == [stop_row.id]


def test_a_signal_without_a_trade_is_kept_with_the_reason(store: SqlStore, url: str) -> None:
    with store.writing() as transaction:
        transaction.add_signal(a_signal(symbol="MSFT"), "the market is closed")
    assert [(row.symbol, row.why_not) for row in rows(url, SignalRow)] == [
        ("AAPL", ""),
        ("MSFT", "the market is closed"),
    ]


def test_equity_and_open_risk_are_logged_together(store: SqlStore, url: str) -> None:
    with store.writing() as transaction:
        transaction.save_equity(SOON, ACCOUNT, Decimal("0.015"))
    assert [tuple(row) for row in rows(url, EquityRow)] == [
        (SOON, ACCOUNT.equity, ACCOUNT.cash, ACCOUNT.buying_power, True, Decimal(0), 1.0),
    ]
    assert [tuple(row) for row in rows(url, RiskRow)] == [(SOON, Decimal("0.015"))]


def test_a_point_of_the_curve_that_is_kept_twice_is_one_point(store: SqlStore, url: str) -> None:
    with store.writing() as transaction:
        transaction.save_equity(SOON, ACCOUNT, Decimal("0.015"))
        transaction.save_equity(SOON, replace(ACCOUNT, equity=Decimal(231_000)), Decimal("0.016"))
    assert [row.equity for row in rows(url, EquityRow)] == [Decimal(231_000)]
