from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.adapters.sql.performance import POINTS
from engine.model.account import Account
from engine.model.performance import Ending, EquityPoint, SymbolResult
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


def test_results_are_of_the_newest_trades_of_a_period_in_the_order_in_which_they_ended(traded: Store) -> None:
    with traded.reading() as reader:
        day = reader.trade_results(PROPOSED_AT, PROPOSED_AT + DAY, limit=10)
        all_time = reader.trade_results(None, PROPOSED_AT + DAY, limit=10)
        newest = reader.trade_results(None, PROPOSED_AT + DAY, limit=2)
        of_one = reader.trade_results(None, PROPOSED_AT + DAY, "MSFT", limit=10)
    assert [round(each.result, 2) for each in day] == [45.2, -23.6, 0]
    assert [each.multiple for each in day] == [pytest.approx(2), pytest.approx(-1), 0]
    assert [round(each.result, 2) for each in all_time] == [-102.5, 45.2, -23.6, 0]
    assert newest == day[-2:]
    assert of_one == day[-1:]


def test_a_result_is_the_same_as_its_trades(traded: Store) -> None:
    with traded.reading() as reader:
        results = reader.trade_results(None, PROPOSED_AT + DAY, limit=10)
        trades = sorted(reader.trades({TradeState.CLOSED}), key=lambda trade: trade.closed_at or PROPOSED_AT)
    assert [each.result for each in results] == [float(trade.result or 0) for trade in trades]
    assert [each.multiple for each in results] == [pytest.approx(float(trade.multiple or 0)) for trade in trades]


def test_a_trade_that_risked_nothing_has_no_multiple(store: Store) -> None:
    gone_to(store, TradeState.CLOSED, **ended("A1", bought="147.90", sold="154.77"))
    with store.reading() as reader:
        (only,) = reader.trade_results(None, PROPOSED_AT + DAY, limit=10)
    assert only.multiple is None
    assert only.result == pytest.approx(68.7)


def test_growth_has_the_last_point_of_each_day_and_the_one_before(store: Store) -> None:
    # PROPOSED_AT is 10:45 in New York: the sixth hour after it is of the same day, the fourteenth of the next.
    with store.writing() as transaction:
        for hours, equity in ((-30, "90"), (-3, "95"), (0, "100"), (6, "110"), (14, "121"), (20, "99")):
            transaction.save_equity(PROPOSED_AT + hours * HOUR, replace(ACCOUNT, equity=Decimal(equity)), Decimal(0))
    with store.reading() as reader:
        found = reader.daily_growth(PROPOSED_AT - HOUR, PROPOSED_AT + DAY)
        ever = reader.daily_growth(None, PROPOSED_AT + 19 * HOUR)
    assert [(point.at - PROPOSED_AT) / HOUR for point in found] == [-3, 6, 20]
    assert [point.growth for point in found] == pytest.approx([95 / 90, 110 / 90, 99 / 90])
    assert [(point.at - PROPOSED_AT) / HOUR for point in ever] == [-30, 6, 14]


def test_growth_of_a_time_without_points_is_none(store: Store) -> None:
    with store.reading() as reader:
        assert reader.daily_growth(None, PROPOSED_AT) == reader.daily_growth(PROPOSED_AT, PROPOSED_AT + DAY) == ()
