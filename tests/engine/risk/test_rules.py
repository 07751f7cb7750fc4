from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.model.account import Position
from engine.model.risk import BindingLimit, LimitUnit, RiskVerdict
from engine.model.trade import TradeState
from engine.model.trade_record import TradeRecord
from engine.risk.context import EntryPlan
from engine.risk.limits import Limits
from engine.risk.rules import PRICE_RULES, RULES, OpenRisk, refusal
from tests.engine.risk.examples import SNAPSHOT, a_case, a_portfolio, an_account
from tests.support.fakes.trades import PROPOSED_AT, a_sizing, a_trade

LIMITS = Limits(exposure=Decimal("0.5"), min_volume=10_000)
A_BAD_DAY = TradeRecord(day_equity=Decimal(240_000), realised=Decimal(-7_200))
HELD = Position(symbol="AAPL", shares=400, cost=Decimal(150), price=Decimal("150.25"))
NINE_MORE = tuple(replace(HELD, symbol=f"S{number}", shares=1) for number in range(10))
RISKY = a_trade(state=TradeState.OPEN, filled_shares=1_000, fill_price=Decimal(150), stop=Decimal("146.50"))
MINUTE = timedelta(minutes=1)


def lost(trades: int, *, ago: timedelta) -> TradeRecord:
    return TradeRecord(losses=trades, lost_at=PROPOSED_AT - ago)


@pytest.mark.parametrize(
    ("rule", "refused", "allowed"),
    [
        ("solvency", {"account": an_account(equity=Decimal(0))}, {}),
        ("daily_loss", {"record": A_BAD_DAY}, {"record": replace(A_BAD_DAY, realised=Decimal("-7199.99"))}),
        (
            "drawdown",
            {"record": TradeRecord(peak_equity=Decimal(257_076))},
            {"record": TradeRecord(peak_equity=Decimal(257_075))},
        ),
        ("losing_streak", {"record": lost(4, ago=59 * MINUTE)}, {"record": lost(4, ago=60 * MINUTE)}),
        ("losing_streak", {"record": lost(4, ago=MINUTE)}, {"record": lost(3, ago=MINUTE)}),
        (
            "stop_cooldown",
            {"record": TradeRecord(stopped={"AAPL": PROPOSED_AT - 59 * MINUTE})},
            {"record": TradeRecord(stopped={"AAPL": PROPOSED_AT - 60 * MINUTE, "MSFT": PROPOSED_AT})},
        ),
        ("trades_a_day", {"record": TradeRecord(entries=20)}, {"record": TradeRecord(entries=19)}),
        (
            "open_positions",
            {"positions": NINE_MORE},
            {"positions": (*NINE_MORE[1:], HELD), "sizing": a_sizing(shares=1)},
        ),
        (
            "stop_passed",
            {"sizing": a_sizing(entry=Decimal("151.00"), stop=Decimal("150.25"))},
            {"sizing": a_sizing(entry=Decimal("151.00"), stop=Decimal("150.24"), shares=500)},
        ),
        (
            "stop_passed",
            {"sizing": a_sizing(entry=Decimal("149.00"), stop=Decimal("149.00"), shares=0)},
            {"sizing": a_sizing(entry=Decimal("149.00"), stop=Decimal("148.99"))},
        ),
        (
            "target_passed",
            {"sizing": a_sizing(target=Decimal("150.25"))},
            {"sizing": a_sizing(target=Decimal("150.26"))},
        ),
        (BindingLimit.HEADROOM, {"sizing": a_sizing(shares=0, cap=BindingLimit.HEADROOM)}, {}),
        ("risk_of_one_trade", {"sizing": a_sizing(shares=513)}, {}),
        ("open_risk", {"trades": (RISKY,)}, {"trades": (replace(RISKY, stop=Decimal("148.50")),)}),
        (
            "buying_power",
            {"account": an_account(buying_power="76927.99")},
            {"account": an_account(buying_power="76928")},
        ),
        ("exposure", {"positions": (HELD,)}, {"positions": (replace(HELD, shares=200),)}),
        ("min_price", {"sizing": a_sizing(entry=Decimal("4.99"), stop=Decimal("4.92"))}, {}),
        ("spread", {"snapshot": replace(SNAPSHOT, bid=Decimal("149.40"))}, {}),
        ("price_age", {"at": PROPOSED_AT + timedelta(seconds=91)}, {"at": PROPOSED_AT + timedelta(seconds=90)}),
        ("price_drift", {"planned": Decimal("149.00")}, {"planned": Decimal("149.60")}),
        ("min_volume", {"snapshot": replace(SNAPSHOT, volume=9_999)}, {"snapshot": replace(SNAPSHOT, volume=10_000)}),
    ],
)
def test_a_rule_refuses_what_is_over_its_limit_and_nothing_that_is_not(
    rule: str, refused: dict[str, Any], allowed: dict[str, Any]
) -> None:
    verdict = refusal(a_case(**refused), LIMITS)
    assert verdict is not None
    assert (verdict.rule, verdict.allowed) == (rule, False)
    assert refusal(a_case(**allowed), LIMITS) is None


def test_every_rule_is_in_one_of_the_lists() -> None:
    assert (len({type(rule) for rule in RULES}), len({type(rule) for rule in PRICE_RULES})) == (16, 4)


def test_a_limit_that_is_switched_off_refuses_nothing() -> None:
    off = Limits(
        daily_loss=None,
        drawdown=None,
        losing_streak=None,
        stop_cooldown_seconds=None,
        trades_a_day=None,
        open_positions=None,
        min_price=None,
        exposure=None,
        min_volume=None,
    )
    ruined = TradeRecord(
        entries=1_000,
        realised=Decimal(-200_000),
        losses=50,
        lost_at=PROPOSED_AT,
        stopped={"AAPL": PROPOSED_AT},
        day_equity=Decimal(231_368),
        peak_equity=Decimal(10**9),
    )
    cheap = a_sizing(entry=Decimal("0.99"), stop=Decimal("0.98"))
    case = a_case(record=ruined, positions=NINE_MORE, sizing=cheap, snapshot=replace(SNAPSHOT, volume=0))
    assert refusal(case, off) is None


def test_a_plan_without_a_price_of_now_is_held_to_every_other_rule() -> None:
    case = a_case(at=PROPOSED_AT + timedelta(hours=1), record=TradeRecord(entries=20))
    plan = EntryPlan(symbol=case.symbol, sizing=case.sizing, portfolio=case.portfolio, at=case.at)
    assert refusal(plan, Limits(trades_a_day=None)) is None
    verdict = refusal(plan, LIMITS)
    assert verdict is not None
    assert verdict.rule == "trades_a_day"


def test_open_risk_of_exactly_the_ceiling_is_refused() -> None:
    sizing = a_sizing(shares=400, entry=Decimal(100), stop=Decimal(95), equity=Decimal(100_000))
    case = a_case(sizing=sizing, account=an_account(equity=Decimal(100_000)))
    verdict = OpenRisk().judge(case, Limits(slippage=Decimal(0)))
    assert verdict.figure == Decimal("0.02")
    assert not verdict.allowed


def test_open_risk_leaves_room_for_fills_that_are_worse_than_planned() -> None:
    waiting = a_trade(state=TradeState.SUBMITTED)
    planned = 2 * Decimal("1157.12")
    slips = 2 * 512 * Decimal("150.25") * Decimal("0.005")
    verdict = OpenRisk().judge(a_case(trades=(waiting,)), LIMITS)
    assert verdict.figure == (planned + slips) / (Decimal(231_368) - slips)


def test_a_verdict_carries_the_figure_and_the_limit() -> None:
    verdict = refusal(a_case(account=an_account(buying_power="76000")), LIMITS)
    assert verdict is not None
    assert (verdict.figure, verdict.limit) == (Decimal("76928.00"), Decimal(76_000))


def test_what_is_approved_and_not_yet_sent_leaves_that_much_less_to_buy_with() -> None:
    other = a_trade(symbol="MSFT", state=TradeState.APPROVED)
    account = an_account(buying_power="150000")
    assert refusal(a_case(account=account, trades=(replace(other, state=TradeState.SUBMITTED),)), LIMITS) is None
    verdict = refusal(a_case(account=account, trades=(other,)), LIMITS)
    assert verdict is not None
    assert (verdict.rule, verdict.limit) == ("buying_power", Decimal("73072.00"))


@pytest.mark.parametrize("equity", [Decimal(0), Decimal(-500), Decimal("-0.01")])
def test_without_equity_everything_is_refused_and_nothing_is_divided(equity: Decimal) -> None:
    case = a_case(account=an_account(equity=equity), trades=(RISKY,), record=TradeRecord(peak_equity=Decimal(0)))
    verdict = refusal(case, LIMITS)
    assert verdict is not None
    assert verdict.rule == "solvency"
    for rule in RULES:
        rule.judge(case, LIMITS)
    assert case.portfolio.open_risk == 1
    assert a_portfolio(account=an_account(equity=equity)).open_risk == 0


@pytest.mark.parametrize(
    ("figure", "limit", "kept"),
    [
        (Decimal("0.03124999999"), Decimal("0.03"), "daily_loss 0.03125 0.03 share_of_equity"),
        (Decimal(1), Decimal("0.1"), "daily_loss 1 0.1 share_of_equity"),
        (Decimal("1E+2"), Decimal(20), "daily_loss 100 20 share_of_equity"),
        (Decimal(-500), Decimal(0), "daily_loss -500 0 share_of_equity"),
    ],
)
def test_books_keep_a_verdict_in_one_line(figure: Decimal, limit: Decimal, kept: str) -> None:
    verdict = RiskVerdict(rule="daily_loss", allowed=False, figure=figure, limit=limit, unit=LimitUnit.SHARE_OF_EQUITY)
    assert verdict.reason == kept
