from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.request import BoltRequest

from bot.app import build_app
from bot.cards import ids
from bot.settings import SlackSettings
from engine.errors import StoreUnavailable
from engine.model.desk import Desk, Request
from engine.model.trade import Trade, TradeState
from tests.bot.listeners.conftest import CHANNEL, TRADER, VIEWER, Room
from tests.support.fakes.desk import FakeAuditLog, FakeEngine
from tests.support.fakes.trades import a_trade
from tests.support.waiting import until

AAPL = a_trade()


class SlowEngine(FakeEngine):
    """Halts only once it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = Event()

    def halt(self, request: Request, reason: str = "") -> Desk:
        self.let.wait(10)
        return super().halt(request, reason)


@contextmanager
def app_of(engine: FakeEngine, room: Room, settings: SlackSettings) -> Iterator[App]:
    app = build_app(engine.commands, engine.queries, room.texts, settings.access, settings)
    try:
        yield app
    finally:
        app.listener_runner.listener_executor.shutdown()


def command(name: str, user: str) -> BoltRequest:
    body = {"command": name, "text": "", "user_id": user, "team_id": "T0LOCAL", "channel_id": CHANNEL}
    return BoltRequest(mode="socket_mode", body=body)


def click(action_id: str, user: str) -> BoltRequest:
    body: dict[str, Any] = {
        "type": "block_actions",
        "team": {"id": "T0LOCAL"},
        "user": {"id": user},
        "channel": {"id": CHANNEL},
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": "AAPL"}],
    }
    return BoltRequest(mode="socket_mode", body=body)


class BusyEngine(FakeEngine):
    """Approves only once it is let."""

    def __init__(self) -> None:
        super().__init__(AAPL)
        self.asked, self.let = Event(), Event()

    def approve(self, trade_id: str, request: Request, *, shares: int | None = None, under: str = "") -> Trade:
        self.asked.set()
        self.let.wait(10)
        return super().approve(trade_id, request, shares=shares, under=under)


class DyingEngine(FakeEngine):
    """Is asked, and its process dies over it."""

    def approve(self, trade_id: str, request: Request, *, shares: int | None = None, under: str = "") -> Trade:
        raise SystemExit(f"{trade_id} {request.by} {shares} {under}")


def approval(room: Room, trigger: str = "1.ack") -> BoltRequest:
    request = click(ids.APPROVE, TRADER)
    request.body["trigger_id"] = trigger
    request.body["actions"][0]["value"] = room.seal.value(ids.APPROVE, AAPL.id)
    return request


def test_a_click_is_acknowledged_once_what_it_decided_is_stored(room: Room, settings: SlackSettings) -> None:
    engine = BusyEngine()
    with app_of(engine, room, settings) as app, ThreadPoolExecutor(1) as slack:
        acknowledged = slack.submit(app.dispatch, approval(room))
        engine.asked.wait(10)
        assert not acknowledged.done()
        engine.let.set()
        assert acknowledged.result(10).status == 200
        assert engine.held[AAPL.id].state is TradeState.APPROVED
        assert engine.commands.audit_log.unfinished == {}


def test_a_click_whose_process_dies_is_not_acknowledged_so_slack_shows_that_it_failed(
    room: Room, settings: SlackSettings
) -> None:
    with app_of(DyingEngine(AAPL), room, settings) as app:
        response = app.dispatch(approval(room))
    assert response.status != 200


def test_a_click_that_takes_too_long_is_acknowledged_in_time_and_known_to_be_unfinished(
    room: Room, settings: SlackSettings
) -> None:
    engine = BusyEngine()
    with app_of(engine, room, settings) as app:
        assert app.dispatch(approval(room)).status == 200
        [unfinished] = engine.commands.audit_log.unfinished.values()
        assert (unfinished.request.by, unfinished.action) == (TRADER, "approve")
        engine.let.set()
        until(lambda: engine.commands.audit_log.unfinished == {})


class LostRequests(FakeAuditLog):
    """Books that take no note of what is under way."""

    def begin(self, request: Request, action: str, **_shown: str) -> None:
        raise StoreUnavailable(request.id, action)


def test_books_that_take_no_note_keep_nobody_from_the_acknowledgement(room: Room, settings: SlackSettings) -> None:
    engine = BusyEngine()
    engine.commands.audit_log = LostRequests()
    with app_of(engine, room, settings) as app:
        assert app.dispatch(approval(room)).status == 200
        engine.let.set()


def test_a_command_is_acknowledged_before_the_engine_is_done(room: Room, settings: SlackSettings) -> None:
    engine = SlowEngine()
    with app_of(engine, room, settings) as app:
        assert app.dispatch(command("/halt", TRADER)).status == 200
        assert not engine.calls
        engine.let.set()
        assert "halted" in room.answer(TRADER)


@pytest.mark.parametrize("turn", range(5))
def test_a_request_is_acknowledged_however_soon_the_engine_fails(
    room: Room, settings: SlackSettings, turn: int
) -> None:
    engine = FakeEngine()
    engine.trouble = RuntimeError(f"turn {turn}")
    with app_of(engine, room, settings) as app:
        assert app.dispatch(command("/halt", TRADER)).status == 200
        assert app.dispatch(click(ids.APPROVE, TRADER)).status == 200


def test_a_refused_request_is_acknowledged(room: Room, settings: SlackSettings) -> None:
    with app_of(FakeEngine(), room, settings) as app:
        assert app.dispatch(command("/halt", VIEWER)).status == 200
        assert app.dispatch(click(ids.APPROVE, VIEWER)).status == 200


def test_a_request_is_acknowledged_even_when_slack_takes_no_answer(room: Room, settings: SlackSettings) -> None:
    nowhere = settings.model_copy(update={"slack_channel": "C0NOWHERE"})
    with app_of(FakeEngine(), room, nowhere) as app:
        assert app.dispatch(click(ids.APPROVE, TRADER)).status == 200
