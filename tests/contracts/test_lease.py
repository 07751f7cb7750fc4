"""The lease that one process of several holds, on a real PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from multiprocessing import get_context

import pytest

from engine.adapters.sql.lease import SqlLease
from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import Fenced, StoreUnavailable
from engine.instance_id import new_life
from engine.ports.lease import Lease, TakenLease
from tests.support.servers import Postgres
from tests.support.waiting import until

ELSEWHERE = "another machine/1/a life"


@pytest.fixture(name="store")
def _store(postgres: Postgres) -> Iterator[SqlStore]:
    with closing(open_store(postgres.new_database())) as store:
        yield store


def term(lease: Lease) -> int | None:
    """Take a lease, and return the term in which it is held then."""
    taken = lease.take(60)
    return taken.term if taken else None


def test_one_of_two_has_it_and_keeps_it_in_one_term(store: SqlStore) -> None:
    one, other = SqlLease(store), SqlLease(store, me=ELSEWHERE)
    assert [term(one), term(other), term(one)] == [1, None, 1]
    held = one.held()
    assert held
    assert (held.holder, held.term) == (one.me, 1)
    assert 50 < held.seconds <= 60


def test_who_comes_after_one_that_gave_it_up_begins_another_term(store: SqlStore) -> None:
    one, other = SqlLease(store), SqlLease(store, me=ELSEWHERE)
    one.take(60)
    other.give_up()
    assert term(other) is None
    one.give_up()
    assert term(other) == 2


def test_one_that_expired_is_taken_by_another_in_another_term(store: SqlStore) -> None:
    one, other = SqlLease(store, me=ELSEWHERE), SqlLease(store)
    one.take(0.3)
    assert until(lambda: term(other)) == 2
    assert term(one) is None


def test_whoever_let_it_expire_and_takes_it_again_begins_another_term(store: SqlStore) -> None:
    lease = SqlLease(store)
    lease.take(0)
    assert term(lease) == 2


def test_nobody_waits_for_a_holder_that_ended_on_this_machine(store: SqlStore) -> None:
    with get_context("fork").Pool(1) as pool:
        ended = pool.apply(new_life)
    assert str(os.getpid()) not in ended
    SqlLease(store, me=ended).take(60)
    assert term(SqlLease(store)) == 2


def test_before_the_first_it_is_nobody_s(store: SqlStore) -> None:
    assert SqlLease(store).held() is None


def test_whoever_takes_the_lease_of_a_silent_holder_learns_whose_it_was(store: SqlStore) -> None:
    one, other = SqlLease(store, me=ELSEWHERE), SqlLease(store)
    one.take(0)
    taken = other.take(60)
    assert taken
    assert taken.after
    assert (taken.term, taken.after.holder, taken.after.term) == (2, ELSEWHERE, 1)
    assert taken.after.seconds <= 0
    assert other.take(60) == TakenLease(term=2)


def test_a_lease_that_is_new_kept_or_given_up_is_taken_from_nobody(store: SqlStore) -> None:
    one, other = SqlLease(store, me=ELSEWHERE), SqlLease(store)
    assert one.take(60) == TakenLease(term=1)
    one.give_up()
    assert other.take(0) == TakenLease(term=2)
    assert other.take(60) == TakenLease(term=3)


def test_a_former_leader_can_neither_write_nor_hold_the_order_lock(store: SqlStore) -> None:
    one, other = SqlLease(store, me=ELSEWHERE), SqlLease(store)
    before = one.take(0)
    assert before
    with one.in_charge(before.term), store.writing() as transaction, store.order_lock():
        transaction.set_setting("written", "in its term")
    after = other.take(60)
    assert after
    with one.in_charge(before.term):
        with pytest.raises(Fenced), store.writing() as transaction:
            transaction.set_setting("written", "too late")
        with pytest.raises(Fenced), store.order_lock(urgent=True):
            pass
    with other.in_charge(after.term), store.writing() as transaction:
        assert transaction.setting("written") == "in its term"
    with store.writing() as transaction:  # what people ask for is no leader's
        transaction.set_setting("written", "by a person")


def test_a_leader_that_is_stopped_in_the_middle_of_a_write_keeps_nobody_from_leading(postgres: Postgres) -> None:
    url = postgres.new_database()
    with closing(open_store(url)) as asleep, closing(open_store(url)) as awake:
        SqlLease(asleep, me=ELSEWHERE).take(0)
        taken = list[TakenLease | None]()

        def write() -> None:
            with asleep.writing() as transaction:
                transaction.set_setting("written", "by one that says nothing more")
                with suppress(StoreUnavailable):
                    taken.append(SqlLease(awake).take(60))  # which waits for the turn to write
                transaction.set_setting("written", "too late")

        with pytest.raises(StoreUnavailable):
            write()
        assert [each and each.term for each in taken] == [2]
        with awake.reading() as reader:
            assert reader.setting("written") is None
