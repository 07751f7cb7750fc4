from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.model.market import Snapshot
from engine.model.portfolio import Account, Portfolio, Position
from engine.model.risk import Cap
from engine.model.trade import TradeState
from engine.risk.limits import Limits
from engine.risk.rules import (
    RULES,
    AtLeastOneShare,
    BuyingPower,
    Case,
    Exposure,
    OpenRisk,
    PriceAge,
    PriceDrift,
    RiskOfOneTrade,
    Rule,
    Spread,
    refusal,
)
from tests.fakes.trades import PROPOSED_AT, a_sizing, a_trade

LIMITS = Limits(exposure=Decimal("0.5"))
ACCOUNT = Account(equity=Decimal(231_368), cash=Decimal(66_788), buying_power=Decimal(298_156), margin=True)
CENT = Decimal("0.01")
SNAPSHOT = Snapshot(
    symbol="AAPL",
    at=PROPOSED_AT,
    price=Decimal("150.25"),
    volume=2_500_000,
    bid=Decimal("150.24"),
    ask=Decimal("150.25"),
)
GOOD = Case(
    symbol="AAPL",
    planned=Decimal("150.25"),
    sizing=a_sizing(),
    portfolio=Portfolio(account=ACCOUNT, positions=(), trades=()),
    snapshot=SNAPSHOT,
    at=PROPOSED_AT,
)
POOR = replace(GOOD.portfolio, account=replace(ACCOUNT, buying_power=Decimal(76_000)))
HELD = replace(
    GOOD.portfolio,
    positions=(Position(symbol="AAPL", shares=400, cost=Decimal(150), price=Decimal("150.25")),),
)
RISKY = replace(
    GOOD.portfolio,
    trades=(a_trade(state=TradeState.OPEN, filled_shares=1_000, fill_price=Decimal(150), stop=Decimal("146.50")),),
)


def test_the_blueprints_example_passes_every_rule() -> None:
    assert refusal(GOOD, LIMITS) is None


@pytest.mark.parametrize(
    ("rule", "case"),
    [
        (AtLeastOneShare(), replace(GOOD, sizing=a_sizing(shares=0, cap=Cap.HEADROOM))),
        (RiskOfOneTrade(), replace(GOOD, sizing=a_sizing(shares=513))),
        (OpenRisk(), replace(GOOD, portfolio=RISKY)),
        (BuyingPower(), replace(GOOD, portfolio=POOR)),
        (Exposure(), replace(GOOD, portfolio=HELD)),
        (Spread(), replace(GOOD, snapshot=replace(SNAPSHOT, bid=Decimal("149.40")))),
        (PriceAge(), replace(GOOD, at=PROPOSED_AT + timedelta(seconds=91))),
        (PriceDrift(), replace(GOOD, planned=Decimal("149.00"))),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, Case) else "",
)
def test_a_rule_refuses_what_is_over_its_limit_and_the_whole_list_names_it(rule: Rule, case: Case) -> None:
    verdict = rule.judge(case, LIMITS)
    assert not verdict.allowed
    assert refusal(case, LIMITS) == verdict
    assert rule.judge(GOOD, LIMITS).allowed


def test_every_rule_is_in_the_list() -> None:
    assert len({type(rule) for rule in RULES}) == 8


def test_open_risk_of_exactly_the_ceiling_is_refused() -> None:
    sizing = a_sizing(shares=400, entry=Decimal(100), stop=Decimal(95), equity=Decimal(100_000))
    account = replace(ACCOUNT, equity=Decimal(100_000))
    case = replace(GOOD, sizing=sizing, portfolio=replace(GOOD.portfolio, account=account))
    verdict = OpenRisk().judge(case, LIMITS)
    assert verdict.figure == Decimal("0.02")
    assert not verdict.allowed


def test_a_verdict_carries_the_figure_and_the_limit() -> None:
    verdict = BuyingPower().judge(replace(GOOD, portfolio=POOR), LIMITS)
    assert (verdict.figure, verdict.limit) == (Decimal("76928.00"), Decimal(76_000))


def test_without_a_limit_of_exposure_everything_is_allowed() -> None:
    assert Exposure().judge(replace(GOOD, portfolio=HELD), Limits()).allowed


def test_risk_without_any_equity_is_all_there_is() -> None:
    assert replace(RISKY, account=replace(ACCOUNT, equity=Decimal(0))).open_risk == 1
    assert replace(RISKY, account=replace(ACCOUNT, equity=Decimal(-500))).open_risk == 1
    assert replace(GOOD.portfolio, account=replace(ACCOUNT, equity=Decimal(0))).open_risk == 0
