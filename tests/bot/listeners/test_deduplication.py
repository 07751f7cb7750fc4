"""Slack delivers again what was not acknowledged in time: it is served once and acknowledged like the first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.request import BoltRequest

from bot.app import build_app
from bot.cards import ids
from bot.listeners.deduplication import Deliveries
from bot.settings import SlackSettings
from engine.errors import BrokerUnavailable, HaltNotPersisted, StoreUnavailable
from engine.model.desk import Desk, DeskState, Request
from engine.model.trade import Trade
from tests.bot.listeners.conftest import ADMIN, CHANNEL, TRADER, VIEWER, Room
from tests.support.fakes.desk import FakeAuditLog, FakeEngine
from tests.support.fakes.trades import a_trade
from tests.support.waiting import until

AAPL = a_trade()


def command(name: str, user: str, trigger: str, text: str = "") -> dict[str, Any]:
    return {"command": name, "text": text, "user_id": user, "channel_id": CHANNEL, "trigger_id": trigger}


def resize(room: Room, shares: str, trigger: str) -> dict[str, Any]:
    return {
        "type": "view_submission",
        "team": {"id": "T0LOCAL"},
        "user": {"id": TRADER},
        "trigger_id": trigger,
        "view": {
            "type": "modal",
            "callback_id": ids.RESIZE_MODAL,
            "private_metadata": room.seal.value(ids.RESIZE_MODAL, AAPL.id),
            "state": {"values": {ids.SHARES_BLOCK: {ids.SHARES_INPUT: {"type": "number_input", "value": shares}}}},
        },
    }


def rows(room: Room) -> list[tuple[str, str]]:
    return [(action, outcome) for _by, _said, action, outcome, _why in room.engine.commands.audit_log.rows]


def test_a_command_that_comes_twice_acts_once(room: Room) -> None:
    halting = command("/halt", TRADER, "1.once")
    room.deliver(halting)
    until(lambda: room.engine.state.state is DeskState.HALTED)
    room.deliver(command("/resume", ADMIN, "2.once"))
    until(lambda: rows(room) == [("halt", "answered"), ("resume", "answered")])
    assert room.deliver(halting).status == 200
    assert room.engine.state.state is DeskState.ACTIVE
    assert len(rows(room)) == 2


def test_the_same_words_typed_again_act_again(room: Room) -> None:
    for turn in ("3.once", "4.once"):
        room.deliver(command("/halt", TRADER, turn))
    until(lambda: room.engine.calls == [("halt", "", TRADER)] * 2)


@pytest.mark.parametrize("shares", ["300", "0", "9999"])
def test_a_submission_that_comes_twice_is_acknowledged_with_the_same_words(room: Room, shares: str) -> None:
    room.engine.begin(AAPL)
    body = resize(room, shares, f"5.once.{shares}")
    first, second = room.deliver(body), room.deliver(body)
    assert (first.status, first.body) == (second.status, second.body)
    assert len(rows(room)) == 1
    assert sum(call[0] == "resize" for call in room.engine.calls) <= 1


class SlowEngine(FakeEngine):
    """Resizes only once it is let."""

    def __init__(self) -> None:
        super().__init__(AAPL)
        self.asked, self.let = Event(), Event()

    def resize(self, trade_id: str, shares: int, request: Request) -> Trade:
        self.asked.set()
        self.let.wait(10)
        return super().resize(trade_id, shares, request)


def test_a_second_delivery_waits_for_the_first_ones_acknowledgement(room: Room, settings: SlackSettings) -> None:
    engine = SlowEngine()
    app = build_app(engine.commands, engine.queries, room.texts, settings.access, settings)
    body = resize(room, "9999", "6.once")
    with ThreadPoolExecutor(2) as slack:
        first = slack.submit(dispatch, app, body)
        engine.asked.wait(10)
        second = slack.submit(dispatch, app, body)
        engine.let.set()
        assert first.result().body == second.result().body != ""
    app.listener_runner.listener_executor.shutdown()
    assert len(engine.calls) == 1


def dispatch(app: App, body: dict[str, Any]) -> Any:
    return app.dispatch(BoltRequest(mode="socket_mode", body=body))


def test_what_an_earlier_life_served_is_acknowledged_and_not_done_again(room: Room, settings: SlackSettings) -> None:
    room.engine.begin(AAPL)
    body = resize(room, "300", "7.once")
    room.deliver(body)
    after_a_restart = build_app(room.engine.commands, room.engine.queries, room.texts, settings.access, settings)
    response = dispatch(after_a_restart, body)
    after_a_restart.listener_runner.listener_executor.shutdown()
    assert (response.status, response.body) == (200, "")
    assert room.engine.calls == [("resize", AAPL.id, 300, TRADER)]


def test_what_failed_for_now_is_in_the_audit_once(room: Room) -> None:
    room.engine.trouble = BrokerUnavailable()
    room.says(TRADER, "/approve AAPL")
    assert rows(room) == [("approve", "not now")]


def test_what_nobody_foresaw_is_in_the_audit_once(room: Room) -> None:
    room.engine.trouble = ZeroDivisionError("oops")
    room.says(TRADER, "/approve AAPL")
    assert rows(room) == [("approve", "failed")]


def test_what_was_only_looked_at_is_in_the_audit_once(room: Room) -> None:
    room.says(TRADER, "/positions")
    room.says(TRADER, "/positions help")
    until(lambda: rows(room) == [("positions", "answered"), ("help", "answered")])


class LostRequests(FakeAuditLog):
    """Books that can be neither read nor written."""

    def is_served(self, request: Request) -> bool:
        raise StoreUnavailable(request.id)

    def write_audit(self, request: Request, action: str, outcome: str, why: str = "") -> None:
        raise StoreUnavailable(request.id, action, outcome, why)


def test_a_halt_is_answered_even_while_the_books_are_out_of_reach(room: Room, settings: SlackSettings) -> None:
    engine = FakeEngine()
    engine.commands.audit_log = LostRequests()
    app = build_app(engine.commands, engine.queries, room.texts, settings.access, settings)
    dispatch(app, command("/halt", TRADER, "8.once", "now"))
    assert "halted" in room.answer(TRADER)
    app.listener_runner.listener_executor.shutdown()
    assert engine.calls == [("halt", "now", TRADER)]


def test_only_so_many_deliveries_are_remembered() -> None:
    deliveries = Deliveries(most=2)
    taken = [deliveries.take(name)[1] for name in ("a", "b", "a", "c", "a")]
    assert taken == [True, True, False, True, True]


class HeldEngine(FakeEngine):
    """An engine that can halt only in memory."""

    def halt(self, request: Request, reason: str = "") -> Desk:
        raise HaltNotPersisted(request.by, reason)


def test_a_halt_that_cannot_be_written_is_told_to_the_channel_past_the_outbox(
    room: Room, settings: SlackSettings
) -> None:
    engine = HeldEngine()
    engine.commands.audit_log = LostRequests()
    app = build_app(engine.commands, engine.queries, room.texts, settings.access, settings)
    dispatch(app, command("/halt", TRADER, "9.once"))
    assert "no more entries" in room.answer(TRADER)
    app.listener_runner.listener_executor.shutdown()
    told = room.person(VIEWER).messages(CHANNEL)
    assert any("no more entries" in message["text"] for message in told if not message["ephemeral"])
