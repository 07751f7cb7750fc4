"""Approve at another size in one window: it begins legally, follows what is typed, and approves just what it shows."""

from dataclasses import replace
from typing import Any

import pytest

from bot.cards import ids
from bot.listeners.size_window import NewestActs
from engine.model.trade import TradeState
from tests.bot.listeners.conftest import ADMIN, TRADER, VIEWER, Room
from tests.support.fakes.desk import MOST_SHARES
from tests.support.fakes.trades import a_trade
from tests.support.waiting import until

AAPL = a_trade()


def window(room: Room, shares: int = 512) -> dict[str, Any]:
    """Open the window of a proposal as the trader."""
    trade = replace(AAPL, shares=shares)
    room.engine.begin(trade)
    room.person(TRADER).press(room.card(trade), ids.RESIZE)
    return room.person(TRADER).wait_for_view(lambda view: view["callback_id"] == ids.RESIZE_MODAL)


def field(view: dict[str, Any]) -> dict[str, Any]:
    return next(block for block in view["blocks"] if block["type"] == "input")


def told(view: dict[str, Any]) -> str:
    return str([block for block in view["blocks"] if block["type"] != "input"])


def typed(room: Room, view: dict[str, Any], text: str) -> dict[str, Any]:
    """Type into the field, and return the window once it says something else."""
    room.person(TRADER).press(view, ids.SHARES_INPUT, value=text)
    return changed(room, view)


def changed(room: Room, view: dict[str, Any]) -> dict[str, Any]:
    return room.person(TRADER).wait_for_view(lambda now: now["hash"] != view["hash"])


@pytest.mark.parametrize(("shares", "begins"), [(512, "512"), (700, str(MOST_SHARES)), (1, "1")])
def test_it_begins_with_a_number_that_every_limit_allows(room: Room, shares: int, begins: str) -> None:
    assert field(window(room, shares))["element"]["initial_value"] == begins


def test_what_so_many_cost_and_risk_follows_what_is_typed(room: Room) -> None:
    view = typed(room, window(room), "100")
    assert "$15,025" in told(view)
    assert "$226 (" in told(view)
    assert field(view)["block_id"] == ids.SHARES_BLOCK  # what was typed stays as it is
    assert room.engine.held[AAPL.id].shares == 512


@pytest.mark.parametrize("text", ["many", "1.5", "0", "-3"])
def test_a_wrong_number_is_said_in_the_window_while_it_is_typed(room: Room, text: str) -> None:
    assert "alert" in told(typed(room, window(room), text))


def test_too_many_are_said_to_be_too_many_while_they_are_typed(room: Room) -> None:
    assert "Too many: max 600" in told(typed(room, window(room), "601"))


def test_typing_stands_in_no_audit(room: Room) -> None:
    view = window(room)
    rows = len(room.engine.audit_log.rows)
    typed(room, view, "100")
    room.quiet()
    assert len(room.engine.audit_log.rows) == rows


@pytest.mark.parametrize(("action", "shares"), [(ids.SIZE_HALF, "256"), (ids.SIZE_MOST, "600")])
def test_a_button_fills_in_half_or_the_most(room: Room, action: str, shares: str) -> None:
    view = window(room)
    room.person(TRADER).press(view, action)
    filled = field(changed(room, view))
    assert (filled["element"]["initial_value"], filled["block_id"]) == (shares, f"{ids.SHARES_BLOCK}.1")


def test_a_filled_in_number_is_submitted_and_its_error_stands_at_its_field(room: Room) -> None:
    view = window(room)
    room.person(TRADER).press(view, ids.SIZE_MOST)
    view = changed(room, view)
    block = field(view)["block_id"]
    answer = room.person(TRADER).submit(view, {block: {ids.SHARES_INPUT: "601"}})
    assert "600" in answer["errors"][block]
    assert room.person(TRADER).submit(view, {block: {ids.SHARES_INPUT: "600"}})["errors"] is None
    assert room.engine.held[AAPL.id].shares == 600


def test_approve_this_size_changes_the_size_and_approves_it(room: Room) -> None:
    view = typed(room, window(room), "300")
    room.person(TRADER).press(view, ids.APPROVE_SIZE)
    until(lambda: room.engine.held[AAPL.id].state is TradeState.APPROVED)
    assert room.engine.held[AAPL.id].shares == 300
    assert f"Approved by <@{TRADER}>" in told(changed(room, view))
    changes = [call for call in room.engine.calls if call[0] in {"resize", "approve"}]
    assert [call[0] for call in changes] == ["resize", "approve"]


def test_approving_the_size_that_is_proposed_changes_none(room: Room) -> None:
    view = window(room)
    room.person(TRADER).press(view, ids.APPROVE_SIZE)
    until(lambda: room.engine.held[AAPL.id].state is TradeState.APPROVED)
    assert "resize" not in [call[0] for call in room.engine.calls]


def test_a_size_over_a_limit_is_refused_in_the_window_and_nothing_is_approved(room: Room) -> None:
    view = typed(room, window(room), "601")
    room.person(TRADER).press(view, ids.APPROVE_SIZE)
    assert "alert" in told(changed(room, view))
    assert room.engine.held[AAPL.id] == AAPL
    assert [action for _by, _said, action, _why in room.engine.refusals] == ["approve"]


def test_what_somebody_decided_meanwhile_is_told_in_the_place_of_the_window(room: Room) -> None:
    view = window(room)
    room.engine.begin(replace(AAPL, state=TradeState.APPROVED, decided_by=ADMIN))
    room.person(TRADER).press(view, ids.APPROVE_SIZE)
    assert f"<@{ADMIN}>" in told(changed(room, view))


def test_a_viewer_cannot_approve_in_a_window_that_is_not_theirs(room: Room) -> None:
    view = window(room)
    body = {
        "type": "block_actions",
        "user": {"id": VIEWER},
        "trigger_id": "9.viewer",
        "view": room.person(TRADER).wait_for_view(lambda now: now["id"] == view["id"]),
        "actions": [{"action_id": ids.APPROVE_SIZE, "type": "button", "action_ts": "9.0"}],
    }
    room.deliver(body)
    assert room.engine.held[AAPL.id] == AAPL


def test_a_window_that_the_bot_did_not_seal_approves_nothing(room: Room) -> None:
    view = window(room) | {"private_metadata": AAPL.id}
    action = {"action_id": ids.APPROVE_SIZE, "type": "button", "action_ts": "9.0"}
    body = {"type": "block_actions", "user": {"id": TRADER}, "trigger_id": "9.f"}
    room.deliver({**body, "view": view, "actions": [action]})
    assert room.engine.held[AAPL.id] == AAPL


def test_what_was_typed_earlier_is_never_shown_over_what_was_typed_later() -> None:
    acts = NewestActs()
    acts.came("V1", "2.0")
    acts.came("V1", "1.0")  # which another thread was slower to take in
    assert acts.is_newest("V1", "2.0")
    assert not acts.is_newest("V1", "1.0")
    assert acts.is_newest("V2", "0.5")
