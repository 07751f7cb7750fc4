"""Several proposals decided at once: each by itself, with a row for each outcome."""

from dataclasses import replace
from typing import Any

import pytest
from slack_bolt.request import BoltRequest

from bot.access import Role
from bot.app import build_app
from bot.cards import answers, ids
from bot.cards.home import home
from bot.settings import SlackSettings
from engine.errors import BrokerUnavailable, RiskRefused
from engine.model.desk import Request
from engine.model.trade import Trade, TradeState
from tests.bot.listeners.conftest import ADMIN, CHANNEL, TRADER, VIEWER, Room
from tests.support.fakes.slack import ScriptedSlack
from tests.support.fakes.trades import a_trade
from tests.support.waiting import until

AAPL, MSFT, TSLA = (a_trade(id=f"{name}_20250819_234515", symbol=name) for name in ("AAPL", "MSFT", "TSLA"))


def at_home(room: Room, *trades: Trade, user: str = TRADER) -> dict[str, Any]:
    """Publish a home with these proposals, and return it."""
    room.engine.begin(*trades)
    view = room.seal.view(home(room.engine.queries.status(), Role.ADMIN, room.texts))
    room.app.client.views_publish(user_id=user, view=view)
    return room.person(user).wait_for_home(lambda shown: len(options(shown)) == len(trades))


def options(view: dict[str, Any]) -> list[str]:
    lists = [block["accessory"] for block in view["blocks"] if block.get("block_id") == ids.SELECTION_BLOCK]
    return [option["value"] for each in lists for option in each["options"]]


def select(room: Room, view: dict[str, Any], *places: int, user: str = TRADER) -> None:
    chosen = [options(view)[place] for place in places]
    room.person(user).press(view, ids.SELECT_PENDING, selected_options=chosen)


def outcomes(room: Room, user: str = TRADER) -> str:
    """Return the words of the window with what came of each."""
    person = room.person(user)
    view = person.wait_for_view()
    person.close(view)
    return "\n".join(block["text"]["text"] for block in view["blocks"] if "text" in block)


def test_a_list_is_worth_its_place_from_two_proposals_on(room: Room) -> None:
    room.engine.begin(AAPL)
    assert ids.SELECT_PENDING not in str(home(room.engine.queries.status(), Role.ADMIN, room.texts).to_dict())
    assert len(options(at_home(room, AAPL, MSFT))) == 2


def test_whoever_may_not_decide_sees_no_list(room: Room) -> None:
    room.engine.begin(AAPL, MSFT)
    view = home(room.engine.queries.status(), Role.VIEWER, room.texts).to_dict()
    assert ids.SELECT_PENDING not in str(view)


def test_those_that_are_selected_are_approved_in_the_order_of_selecting_and_no_other(room: Room) -> None:
    view = at_home(room, AAPL, MSFT, TSLA)
    select(room, view, 2, 0)
    room.person(TRADER).press(view, ids.APPROVE_SELECTED)
    said = outcomes(room)
    assert [call[1] for call in room.engine.calls if call[0] == "approve"] == [TSLA.id, AAPL.id]
    assert room.engine.held[MSFT.id].state is TradeState.PROPOSED
    assert "2 selected: 2 done" in said
    assert said.count("Approved") == 2


def test_each_is_checked_by_itself_and_one_that_is_refused_keeps_no_other_back(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = at_home(room, AAPL, MSFT, TSLA)
    approve = room.engine.approve

    def limited(trade_id: str, request: Request, *, shares: int | None = None) -> Trade:
        if trade_id == MSFT.id:
            raise RiskRefused("open_risk", AAPL.sizing.equity, AAPL.sizing.equity, "dollars")
        if trade_id == TSLA.id:
            raise BrokerUnavailable
        return approve(trade_id, request, shares=shares)

    monkeypatch.setattr(room.engine, "approve", limited)
    select(room, view, 1, 2, 0)
    room.person(TRADER).press(view, ids.APPROVE_SELECTED)
    said = outcomes(room)
    assert "Can't reach the broker" in said
    assert "3 selected: 1 done" in said
    assert room.engine.held[AAPL.id].state is TradeState.APPROVED
    rows = {said: (outcome, why) for _by, said, _action, outcome, why in room.engine.audit_log.rows}
    assert rows[f"approve_selected {MSFT.id}"][0] == "refused"
    assert rows[f"approve_selected {TSLA.id}"][0] == "not now"


def test_what_was_decided_meanwhile_has_its_own_outcome(room: Room) -> None:
    view = at_home(room, AAPL, MSFT)
    select(room, view, 0, 1)
    room.engine.held[AAPL.id] = replace(AAPL, state=TradeState.REJECTED, decided_by=ADMIN)
    room.person(TRADER).press(view, ids.APPROVE_SELECTED)
    assert f"<@{ADMIN}>" in outcomes(room)
    assert room.engine.held[AAPL.id].state is TradeState.REJECTED
    assert room.engine.held[MSFT.id].state is TradeState.APPROVED


def test_those_that_are_selected_are_rejected_for_one_reason(room: Room) -> None:
    view = at_home(room, AAPL, MSFT)
    select(room, view, 0, 1)
    person = room.person(TRADER)
    person.press(view, ids.REJECT_SELECTED)
    asked = person.wait_for_view()
    person.submit(asked, {ids.CHOICE_BLOCK: {ids.CHOICE_INPUT: "for_earnings"}})
    until(lambda: room.engine.held[MSFT.id].state is TradeState.REJECTED)
    assert {trade.reason for trade in room.engine.held.values()} == {"for_earnings"}
    assert room.answer(TRADER).count("Rejected") == 2


@pytest.mark.parametrize("action", [ids.APPROVE_SELECTED, ids.REJECT_SELECTED])
def test_nothing_selected_decides_nothing_and_says_so(room: Room, action: str) -> None:
    view = at_home(room, AAPL, MSFT)
    select(room, view)
    room.person(TRADER).press(view, action)
    assert "Nothing selected" in outcomes(room)
    assert {trade.state for trade in room.engine.held.values()} == {TradeState.PROPOSED}


def test_a_selection_is_refused_below_its_role(room: Room) -> None:
    view = at_home(room, AAPL, MSFT, user=VIEWER)
    select(room, view, 0, user=VIEWER)
    room.person(VIEWER).press(view, ids.APPROVE_SELECTED)
    assert " only; you" in outcomes(room, VIEWER)
    assert room.engine.held[AAPL.id].state is TradeState.PROPOSED


def test_an_option_that_the_bot_did_not_offer_approves_nothing(room: Room) -> None:
    view = at_home(room, AAPL, MSFT)
    held = {ids.SELECTION_BLOCK: {ids.SELECT_PENDING: {"selected_options": [{"value": AAPL.id}]}}}
    value = room.seal.value(ids.APPROVE_SELECTED, "desk")
    action = {"action_id": ids.APPROVE_SELECTED, "type": "button", "value": value}
    forged = {**view, "state": {"values": held}}
    room.deliver(
        {"type": "block_actions", "user": {"id": TRADER}, "trigger_id": "7.f", "view": forged, "actions": [action]}
    )
    assert room.engine.held[AAPL.id].state is TradeState.PROPOSED
    assert [why.partition(":")[0] for _by, _said, _action, why in room.engine.refusals] == ["NotOurs"]


def test_a_selection_that_is_delivered_twice_is_carried_out_once(room: Room) -> None:
    view = at_home(room, AAPL, MSFT)
    held = {ids.SELECTION_BLOCK: {ids.SELECT_PENDING: {"selected_options": [{"value": options(view)[0]}]}}}
    value = room.seal.value(ids.APPROVE_SELECTED, "desk")
    action = {"action_id": ids.APPROVE_SELECTED, "type": "button", "value": value}
    body = {
        "type": "block_actions",
        "user": {"id": TRADER},
        "trigger_id": "7.twice",
        "view": {**view, "state": {"values": held}},
        "actions": [action],
    }
    for _ in range(2):
        room.deliver(body)
    assert [call[0] for call in room.engine.calls].count("approve") == 1


def test_the_list_stays_selected_when_the_home_is_drawn_again(room: Room) -> None:
    assert options(at_home(room, AAPL, MSFT)) == options(at_home(room, AAPL, MSFT))


def test_trades_pending_has_the_list_for_whoever_may_decide(room: Room) -> None:
    room.engine.begin(AAPL, MSFT)
    room.person(TRADER).command(CHANNEL, "/trades pending")
    card = room.person(TRADER).wait_for(CHANNEL, lambda message: ids.SELECT_PENDING in str(message["blocks"]))
    [listed] = [block["accessory"] for block in card["blocks"] if "accessory" in block]
    room.person(TRADER).press(card, ids.SELECT_PENDING, selected_options=[listed["options"][1]["value"]])
    room.person(TRADER).press(card, ids.APPROVE_SELECTED)
    until(lambda: room.engine.held[MSFT.id].state is TradeState.APPROVED)
    assert room.engine.held[AAPL.id].state is TradeState.PROPOSED


def test_a_viewer_gets_the_table_without_the_list(room: Room) -> None:
    message = answers.trades((AAPL, MSFT), "trades-pending", room.texts)
    assert ids.SELECT_PENDING not in str(message.payload())


def test_one_whose_size_somebody_changed_since_the_list_was_drawn_is_not_approved(room: Room) -> None:
    view = at_home(room, AAPL, MSFT)
    select(room, view, 0, 1)
    room.engine.held[AAPL.id] = replace(AAPL, shares=AAPL.shares + 1)
    room.person(TRADER).press(view, ids.APPROVE_SELECTED)
    assert "changed" in outcomes(room)
    assert room.engine.held[AAPL.id].state is TradeState.PROPOSED
    assert room.engine.held[MSFT.id].state is TradeState.APPROVED


@pytest.mark.parametrize("action", [ids.APPROVE_SELECTED, ids.REJECT_SELECTED])
def test_a_list_in_a_window_stays_where_nothing_was_selected(room: Room, settings: SlackSettings, action: str) -> None:
    """A list that was slow to come is the answer of a window: a refusal in its place would take it away."""
    room.engine.begin(AAPL, MSFT)
    button = {"action_id": action, "type": "button", "value": room.seal.value(action, "desk")}
    body = {
        "type": "block_actions",
        "user": {"id": TRADER},
        "trigger_id": "7.window",
        "view": {"id": "V0LIST", "type": "modal", "state": {"values": {}}},
        "actions": [button],
    }
    with ScriptedSlack() as slack:
        there = settings.model_copy(update={"slack_api_url": slack.api_url})
        app = build_app(room.engine.commands, room.engine.queries, room.texts, there.access, there)
        app.dispatch(BoltRequest(mode="socket_mode", body=body))
        app.listener_runner.listener_executor.shutdown()
    [(method, told)] = slack.calls
    assert (method, told["user"]) == ("chat.postEphemeral", TRADER)
    assert "Nothing selected" in told["text"]
