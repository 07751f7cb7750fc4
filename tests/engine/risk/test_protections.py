"""A bad day: what is refused, where it is said, and when it ends. The exchange's day is Tuesday the 19th."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import RiskRefused
from engine.model.desk import DeskState
from engine.model.notices.desk import LossLimitReached, RiskWarning
from engine.model.trade import Entry, ExitReason, TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

NEXT_DAY = 24 * 3600


def lose(harness: EngineHarness, dollars: str, symbol: str = "TSLA") -> None:
    """End the open trade of a symbol at its stop, with such a loss."""
    with harness.store.writing() as transaction:
        (trade,) = transaction.trades({TradeState.OPEN}, symbol=symbol)
        price = trade.entry - Decimal(dollars) / trade.held_shares
        sold = replace(trade, exit_shares=trade.filled_shares, exit_price=price, exit_reason=ExitReason.STOP)
        transaction.move(replace(sold, closed_at=harness.clock.now()), TradeState.CLOSED)


def test_a_loss_at_the_days_limit_is_told_once_a_day_and_halts_nothing(harness: EngineHarness) -> None:
    harness.engine.jobs.monitor_risk()
    lose(harness, "6942")
    for _ in range(3):
        harness.clock.advance(300)
        harness.engine.jobs.monitor_risk()
    (notice,) = harness.told_of(LossLimitReached)
    assert (notice.rule, notice.verdict.reason) == ("daily_loss", "daily_loss 0.030004 0.03 share_of_equity")
    assert harness.engine.queries.desk().state is DeskState.ACTIVE


def test_a_loss_of_yesterday_is_forgotten_today_and_todays_is_told_again(harness: EngineHarness) -> None:
    harness.engine.jobs.monitor_risk()
    lose(harness, "6942")
    harness.engine.jobs.monitor_risk()
    harness.clock.advance(NEXT_DAY)
    harness.engine.jobs.monitor_risk()
    assert len(harness.told_of(LossLimitReached)) == 1
    lose(harness, "6942", "MSFT")
    harness.engine.jobs.monitor_risk()
    assert len(harness.told_of(LossLimitReached)) == 2


def test_losses_halt_once_a_day_where_the_setting_says_so(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, losses_halt=True)
    harness.engine.jobs.monitor_risk()
    lose(harness, "6942")
    harness.engine.jobs.monitor_risk()
    assert (harness.engine.queries.desk().state, harness.engine.queries.desk().reason) == (
        DeskState.HALTED,
        "daily_loss",
    )
    harness.engine.commands.resume(EngineHarness.ADMIN)
    harness.engine.jobs.monitor_risk()
    assert harness.engine.queries.desk().state is DeskState.ACTIVE
    harness.close()


def test_after_a_bad_day_a_signal_is_kept_with_the_figures_and_proposes_nothing(harness: EngineHarness) -> None:
    harness.engine.jobs.monitor_risk()
    lose(harness, "7000")
    assert harness.play_the_signal() is None
    assert harness.kept() == [("AAPL", "daily_loss 0.030255 0.03 share_of_equity")]


def test_a_proposal_from_before_the_loss_is_refused_at_the_click_with_the_figures(proposed: EngineHarness) -> None:
    lose(proposed, "7000")
    with pytest.raises(RiskRefused) as refused:
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert refused.value.facts["rule"] == "daily_loss"
    assert proposed.trade().state is TradeState.REFUSED
    assert proposed.trade().reason.startswith("daily_loss 0.0302")


def test_such_a_proposal_is_not_resized_either_and_still_waits(proposed: EngineHarness) -> None:
    lose(proposed, "7000")
    with pytest.raises(RiskRefused) as refused:
        proposed.engine.commands.resize(TRADE_ID, 300, EngineHarness.TRADER)
    assert refused.value.facts["rule"] == "daily_loss"
    assert (proposed.trade().state, proposed.trade().shares) == (TradeState.PROPOSED, 512)


def test_far_below_the_peak_of_the_last_days_nothing_is_bought(proposed: EngineHarness) -> None:
    portfolio = proposed.engine.queries.portfolio()
    peak = replace(portfolio.account, equity=Decimal(260_000))
    with proposed.store.writing() as transaction:
        transaction.save_equity(proposed.clock.now() - timedelta(days=29), peak, Decimal(0))
    with pytest.raises(RiskRefused) as refused:
        proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert refused.value.facts["rule"] == "drawdown"


def test_a_peak_of_long_ago_is_forgotten(proposed: EngineHarness) -> None:
    portfolio = proposed.engine.queries.portfolio()
    peak = replace(portfolio.account, equity=Decimal(260_000))
    with proposed.store.writing() as transaction:
        transaction.save_equity(proposed.clock.now() - timedelta(days=31), peak, Decimal(0))
    assert proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER).state is TradeState.OPEN


def test_a_fill_is_looked_at_at_once(proposed: EngineHarness) -> None:
    for trade in proposed.engine.queries.trades({TradeState.OPEN}):
        proposed.put_stop(trade, trade.entry - Decimal(1_400) / trade.held_shares)
    proposed.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    (notice,) = proposed.told_of(RiskWarning)
    assert round(notice.open_risk, 3) == Decimal("0.017")


def test_what_somebody_else_bought_counts_as_risk_and_can_halt(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, foreign_risk="0.5")
    before = harness.engine.queries.portfolio().open_risk
    harness.market.price("IBM", "150.00")
    harness.broker.submit(
        Entry(client_order_id="by-hand", symbol="IBM", shares=100, stop=Decimal(140), target=Decimal(170))
    )
    after = harness.engine.queries.portfolio()
    assert round((after.open_risk - before) * after.account.equity, -2) == 7_500
    harness.engine.jobs.monitor_risk()
    assert (harness.engine.queries.desk().state, harness.engine.queries.desk().reason) == (
        DeskState.HALTED,
        "open_risk",
    )
    harness.close()
