"""The home's buttons, /desk and the shortcuts: the good way, the refused way, the wrong input."""

from dataclasses import replace
from typing import Any

import pytest

from bot.access import Role
from bot.cards import answers, ids
from bot.cards.home import home
from engine.errors import BrokerUnavailable
from engine.model.desk import DeskState, Request
from engine.model.trade import Trade, TradeState
from engine.model.view import PortfolioView
from tests.bot.cards.examples import a_line
from tests.bot.listeners.conftest import ADMIN, CHANNEL, STRANGER, TRADER, VIEWER, Room
from tests.support.fakes.desk import NOW, FakeEngine
from tests.support.fakes.status import a_status
from tests.support.fakes.trades import a_trade
from tests.support.waiting import until

AAPL = a_trade()
MSFT = a_trade(id="MSFT_20250819_230000", symbol="MSFT")
OPEN = replace(AAPL, state=TradeState.OPEN, decided_by=TRADER, filled_shares=512, fill_price=AAPL.sizing.entry)


def holding(*trades: Trade) -> PortfolioView:
    """Return an account that holds what some trades bought."""
    lines = tuple(
        a_line(symbol=trade.symbol, shares=trade.held_shares, cost=trade.entry, price=trade.entry, trade=trade)
        for trade in trades
    )
    return replace(FakeEngine().portfolio(), lines=lines)


def words_shown(room: Room, user: str) -> str:
    return "\n".join(str(view["blocks"]) for view in room.person(user).views())


def at_home(room: Room, user: str, held: tuple[Trade, ...] = ()) -> dict[str, Any]:
    """Publish to a person the home with every button there is, and return it."""
    status = replace(room.engine.queries.status(), portfolio=holding(*held))
    view = room.seal.view(home(status, Role.ADMIN, room.texts))
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


def test_whoever_halted_at_home_takes_it_back_in_the_window_that_says_so(room: Room) -> None:
    trader = room.person(TRADER)
    trader.press(at_home(room, TRADER), ids.HOME_HALT)
    trader.press(trader.wait_for_view(), ids.TAKE_BACK_HALT)
    until(lambda: room.engine.state.state is DeskState.ACTIVE)
    assert room.engine.calls[:2] == [("halt", "", TRADER), ("take_back_halt", NOW, TRADER)]
    until(lambda: "resumed by" in words_shown(room, TRADER))


def test_a_halt_of_another_gets_no_button_to_take_it_back(room: Room) -> None:
    room.engine.commands.halt(Request(by=ADMIN))
    room.engine.state = replace(room.engine.state, by=ADMIN)
    assert answers.halted(room.engine.state, room.texts, may_take_back=False).blocks[-1].type == "section"


def test_a_position_at_home_is_closed_in_a_window_that_asks_why(room: Room) -> None:
    room.engine.begin(OPEN)
    view = at_home(room, TRADER, held=(OPEN,))
    room.person(TRADER).press(view, "ask_close.0")
    asked = room.person(TRADER).wait_for_view()
    reason = {ids.CHOICE_BLOCK: {ids.CHOICE_INPUT: "for_news"}, ids.REASON_BLOCK: {ids.REASON_INPUT: "CPI at 8:30"}}
    room.person(TRADER).submit(asked, reason)
    until(lambda: ("close", OPEN.id, "for_news CPI at 8:30", TRADER) in room.engine.calls)


def test_a_viewer_sees_no_button_that_closes(room: Room) -> None:
    status = a_status(portfolio=holding(OPEN))
    for role, count in ((Role.VIEWER, 0), (Role.TRADER, 1)):
        view = home(status, role, room.texts).to_dict()
        assert str(view).count("ask_close") == count


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


def test_resume_ends_no_other_halt_than_the_one_that_was_shown(room: Room) -> None:
    room.engine.begin()
    room.engine.commands.halt(Request(by=TRADER))
    view = at_home(room, ADMIN)
    room.engine.commands.halt(Request(by=TRADER), "another")
    room.person(ADMIN).press(view, ids.HOME_RESUME)
    assert f"<@{TRADER}> halted trading in the meantime" in window(room, ADMIN)
    assert room.engine.state.state is DeskState.HALTED


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


def test_no_other_size_is_bought_at_home_than_the_one_that_is_shown(room: Room) -> None:
    room.engine.begin(MSFT)
    view = at_home(room, TRADER)
    room.engine.begin(replace(MSFT, shares=MSFT.shares + 100))
    room.person(TRADER).press(view, "approve.0")
    assert f"it is now {MSFT.shares + 100}" in window(room, TRADER)
    assert room.engine.held[MSFT.id].state is TradeState.PROPOSED


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
