from dataclasses import replace
from typing import Any

import pytest

from bot.cards import ids, trade_thread
from bot.cards.message import actions, button
from engine.errors import BrokerUnavailable
from engine.model.trade import TradeState
from tests.bot.listeners.conftest import ADMIN, CHANNEL, STRANGER, TRADER, VIEWER, Room
from tests.support.fakes.trades import a_trade
from tests.support.waiting import until

AAPL = a_trade()
OPEN = replace(AAPL, state=TradeState.OPEN, decided_by=TRADER, filled_shares=512, fill_price=AAPL.sizing.entry)


@pytest.fixture(name="card")
def _card(room: Room) -> dict[str, Any]:
    room.engine.begin(AAPL)
    return room.card(AAPL)


@pytest.fixture(name="question")
def _question(room: Room) -> dict[str, Any]:
    room.engine.begin(OPEN)
    payload = room.seal.payload(trade_thread.exit_asked(OPEN, room.texts).payload())
    return {"channel": CHANNEL, "ts": room.app.client.chat_postMessage(channel=CHANNEL, **payload)["ts"]}


def typed(shares: str) -> dict[str, dict[str, str]]:
    return {ids.SHARES_BLOCK: {ids.SHARES_INPUT: shares}}


@pytest.mark.parametrize("action_id", [ids.APPROVE, ids.RESIZE, ids.REJECT])
def test_a_viewers_click_is_refused_and_the_audit_has_it_once(room: Room, card: dict[str, Any], action_id: str) -> None:
    room.person(VIEWER).press(card, action_id)
    assert " only; you" in room.answer(VIEWER)
    assert room.engine.held == {AAPL.id: AAPL}
    size = f" {AAPL.shares}" if action_id == ids.APPROVE else ""
    said = f"{action_id} {AAPL.id}{size}"
    assert [(by, what) for by, what, _action, _why in room.engine.refusals] == [(VIEWER, said)]
    assert not room.person(VIEWER).views()


def test_a_stranger_may_not_even_inspect(room: Room, card: dict[str, Any]) -> None:
    room.person(STRANGER).press(card, ids.INSPECT)
    assert " only; you" in room.answer(STRANGER)


def test_a_click_on_approve_approves(room: Room, card: dict[str, Any]) -> None:
    room.person(TRADER).press(card, ids.APPROVE)
    until(lambda: room.engine.held[AAPL.id].state is TradeState.APPROVED)
    assert room.engine.held[AAPL.id].decided_by == TRADER


def test_a_click_buys_no_other_size_than_its_card_shows(room: Room, card: dict[str, Any]) -> None:
    room.engine.begin(replace(AAPL, shares=AAPL.shares + 100))
    room.person(TRADER).press(card, ids.APPROVE)
    assert f"it is now {AAPL.shares + 100}" in room.answer(TRADER)
    assert room.engine.held[AAPL.id].state is TradeState.PROPOSED


def test_a_button_from_before_buttons_had_a_size_approves_what_stands(room: Room, card: dict[str, Any]) -> None:
    press = button("Approve", action=ids.APPROVE, value=AAPL.id, label="Approve")
    blocks = [actions(ids.DECISION_BLOCK, press).to_dict()]
    payload = room.seal.payload({"text": "Buy 512 AAPL?", "blocks": blocks})
    old = {**card, "ts": room.app.client.chat_postMessage(channel=CHANNEL, **payload)["ts"]}
    room.person(TRADER).press(old, ids.APPROVE)
    until(lambda: room.engine.held[AAPL.id].state is TradeState.APPROVED)


def test_a_second_click_tells_who_decided(room: Room, card: dict[str, Any]) -> None:
    room.engine.begin(replace(AAPL, state=TradeState.APPROVED, decided_by=ADMIN))
    room.person(TRADER).press(card, ids.APPROVE)
    assert f"<@{ADMIN}>" in room.answer(TRADER)
    assert len(room.engine.refusals) == 1


def test_the_answer_to_a_click_in_a_thread_stays_in_the_thread(room: Room, card: dict[str, Any]) -> None:
    reply = room.card(replace(AAPL, id="GONE_20250819_000000"), thread_ts=card["ts"])
    room.person(TRADER).press(reply, ids.APPROVE)
    assert room.person(TRADER).wait_for(CHANNEL, lambda message: message["ephemeral"], thread_ts=card["ts"])


@pytest.mark.parametrize("action_id", [ids.RESIZE, ids.REJECT])
def test_a_decided_trade_opens_no_modal(room: Room, card: dict[str, Any], action_id: str) -> None:
    room.engine.begin(replace(AAPL, state=TradeState.APPROVED, decided_by=ADMIN))
    room.person(TRADER).press(card, action_id)
    assert f"<@{ADMIN}>" in room.answer(TRADER)
    assert not room.person(TRADER).views()


def test_resize_asks_for_the_shares_and_changes_them(room: Room, card: dict[str, Any]) -> None:
    trader = room.person(TRADER)
    trader.press(card, ids.RESIZE)
    assert trader.submit(trader.wait_for_view(), typed("300"))["errors"] is None
    assert room.engine.held[AAPL.id].shares == 300
    assert not trader.views()


@pytest.mark.parametrize(("shares", "sentence"), [("0", "whole number"), ("-3", "whole number"), ("601", "600")])
def test_wrong_shares_keep_the_modal_open_with_a_sentence_at_the_field(
    room: Room, card: dict[str, Any], shares: str, sentence: str
) -> None:
    trader = room.person(TRADER)
    trader.press(card, ids.RESIZE)
    view = trader.wait_for_view()
    answer = trader.submit(view, typed(shares))
    assert sentence in answer["errors"][ids.SHARES_BLOCK]
    assert len(room.engine.refusals) == 1
    trader.close(view)


def test_a_resize_that_comes_after_the_decision_closes_the_modal_and_tells_who_decided(
    room: Room, card: dict[str, Any]
) -> None:
    trader = room.person(TRADER)
    trader.press(card, ids.RESIZE)
    view = trader.wait_for_view()
    room.engine.begin(replace(AAPL, state=TradeState.APPROVED, decided_by=ADMIN))
    assert trader.submit(view, typed("300"))["errors"] is None
    assert f"<@{ADMIN}>" in room.answer(TRADER)
    assert not trader.views()


def test_a_modal_is_closed_and_trouble_told_when_the_engine_fails(room: Room, card: dict[str, Any]) -> None:
    trader = room.person(TRADER)
    trader.press(card, ids.RESIZE)
    view = trader.wait_for_view()
    room.engine.trouble = BrokerUnavailable()
    assert trader.submit(view, typed("300"))["errors"] is None
    assert "broker" in room.answer(TRADER)


@pytest.mark.parametrize("why", ["too close to earnings", ""])
def test_reject_asks_for_a_reason_and_keeps_it(room: Room, card: dict[str, Any], why: str) -> None:
    trader = room.person(TRADER)
    trader.press(card, ids.REJECT)
    trader.submit(trader.wait_for_view(), {ids.REASON_BLOCK: {ids.REASON_INPUT: why}})
    assert room.engine.held[AAPL.id].state is TradeState.REJECTED
    assert room.engine.held[AAPL.id].reason == why


def test_inspect_opens_the_trade_for_a_viewer(room: Room, card: dict[str, Any]) -> None:
    viewer = room.person(VIEWER)
    viewer.press(card, ids.INSPECT)
    view = viewer.wait_for_view()
    assert view["callback_id"] == ids.INSPECT_MODAL
    viewer.close(view)


def test_close_sells_the_position_and_puts_the_question_away(room: Room, question: dict[str, Any]) -> None:
    room.person(TRADER).press(question, ids.CLOSE_TRADE)
    room.person(TRADER).wait_for(CHANNEL, lambda message: is_without_buttons(message, question))
    assert room.engine.held[AAPL.id].state is TradeState.CLOSING


def test_keep_puts_the_question_away_and_sells_nothing(room: Room, question: dict[str, Any]) -> None:
    room.person(TRADER).press(question, ids.KEEP_TRADE)
    kept = room.person(TRADER).wait_for(CHANNEL, lambda message: is_without_buttons(message, question))
    assert f"<@{TRADER}>" in kept["text"]
    assert room.engine.held == {AAPL.id: OPEN}
    assert room.engine.calls == [("keep", AAPL.id, TRADER)]


@pytest.mark.parametrize("action_id", [ids.CLOSE_TRADE, ids.KEEP_TRADE])
def test_a_viewer_decides_about_no_exit(room: Room, question: dict[str, Any], action_id: str) -> None:
    room.person(VIEWER).press(question, action_id)
    assert " only; you" in room.answer(VIEWER)
    assert room.engine.held == {AAPL.id: OPEN}


@pytest.mark.parametrize("action_id", [ids.CLOSE_TRADE, ids.KEEP_TRADE])
def test_a_closed_trade_is_neither_closed_nor_kept_and_its_question_is_put_away(
    room: Room, question: dict[str, Any], action_id: str
) -> None:
    room.engine.begin(replace(OPEN, state=TradeState.CLOSED))
    room.person(TRADER).press(question, action_id)
    room.person(TRADER).wait_for(CHANNEL, lambda message: is_without_buttons(message, question))
    assert "closed" in room.answer(TRADER)
    assert len(room.engine.refusals) == 1


def is_without_buttons(message: dict[str, Any], place: dict[str, Any]) -> bool:
    return message["ts"] == place["ts"] and all(block["type"] != "actions" for block in message["blocks"])
