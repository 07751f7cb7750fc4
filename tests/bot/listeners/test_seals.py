from datetime import timedelta
from typing import Any

import pytest

from bot.cards import ids
from bot.signing import KEY, Signer
from engine.model.trade import TradeState
from tests.bot.listeners.conftest import CHANNEL, TRADER, Room
from tests.support.fakes.desk import NOW
from tests.support.fakes.trades import a_trade
from tests.support.waiting import until

AAPL = a_trade()
LIFE = AAPL.expires_at - AAPL.proposed_at


def click(action_id: str, value: str) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "team": {"id": "T0LOCAL"},
        "user": {"id": TRADER},
        "channel": {"id": CHANNEL},
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
    }


def sealed(room: Room, purpose: str, ago: timedelta = timedelta(0)) -> str:
    return Signer(room.engine.commands.audit_log.secret(KEY), lambda: NOW - ago).value(purpose, AAPL.id)


@pytest.fixture(name="held")
def _held(room: Room) -> Room:
    room.engine.begin(AAPL)
    return room


@pytest.mark.parametrize(
    "action_id", [ids.APPROVE, ids.RESIZE, ids.REJECT, ids.INSPECT, ids.CLOSE_TRADE, ids.KEEP_TRADE]
)
def test_a_button_that_is_not_the_bots_is_refused_and_kept_in_the_audit_once(held: Room, action_id: str) -> None:
    assert held.deliver(click(action_id, AAPL.id)).status == 200
    assert "isn't the bot's" in held.answer(TRADER)
    assert held.engine.held == {AAPL.id: AAPL}
    assert not held.engine.calls
    [(by, said, _action, why)] = held.engine.refusals
    assert (by, said) == (TRADER, f"{action_id} {AAPL.id}")
    assert why.startswith("NotOurs")


def test_the_seal_of_a_look_opens_no_purchase(held: Room) -> None:
    held.deliver(click(ids.APPROVE, sealed(held, ids.INSPECT)))
    assert "isn't the bot's" in held.answer(TRADER)
    assert held.engine.held == {AAPL.id: AAPL}


def test_a_button_is_good_for_a_proposals_life_and_a_margin(held: Room) -> None:
    held.deliver(click(ids.APPROVE, sealed(held, ids.APPROVE, LIFE + timedelta(minutes=5))))
    until(lambda: held.engine.held[AAPL.id].state is TradeState.APPROVED)


@pytest.mark.parametrize(
    ("action_id", "ago"),
    [
        (ids.APPROVE, LIFE + timedelta(minutes=5, seconds=1)),
        (ids.RESIZE, LIFE + timedelta(minutes=6)),
        (ids.REJECT, timedelta(days=400)),
        (ids.CLOSE_TRADE, timedelta(days=1, seconds=1)),
        (ids.KEEP_TRADE, timedelta(days=2)),
    ],
)
def test_a_button_from_too_long_ago_is_refused(held: Room, action_id: str, ago: timedelta) -> None:
    held.deliver(click(action_id, sealed(held, action_id, ago)))
    assert "no longer valid" in held.answer(TRADER)
    assert held.engine.held == {AAPL.id: AAPL}
    assert [why.split(":")[0] for *_rest, why in held.engine.refusals] == ["TooOld"]


def test_to_look_is_never_too_late(held: Room) -> None:
    old = {**click(ids.INSPECT, sealed(held, ids.INSPECT, timedelta(days=400))), "trigger_id": "1.1.gone-too"}
    held.deliver(old)
    assert "try again" in held.answer(TRADER)


@pytest.mark.parametrize("metadata", [AAPL.id, "", "x|1|y"])
def test_a_modal_that_is_not_the_bots_is_closed_and_refused(held: Room, metadata: str) -> None:
    values = {ids.SHARES_BLOCK: {ids.SHARES_INPUT: {"type": "number_input", "value": "300"}}}
    view = {"type": "modal", "callback_id": ids.RESIZE_MODAL, "private_metadata": metadata, "state": {"values": values}}
    body = {"type": "view_submission", "team": {"id": "T0LOCAL"}, "user": {"id": TRADER}, "view": view}
    response = held.deliver(body)
    assert (response.status, response.body) == (200, "")
    assert "isn't the bot's" in held.answer(TRADER)
    assert held.engine.held == {AAPL.id: AAPL}


@pytest.mark.parametrize(
    "body",
    [
        {"command": "/transfer", "text": "all", "user_id": TRADER},
        {**click("wire_money", "x")},
        {"type": "shortcut", "callback_id": "panic", "user": {"id": TRADER}, "team": {"id": "T0LOCAL"}},
        {
            "type": "view_submission",
            "user": {"id": TRADER},
            "team": {"id": "T0LOCAL"},
            "view": {"type": "modal", "callback_id": "other"},
        },
    ],
    ids=["command", "button", "shortcut", "modal"],
)
def test_what_no_listener_is_for_is_acknowledged_answered_and_kept_in_the_audit(
    held: Room, body: dict[str, Any]
) -> None:
    assert held.deliver(body).status == 200
    assert "isn't the bot's" in held.answer(TRADER)
    assert [action for _by, _said, action, _why in held.engine.refusals] == ["unknown"]
