from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.adapters.sql.performance import POINTS
from engine.model.performance import Ending, EquityPoint, SymbolResult
from engine.model.portfolio import Account
from engine.model.trade import ExitReason, TradeState
from engine.ports.store import Store
from tests.contracts.store.test_model_calls import CALL
from tests.contracts.store.test_track_record import gone_to
from tests.support.fakes.trades import PROPOSED_AT

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ACCOUNT = Account(equity=Decimal(100_000), cash=Decimal(0), buying_power=Decimal(0), margin=False)

Field = str


def ended(trade_id: str, *, bought: str, sold: str, hours: float = 1, symbol: str = "AAPL") -> Mapping[Field, Any]:
    """Return a trade of ten shares that was to be bought at 150.25 with its stop at 147.99."""
    return {
        "id": trade_id,
        "symbol": symbol,
        "filled_shares": 10,
        "fill_price": Decimal(bought),
        "exit_shares": 10,
        "exit_price": Decimal(sold),
        "exit_reason": ExitReason.TARGET,
        "closed_at": PROPOSED_AT + hours * HOUR,
    }


@pytest.fixture
def traded(store: Store) -> Store:
    """Three trades of a day, one of the day before, and one that is still open."""
    for trade in (
        ended("A1", bought="150.25", sold="154.77"),
        ended("A2", bought="150.35", sold="147.99", hours=2),
        ended("M1", bought="150.25", sold="150.25", hours=3, symbol="MSFT"),
        ended("A0", bought="150.25", sold="140", hours=-24),
    ):
        gone_to(store, TradeState.CLOSED, **trade)
    gone_to(store, TradeState.OPEN, filled_shares=10, fill_price=Decimal(150))
    return store


def curve_of(store: Store, *equities: str, risk: str = "0") -> None:
    with store.writing() as transaction:
        for hours, equity in enumerate(equities):
            transaction.save_equity(PROPOSED_AT + hours * HOUR, replace(ACCOUNT, equity=Decimal(equity)), Decimal(risk))


def test_a_period_sums_the_trades_that_ended_in_it(traded: Store) -> None:
    with traded.reading() as reader:
        came = reader.performance(PROPOSED_AT, PROPOSED_AT + DAY)
    assert (came.trades, came.wins, came.result) == (3, 1, Decimal("21.60"))
    assert came.hit_rate == Decimal(1) / 3
    assert came.best == Ending(trade_id="A1", symbol="AAPL", result=Decimal("45.20"))
    assert came.worst == Ending(trade_id="A2", symbol="AAPL", result=Decimal("-23.60"))
    assert came.by_symbol == (
        SymbolResult(symbol="AAPL", trades=2, wins=1, result=Decimal("21.60")),
        SymbolResult(symbol="MSFT", trades=1, wins=0, result=Decimal(0)),
    )


def test_multiples_are_of_what_each_fill_risked_and_slippage_is_what_it_cost_more(traded: Store) -> None:
    with traded.reading() as reader:
        came = reader.performance(PROPOSED_AT, PROPOSED_AT + DAY)
    assert came.multiple == round(Decimal(2 - 1 + 0) / 3, 4)
    assert came.slippage == Decimal("1.00")


def test_one_symbol_and_all_of_time_are_looked_at_alike(traded: Store) -> None:
    with traded.reading() as reader:
        ever = reader.performance(None, PROPOSED_AT + DAY)
        microsoft = reader.performance(None, PROPOSED_AT + DAY, "MSFT")
    assert (ever.trades, ever.result) == (4, Decimal("-80.90"))
    assert (microsoft.trades, microsoft.wins, microsoft.hit_rate) == (1, 0, Decimal(0))


def test_a_desk_that_did_nothing_has_no_figures_to_show(store: Store) -> None:
    with store.reading() as reader:
        came = reader.performance(None, PROPOSED_AT)
    assert came.trades == 0
    assert {came.result, came.drawdown, came.risk_used, came.cost} == {Decimal(0)}
    assert (came.hit_rate, came.share, came.best, came.worst, came.multiple, came.equity) == (None,) * 6
    assert not came.curve
    assert not came.by_symbol


def test_the_drawdown_is_the_deepest_fall_from_a_peak_of_the_period(store: Store) -> None:
    curve_of(store, "200000", "99999.50", "110000", "88000", "120000", risk="0.0125")
    with store.reading() as reader:
        came = reader.performance(PROPOSED_AT + HOUR / 2, PROPOSED_AT + DAY)
    assert came.drawdown == Decimal("0.2")
    assert came.risk_used == Decimal("0.0125")
    assert (came.equity_before, came.equity) == (Decimal(200_000), Decimal(120_000))


def test_the_result_is_a_share_of_the_equity_with_which_the_period_began(traded: Store) -> None:
    curve_of(traded, "100000", "100021.60")
    with traded.reading() as reader:
        assert reader.performance(PROPOSED_AT, PROPOSED_AT + DAY).share == Decimal("0.000216")
        assert reader.performance(None, PROPOSED_AT + DAY).equity_before == 100_000


def test_a_long_curve_keeps_its_last_point_and_no_more_points_than_can_be_seen(store: Store) -> None:
    count = 2 * POINTS
    with store.writing() as transaction:
        for number in range(count):
            equity = replace(ACCOUNT, equity=Decimal(100_000 + number))
            transaction.save_equity(PROPOSED_AT + number * timedelta(minutes=5), equity, Decimal(0))
    until = PROPOSED_AT + (count - 1) * timedelta(minutes=5)
    with store.reading() as reader:
        curve = reader.performance(None, until).curve
    assert POINTS / 3 < len(curve) <= POINTS + 2
    assert curve[-1] == EquityPoint(at=until, equity=Decimal(100_000 + count - 1))
    assert [point.at for point in curve] == sorted(point.at for point in curve)


def test_what_the_news_model_took_in_the_period_is_counted(store: Store) -> None:
    with store.writing() as transaction:
        for hours in (-1, 1, 2):
            transaction.save_call(replace(CALL, at=PROPOSED_AT + hours * HOUR, dollars=Decimal("0.0125")))
    with store.reading() as reader:
        assert reader.performance(PROPOSED_AT, PROPOSED_AT + DAY).cost == Decimal("0.025")
