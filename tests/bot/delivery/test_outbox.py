"""Halts and fills overtake the rest, each trade's story keeps its order, and nobody sees anything twice."""

from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from bot.app import web_client
from bot.delivery.outbox import first_of
from bot.local_slack.launch import CHANNEL, TRADER, demo_settings
from bot.local_slack.people import Person
from bot.transport.slack_calls import SlackAway
from engine.model.desk import Term
from engine.model.notices.base import NoticeKind, Waiting
from engine.ports.store import Reader, Store, Transaction
from tests.support.fakes.notices import a_notice
from tests.support.fakes.slack import Reply
from tests.support.outbox import AAPL, QUICK, Outbox
from tests.support.slack_harness import workspace

BRIEF_CLAIM = replace(QUICK, claim=0.0)
AWAY = Reply(status=503, body="<html>busy</html>")


def waiting(*told: tuple[NoticeKind, str]) -> list[Waiting]:
    return [
        Waiting(number=number, notice=a_notice(kind, key=str(number), trade_id=trade_id))
        for number, (kind, trade_id) in enumerate(told, start=1)
    ]


def order_of(queue: list[Waiting]) -> list[int]:
    numbers = []
    while queue:
        first = first_of(queue)
        queue.remove(first)
        numbers.append(first.number)
    return numbers


def test_a_halt_overtakes_what_the_desk_learns_all_day() -> None:
    assert order_of(waiting((NoticeKind.SIGNAL, ""), (NoticeKind.STARTED, ""), (NoticeKind.HALTED, ""))) == [3, 1, 2]


def test_a_halt_does_not_overtake_what_became_of_the_desk_before_it() -> None:
    assert order_of(waiting((NoticeKind.SIGNAL, ""), (NoticeKind.RESUMED, ""), (NoticeKind.HALTED, ""))) == [2, 3, 1]


def test_a_fill_overtakes_other_trades_but_not_its_own_card() -> None:
    card, filled = NoticeKind.APPROVAL_ASKED, NoticeKind.FILLED
    assert order_of(waiting((card, "MSFT"), (card, "AAPL"), (filled, "AAPL"))) == [2, 3, 1]


def test_a_halt_overtakes_a_queue_of_any_length(outbox: Outbox) -> None:
    with outbox.store.writing() as transaction:
        for number in range(501):
            transaction.enqueue_notice(a_notice(NoticeKind.SIGNAL, key=f"signal {number}"))
    outbox.tell(NoticeKind.HALTED)
    outbox.slack.replies.extend([Reply(), AWAY])
    with pytest.raises(SlackAway):
        outbox.notices().drain()
    assert outbox.slack.posted()[0]["metadata"]["event_payload"] == {"key": "halted"}


def test_every_message_carries_the_key_of_its_notice(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.HALTED)
    outbox.notices().drain()
    assert outbox.slack.posted()[0]["metadata"] == {"event_type": "notice", "event_payload": {"key": "halted"}}


def test_a_message_whose_answer_was_lost_is_looked_for_before_it_is_posted_again(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.HALTED)
    outbox.slack.replies.append(AWAY)
    notices = outbox.notices()
    with pytest.raises(SlackAway):
        notices.drain()
    notices.drain()
    assert [method for method, _ in outbox.slack.calls] == [
        "chat.postMessage",
        "conversations.history",
        "chat.postMessage",
    ]


def test_a_message_of_a_rate_limited_channel_is_not_looked_for(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.HALTED)
    outbox.slack.replies.append(Reply(error="ratelimited", status=429, headers={"Retry-After": "1"}))
    notices = outbox.notices()
    with pytest.raises(SlackAway):
        notices.drain()
    notices.drain()
    assert [method for method, _ in outbox.slack.calls] == ["chat.postMessage"] * 2


def test_where_slack_does_not_show_its_messages_twice_is_better_than_never(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.HALTED)
    outbox.slack.replies.extend([AWAY, Reply(error="missing_scope")])
    notices = outbox.notices()
    with pytest.raises(SlackAway):
        notices.drain()
    notices.drain()
    assert outbox.waiting() == 0


def test_a_look_that_slack_refuses_with_a_word_nobody_knows_is_taken_again(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.HALTED)
    outbox.slack.replies.extend([AWAY, Reply(error="gremlins")])
    notices = outbox.notices()
    with pytest.raises(SlackAway):
        notices.drain()
    notices.drain()
    assert [method for method, _ in outbox.slack.calls] == [
        "chat.postMessage",
        "conversations.history",
        "conversations.history",
        "chat.postMessage",
    ]


class Death(BaseException):
    """The end of a process."""


class Mortal:
    """The database of a bot that dies when it writes to it for the nth time."""

    def __init__(self, store: Store, nth: int) -> None:
        self._store = store
        self._left = nth

    def reading(self) -> AbstractContextManager[Reader]:
        return self._store.reading()

    def writing(self, term: Term | None = None, *, urgent: bool = False) -> AbstractContextManager[Transaction]:
        self._left -= 1
        if not self._left:
            raise Death
        return self._store.writing(term, urgent=urgent)

    def order_lock(self, *, urgent: bool = False) -> AbstractContextManager[Term]:
        return self._store.order_lock(urgent=urgent)


@pytest.mark.parametrize("nth", [1, 2], ids=["before it posts", "before it notes that it posted"])
@pytest.mark.parametrize("urgent", [False, True], ids=["", "with a halt meanwhile"])
def test_nobody_sees_a_message_twice_after_a_death(outbox: Outbox, nth: int, urgent: bool) -> None:
    with workspace() as slack:
        client = web_client(demo_settings(slack))
        outbox.propose()
        outbox.notices(client=client, channel=CHANNEL.id).drain()
        outbox.tell(NoticeKind.SUBMITTED, trade=AAPL)
        with pytest.raises(Death):
            outbox.notices(
                store=Mortal(outbox.store, nth), client=client, channel=CHANNEL.id, waits=BRIEF_CLAIM
            ).drain()
        if urgent:
            outbox.tell(NoticeKind.HALTED)
        outbox.notices(client=client, channel=CHANNEL.id).drain()
        trader = Person(slack.url, TRADER.id)
        [card, *others] = [message for message in trader.messages(CHANNEL.id) if not message["thread_ts"]]
        replies = [message for message in trader.messages(CHANNEL.id, card["ts"]) if message["ts"] != card["ts"]]
    assert (len(others), len(replies), outbox.waiting()) == (int(urgent), 1, 0)


def test_a_halt_does_not_wait_for_the_cards_that_it_changes(outbox: Outbox) -> None:
    outbox.propose()
    outbox.notices().drain()
    outbox.reject()
    outbox.tell(NoticeKind.HALTED)
    outbox.notices().drain()
    methods = [method for method, _ in outbox.slack.calls]
    assert methods.index("chat.update") > methods.index("chat.postMessage", 1)
