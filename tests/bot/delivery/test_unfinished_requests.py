"""What a bot that died had taken from somebody and not finished, they are told by the next."""

from zoneinfo import ZoneInfo

import pytest

from bot.delivery.unfinished_requests import UnfinishedRequests
from bot.messages import Texts
from bot.transport.slack_calls import SlackAway
from bot.transport.web_client import SlackClient
from engine.model.desk import Request, Unfinished
from tests.support.fakes.desk import NOW, FakeEngine
from tests.support.fakes.slack import Reply, ScriptedSlack

LEFT = Unfinished(request=Request(by="U0TRADER", said="/approve AAPL", id="r-1"), action="approve", at=NOW)


def teller(slack: ScriptedSlack, engine: FakeEngine) -> UnfinishedRequests:
    client = SlackClient(token="xoxb-test", base_url=slack.api_url, timeout=5)
    return UnfinishedRequests(commands=engine, client=client, channel="C0DESK", texts=Texts("en", ZoneInfo("UTC")))


def left_by_the_dead() -> FakeEngine:
    engine = FakeEngine()
    engine.commands.audit_log.of_the_dead = (LEFT,)
    return engine


def look(told: UnfinishedRequests, engine: FakeEngine) -> None:
    told.look()
    engine.commands.audit_log.of_the_dead = ()


def test_the_person_is_told_by_direct_message_and_once() -> None:
    engine = left_by_the_dead()
    with ScriptedSlack() as slack:
        told = teller(slack, engine)
        look(told, engine)
        look(told, engine)
    [said] = slack.posted()
    assert said["channel"] == "U0TRADER"
    assert "/approve AAPL" in said["text"]
    assert [(action, outcome) for _by, _said, action, outcome, _why in engine.commands.audit_log.rows] == [
        ("approve", "unfinished")
    ]


def test_a_message_that_says_how_far_a_backtest_is_says_that_it_was_cut_off() -> None:
    engine = FakeEngine()
    asked = Request(by="U0TRADER", said="/backtest trend", id="backtest:r-1")
    engine.commands.audit_log.of_the_dead = (
        Unfinished(request=asked, action="backtest", at=NOW, channel="D0TRADER", ts="1.2"),
    )
    with ScriptedSlack() as slack:
        look(teller(slack, engine), engine)
    [(method, said)] = slack.calls
    assert (method, said["channel"], said["ts"]) == ("chat.update", "D0TRADER", "1.2")
    assert "/backtest trend was cut off" in said["text"]


def test_a_message_that_was_deleted_is_told_anew() -> None:
    engine = FakeEngine()
    asked = Request(by="U0TRADER", said="/backtest", id="backtest:r-1")
    engine.commands.audit_log.of_the_dead = (
        Unfinished(request=asked, action="backtest", at=NOW, channel="D0TRADER", ts="1.2"),
    )
    with ScriptedSlack(Reply(error="message_not_found")) as slack:
        look(teller(slack, engine), engine)
    [said] = slack.posted()
    assert "cut off" in said["text"]


def test_who_takes_no_direct_message_is_told_in_the_channel() -> None:
    engine = left_by_the_dead()
    with ScriptedSlack(Reply(error="messages_tab_disabled")) as slack:
        look(teller(slack, engine), engine)
    assert [said["user"] for said in slack.answered()] == ["U0TRADER"]


def test_a_slack_that_is_away_keeps_it_for_the_next_look() -> None:
    engine = left_by_the_dead()
    with ScriptedSlack(Reply(status=503, body="busy")) as slack:
        told = teller(slack, engine)
        with pytest.raises(SlackAway):
            told.look()
        engine.commands.audit_log.of_the_dead = ()
        told.look()
    assert len(slack.posted()) == 2
    assert engine.commands.audit_log.rows
