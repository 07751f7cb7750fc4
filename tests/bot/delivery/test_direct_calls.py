"""Calls of those on duty as they reach Slack: once, to whom they are for, and never after the decision."""

from dataclasses import replace

import pytest

from bot.transport.slack_calls import SlackAway
from engine.model.duty import DutyLine
from engine.model.notices.base import Notice, NoticeKind
from engine.model.notices.desk import DeskHalted
from engine.model.notices.duty import DecisionReminded, DirectCall, DutyHandedOver, SecondLineCalled, UrgentDirectCall
from engine.model.notices.proposals import ApprovalAsked
from engine.model.report import Telling
from tests.support.fakes.notices import a_notice
from tests.support.fakes.slack import Reply
from tests.support.fakes.trades import PROPOSED_AT
from tests.support.outbox import AAPL, Outbox

CARD, CALL = f"{AAPL.id}:card", f"{AAPL.id}:card:to:U0TRADER"
DIRECT = DirectCall(key=CALL, at=PROPOSED_AT, to="U0TRADER", copy_of=CARD)


def tell(outbox: Outbox, *notices: Notice) -> None:
    with outbox.store.writing() as transaction:
        for notice in notices:
            transaction.enqueue_notice(notice)


def propose(outbox: Outbox, *called: str) -> None:
    with outbox.store.writing() as transaction:
        transaction.propose(AAPL)
    tell(outbox, ApprovalAsked(key=CARD, at=PROPOSED_AT, trade_id=AAPL.id, called=called))


def test_a_card_mentions_whom_it_calls_within_slacks_limits(outbox: Outbox) -> None:
    people = [f"U0PERSON{number:04}" for number in range(300)]
    propose(outbox, *people, "S0TEAM")
    outbox.notices().drain()
    [card] = outbox.slack.posted()
    assert all(f"<@{person}>" in card["text"] for person in people)
    assert "<!subteam^S0TEAM>" in str(card["blocks"])


def test_a_card_that_is_drawn_again_mentions_them_while_it_waits_and_nobody_after_the_decision(outbox: Outbox) -> None:
    propose(outbox, "U0TRADER")
    outbox.notices().drain()
    outbox.tell(NoticeKind.RESIZED, trade=AAPL)
    outbox.notices().drain()
    assert "<@U0TRADER>" in outbox.slack.updated()[-1]["text"]
    outbox.reject()
    outbox.notices().drain()
    assert "📣" not in outbox.slack.updated()[-1]["text"]


def test_a_direct_call_goes_to_its_person_and_says_what_the_card_says(outbox: Outbox) -> None:
    propose(outbox)
    tell(outbox, DIRECT)
    outbox.notices().drain()
    card, direct = outbox.slack.posted()
    assert (card["channel"], direct["channel"]) == ("C0DESK", "U0TRADER")
    assert card["text"].splitlines()[0] == direct["text"].splitlines()[0]
    assert "thread_ts" not in direct


def test_one_whose_answer_was_lost_is_found_in_the_direct_messages_and_not_sent_again(outbox: Outbox) -> None:
    propose(outbox)
    outbox.notices().drain()
    tell(outbox, DIRECT)
    outbox.slack.replies.append(Reply(status=503, body="<html>"))
    with pytest.raises(SlackAway):
        outbox.notices().drain()
    found = {"ts": "9.000000", "metadata": {"event_type": "notice", "event_payload": {"key": CALL}}}
    outbox.slack.replies.append(Reply(body={"ok": True, "channel": {"id": "D0TRADER"}}))
    outbox.slack.replies.append(Reply(body={"ok": True, "messages": [found]}))
    outbox.notices().drain()
    assert [message["channel"] for message in outbox.slack.posted()] == ["C0DESK", "U0TRADER"]
    looked = [arguments["channel"] for method, arguments in outbox.slack.calls if method == "conversations.history"]
    assert looked == ["D0TRADER"]
    with outbox.store.reading() as reader:
        posted = reader.posted(CALL)
    assert posted
    assert (posted.channel, posted.ts) == ("D0TRADER", "9.000000")


@pytest.mark.parametrize("word", ["user_not_found", "messages_tab_disabled", "missing_scope", "channel_not_found"])
def test_who_takes_no_direct_message_is_mentioned_beside_the_card_and_the_channel_is_not_lost(
    outbox: Outbox, word: str
) -> None:
    propose(outbox)
    outbox.notices().drain()
    tell(outbox, DIRECT)
    outbox.slack.replies.append(Reply(error=word))
    outbox.notices().drain()
    _card, refused, mention = outbox.slack.posted()
    assert (refused["channel"], mention["channel"], mention["thread_ts"]) == ("U0TRADER", "C0DESK", "1.000000")
    assert "<@U0TRADER>" in mention["text"]
    assert outbox.waiting() == 0


def test_a_direct_call_that_slack_does_not_take_now_holds_up_nobody_else(outbox: Outbox) -> None:
    propose(outbox)
    tell(outbox, DIRECT)
    notices = outbox.notices()
    notices.step()
    outbox.slack.replies.append(Reply(error="ratelimited", status=429, headers={"Retry-After": "1"}))
    with pytest.raises(SlackAway):
        notices.step()
    tell(outbox, DecisionReminded(key="reminded", at=PROPOSED_AT, trade_id=AAPL.id, called=("U0ADMIN",)))
    notices.step()
    assert "<@U0ADMIN>" in outbox.slack.posted()[-1]["text"]


@pytest.mark.parametrize("kind", [DecisionReminded, SecondLineCalled])
def test_once_it_is_decided_no_call_about_it_goes_out(
    outbox: Outbox, kind: type[DecisionReminded | SecondLineCalled]
) -> None:
    propose(outbox)
    outbox.notices().drain()
    tell(outbox, DIRECT, kind(key="late", at=PROPOSED_AT, trade_id=AAPL.id, called=("U0ADMIN",)))
    outbox.reject()
    outbox.notices().drain()
    posted = [message["text"] for message in outbox.slack.posted()]
    assert len(posted) == 2
    assert "Rejected" in posted[-1]
    assert outbox.waiting() == 0


def test_a_reminder_that_mentions_nobody_says_nothing_in_the_channel(outbox: Outbox) -> None:
    propose(outbox)
    key = f"{AAPL.id}:reminded"
    tell(outbox, DecisionReminded(key=key, at=PROPOSED_AT, trade_id=AAPL.id, direct=("U0TRADER",)))
    tell(outbox, replace(DIRECT, key=f"{key}:to:U0TRADER", copy_of=key))
    outbox.notices().drain()
    assert [message["channel"] for message in outbox.slack.posted()] == ["C0DESK", "U0TRADER"]
    assert "still pending" in outbox.slack.posted()[-1]["text"]


def test_an_alarm_overtakes_what_is_not_urgent_on_the_direct_way_too(outbox: Outbox) -> None:
    halted = replace(a_notice(DeskHalted, key="halt:1"), called=("U0TRADER",), direct=("U0ADMIN",))
    propose(outbox)
    tell(outbox, halted, UrgentDirectCall(key="halt:1:to:U0ADMIN", at=PROPOSED_AT, to="U0ADMIN", copy_of="halt:1"))
    outbox.notices().drain()
    assert [message["channel"] for message in outbox.slack.posted()] == ["C0DESK", "U0ADMIN", "C0DESK"]
    halt, direct, _card = outbox.slack.posted()
    assert "<@U0TRADER>" in halt["text"]
    assert direct["text"].startswith("⛔")


def test_whoever_gets_the_duty_is_told_where_events_are_off(outbox: Outbox) -> None:
    handed = DutyHandedOver(
        key="duty:1", at=PROPOSED_AT, by="U0ADMIN", line=DutyLine.FIRST, until=PROPOSED_AT, called=("U0TRADER",)
    )
    tell(outbox, handed)
    outbox.notices(events=Telling.OFF).drain()
    assert "📣 <@U0TRADER>" in outbox.slack.posted()[0]["text"]


def test_a_call_whose_notice_is_kept_no_more_is_let_go(outbox: Outbox) -> None:
    tell(outbox, replace(DIRECT, copy_of="gone"))
    outbox.notices().drain()
    assert (outbox.slack.posted(), outbox.waiting()) == ([], 0)
