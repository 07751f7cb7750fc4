"""/adopt as an admin types it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.cards import ids
from engine.model.account import AssetKind
from engine.model.adoption import Adoption
from engine.model.view import PositionLine
from tests.bot.cards.examples import a_line, opened
from tests.bot.listeners.conftest import ADMIN, CHANNEL, TRADER, Room

NVDA = Adoption(symbol="NVDA", stop=Decimal("95.5"), target=Decimal(120))
HELD = a_line(symbol="NVDA", shares=40, cost=Decimal(90), price=Decimal(100))


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


def fill_in(room: Room, *, stop: str = "95.50", target: str = "120", shares: str = "") -> dict[str, str]:
    """Fill in the window that is open, submit it, and return what is wrong with it by field."""
    window = room.person(ADMIN).wait_for_view()
    typed = zip(ids.ADOPT_FIELDS, (stop, target, shares), strict=True)
    fields = {name: {ids.numbered(ids.ADOPT_INPUT, number): text} for number, (name, text) in enumerate(typed)}
    return room.person(ADMIN).submit(window, fields)["errors"] or {}


@pytest.mark.parametrize(("shares", "asked"), [("", NVDA), ("12", replace(NVDA, shares=Decimal(12)))])
def test_without_prices_a_window_asks_for_them(room: Room, shares: str, asked: Adoption) -> None:
    room.engine.lines = (HELD,)
    room.person(ADMIN).command(CHANNEL, "/adopt nvda")
    window = room.person(ADMIN).wait_for_view()
    assert "NVDA" in str(window["blocks"][0])
    assert fill_in(room, shares=shares) == {}
    assert "stop $95.50, target $120.00" in room.answer(ADMIN)
    assert room.engine.calls[-1] == ("adopt", asked, ADMIN)


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"stop": "soon"}, "stop", "“soon” isn't a number"),
        ({"target": "1.250"}, "target", "could be 1.25 / 1250"),
        ({"shares": "5%"}, "shares", "“5%” isn't a number"),
    ],
)
def test_what_was_typed_wrong_keeps_the_window_open_with_a_sentence_at_its_field(
    room: Room, typed: dict[str, str], field: str, told: str
) -> None:
    room.engine.lines = (HELD,)
    room.person(ADMIN).command(CHANNEL, "/adopt NVDA")
    assert told in fill_in(room, **typed)[field]
    assert ("adopt", NVDA, ADMIN) not in room.engine.calls


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (replace(HELD, symbol="IBM"), "no NVDA position"),
        (replace(HELD, trade=opened(symbol="NVDA")), "already has a trade"),
        (replace(HELD, beside_a_trade=True), "already has a trade"),
        (replace(HELD, shares=-4), "short"),
        (replace(HELD, shares=0, quantity=Decimal("0.4")), "whole shares only"),
        (replace(HELD, shares=0, quantity=Decimal(1), kind=AssetKind.OPTION), "not a stock"),
    ],
)
def test_no_window_asks_in_vain(room: Room, line: PositionLine, told: str) -> None:
    room.engine.lines = (line,)
    assert told in room.says(ADMIN, "/adopt NVDA")


def test_positions_has_a_button_that_opens_the_window_for_admins_alone(room: Room) -> None:
    room.engine.lines = (HELD, replace(HELD, symbol="MSFT", trade=opened(symbol="MSFT")))
    room.says(TRADER, "/positions")
    assert ids.ADOPT not in str(room.person(TRADER).messages(CHANNEL)[-1]["blocks"])
    room.person(ADMIN).command(CHANNEL, "/positions")
    room.answer(ADMIN)
    shown = room.person(ADMIN).messages(CHANNEL)[-1]
    assert str(shown["blocks"]).count("Adopt ") == 1
    room.person(ADMIN).press(shown, f"{ids.ADOPT}.0")
    assert fill_in(room) == {}
    assert "stop $95.50, target $120.00" in room.answer(ADMIN)
