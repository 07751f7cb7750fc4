"""Rules without a limit of their own are not asked, and that changes no verdict."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.model.account import Position
from engine.model.trade_record import TradeRecord
from engine.risk.limits import Limits
from engine.risk.rule import PriceRule, Rule
from engine.risk.rules import PRICE_RULES, RULES, refusal, verdicts
from engine.risk.rules_in_force import RulesInForce
from tests.engine.risk.examples import SNAPSHOT, a_case, an_account
from tests.support.fakes.trades import PROPOSED_AT, a_sizing

EVERY = Limits(exposure=Decimal("0.5"), min_volume=10_000, overnight=Decimal("0.01"), earnings_days=2)
EACH: tuple[Rule | PriceRule, ...] = (*RULES, *PRICE_RULES)
OFF = (
    "exposure", "daily_loss", "drawdown", "losing_streak", "stop_cooldown_seconds", "trades_a_day", "open_positions",
    "min_price", "min_volume", "overnight", "earnings_days",
)  # fmt: skip
HELD = Position(symbol="AAPL", shares=400, cost=Decimal(150), price=Decimal("150.25"))
CASES: tuple[Mapping[str, Any], ...] = (
    {},
    {"account": an_account(equity=Decimal(-1))},
    {"record": TradeRecord(day_equity=Decimal(240_000), realised=Decimal(-72_000))},
    {"record": TradeRecord(peak_equity=Decimal(357_076))},
    {"record": TradeRecord(losses=4, lost_at=PROPOSED_AT, entries=99, stopped={"AAPL": PROPOSED_AT})},
    {"positions": tuple(replace(HELD, symbol=f"S{number}", shares=1) for number in range(10))},
    {"positions": (HELD,)},
    {"sizing": a_sizing(entry=Decimal("4.99"), stop=Decimal("4.92"))},
    {"sizing": a_sizing(shares=513)},
    {"sizing": a_sizing(shares=513, entry=Decimal("151.00"), stop=Decimal("150.39"))},
    {"sizing": a_sizing(shares=513, target=Decimal("150.25"))},
    {"at": PROPOSED_AT + timedelta(seconds=91)},
    {"planned": Decimal("149.00")},
    {"snapshot": replace(SNAPSHOT, volume=9_999)},
)


def _without(names: tuple[str, ...]) -> Limits:
    gone: dict[str, Any] = dict.fromkeys(names)
    return replace(EVERY, **gone)


@pytest.mark.parametrize("off", [(), *((name,) for name in OFF), OFF])
def test_the_first_refusal_is_the_same_with_and_without_them(off: tuple[str, ...]) -> None:
    limits = _without(off)
    in_force = RulesInForce.under(limits)
    for given in CASES:
        case = a_case(**given)
        asked = in_force.refusal_by_losses, in_force.refusal_apart_from_losses, in_force.refusal_of_size
        verdicts_in_turn = (ask(case, limits) for ask in asked)
        assert next((each for each in verdicts_in_turn if each is not None), None) == refusal(case, limits)


def test_a_rule_that_is_off_allows_everything_and_one_with_a_limit_is_asked() -> None:
    nothing = _without(OFF)
    for case in (a_case(**given) for given in CASES):
        asked = zip(EACH, verdicts(case, nothing), strict=True)
        assert all(verdict.allowed for rule, verdict in asked if rule.is_off(nothing))
    assert sum(rule.is_off(nothing) for rule in EACH) == len(OFF)
    assert not any(rule.is_off(EVERY) for rule in EACH)


@pytest.mark.parametrize(
    "record",
    [
        TradeRecord(),
        TradeRecord(losses=4, lost_at=PROPOSED_AT),
        TradeRecord(stopped={"AAPL": PROPOSED_AT, "MSFT": PROPOSED_AT}, losses=9, lost_at=PROPOSED_AT),
        TradeRecord(entries=20, stopped={"AAPL": PROPOSED_AT}),
    ],
)
def test_while_nothing_is_dealt_a_protection_that_looks_at_no_dollar_only_lets_go(record: TradeRecord) -> None:
    protections = RulesInForce.under(EVERY).protections
    assert len(protections) == 4
    for rule in protections:
        days = [(hours, replace(record, entries=record.entries if hours < 24 else 0)) for hours in range(72)]
        cases = (a_case(at=PROPOSED_AT + timedelta(hours=hours), record=of_day) for hours, of_day in days)
        allowed = [rule.judge(case, EVERY).allowed for case in cases]
        assert allowed == sorted(allowed), rule


@pytest.mark.parametrize("record", [TradeRecord(losses=4, lost_at=PROPOSED_AT), TradeRecord(entries=20)])
def test_symbols_of_which_nothing_is_known_are_alike_to_a_protection_that_looks_at_no_dollar(
    record: TradeRecord,
) -> None:
    in_force = RulesInForce.under(EVERY)
    found = {in_force.refusal_apart_from_losses(a_case(symbol=name, record=record), EVERY) for name in ("A", "B", "C")}
    assert len(found) == 1
