"""A week of the demo's desk with AUTO_MODE, and a backtest of that week: the same trades, and why prices differ."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.backtest.run import Trial, costs_of
from engine.backtest.sources import DataRequest, market_data
from engine.settings import AlpacaSettings, read_group
from engine.strategies.loader import load
from tests.support.replay_week import BAR, FOLLOWS, OWN_SPREAD, READ_LATER, PricesAt, differences, replay_desk

FIRST, LAST = date(2012, 6, 4), date(2012, 6, 8)
CASH = Decimal(100_000)


@pytest.mark.timeout(300)
def test_a_replayed_week_and_its_backtest_have_the_same_trades_and_each_other_price_has_a_cause(tmp_path: Path) -> None:
    with replay_desk(tmp_path, cash=CASH) as desk:
        desk.run(FIRST, LAST)
        live, settings, equity = desk.trades(), desk.settings, desk.broker.account().equity
    calendar, strategy = ExchangeCalendar(), load("seed")
    data = market_data(
        DataRequest(source="recorded", first=FIRST, last=LAST, before=strategy.warm_up_sessions),
        read_group(AlpacaSettings),
        calendar,
    )
    trial = Trial(
        strategy=strategy,
        settings=settings,
        costs=costs_of(settings, {}),
        cash=CASH,
        calendar=calendar,
        seed=1,
        first=FIRST,
    )
    tested = trial.on(data)

    assert [
        (each.symbol, each.signal.bar, each.signal.tenths, each.filled_shares, each.exit_reason) for each in live
    ] == [(each.symbol, each.bar, each.tenths, each.shares, each.reason) for each in tested.trades]
    assert len(live) >= 3
    for ours, theirs in zip(live, tested.trades, strict=True):
        assert ours.filled_at is not None
        assert ours.closed_at is not None
        assert theirs.entered_at <= ours.filled_at < theirs.entered_at + BAR
        assert theirs.exited_at <= ours.closed_at < theirs.exited_at + BAR

    prices = PricesAt()
    found = [
        each for ours, theirs in zip(live, tested.trades, strict=True) for each in differences(ours, theirs, prices)
    ]
    assert {each.cause for each in found} >= {READ_LATER, OWN_SPREAD, FOLLOWS}
    assert max(abs(each.live / each.backtest - 1) for each in found) < Decimal("0.001")
    assert abs(equity - Decimal(str(tested.equity[-1]))) < CASH * Decimal("0.0005")
