"""Whatever Slack answers, every notice is posted, once in the end, by one of the bots on the database."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.notices import NoticeDelivery
from bot.transport.web_client import SlackClient
from engine.adapters.sql.store import open_store
from engine.model.notices.account import ForeignPosition
from engine.model.notices.base import NoticeKind
from tests.support.databases import sqlite_at
from tests.support.fakes.odd_answers import ODD, Odd
from tests.support.fakes.slack_channel import ChannelSlack, Way
from tests.support.fakes.trades import PROPOSED_AT
from tests.support.outbox import AAPL, QUICK, Outbox, running
from tests.support.waiting import until

BUSY = Odd(status=503, body="<html>busy</html>")
BRIEF = replace(QUICK, claim=0.3)
STATUSES = [status for status in range(201, 600) if status not in {204, 205, 304}]


@pytest.fixture(name="channel")
def _channel() -> Iterator[ChannelSlack]:
    with ChannelSlack() as slack:
        yield slack


def bot(outbox: Outbox, channel: ChannelSlack, **given: Any) -> NoticeDelivery:
    client = SlackClient(token="xoxb-test", base_url=channel.api_url, timeout=5)
    return outbox.notices(client=client, **({"waits": BRIEF} | given))


def first(odd: Odd, times: int = 1) -> Way:
    """Answer the first posts oddly."""
    left = [odd] * times

    def way(method: str, _arguments: dict[str, Any]) -> Odd | None:
        return left.pop() if left and method == "chat.postMessage" else None

    return way


def fill(outbox: Outbox, number: int) -> list[str]:
    """Tell so many notices about as many symbols, and return their keys."""
    keys = [f"foreign:Z{each}:1" for each in range(number)]
    with outbox.store.writing() as transaction:
        for key in keys:
            symbol = key.split(":")[1]
            transaction.enqueue_notice(ForeignPosition(key=key, at=PROPOSED_AT, symbol=symbol, shares=1))
    return keys


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_an_odd_answer_ends_nothing_and_the_notice_is_posted_once(
    outbox: Outbox, channel: ChannelSlack, odd: Odd
) -> None:
    keys = fill(outbox, 3)
    channel.way = first(odd, 2)
    notices = bot(outbox, channel)
    with running(notices):
        until(lambda: outbox.waiting() == 0)
        assert notices.worker.state().is_well
    assert channel.keys() == dict.fromkeys(keys, 1)


def test_no_status_ends_the_delivery(outbox: Outbox, channel: ChannelSlack) -> None:
    keys = fill(outbox, 3)
    statuses = list(STATUSES)

    def way(method: str, _arguments: dict[str, Any]) -> Odd | None:
        return Odd(status=statuses.pop(), body="odd") if statuses and method == "chat.postMessage" else None

    channel.way = way
    with running(bot(outbox, channel, waits=replace(QUICK, first=0.001, longest=0.002))):
        until(lambda: outbox.waiting() == 0, seconds=60)
    assert channel.keys() == dict.fromkeys(keys, 1)


@pytest.mark.parametrize("chatter", [150, 250, 1_100])
def test_a_post_whose_answer_was_lost_is_known_however_much_was_written_since(
    outbox: Outbox, channel: ChannelSlack, chatter: int
) -> None:
    outbox.tell(NoticeKind.HALTED)
    channel.way = first(Odd(body=b"", takes=True))
    notices = bot(outbox, channel)
    with pytest.raises(Exception, match="No answer of Slack"):
        notices.drain()
    channel.chat(chatter)
    notices.drain()
    assert channel.keys() == {"halted": 1}
    assert outbox.waiting() == 0


def test_so_is_one_in_a_long_thread(outbox: Outbox, channel: ChannelSlack) -> None:
    outbox.propose()
    notices = bot(outbox, channel)
    notices.drain()
    outbox.tell(NoticeKind.SUBMITTED, trade=AAPL)
    channel.way = first(Odd(body=b"", takes=True))
    with pytest.raises(Exception, match="No answer of Slack"):
        notices.drain()
    channel.chat(450, channel.messages[0]["ts"])
    notices.drain()
    assert channel.keys() == {f"{AAPL.id}:card": 1, f"{AAPL.id}:submitted": 1}


def test_a_message_in_doubt_holds_up_nothing_of_others_a_halt_least_of_all(
    outbox: Outbox, channel: ChannelSlack
) -> None:
    keys = fill(outbox, 2)
    lost = first(Odd(body=b"", takes=True))

    def way(method: str, arguments: dict[str, Any]) -> Odd | None:
        return BUSY if method == "conversations.history" else lost(method, arguments)

    channel.way = way
    with running(bot(outbox, channel)):
        until(lambda: channel.keys()[keys[1]] == 1)
        outbox.tell(NoticeKind.HALTED)
        until(lambda: channel.keys()["halted"] == 1)
        until(lambda: outbox.waiting() == 1)
        channel.way = lost
        until(lambda: outbox.waiting() == 0)
    assert set(channel.keys().values()) == {1}


def test_a_card_that_cannot_be_redrawn_now_holds_up_nothing_of_others(outbox: Outbox, channel: ChannelSlack) -> None:
    outbox.propose()
    notices = bot(outbox, channel)
    notices.drain()
    outbox.reject()
    outbox.tell(NoticeKind.RESUMED)
    channel.way = lambda method, _said: BUSY if method == "chat.update" else None
    with running(notices):
        until(lambda: channel.keys()["resumed"] == 1)
        assert channel.keys()[f"{AAPL.id}:decided"] == 0
        channel.way = lambda _method, _said: None
        until(lambda: channel.keys()[f"{AAPL.id}:decided"] == 1)


def test_a_slack_that_is_away_has_few_notices_to_look_for_afterwards(outbox: Outbox, channel: ChannelSlack) -> None:
    keys = fill(outbox, 40)
    channel.way = lambda _method, _said: BUSY
    with running(bot(outbox, channel)):
        until(lambda: len(channel.calls) > 60)
        tried = {
            said["metadata"]["event_payload"]["key"] for method, said in channel.calls if method.endswith("Message")
        }
        channel.way = lambda _method, _said: None
        until(lambda: outbox.waiting() == 0)
    assert len(tried) <= 5
    assert channel.keys() == dict.fromkeys(keys, 1)


@pytest.mark.parametrize("bots", [2, 3])
def test_several_bots_on_one_database_post_each_notice_once(
    outbox: Outbox, channel: ChannelSlack, bots: int, tmp_path: Path
) -> None:
    keys = fill(outbox, 60)
    with ExitStack() as stack:
        for _ in range(bots):
            store = open_store(sqlite_at(tmp_path / "desk.db"))
            stack.callback(store.close)
            stack.enter_context(running(bot(outbox, channel, store=store, waits=replace(QUICK, claim=20.0))))
        until(lambda: outbox.waiting() == 0, seconds=30)
    assert channel.keys() == dict.fromkeys(keys, 1)


def test_what_a_dead_bot_had_claimed_is_posted_by_another_once_its_claim_ends(
    outbox: Outbox, channel: ChannelSlack
) -> None:
    outbox.tell(NoticeKind.HALTED)
    channel.way = first(Odd(body=b"", takes=True))
    with pytest.raises(Exception, match="No answer of Slack"):
        bot(outbox, channel).drain()
    with running(bot(outbox, channel)):
        until(lambda: outbox.waiting() == 0)
    assert channel.keys() == {"halted": 1}


def test_of_the_same_trade_nothing_overtakes_what_another_bot_is_about_to_post(outbox: Outbox) -> None:
    outbox.propose()
    outbox.tell(NoticeKind.SUBMITTED, trade=AAPL)
    with outbox.store.writing() as transaction:
        card = transaction.waiting(1)[0]
        far = PROPOSED_AT.replace(year=2999)
        transaction.claim(card.number, "another", now=PROPOSED_AT, until=far)
    outbox.notices().drain()
    assert outbox.slack.posted() == []
