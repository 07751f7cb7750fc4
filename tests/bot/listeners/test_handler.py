"""A desk whose broker is slow is still halted at once, and says that it works on the rest."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt.request import BoltRequest

from bot.app import LISTENER_THREADS, TURNS, build_app
from bot.cards import ids
from bot.settings import SlackSettings
from bot.transport.slack_transport import MESSAGES
from engine.model.desk import DeskState
from tests.bot.listeners.conftest import CHANNEL, TRADER, Room
from tests.support.fakes.desk import FakeEngine
from tests.support.fakes.slack import Reply, ScriptedSlack
from tests.support.fakes.trades import a_trade
from tests.support.stuck_engine import StuckEngine
from tests.support.waiting import until


def test_a_halt_finds_a_free_thread_however_many_approvals_are_stuck(room: Room, settings: SlackSettings) -> None:
    engine = StuckEngine()
    app = build_app(engine.commands, engine.queries, room.texts, settings.access, settings)

    def typed(name: str, number: int) -> None:
        body = {
            "command": name,
            "text": a_trade().id if name == "/approve" else "",
            "user_id": TRADER,
            "channel_id": CHANNEL,
            "trigger_id": f"{name}.{number}.turns",
        }
        app.dispatch(BoltRequest(mode="socket_mode", body=body))

    with ThreadPoolExecutor(MESSAGES) as slack:  # Slack's messages are taken in side by side
        for number in range(LISTENER_THREADS * 2 - 1):
            slack.submit(typed, "/approve", number)
        for _ in range(TURNS):
            assert engine.asked.acquire(timeout=5)
        slack.submit(typed, "/halt", 0)
        until(lambda: engine.state.state is DeskState.HALTED)
        assert not engine.asked.acquire(blocking=False)
        until(lambda: turned_away(engine) == LISTENER_THREADS * 2 - 1 - TURNS)
        engine.let.set()
    app.listener_runner.listener_executor.shutdown()
    assert turned_away(engine) == LISTENER_THREADS * 2 - 1 - TURNS


def turned_away(engine: FakeEngine) -> int:
    """Count the approvals for which there was no turn."""
    rows = list(engine.commands.audit_log.rows)
    return sum((action, outcome) == ("approve", "not now") for _by, _said, action, outcome, _why in rows)


def slow_command(room: Room, settings: SlackSettings, slack: ScriptedSlack) -> None:
    """Type /approve, which takes until a window says so; then let it be done, and wait for the answer."""
    engine = StuckEngine()
    there = settings.model_copy(update={"slack_api_url": slack.api_url})
    app = build_app(engine.commands, engine.queries, room.texts, there.access, there)
    body = {
        "command": "/approve",
        "text": a_trade().id,
        "user_id": TRADER,
        "channel_id": CHANNEL,
        "trigger_id": "1.work",
        "response_url": f"{slack.api_url}respond",
    }
    app.dispatch(BoltRequest(mode="socket_mode", body=body))
    until(lambda: bool(slack.calls))
    engine.let.set()
    until(lambda: len(slack.calls) > 1)
    app.listener_runner.listener_executor.shutdown()


def words_of(view: dict[str, Any]) -> str:
    return "\n".join(block["text"]["text"] for block in view["blocks"])


def test_what_takes_long_is_said_to_be_worked_on_in_a_window_that_becomes_the_answer(
    room: Room, settings: SlackSettings
) -> None:
    with ScriptedSlack() as slack:
        slow_command(room, settings, slack)
    (opened, first), (updated, last) = slack.calls
    assert (opened, words_of(first["view"])) == ("views.open", "⏳ Working on it…")
    assert (updated, last["view_id"]) == ("views.update", "V0LOCAL")
    assert words_of(last["view"]).startswith("512 AAPL at $150.25: approved\nApproved by <@U0TRADER>, <!date^")


def test_the_answer_comes_as_a_message_where_the_window_was_closed_meanwhile(
    room: Room, settings: SlackSettings
) -> None:
    with ScriptedSlack(Reply(), Reply(error="not_found")) as slack:
        slow_command(room, settings, slack)
        until(lambda: len(slack.calls) == 3)
    assert [method for method, _ in slack.calls][:2] == ["views.open", "views.update"]
    assert (
        slack.calls[2][1]["text"] == "512 AAPL at $150.25: approved\nApproved by <@U0TRADER>, Aug 19, 2025, 23:45 KST."
    )


def test_a_slow_click_says_nothing_for_slack_shows_it_at_the_button(room: Room, settings: SlackSettings) -> None:
    engine = StuckEngine()
    with ScriptedSlack() as slack:
        there = settings.model_copy(update={"slack_api_url": slack.api_url})
        app = build_app(engine.commands, engine.queries, room.texts, there.access, there)
        body: dict[str, Any] = {
            "type": "block_actions",
            "user": {"id": TRADER},
            "channel": {"id": CHANNEL},
            "trigger_id": "2.work",
            "response_url": f"{slack.api_url}respond",
            "actions": [{"action_id": ids.APPROVE, "value": room.seal.value(ids.APPROVE, a_trade().id)}],
        }
        response = app.dispatch(BoltRequest(mode="socket_mode", body=body))  # returns once it is acknowledged
        engine.let.set()
        app.listener_runner.listener_executor.shutdown()
    assert response.status == 200
    assert slack.calls == []
