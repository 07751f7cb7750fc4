"""Overnight risk, the worst 1 % of nights of each symbol summed over what is held, and the rules of days to come."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from engine.model.account import AssetKind, Position
from engine.model.overnight import NightLoss, Outlook
from engine.model.trade import TradeState
from engine.risk.limits import Limits
from engine.risk.overnight import night_loss, overnight
from engine.risk.rules import refusal
from tests.engine.risk.examples import EQUITY, a_case, a_portfolio, an_account
from tests.support.fakes.trades import a_trade

NAN = float("nan")
IBM = Position(symbol="IBM", shares=100, cost=Decimal(200), price=Decimal(200))


def days(*moves: float) -> tuple[np.ndarray, np.ndarray]:
    """Return opens and closes of days at $100 whose nights moved the price by these parts."""
    close = np.full(len(moves) + 1, 100.0)
    return np.concatenate(([100.0], 100.0 * (1 + np.array(moves)))), close


def loss(fall: str = "0.04", rise: str = "0.05") -> NightLoss:
    return NightLoss(nights=500, fall=Decimal(fall), rise=Decimal(rise))


def outlook(fall: str = "0.04", *symbols: str, **changes: Any) -> Outlook:
    """Return bad nights of AAPL and other symbols that all take the same part of the price."""
    return Outlook(nights={name: loss(fall) for name in ("AAPL", *symbols)}, **changes)


def test_of_a_hundred_nights_the_worst_one_counts_either_way() -> None:
    found = night_loss(*days(-0.07, 0.09, *[0.01] * 49, *[-0.01] * 49))
    assert found == NightLoss(nights=100, fall=Decimal("0.07"), rise=Decimal("0.09"))


def test_of_five_hundred_nights_the_worst_five_are_averaged() -> None:
    found = night_loss(*days(-0.10, -0.08, -0.06, -0.04, -0.02, *[0.0] * 495))
    assert found is not None
    assert (found.nights, found.fall, found.rise) == (500, Decimal("0.06"), Decimal(0))


def test_nights_that_only_gained_cost_a_holder_nothing() -> None:
    found = night_loss(*days(*[0.01] * 60))
    assert found is not None
    assert (found.fall, found.rise) == (Decimal(0), Decimal("0.01"))


def test_under_sixty_nights_nothing_is_known() -> None:
    assert night_loss(*days(*[-0.02] * 59)) is None
    assert night_loss(*days(*[-0.02] * 60)) is not None
    assert night_loss(np.array([]), np.array([])) is None


@pytest.mark.parametrize("bad", [NAN, 0.0, -5.0, float("inf")])
def test_a_day_without_a_good_price_is_left_out_and_its_night_lasts_on(bad: float) -> None:
    opened, close = days(*[0.0] * 62)
    opened[30], close[30] = bad, bad
    opened[31] = 95.0
    found = night_loss(opened, close)
    assert found is not None
    assert (found.nights, found.fall) == (61, Decimal("0.05"))
    close[40] = bad
    assert night_loss(opened, close) == NightLoss(nights=60, fall=Decimal("0.05"), rise=Decimal(0))


@given(st.lists(st.floats(-0.5, 0.5), min_size=60, max_size=400))
def test_a_bad_night_is_never_told_smaller_than_it_was_nor_larger_than_the_worst(moves: list[float]) -> None:
    found = night_loss(*days(*moves))
    assert found is not None
    mean = -np.sort(np.array(moves))[: -(-len(moves) // 100)].mean()
    assert max(mean, 0.0) - 1e-9 <= float(found.fall) <= max(-min(moves), 0.0) + 2e-6


def test_the_risk_of_what_is_held_is_summed_over_symbols() -> None:
    held = (IBM, Position(symbol="AAPL", shares=10, cost=Decimal(150), price=Decimal(150)))
    found = overnight(a_portfolio(positions=held), {"IBM": loss("0.03"), "AAPL": loss("0.1")})
    assert (found.dollars, found.unknown) == (Decimal(600) + Decimal(150), ())
    assert found.share == Decimal(750) / EQUITY


def test_what_is_sold_short_is_hurt_by_nights_that_rise() -> None:
    short = Position(symbol="IBM", shares=-100, cost=Decimal(200), price=Decimal(200))
    assert overnight(a_portfolio(positions=(short,)), {"IBM": loss("0.03", "0.05")}).dollars == 1_000


def test_what_is_still_to_be_bought_counts_as_well() -> None:
    waiting = a_trade(state=TradeState.APPROVED)
    found = overnight(a_portfolio(trades=(waiting,)), {"AAPL": loss("0.04")})
    assert found.dollars == 512 * Decimal("150.25") * Decimal("0.04")


def test_what_is_no_stock_counts_as_in_open_risk() -> None:
    coin = Position(
        symbol="BTCUSD", shares=0, quantity=Decimal("0.5"), kind=AssetKind.CRYPTO, cost=Decimal(10), price=Decimal(1000)
    )
    found = overnight(a_portfolio(positions=(coin,)), {})
    assert (found.dollars, found.unknown) == (Decimal(500), ())


def test_symbols_of_which_too_little_is_known_are_named_and_never_count_as_nothing() -> None:
    found = overnight(a_portfolio(positions=(IBM,), trades=(a_trade(state=TradeState.SUBMITTED),)), {})
    assert (found.dollars, found.unknown) == (Decimal(0), ("AAPL", "IBM"))


LIMITS = Limits(overnight=Decimal("0.013"), earnings_days=2)
"""1.3 % of $231,368 is $3,007.78; the example's purchase costs $76,928."""


@pytest.mark.parametrize(
    ("rule", "refused", "allowed"),
    [
        ("overnight_risk", {"outlook": outlook("0.0391")}, {"outlook": outlook("0.039")}),
        (
            "overnight_risk",
            {"positions": (IBM,), "outlook": outlook("0.039", "IBM")},
            {"positions": (IBM,), "outlook": outlook("0.03", "IBM")},
        ),
        ("overnight_unknown", {"outlook": Outlook()}, {"outlook": outlook("0.03")}),
        ("overnight_unknown", {"positions": (IBM,), "outlook": outlook("0.01")}, {"outlook": outlook("0.01")}),
        ("earnings", {"outlook": outlook("0.03", earnings_in=0)}, {"outlook": outlook("0.03", earnings_in=None)}),
        ("earnings", {"outlook": outlook("0.03", earnings_in=2)}, {"outlook": outlook("0.03", earnings_in=3)}),
        ("earnings_unknown", {"outlook": outlook("0.03", earnings_known=False)}, {"outlook": outlook("0.03")}),
    ],
)
def test_a_rule_about_what_is_to_come_refuses_what_is_over_its_limit_and_nothing_that_is_not(
    rule: str, refused: dict[str, Any], allowed: dict[str, Any]
) -> None:
    verdict = refusal(a_case(**refused), LIMITS)
    assert verdict is not None
    assert (verdict.rule, verdict.allowed) == (rule, False)
    assert refusal(a_case(**allowed), LIMITS) is None


def test_without_limits_nothing_that_is_unknown_refuses_anything() -> None:
    unknown = Outlook(earnings_in=0, earnings_known=False)
    assert refusal(a_case(positions=(IBM,), outlook=unknown), Limits()) is None


def test_without_equity_nothing_is_divided() -> None:
    broke = a_portfolio(account=an_account(equity=Decimal(0)), positions=(IBM,))
    assert overnight(broke, {"IBM": loss()}).share == 1
