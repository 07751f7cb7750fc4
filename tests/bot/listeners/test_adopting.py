"""/adopt as an admin types it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.model.adoption import Adoption
from tests.bot.listeners.conftest import ADMIN, Room

NVDA = Adoption(symbol="NVDA", stop=Decimal("95.5"), target=Decimal(120))


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("NVDA 95.50 120", NVDA),
        ("nvda $95.50 $120", NVDA),
        ("NVDA 95.50 120 1,000", replace(NVDA, shares=Decimal(1000))),
        ("NVDA 95.50 120 0.5", replace(NVDA, shares=Decimal("0.5"))),
    ],
)
def test_it_asks_for_what_was_typed_and_says_how_the_shares_are_protected(
    room: Room, typed: str, asked: Adoption
) -> None:
    answer = room.says(ADMIN, f"/adopt {typed}")
    assert room.engine.calls[-1] == ("adopt", asked, ADMIN)
    assert "stop $95.50, target $120.00" in answer


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("NVDA soon 120", "Stop: “soon” isn't a number. Nothing changed."),
        ("NVDA 95.5 5%", "Target: “5%” isn't a number."),
        ("NVDA 95.5 1.250", "Target: could be 1.25 / 1250"),
        ("NVDA 95.5 120 5%", "Shares"),
        ("NVDA 95.5", "/adopt"),
        ("NVDA 95.5 120 5 6", "/adopt"),
        ("", "/adopt"),
    ],
)
def test_what_cannot_be_read_names_its_field_and_asks_for_nothing(room: Room, typed: str, told: str) -> None:
    assert told in room.says(ADMIN, f"/adopt {typed}")
    assert not room.engine.calls
    assert len(room.engine.refusals) == 1
