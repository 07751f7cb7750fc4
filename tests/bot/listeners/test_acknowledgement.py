from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.request import BoltRequest

from bot.app import build_app
from bot.cards import ids
from bot.settings import SlackSettings
from engine.model.desk import Desk, Request
from tests.bot.listeners.conftest import CHANNEL, TRADER, VIEWER, Room
from tests.fakes.desk import FakeEngine


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
    app = build_app(engine, room.texts, settings.access, settings)
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
