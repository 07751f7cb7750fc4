"""An answer that Slack refuses after a request was served changes nothing of what was done: it is said again, later."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.request import BoltRequest

from bot.app import build_app
from bot.cards import ids
from bot.listeners.answer_retry import LIFE, AnswerRetry
from bot.settings import SlackSettings
from bot.transport.slack_calls import SlackAway
from bot.worker import Backoff
from engine.model.trade import TradeState
from tests.bot.listeners.conftest import CHANNEL, TRADER, Room
from tests.support.fakes.desk import FakeEngine
from tests.support.fakes.slack import Reply, ScriptedSlack
from tests.support.fakes.trades import a_trade
from tests.support.waiting import until

AAPL = a_trade()
LIMITED = Reply(error="ratelimited", status=429, headers={"Retry-After": "0"})
TROUBLES = [
    LIMITED,
    Reply(status=500, error="internal_error"),
    Reply(status=503, body="<html>busy</html>"),
    Reply(body=[1]),
    Reply(status=429, headers={"Retry-After": ""}),
]


@contextmanager
def app_before(slack: ScriptedSlack, engine: FakeEngine, room: Room, settings: SlackSettings) -> Iterator[App]:
    """Return an App before a scripted Slack, which says again at once what Slack did not take."""
    again = AnswerRetry(Backoff(first=0.01, longest=0.02))
    scripted = settings.model_copy(update={"slack_api_url": slack.api_url})
    app = build_app(engine.commands, engine.queries, room.texts, scripted.access, scripted, again=again)
    try:
        yield app
    finally:
        app.listener_runner.listener_executor.shutdown()
        again.stop()


def command(slack: ScriptedSlack, name: str, text: str = "", *, at_url: bool = True) -> BoltRequest:
    body = {"command": name, "text": text, "user_id": TRADER, "channel_id": CHANNEL, "trigger_id": f"{name}.again"}
    url = {"response_url": f"{slack.api_url}respond"} if at_url else {}
    return BoltRequest(mode="socket_mode", body=body | url)


def rows(engine: FakeEngine) -> list[tuple[str, str]]:
    return [(action, outcome) for _by, _said, action, outcome, _why in engine.commands.audit_log.rows]


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("at_url", [True, False], ids=["at its address", "in the channel"])
def test_what_slack_does_not_take_is_said_again_and_kept_once(
    room: Room, settings: SlackSettings, trouble: Reply, at_url: bool
) -> None:
    engine = FakeEngine(AAPL)
    with ScriptedSlack(trouble, trouble, trouble) as slack, app_before(slack, engine, room, settings) as app:
        app.dispatch(command(slack, "/approve", AAPL.id, at_url=at_url))
        until(lambda: not slack.replies and len(slack.calls) > 3)
    told = "512 AAPL at $150.25: approved\nApproved by <@U0TRADER>, Aug 19, 2025, 23:45 KST."
    assert {said["text"] for _, said in slack.calls} == {told}
    assert engine.held[AAPL.id].state is TradeState.APPROVED
    assert rows(engine) == [("approve", "answered")]


def test_an_answer_whose_address_is_used_up_comes_in_the_channel(room: Room, settings: SlackSettings) -> None:
    engine = FakeEngine(AAPL)
    with (
        ScriptedSlack(Reply(status=404, body="used_url")) as slack,
        app_before(slack, engine, room, settings) as app,
    ):
        app.dispatch(command(slack, "/approve", AAPL.id))
        until(lambda: len(slack.calls) == 2)
    assert [method for method, _ in slack.calls] == ["respond", "chat.postEphemeral"]


@pytest.mark.parametrize("word", ["user_not_in_channel", "not_in_channel", "is_archived"])
def test_who_can_be_told_nothing_in_the_desks_channel_is_answered_directly(
    room: Room, settings: SlackSettings, word: str
) -> None:
    engine = FakeEngine(AAPL)
    with (
        ScriptedSlack(Reply(error=word)) as slack,
        app_before(slack, engine, room, settings) as app,
    ):
        app.dispatch(command(slack, "/approve", AAPL.id, at_url=False))
        until(lambda: len(slack.calls) == 2)
    (_, missed), (method, told) = slack.calls
    assert (method, told["channel"], told["text"]) == ("chat.postMessage", TRADER, missed["text"])


def test_a_question_that_was_answered_stays_so_where_its_message_is_not_redrawn(
    room: Room, settings: SlackSettings
) -> None:
    opened = a_trade(state=TradeState.OPEN)
    engine = FakeEngine(opened)
    body: dict[str, Any] = {
        "type": "block_actions",
        "team": {"id": "T0LOCAL"},
        "user": {"id": TRADER},
        "channel": {"id": CHANNEL},
        "trigger_id": "close.again",
        "actions": [
            {
                "type": "button",
                "action_id": ids.CLOSE_TRADE,
                "block_id": "b",
                "value": room.seal.value(ids.CLOSE_TRADE, opened.id),
            }
        ],
    }
    with ScriptedSlack(*[TROUBLES[2]] * 2) as slack, app_before(slack, engine, room, settings) as app:
        app.dispatch(BoltRequest(mode="socket_mode", body=body | {"response_url": f"{slack.api_url}respond"}))
        until(lambda: len(slack.calls) == 3)
    assert rows(engine) == [("close", "answered")]
    assert not any("went wrong" in said["text"] for _, said in slack.calls)


def test_a_halt_whose_window_slack_does_not_open_is_a_halt_all_the_same(room: Room, settings: SlackSettings) -> None:
    engine = FakeEngine()
    with ScriptedSlack(*[TROUBLES[2]]) as slack, app_before(slack, engine, room, settings) as app:
        app.dispatch(command(slack, "/halt", "flatten"))
        until(lambda: len(slack.calls) == 2)
    assert rows(engine) == [("halt", "answered")]
    assert "halted" in slack.calls[1][1]["text"]


def test_what_nobody_waits_for_any_more_is_given_up() -> None:
    seconds, tried = [0.0], list[float]()

    def say() -> None:
        tried.append(seconds[0])
        raise SlackAway("busy")

    again = AnswerRetry(Backoff(first=1.0, longest=60.0), clock=lambda: seconds[0])
    again._has_begun = True  # noqa: SLF001 - a test takes the steps itself
    again.later(say)
    for _ in range(100):
        seconds[0] += 60
        again.step()
    assert tried[-1] <= LIFE + 60
