"""The stop that follows closes: where it stands, that it is never loosened, and that a cent is a cent."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from engine.model.exit_plan import ExitPlan
from engine.risk.tightening import tightened_stop

ENTRY, PLANNED = Decimal("150.28"), Decimal("147.99")


def stop(plan: ExitPlan, peak: str, *, now: str = "147.99", atr: str | None = None) -> Decimal:
    return tightened_stop(
        plan,
        entry=ENTRY,
        planned=PLANNED,
        stop=Decimal(now),
        peak=Decimal(peak),
        atr=None if atr is None else Decimal(atr),
    )


@pytest.mark.parametrize(
    ("plan", "peak", "expected"),
    [
        (ExitPlan(), "200", "147.99"),
        (ExitPlan(trail=Decimal("0.02")), "150", "147.99"),  # 147.00 would be looser
        (ExitPlan(trail=Decimal("0.02")), "155.55", "152.43"),  # 152.439, cut
        (ExitPlan(trail=Decimal("0.02")), "151.02", "147.99"),  # 147.9996 is cut to where it stands
        (ExitPlan(breakeven=Decimal(1)), "152.56", "147.99"),  # a cent less than 1 R of 2.29
        (ExitPlan(breakeven=Decimal(1)), "152.57", "150.28"),
        (ExitPlan(breakeven=Decimal(1), trail=Decimal("0.01")), "160", "158.40"),  # the tighter of both
    ],
)
def test_a_stop_stands_where_the_closes_put_it(plan: ExitPlan, peak: str, expected: str) -> None:
    assert stop(plan, peak) == Decimal(expected)


def test_breakeven_is_not_a_cent_under_the_entry() -> None:
    plan = ExitPlan(breakeven=Decimal(1))
    found = tightened_stop(plan, entry=Decimal("150.284"), planned=PLANNED, stop=PLANNED, peak=Decimal(160), atr=None)
    assert found == Decimal("150.29")


def test_a_trail_by_average_true_ranges_needs_one() -> None:
    plan = ExitPlan(trail_atr=Decimal(3))
    assert stop(plan, "155", atr="1.105") == Decimal("151.68")  # 151.685, cut
    assert stop(plan, "155") == PLANNED


def test_breakeven_says_nothing_where_nothing_was_risked() -> None:
    plan = ExitPlan(breakeven=Decimal(1))
    found = tightened_stop(plan, entry=ENTRY, planned=ENTRY, stop=PLANNED, peak=Decimal(160), atr=None)
    assert found == PLANNED


cents = st.integers(1, 100_000).map(lambda number: Decimal(number) / 100)
maybe = st.none() | st.integers(1, 99).map(lambda number: Decimal(number) / 100)


@given(trail=maybe, ranges=maybe, breakeven=maybe, entry=cents, planned=cents, now=cents, peak=cents, atr=cents)
def test_no_plan_ever_loosens_a_stop_and_each_is_a_price_in_cents(
    trail: Decimal | None,
    ranges: Decimal | None,
    breakeven: Decimal | None,
    entry: Decimal,
    planned: Decimal,
    now: Decimal,
    peak: Decimal,
    atr: Decimal,
) -> None:
    plan = ExitPlan(trail=trail, trail_atr=ranges, breakeven=breakeven)
    found = tightened_stop(plan, entry=entry, planned=planned, stop=now, peak=peak, atr=atr)
    assert found >= now
    assert found == found.quantize(Decimal("0.01"))
    later = tightened_stop(plan, entry=entry, planned=planned, stop=found, peak=peak, atr=atr)
    assert later == found
