"""Payloads that Slack's own clients do not send: they are acknowledged, answered, and change nothing."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.cards import ids
from engine.model.trade import TradeState
from tests.bot.listeners.conftest import CHANNEL, TRADER, Room
from tests.support.fakes.trades import a_trade
from tests.support.waiting import until

AAPL = a_trade()
PERSON = {"team": {"id": "T0LOCAL"}, "user": {"id": TRADER}, "api_app_id": "A0LOCALBOT"}


def submission(room: Room, **view: Any) -> dict[str, Any]:
    """Return a submitted modal of ours: what it carries is sealed."""
    if isinstance(view.get("private_metadata"), str):
        view["private_metadata"] = room.seal.value(ids.RESIZE_MODAL, view["private_metadata"])
    return {"type": "view_submission", **PERSON, "view": {"type": "modal", "callback_id": ids.RESIZE_MODAL, **view}}


def click(**body: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        **PERSON,
        "channel": {"id": CHANNEL},
        "actions": [{"type": "button", "action_id": ids.APPROVE, "block_id": ids.DECISION_BLOCK}],
        **body,
    }


@pytest.mark.parametrize(
    "view",
    [
        {"private_metadata": AAPL.id},
        {"private_metadata": AAPL.id, "state": {}},
        {"private_metadata": AAPL.id, "state": {"values": {ids.SHARES_BLOCK: {ids.SHARES_INPUT: {"value": None}}}}},
        {"private_metadata": AAPL.id, "state": {"values": {ids.SHARES_BLOCK: {ids.SHARES_INPUT: "300"}}}},
        {"private_metadata": AAPL.id, "state": {"values": {"other": {"other": {"value": "300"}}}}},
    ],
)
def test_a_modal_without_its_value_gets_a_field_error(room: Room, view: dict[str, Any]) -> None:
    room.engine.begin(AAPL)
    response = room.deliver(submission(room, **view))
    assert response.status == 200
    assert list(json.loads(response.body)["errors"]) == [ids.SHARES_BLOCK]
    assert room.engine.held == {AAPL.id: AAPL}


@pytest.mark.parametrize("metadata", ["", "another app's", "x" * 3000, None, 7])
def test_a_modal_of_an_unknown_trade_is_closed_and_answered(room: Room, metadata: object) -> None:
    values = {ids.SHARES_BLOCK: {ids.SHARES_INPUT: {"type": "number_input", "value": "300"}}}
    response = room.deliver(submission(room, private_metadata=metadata, state={"values": values}))
    assert (response.status, response.body) == (200, "")
    assert "trade" in room.answer(TRADER)
    assert len(room.engine.refusals) == 1


@pytest.mark.parametrize("body", [{}, {"message": None}, {"message": {}}])
def test_a_button_without_a_trade_is_acknowledged_and_answered(room: Room, body: dict[str, Any]) -> None:
    assert room.deliver(click(**body)).status == 200
    assert "isn't the bot's" in room.answer(TRADER)


def test_a_modal_that_comes_too_late_is_told(room: Room) -> None:
    room.engine.begin(AAPL)
    value = room.seal.value(ids.RESIZE, AAPL.id)
    action = {"type": "button", "action_id": ids.RESIZE, "block_id": ids.DECISION_BLOCK, "value": value}
    assert room.deliver(click(actions=[action], trigger_id="1.1.gone")).status == 200
    assert "try again" in room.answer(TRADER)


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", "\ufeff", "\x07", "\x00", "\ud800"])
def test_what_nobody_sees_in_a_command_is_not_read(room: Room, unseen: str) -> None:
    room.engine.begin(AAPL)
    body = {"command": "/approve", "text": f"{unseen}{AAPL.id}{unseen}", "user_id": TRADER, "channel_id": CHANNEL}
    assert room.deliver(body).status == 200
    until(lambda: bool(room.engine.calls))
    assert room.engine.held[AAPL.id].state is TradeState.APPROVED


def test_a_command_without_text_or_name_is_acknowledged(room: Room) -> None:
    response = room.deliver({"command": "/positions", "user_id": TRADER, "team_id": "T0LOCAL", "channel_id": CHANNEL})
    assert response.status == 200
    assert "Equity" in room.answer(TRADER)


@pytest.mark.parametrize("typed", ["A&B", "<@U0ADMIN>", "1 < 2 > 0 &amp;"])
@pytest.mark.parametrize(
    ("modal", "block", "field"),
    [
        (ids.MOVE_STOP_MODAL, ids.PRICE_BLOCK, ids.PRICE_INPUT),
        (ids.MOVE_TARGET_MODAL, ids.PRICE_BLOCK, ids.PRICE_INPUT),
        (ids.STANDING_MODAL, "dollars", ids.STANDING_INPUT),
    ],
)
def test_a_field_error_shows_what_was_typed_as_it_was_typed(
    room: Room, modal: str, block: str, field: str, typed: str
) -> None:
    """Slack shows the errors of fields as plain text."""
    room.engine.begin(replace(AAPL, state=TradeState.OPEN, filled_shares=512, fill_price=AAPL.sizing.entry))
    values = {block: {field: {"type": "plain_text_input", "value": typed}}}
    sealed = room.seal.value(modal, AAPL.id)
    view = {"type": "modal", "callback_id": modal, "private_metadata": sealed, "state": {"values": values}}
    response = room.deliver({"type": "view_submission", **PERSON, "view": view})
    assert typed in json.loads(response.body)["errors"][block]
