from dataclasses import replace

import pytest

from bot.cards import ids
from bot.cards.notices import render
from engine.errors import BrokerUnavailable
from engine.model.notices.settings import LooseningAsked
from engine.model.trade import TradeState
from tests.bot.listeners.conftest import ADMIN, CHANNEL, TRADER, VIEWER, Room
from tests.support.fakes.choices import a_pending_change
from tests.support.fakes.notices import a_notice
from tests.support.fakes.trades import a_trade

AAPL = a_trade()
OPEN = replace(AAPL, state=TradeState.OPEN, decided_by=TRADER, filled_shares=512, fill_price=AAPL.sizing.entry)
OTHER = replace(OPEN, id="MSFT_20250819_230000", symbol="MSFT")


@pytest.mark.parametrize(
    ("typed", "call", "told"),
    [
        ("/signals", ("signals", ""), "RSI +0.3"),
        ("/signals aapl", ("signals", "AAPL"), "RSI +0.3"),
        ("/news", ("news", ""), "raises its outlook"),
        ("/news $AAPL", ("news", "AAPL"), "raises its outlook"),
        ("/risk", ("risk",), "Headroom"),
        ("/watch", (), "Watching 2 symbols"),
        ("/watch list", (), "Watching 2 symbols"),
        ("/settings", ("settings",), "MAX_DAILY_LOSS"),
    ],
)
def test_what_people_look_at_is_shown_to_a_viewer(room: Room, typed: str, call: tuple[object, ...], told: str) -> None:
    assert told in room.says(VIEWER, typed)
    assert room.engine.calls == ([call] if call else [])


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("/signals AAPL MSFT", "/signals [SYMBOL]"),
        ("/close", "/close SYMBOL|all"),
        ("/close AAPL MSFT", "/close SYMBOL|all"),
        ("/close AAPL", "No trade “AAPL”"),
        ("/close all", "No open trades"),
        ("/watch ad NVDA", "Did you mean add?"),
        ("/watch add", "/watch [list|add|remove]"),
        ("/settings MAX_DAILY_LOSS", "/settings [NAME VALUE|default]"),
    ],
)
def test_what_makes_no_sense_is_refused_once_with_what_to_type(room: Room, typed: str, hint: str) -> None:
    assert hint in room.says(TRADER, typed)
    assert len(room.engine.refusals) == 1


def test_close_asks_and_sells_once_it_is_submitted(room: Room) -> None:
    room.engine.begin(OPEN, OTHER)
    trader = room.person(TRADER)
    trader.command("C0DESK", "/close AAPL")
    view = trader.wait_for_view()
    assert "512 shares of AAPL" in str(view["blocks"])
    assert room.engine.held[OPEN.id].state is TradeState.OPEN
    trader.submit(view, {})
    assert "Selling 512 shares of AAPL" in room.answer(TRADER)
    assert room.engine.calls[-1] == ("close", OPEN.id, TRADER)


def test_close_all_asks_once_for_every_open_trade(room: Room) -> None:
    room.engine.begin(OPEN, OTHER)
    trader = room.person(TRADER)
    trader.command("C0DESK", "/close all")
    trader.submit(trader.wait_for_view(), {})
    assert "Selling 2 trades" in room.answer(TRADER)
    assert {trade.state for trade in room.engine.held.values()} == {TradeState.CLOSING}


def test_a_window_to_close_is_acknowledged_before_anything_is_sold(room: Room) -> None:
    room.engine.begin(OPEN, OTHER)
    room.engine.trouble = BrokerUnavailable("slow, and then down")
    value = room.seal.value(ids.CLOSE_MODAL, ids.ALL_TRADES)
    view = {"type": "modal", "callback_id": ids.CLOSE_MODAL, "private_metadata": value, "state": {"values": {}}}
    body = {"type": "view_submission", "team": {"id": "T0LOCAL"}, "user": {"id": TRADER}, "view": view}
    room.deliver({**body, "trigger_id": "all"})
    assert "Can't reach the broker" in room.answer(TRADER)


def test_a_trade_that_is_not_open_is_not_asked_about(room: Room) -> None:
    room.engine.begin(AAPL)
    assert "only an open trade can be closed" in room.says(TRADER, "/close AAPL")
    assert not room.person(TRADER).views()


def test_a_role_lost_before_the_window_is_submitted_sells_nothing(room: Room) -> None:
    room.engine.begin(OPEN)
    value = room.seal.value(ids.CLOSE_MODAL, OPEN.id)
    view = {"type": "modal", "callback_id": ids.CLOSE_MODAL, "private_metadata": value, "state": {"values": {}}}
    body = {"type": "view_submission", "team": {"id": "T0LOCAL"}, "user": {"id": VIEWER}, "view": view}
    room.deliver({**body, "trigger_id": "late"})
    assert " only; you" in room.answer(VIEWER)
    assert room.engine.held == {OPEN.id: OPEN}


def test_watch_changes_many_symbols_at_once(room: Room) -> None:
    assert "NVDA: added to the watchlist" in room.says(TRADER, "/watch add nvda, $AMD NVDA")
    assert room.engine.calls == [("change_watchlist", ("NVDA", "AMD"), True, TRADER)]


def test_a_viewer_changes_nothing_that_is_watched(room: Room) -> None:
    assert " only; you" in room.says(VIEWER, "/watch remove IBM")
    assert not room.engine.calls


def test_a_setting_is_changed_by_an_admin_only(room: Room) -> None:
    assert " only; you" in room.says(TRADER, "/settings MAX_DAILY_LOSS 2%")
    assert not room.engine.calls
    assert "3.0% → 2.0%" in room.says(ADMIN, "/settings `MAX_DAILY_LOSS` 2%")
    assert room.engine.calls == [("change", "MAX_DAILY_LOSS", "2%", ADMIN)]


@pytest.mark.parametrize("typed", ["MIN_PRICE $ 2.50", "  MIN_PRICE   $ 2.50 ", "`MIN_PRICE` `$ 2.50`"])
def test_a_value_may_have_spaces(room: Room, typed: str) -> None:
    room.says(ADMIN, f"/settings {typed}")
    assert room.engine.calls == [("change", "MIN_PRICE", "$ 2.50", ADMIN)]


@pytest.mark.parametrize(
    ("user", "typed", "call"),
    [
        (ADMIN, "/settings confirm MAX_SPREAD_BP", ("confirm", "MAX_SPREAD_BP", "", ADMIN)),
        (ADMIN, "/settings 확인 max_spread_bp", ("confirm", "max_spread_bp", "", ADMIN)),
        (TRADER, "/settings cancel max_spread_bp", ("withdraw", "max_spread_bp", "", TRADER)),
    ],
)
def test_a_change_that_waits_is_decided_by_a_command(
    room: Room, user: str, typed: str, call: tuple[object, ...]
) -> None:
    assert "Max spread" in room.says(user, typed)
    assert room.engine.calls == [call]


@pytest.mark.parametrize(
    ("user", "typed"), [(TRADER, "/settings confirm max_spread_bp"), (VIEWER, "/settings cancel max_spread_bp")]
)
def test_a_change_that_waits_is_decided_by_nobody_below(room: Room, user: str, typed: str) -> None:
    assert " only; you" in room.says(user, typed)
    assert room.engine.calls == []


@pytest.mark.parametrize(
    ("user", "action", "call"),
    [(ADMIN, ids.CONFIRM_CHANGE, "confirm"), (TRADER, ids.WITHDRAW_CHANGE, "withdraw")],
)
def test_a_change_that_waits_is_decided_by_the_buttons_of_its_notice(
    room: Room, user: str, action: str, call: str
) -> None:
    notice = a_notice(LooseningAsked, by="U0OTHER", change=a_pending_change(by="U0OTHER"))
    payload = room.seal.payload(render(notice, None, room.texts).payload())
    posted = room.app.client.chat_postMessage(channel=CHANNEL, **payload)
    room.person(user).press({"channel": CHANNEL, "ts": posted["ts"]}, action)
    room.answer(user)
    assert room.engine.calls == [(call, "max_spread_bp", "1755614715.000000", user)]
