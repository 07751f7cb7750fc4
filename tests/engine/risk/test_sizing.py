from dataclasses import replace
from decimal import Decimal

import pytest

from engine.model.account import Account, Position
from engine.model.portfolio import Portfolio
from engine.model.risk import BindingLimit
from engine.model.trade import TradeState
from engine.risk.limits import Limits
from engine.risk.sizing import size, stop_for, target_for
from tests.engine.risk.examples import a_portfolio, an_account
from tests.support.fakes.trades import a_sizing, a_trade

LIMITS = Limits()
SURE = Limits(slippage=Decimal(0))
"""Fills are as planned."""


def risking(account: Account, *risks: str) -> Portfolio:
    """A portfolio with one open trade of 100 shares for each risk in dollars."""
    trades = tuple(
        a_trade(
            state=TradeState.OPEN,
            filled_shares=100,
            fill_price=Decimal(100),
            stop=Decimal(100) - Decimal(risk) / 100,
        )
        for risk in risks
    )
    return a_portfolio(account=account, trades=trades)


BLUEPRINT = risking(an_account(), "1156.84", "1156.84")
ENTRY = Decimal("150.25")


def test_the_blueprints_example_is_512_shares() -> None:
    sizing = size("AAPL", ENTRY, BLUEPRINT, LIMITS)
    assert (sizing.shares, sizing.cap) == (512, BindingLimit.RISK)
    assert sizing.stop == Decimal("147.99")
    assert round(sizing.unrounded, 2) == Decimal("511.88")
    assert sizing.planned_risk == Decimal("1157.12")
    assert round(sizing.risk_before, 4) == Decimal("0.0100")
    assert round(sizing.risk_after, 4) == Decimal("0.0150")


def test_what_is_approved_and_not_yet_sent_is_bought_first() -> None:
    plan = a_sizing(entry=Decimal(300))
    promised = a_trade(state=TradeState.APPROVED, shares=100, sizing=plan, stop=Decimal(299))
    account = an_account(buying_power="66788")
    sizing = size("AAPL", ENTRY, a_portfolio(account=account, trades=(promised,)), LIMITS)
    assert (sizing.shares, sizing.cap) == (244, BindingLimit.BUYING_POWER)


def test_a_cash_account_buys_444_and_names_the_buying_power() -> None:
    sizing = size("AAPL", ENTRY, risking(an_account(buying_power="66788")), LIMITS)
    assert (sizing.shares, sizing.cap) == (444, BindingLimit.BUYING_POWER)


def test_one_share_more_is_bought_only_if_it_exceeds_the_budget_by_no_more_than_a_thousandth() -> None:
    # The stop of an entry at 100 is 98.50: 1.50 a share.
    roomy = risking(an_account(equity=Decimal("299.80")))
    tight = risking(an_account(equity=Decimal("299.60")))
    assert size("AAPL", Decimal(100), roomy, LIMITS).shares == 1
    assert size("AAPL", Decimal(100), tight, LIMITS).shares == 0


def test_shares_that_would_reach_the_ceiling_exactly_are_one_too_many() -> None:
    nearly_full = risking(an_account(equity=Decimal(100_000)), "1850")
    sizing = size("AAPL", Decimal(100), nearly_full, SURE)
    assert (sizing.shares, sizing.cap) == (99, BindingLimit.HEADROOM)


def test_the_headroom_is_shared_by_the_risk_and_by_a_fill_that_is_worse_than_planned() -> None:
    nearly_full = risking(an_account(equity=Decimal(100_000)), "1850")
    sizing = size("AAPL", Decimal(100), nearly_full, LIMITS)
    assert (sizing.shares, sizing.cap) == (74, BindingLimit.HEADROOM)  # 75 x ($1.50 + $0.50) would reach $2,000


def test_what_waits_to_be_filled_takes_its_slippage_out_of_the_headroom() -> None:
    waiting = a_trade(
        state=TradeState.SUBMITTED,
        shares=1_000,
        sizing=a_sizing(entry=Decimal(100)),
        stop=Decimal("98.50"),
    )
    sizing = size(
        "MSFT", Decimal(100), a_portfolio(account=an_account(equity=Decimal(100_000)), trades=(waiting,)), LIMITS
    )
    assert (sizing.shares, sizing.cap) == (0, BindingLimit.HEADROOM)


@pytest.mark.parametrize("equity", [Decimal(0), Decimal(-1), Decimal(-100_000)])
def test_without_equity_there_are_no_shares_and_nothing_is_divided(equity: Decimal) -> None:
    sizing = size("AAPL", ENTRY, risking(an_account(equity=equity), "100"), LIMITS)
    assert sizing.shares == 0
    assert sizing.risk_after == sizing.risk_before == 1


def test_no_headroom_leaves_no_shares() -> None:
    full = risking(an_account(equity=Decimal(100_000)), "2100")
    assert size("AAPL", Decimal(100), full, LIMITS).shares == 0


def test_the_exposure_of_a_symbol_counts_what_is_held() -> None:
    held = Position(symbol="AAPL", shares=100, cost=Decimal(140), price=Decimal(150))
    portfolio = replace(risking(an_account()), positions=(held,))
    sizing = size("AAPL", ENTRY, portfolio, replace(LIMITS, exposure=Decimal("0.1")))
    assert (sizing.shares, sizing.cap) == (54, BindingLimit.EXPOSURE)


def test_what_the_desk_wants_is_capped_and_never_raised() -> None:
    assert size("AAPL", ENTRY, BLUEPRINT, LIMITS, wanted=300).shares == 300
    assert size("AAPL", ENTRY, BLUEPRINT, LIMITS, wanted=300).cap is BindingLimit.DESK
    assert size("AAPL", ENTRY, BLUEPRINT, LIMITS, wanted=9_000).shares == 512


def test_stop_and_target_are_cut_to_the_cent() -> None:
    assert stop_for(ENTRY, LIMITS) == Decimal("147.99")
    assert target_for(Decimal("150.28"), LIMITS.target_distance) == Decimal("154.78")


def test_an_entry_too_low_for_a_stop_is_refused() -> None:
    with pytest.raises(ValueError, match="too low"):
        size("AAPL", Decimal("0.00"), BLUEPRINT, LIMITS)
