"""The home's buttons, /desk and the shortcuts: the good way, the refused way, the wrong input."""

from typing import Any

import pytest

from bot.access import Role
from bot.cards import ids
from bot.cards.home import home
from engine.errors import BrokerUnavailable
from engine.model.desk import DeskState, Request
from tests.bot.listeners.conftest import ADMIN, CHANNEL, STRANGER, TRADER, VIEWER, Room
from tests.support.fakes.trades import a_trade

AAPL = a_trade()
MSFT = a_trade(id="MSFT_20250819_230000", symbol="MSFT")


def at_home(room: Room, user: str) -> dict[str, Any]:
    """Publish to a person the home with every button there is, and return it."""
    view = room.seal.view(home(room.engine.queries.status(), Role.ADMIN, room.texts))
    room.app.client.views_publish(user_id=user, view=view)
    room.engine.calls.clear()
    return room.person(user).wait_for_home()


def window(room: Room, user: str) -> str:
    """Return the words of the window that a person is shown, and close it."""
    person = room.person(user)
    view = person.wait_for_view()
    person.close(view)
    return "\n".join(block["text"]["text"] for block in view["blocks"] if "text" in block)


def test_halt_stops_the_desk_with_one_press_and_no_question(room: Room) -> None:
    room.person(TRADER).press(at_home(room, TRADER), ids.HOME_HALT)
    assert f"halted by <@{TRADER}>" in window(room, TRADER)
    assert room.engine.calls == [("halt", "", TRADER)]


def test_flatten_halts_and_sells_everything(room: Room) -> None:
    room.person(TRADER).press(at_home(room, TRADER), ids.HOME_FLATTEN)
    assert "selling everything" in window(room, TRADER)
    assert room.engine.calls == [("flatten", "", TRADER)]


def test_resume_lets_the_desk_trade_again(room: Room) -> None:
    room.engine.begin()
    room.engine.commands.halt(Request(by=TRADER))
    room.person(ADMIN).press(at_home(room, ADMIN), ids.HOME_RESUME)
    assert f"resumed by <@{ADMIN}>" in window(room, ADMIN)
    assert room.engine.state.state is DeskState.ACTIVE


def test_auto_mode_becomes_what_the_button_said_however_often_it_is_pressed(room: Room) -> None:
    view = at_home(room, ADMIN)
    for _ in range(2):
        room.person(ADMIN).press(view, ids.HOME_AUTO)
        assert "Auto-trading on" in window(room, ADMIN)
    assert room.engine.calls == [("set_auto", True, ADMIN)] * 2


@pytest.mark.parametrize(
    ("user", "action"),
    [
        (VIEWER, ids.HOME_HALT),
        (VIEWER, ids.HOME_FLATTEN),
        (TRADER, ids.HOME_AUTO),
        (VIEWER, "approve.0"),
        (STRANGER, "inspect.0"),
    ],
)
def test_a_button_of_the_home_is_refused_below_its_role(room: Room, user: str, action: str) -> None:
    room.engine.begin(AAPL)
    room.person(user).press(at_home(room, user), action)
    assert " only; you" in window(room, user)
    assert room.engine.calls == []
    assert len(room.engine.refusals) == 1


def test_each_proposal_at_home_is_decided_by_its_own_buttons(room: Room) -> None:
    room.engine.begin(AAPL, MSFT)
    view = at_home(room, TRADER)
    room.person(TRADER).press(view, "approve.1")
    room.quiet()
    assert room.engine.calls == [("approve", MSFT.id, "", TRADER)]


def test_a_proposal_at_home_can_be_resized_in_the_window_of_its_card(room: Room) -> None:
    room.engine.begin(AAPL)
    room.person(TRADER).press(at_home(room, TRADER), "resize.0")
    modal = room.person(TRADER).wait_for_view()
    room.person(TRADER).submit(modal, {ids.SHARES_BLOCK: {ids.SHARES_INPUT: "300"}})
    assert room.engine.held[AAPL.id].shares == 300


def test_a_broker_that_does_not_answer_is_said_in_a_window(room: Room) -> None:
    room.engine.begin(AAPL)
    view = at_home(room, TRADER)
    room.engine.trouble = BrokerUnavailable("down")
    room.person(TRADER).press(view, "approve.0")
    assert "Can't reach the broker" in window(room, TRADER)


def test_desk_tells_the_state_and_every_command(room: Room) -> None:
    told = room.says(VIEWER, "/desk")
    assert "The desk is active" in told
    assert "/approve AAPL" in told
    assert "/desk" in told


def test_desk_takes_no_words(room: Room) -> None:
    assert "Type /desk" in room.says(VIEWER, "/desk please")


def test_the_shortcut_shows_how_the_desk_stands(room: Room) -> None:
    room.person(VIEWER).shortcut(ids.STATUS_SHORTCUT)
    assert "The desk is active" in window(room, VIEWER)


def test_the_shortcut_shows_nothing_to_strangers(room: Room) -> None:
    room.person(STRANGER).shortcut(ids.STATUS_SHORTCUT)
    assert " only; you" in window(room, STRANGER)  # they may be no member of the channel, so no message reaches them
    assert len(room.engine.refusals) == 1


def test_inspect_on_a_card_shows_its_trade(room: Room) -> None:
    room.engine.begin(AAPL)
    card = room.card(AAPL)
    room.person(VIEWER).shortcut(ids.INSPECT_SHORTCUT, card)
    assert "AAPL" in window(room, VIEWER)


def test_inspect_on_any_other_message_is_refused_with_what_to_do_instead(room: Room) -> None:
    said = room.person(VIEWER).say(CHANNEL, f"what about {AAPL.id}?")
    room.person(VIEWER).shortcut(ids.INSPECT_SHORTCUT, said)
    assert "/inspect" in room.answer(VIEWER)
    [(_, _, _, why)] = room.engine.refusals
    assert why.startswith("NoTradeHere")


def test_inspect_on_a_forged_card_is_refused(room: Room) -> None:
    room.engine.begin(AAPL)
    blocks = [{"type": "actions", "elements": [{"type": "button", "action_id": "inspect", "value": AAPL.id,
               "text": {"type": "plain_text", "text": "Inspect"}}]}]  # fmt: skip
    posted = room.app.client.chat_postMessage(channel=CHANNEL, text="card", blocks=blocks)
    room.person(VIEWER).shortcut(ids.INSPECT_SHORTCUT, {"channel": CHANNEL, "ts": posted["ts"]})
    assert "isn't the bot's" in room.answer(VIEWER)
    assert room.engine.calls == []


def test_the_report_of_the_day_is_shown_in_a_window(room: Room) -> None:
    room.person(VIEWER).press(at_home(room, VIEWER), ids.HOME_REPORT)
    assert window(room, VIEWER)
    assert "report" in str(room.engine.calls)
