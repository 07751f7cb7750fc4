from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given

from engine.model.notices.account import MoneyMoved
from engine.model.notices.base import Notice, Posted, Waiting
from engine.model.notices.desk import DeskHalted, FlattenStuck
from engine.model.notices.kinds import CLASSES
from engine.model.reason import Reason
from engine.ports.store import Store
from tests.contracts.store.samples import amounts, instants, on_one_store, words
from tests.support.fakes.notices import a_notice
from tests.support.fakes.trades import PROPOSED_AT

numbers = count()


def a_halt(key: str = "halted:1", why: str = "") -> DeskHalted:
    return DeskHalted(key=key, at=PROPOSED_AT, by="U0TRADER1", reason=Reason(word=why))


def test_notices_wait_in_the_order_in_which_they_were_told(store: Store) -> None:
    told = [a_halt(key) for key in ("c", "a", "b")]
    with store.writing() as transaction:
        assert all(transaction.enqueue_notice(notice) for notice in told)
    with store.reading() as reader:
        waiting = reader.waiting(10)
    assert [item.notice for item in waiting] == told
    assert [item.number for item in waiting] == sorted(item.number for item in waiting)


def test_no_more_notices_are_read_than_asked_for(store: Store) -> None:
    with store.writing() as transaction:
        for key in ("a", "b", "c"):
            transaction.enqueue_notice(a_halt(key))
        assert [item.notice.key for item in transaction.waiting(2)] == ["a", "b"]


def test_a_key_is_told_once(store: Store) -> None:
    with store.writing() as transaction:
        transaction.enqueue_notice(a_halt(why="first"))
    with store.writing() as transaction:
        assert not transaction.enqueue_notice(a_halt(why="second"))
        assert [item.notice for item in transaction.waiting(10)] == [a_halt(why="first")]


def test_a_key_that_was_delivered_is_not_told_again(store: Store) -> None:
    with store.writing() as transaction:
        transaction.enqueue_notice(a_halt())
        transaction.delivered(transaction.waiting(1)[0].number, None)
        assert not transaction.enqueue_notice(a_halt())
        assert transaction.waiting(10) == ()


def test_a_delivered_notice_waits_no_more_and_its_message_can_be_found(store: Store) -> None:
    posted = Posted(channel="C1", ts="1755614715.000100")
    with store.writing() as transaction:
        transaction.enqueue_notice(a_halt("a"))
        transaction.enqueue_notice(a_halt("b"))
        transaction.delivered(transaction.waiting(1)[0].number, posted)
    with store.reading() as reader:
        assert [item.notice.key for item in reader.waiting(10)] == ["b"]
        assert (reader.posted("a"), reader.posted("b")) == (posted, None)


def test_a_notice_can_be_delivered_without_a_message(store: Store) -> None:
    with store.writing() as transaction:
        transaction.enqueue_notice(a_halt("a"))
        transaction.delivered(transaction.waiting(1)[0].number, None)
        assert (transaction.waiting(10), transaction.posted("a")) == ((), None)


def test_delivering_twice_keeps_the_newer_message(store: Store) -> None:
    posted = Posted(channel="C1", ts="1")
    with store.writing() as transaction:
        transaction.enqueue_notice(a_halt("a"))
        number = transaction.waiting(1)[0].number
        transaction.delivered(number, posted)
        transaction.delivered(number, replace(posted, ts="2"))
        assert transaction.posted("a") == Posted(channel="C1", ts="2")


def test_a_notice_that_was_never_told_cannot_be_delivered(store: Store) -> None:
    with pytest.raises(ValueError, match="no notice 7"), store.writing() as transaction:
        transaction.delivered(7, None)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_kind_of_notice_is_kept_exactly(store: Store, kind: type[Notice]) -> None:
    notice = a_notice(kind)
    with store.writing() as transaction:
        transaction.enqueue_notice(notice)
        assert transaction.was_enqueued(notice.key, kind.kind)
    with store.reading() as reader:
        assert [item.notice for item in reader.waiting(10)] == [notice]


@on_one_store
@given(key=words, at=instants, by=words, what=words)
def test_nobodys_words_are_changed_on_the_way(store: Store, key: str, at: datetime, by: str, what: str) -> None:
    untold = f"{next(numbers)} {key}"
    told = DeskHalted(key=untold, at=at, by=by, reason=Reason(word=what))
    stuck = FlattenStuck(key=f"{untold} stuck", at=at, what=by, trouble=what)
    with store.writing() as transaction:
        transaction.enqueue_notice(told)
        transaction.enqueue_notice(stuck)
    with store.reading() as reader:
        assert [item.notice for item in reader.waiting(1000)[-2:]] == [told, stuck]


@on_one_store
@given(dollars=amounts)
def test_money_in_a_notice_is_kept_to_its_last_digit(store: Store, dollars: Decimal) -> None:
    notice = a_notice(MoneyMoved, key=f"{next(numbers)}", dollars=dollars)
    with store.writing() as transaction:
        transaction.enqueue_notice(notice)
    with store.reading() as reader:
        assert reader.waiting(1000)[-1].notice == notice


def a_minute(later: int) -> datetime:
    return PROPOSED_AT + timedelta(minutes=later)


def told_one(store: Store) -> int:
    with store.writing() as transaction:
        transaction.enqueue_notice(a_halt())
        return transaction.waiting(1)[0].number


def claimed(store: Store, number: int, by: str, minute: int) -> Waiting | None:
    """Claim a notice at a minute, for the minute after it."""
    with store.writing() as transaction:
        return transaction.claim(number, by, now=a_minute(minute), until=a_minute(minute + 1))


def test_a_notice_is_claimed_by_one_until_the_claim_ends(store: Store) -> None:
    number = told_one(store)
    first = claimed(store, number, "a", 0)
    assert first is not None
    assert first.attempted_at is None
    assert claimed(store, number, "b", 0) is None
    second = claimed(store, number, "b", 1)
    assert second is not None
    assert (second.claimed_by, second.attempted_at) == ("a", a_minute(0))


def test_the_claim_of_one_that_is_known_to_be_dead_is_gone_over(store: Store) -> None:
    number = told_one(store)
    claimed(store, number, "a", 0)
    with store.writing() as transaction:
        assert transaction.claim(number, "b", now=a_minute(0), until=a_minute(1), over="a") is not None
        assert transaction.claim(number, "c", now=a_minute(0), until=a_minute(1), over="a") is None


def test_who_claimed_a_notice_may_claim_it_for_longer(store: Store) -> None:
    number = told_one(store)
    claimed(store, number, "a", 0)
    assert claimed(store, number, "a", 0) is not None


def test_a_claim_that_is_given_back_lets_others_in_and_says_whether_the_notice_may_stand(store: Store) -> None:
    number = told_one(store)
    for may_stand_since in (a_minute(0), None):
        claimed(store, number, "a", 0)
        with store.writing() as transaction:
            transaction.give_back(number, "a", attempted_at=may_stand_since)
        with store.reading() as reader:
            (waiting,) = reader.waiting(1)
        assert (waiting.claimed_by, waiting.claimed_until, waiting.attempted_at) == ("", None, may_stand_since)


def test_nobody_gives_back_the_claim_of_another(store: Store) -> None:
    number = told_one(store)
    claimed(store, number, "a", 0)
    with store.writing() as transaction:
        transaction.give_back(number, "b", attempted_at=None)
    assert claimed(store, number, "b", 0) is None


def test_what_was_delivered_is_claimed_by_nobody(store: Store) -> None:
    number = told_one(store)
    with store.writing() as transaction:
        transaction.delivered(number, None)
    assert claimed(store, number, "a", 0) is None
