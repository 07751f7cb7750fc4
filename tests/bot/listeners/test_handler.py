"""A desk whose broker is slow is still halted at once, and says that it works on the rest."""

from concurrent.futures import ThreadPoolExecutor

from slack_bolt.request import BoltRequest

from bot.app import LISTENER_THREADS, TURNS, build_app
from bot.settings import SlackSettings
from bot.transport.slack_transport import MESSAGES
from engine.model.desk import DeskState
from tests.bot.listeners.conftest import CHANNEL, TRADER, Room
from tests.support.fakes.desk import FakeEngine
from tests.support.fakes.slack import ScriptedSlack
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


def test_what_takes_long_is_said_to_be_worked_on_and_answered_all_the_same(room: Room, settings: SlackSettings) -> None:
    engine = StuckEngine()
    app = build_app(engine.commands, engine.queries, room.texts, settings.access, settings)
    with ScriptedSlack() as slack:
        body = {
            "command": "/approve",
            "text": a_trade().id,
            "user_id": TRADER,
            "channel_id": CHANNEL,
            "trigger_id": "1.work",
            "response_url": f"{slack.api_url}respond",
        }
        app.dispatch(BoltRequest(mode="socket_mode", body=body))
        until(lambda: slack.calls)
        engine.let.set()
        until(lambda: len(slack.calls) == 2)
    app.listener_runner.listener_executor.shutdown()
    assert [said["text"] for _, said in slack.calls] == [
        "⏳ Working on it…",
        "Approved by <@U0TRADER>, Aug 19, 2025, 23:45.",
    ]
