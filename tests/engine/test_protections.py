"""A bad day: what is refused, where it is said, and when it ends. The exchange's day is Tuesday the 19th."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import RiskRefused
from engine.model.desk import DeskState
from engine.model.notices.desk import LossLimitReached, RiskWarning
from engine.model.notices.proposals import SignalKept
from engine.model.trade import Entry, ExitReason, TradeState
from tests.fakes.worked_example import TRADE_ID
from tests.rig import Rig

NEXT_DAY = 24 * 3600


def lose(rig: Rig, dollars: str, symbol: str = "TSLA") -> None:
    """End the open trade of a symbol at its stop, with such a loss."""
    with rig.store.writing() as transaction:
        (trade,) = transaction.trades({TradeState.OPEN}, symbol=symbol)
        price = trade.entry - Decimal(dollars) / trade.held_shares
        sold = replace(trade, exit_shares=trade.filled_shares, exit_price=price, exit_reason=ExitReason.STOP)
        transaction.move(replace(sold, closed_at=rig.clock.now()), TradeState.CLOSED)


def test_a_loss_at_the_days_limit_is_told_once_a_day_and_halts_nothing(rig: Rig) -> None:
    rig.engine.jobs.monitor_risk()
    lose(rig, "6942")
    for _ in range(3):
        rig.clock.advance(300)
        rig.engine.jobs.monitor_risk()
    (notice,) = rig.told_of(LossLimitReached)
    assert (notice.rule, notice.verdict.reason) == ("daily_loss", "daily_loss 0.030004 0.03 share_of_equity")
    assert rig.engine.queries.desk().state is DeskState.ACTIVE


def test_a_loss_of_yesterday_is_forgotten_today_and_todays_is_told_again(rig: Rig) -> None:
    rig.engine.jobs.monitor_risk()
    lose(rig, "6942")
    rig.engine.jobs.monitor_risk()
    rig.clock.advance(NEXT_DAY)
    rig.engine.jobs.monitor_risk()
    assert len(rig.told_of(LossLimitReached)) == 1
    lose(rig, "6942", "MSFT")
    rig.engine.jobs.monitor_risk()
    assert len(rig.told_of(LossLimitReached)) == 2


def test_losses_halt_once_a_day_where_the_setting_says_so(tmp_path: Path) -> None:
    rig = Rig.at_the_example(tmp_path, losses_halt=True)
    rig.engine.jobs.monitor_risk()
    lose(rig, "6942")
    rig.engine.jobs.monitor_risk()
    assert (rig.engine.queries.desk().state, rig.engine.queries.desk().reason) == (DeskState.HALTED, "daily_loss")
    rig.engine.commands.resume(Rig.ADMIN)
    rig.engine.jobs.monitor_risk()
    assert rig.engine.queries.desk().state is DeskState.ACTIVE
    rig.close()


def test_after_a_bad_day_a_signal_is_kept_with_the_figures_and_proposes_nothing(rig: Rig) -> None:
    rig.engine.jobs.monitor_risk()
    lose(rig, "7000")
    assert rig.play_the_signal() is None
    (notice,) = rig.told_of(SignalKept)
    assert (notice.symbol, str(notice.why_not)) == ("AAPL", "daily_loss 0.030255 0.03 share_of_equity")


def test_a_proposal_from_before_the_loss_is_refused_at_the_click_with_the_figures(proposed: Rig) -> None:
    lose(proposed, "7000")
    with pytest.raises(RiskRefused) as refused:
        proposed.engine.commands.approve(TRADE_ID, Rig.TRADER)
    assert refused.value.facts["rule"] == "daily_loss"
    assert proposed.trade().state is TradeState.REFUSED
    assert proposed.trade().reason.startswith("daily_loss 0.0302")


def test_such_a_proposal_is_not_resized_either_and_still_waits(proposed: Rig) -> None:
    lose(proposed, "7000")
    with pytest.raises(RiskRefused) as refused:
        proposed.engine.commands.resize(TRADE_ID, 300, Rig.TRADER)
    assert refused.value.facts["rule"] == "daily_loss"
    assert (proposed.trade().state, proposed.trade().shares) == (TradeState.PROPOSED, 512)


def test_far_below_the_peak_of_the_last_days_nothing_is_bought(proposed: Rig) -> None:
    portfolio = proposed.engine.queries.portfolio()
    peak = replace(portfolio.account, equity=Decimal(260_000))
    with proposed.store.writing() as transaction:
        transaction.save_equity(proposed.clock.now() - timedelta(days=29), peak, Decimal(0))
    with pytest.raises(RiskRefused) as refused:
        proposed.engine.commands.approve(TRADE_ID, Rig.TRADER)
    assert refused.value.facts["rule"] == "drawdown"


def test_a_peak_of_long_ago_is_forgotten(proposed: Rig) -> None:
    portfolio = proposed.engine.queries.portfolio()
    peak = replace(portfolio.account, equity=Decimal(260_000))
    with proposed.store.writing() as transaction:
        transaction.save_equity(proposed.clock.now() - timedelta(days=31), peak, Decimal(0))
    assert proposed.engine.commands.approve(TRADE_ID, Rig.TRADER).state is TradeState.OPEN


def test_a_fill_is_looked_at_at_once(proposed: Rig) -> None:
    for trade in proposed.engine.queries.trades({TradeState.OPEN}):
        proposed.put_stop(trade, trade.entry - Decimal(1_400) / trade.held_shares)
    proposed.engine.commands.approve(TRADE_ID, Rig.TRADER)
    (notice,) = proposed.told_of(RiskWarning)
    assert round(notice.open_risk, 3) == Decimal("0.017")


def test_what_somebody_else_bought_counts_as_risk_and_can_halt(tmp_path: Path) -> None:
    rig = Rig.at_the_example(tmp_path, foreign_risk="0.5")
    before = rig.engine.queries.portfolio().open_risk
    rig.market.price("IBM", "150.00")
    rig.broker.submit(
        Entry(client_order_id="by-hand", symbol="IBM", shares=100, stop=Decimal(140), target=Decimal(170))
    )
    after = rig.engine.queries.portfolio()
    assert round((after.open_risk - before) * after.account.equity, -2) == 7_500
    rig.engine.jobs.monitor_risk()
    assert (rig.engine.queries.desk().state, rig.engine.queries.desk().reason) == (DeskState.HALTED, "open_risk")
    rig.close()
