import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from slack_sdk import WebClient
from structlog.testing import capture_logs

from bot.delivery.notices import NoticeDelivery
from bot.delivery.slack_poster import PostingRate
from bot.messages import Texts
from bot.transport.slack_calls import SlackAway
from engine.errors import StoreUnavailable
from engine.model.desk import Term
from engine.model.notices.base import NoticeKind
from engine.ports.store import Reader, Store, Transaction
from tests.support.fakes.slack import Reply
from tests.support.fakes.store import HangingStore
from tests.support.outbox import AAPL, QUICK, SEAL, Outbox, running
from tests.support.waiting import until

REFUSED = Reply(error="invalid_blocks")


def test_a_notice_that_slack_refuses_is_sent_as_plain_text_and_holds_up_nothing(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.HALTED, NoticeKind.RESUMED)
    outbox.slack.replies.append(REFUSED)
    outbox.notices().drain()
    refused, plain, resumed = outbox.slack.posted()
    assert plain["text"] == refused["text"]
    assert "blocks" not in plain
    assert "resumed" in resumed["text"]
    assert outbox.waiting() == 0


def test_a_notice_whose_thread_is_gone_goes_to_the_channel(outbox: Outbox) -> None:
    outbox.propose()
    outbox.notices().drain()
    outbox.tell(NoticeKind.SUBMITTED, trade=AAPL)
    outbox.slack.replies.extend([Reply(error="thread_not_found")] * 2)
    outbox.notices().drain()
    assert "thread_ts" not in outbox.slack.posted()[-1]
    assert outbox.waiting() == 0


def test_a_deleted_card_holds_up_nothing(outbox: Outbox) -> None:
    outbox.propose()
    outbox.notices().drain()
    outbox.reject()
    outbox.slack.replies.extend([Reply(error="message_not_found")] * 2)
    outbox.notices().drain()
    assert outbox.waiting() == 0


@pytest.mark.parametrize(
    "outage",
    [
        Reply(status=503, body="<html>busy</html>"),
        Reply(status=500, error="internal_error"),
        Reply(body="<html>log in to this network</html>"),
        Reply(error="service_unavailable"),
        Reply(error="ratelimited", status=429, headers={"Retry-After": "7"}),
    ],
)
def test_an_outage_of_slack_loses_nothing(outbox: Outbox, outage: Reply) -> None:
    outbox.tell(NoticeKind.HALTED, NoticeKind.RESUMED)
    outbox.slack.replies.append(outage)
    notices = outbox.notices()
    with pytest.raises(SlackAway):
        notices.drain()
    assert outbox.waiting() == 2
    notices.drain()
    assert outbox.waiting() == 0


def test_the_time_that_slack_asks_for_is_obeyed(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.HALTED)
    outbox.slack.replies.append(Reply(error="ratelimited", status=429, headers={"Retry-After": "7"}))
    with pytest.raises(SlackAway) as away:
        outbox.notices().drain()
    assert away.value.wait == 7.0


@pytest.mark.parametrize(
    ("outage", "level"),
    [
        (Reply(error="ratelimited", status=429, headers={"Retry-After": "7"}), "info"),
        (Reply(status=503, body="<html>busy</html>"), "warning"),
    ],
)
def test_a_card_that_waits_for_slacks_pace_alone_is_no_trouble(outbox: Outbox, outage: Reply, level: str) -> None:
    outbox.propose()
    outbox.notices().drain()
    outbox.reject()
    outbox.slack.replies.append(outage)
    with capture_logs() as logs:
        outbox.notices().drain()
    assert {entry["log_level"] for entry in logs if entry["event"] == "cards_not_redrawn"} == {level}


def test_a_channel_that_takes_not_even_plain_text_is_waited_for(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.HALTED)
    outbox.slack.replies.extend([Reply(error="not_in_channel")] * 2)
    with pytest.raises(SlackAway):
        outbox.notices().drain()
    assert outbox.waiting() == 1


def test_a_slack_that_cannot_be_reached_is_an_outage(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.HALTED)
    nowhere = WebClient(token="xoxb-test", base_url="http://127.0.0.1:9/api/", retry_handlers=[])
    texts = Texts("en", ZoneInfo("UTC"))
    lost = NoticeDelivery(
        store=outbox.store,
        client=nowhere,
        channel="C0DESK",
        texts=texts,
        source="",
        ceiling=Decimal("0.02"),
        signer=SEAL,
    )
    with pytest.raises(SlackAway):
        lost.drain()


def test_after_an_outage_the_thread_goes_on_by_itself(outbox: Outbox) -> None:
    outbox.slack.replies.extend([Reply(status=503)] * 3)
    with running(outbox.notices()):
        outbox.tell(NoticeKind.HALTED)
        until(lambda: outbox.waiting() == 0)
    assert len(outbox.slack.posted()) == 2


def test_a_wake_up_delivers_at_once(outbox: Outbox) -> None:
    notices = outbox.notices()
    with running(notices):
        outbox.tell(NoticeKind.HALTED)
        notices.wake()
        until(lambda: outbox.waiting() == 0)


def test_a_stopped_thread_posts_nothing_more(outbox: Outbox) -> None:
    notices = outbox.notices()
    with running(notices):
        pass
    outbox.tell(NoticeKind.HALTED)
    notices.wake()
    assert outbox.waiting() == 1


def test_after_a_burst_a_channel_gets_about_one_message_each_gap(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.STARTED, NoticeKind.HALTED, NoticeKind.RESUMED, NoticeKind.REDUCING)
    began = time.monotonic()
    outbox.notices(PostingRate(burst=2, gap=0.2)).drain()
    assert time.monotonic() - began >= 0.4


class Forgetful:
    """A store that loses sight of its database when it is first written to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lost = True

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        with self._store.reading() as reader:
            yield reader

    @contextmanager
    def writing(self, term: Term | None = None, *, urgent: bool = False) -> Iterator[Transaction]:
        if self._lost:
            self._lost = False
            raise StoreUnavailable
        with self._store.writing(term, urgent=urgent) as transaction:
            yield transaction

    def order_lock(self, *, urgent: bool = False) -> AbstractContextManager[Term]:
        return self._store.order_lock(urgent=urgent)


class Bookless:
    """A store that is away while it is told to be."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_away = True

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        if self.is_away:
            raise StoreUnavailable
        with self._store.reading() as reader:
            yield reader

    def writing(self, term: Term | None = None, *, urgent: bool = False) -> AbstractContextManager[Transaction]:
        return self._store.writing(term, urgent=urgent)

    def order_lock(self, *, urgent: bool = False) -> AbstractContextManager[Term]:
        return self._store.order_lock(urgent=urgent)


def test_books_that_are_lost_and_back_are_each_said_once_past_the_outbox(outbox: Outbox) -> None:
    store = Bookless(outbox.store)
    with running(outbox.notices(store=store)):
        until(lambda: len(outbox.slack.posted()) == 1)
        store.is_away = False
        until(lambda: len(outbox.slack.posted()) == 2)
    assert "nothing is traded" in outbox.slack.posted()[0]["text"]
    assert "again" in outbox.slack.posted()[1]["text"]


def test_books_that_hang_are_lost_as_well_and_what_waited_is_posted_once_they_answer(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.HALTED)
    store = HangingStore(outbox.store)
    with running(outbox.notices(store=store, waits=replace(QUICK, database=0.01))):
        until(lambda: len(outbox.slack.posted()) == 1)
        store.answers.set()
        until(lambda: len(outbox.slack.posted()) == 3)
    assert "nothing is traded" in outbox.slack.posted()[0]["text"]


def test_the_loss_of_the_books_is_said_once_slack_takes_it(outbox: Outbox) -> None:
    outbox.slack.replies.extend([Reply(status=503, body="<html>busy</html>")] * 2)
    with running(outbox.notices(store=Bookless(outbox.store))):
        until(lambda: len(outbox.slack.posted()) == 3)
    assert "nothing is traded" in outbox.slack.posted()[-1]["text"]


def test_an_answer_that_is_no_text_ends_nothing(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.HALTED)
    outbox.slack.replies.append(Reply(body=b"\x00\xff"))
    with running(outbox.notices()):
        until(lambda: outbox.waiting() == 0)


def test_a_notice_is_not_posted_again_because_the_store_was_away(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.HALTED)
    with running(outbox.notices(store=Forgetful(outbox.store))):
        until(lambda: outbox.waiting() == 0)
    assert len(outbox.slack.posted()) == 1
