"""Which change of a limit counts as looser."""

from decimal import Decimal

import pytest

from engine.control.runtime_settings import CHANGEABLE
from engine.risk.loosening import is_looser

LOOSER: list[tuple[str, str | None, str | None]] = [
    ("risk_per_trade", "0.003", "0.005"),
    ("max_exposure", "0.2", "0.3"),
    ("max_exposure", "0.2", None),
    ("max_overnight_risk", "0.02", "0.021"),
    ("max_overnight_risk", "0.02", None),
    ("max_spread_bp", "50", "51"),
    ("max_daily_loss", "0.03", "0.031"),
    ("max_daily_loss", "0.03", "0"),
    ("max_drawdown", "0.1", "0.2"),
    ("max_drawdown", "0.1", "0"),
    ("losses_halt", "1", "0"),
    ("losing_streak", "4", "5"),
    ("losing_streak", "4", "0"),
    ("losing_streak_seconds", "3600", "1"),
    ("stop_cooldown_seconds", "3600", "60"),
    ("stop_cooldown_seconds", "3600", "0"),
    ("max_trades_a_day", "20", "21"),
    ("max_trades_a_day", "20", "0"),
    ("max_open_positions", "10", "11"),
    ("max_open_positions", "10", "0"),
    ("min_price", "5", "4.99"),
    ("min_price", "5", "0"),
    ("min_volume", "1000", "999"),
    ("min_volume", "1000", "0"),
]


def figure(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(("name", "before", "after"), LOOSER)
def test_a_change_that_lets_the_desk_risk_more_is_looser_and_the_way_back_is_not(
    name: str, before: str | None, after: str | None
) -> None:
    assert is_looser(CHANGEABLE[name], figure(before), figure(after))
    assert not is_looser(CHANGEABLE[name], figure(after), figure(before))
    assert not is_looser(CHANGEABLE[name], figure(before), figure(before))


def test_every_setting_that_can_be_changed_has_a_case_here() -> None:
    assert {name for name, _, _ in LOOSER} == CHANGEABLE.keys()
