"""One at a time goes the way to the broker, whoever shares the truth."""

from threading import Event, Thread

import pytest

from engine.adapters.clock import boottime
from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import Fenced, StoreUnavailable
from engine.model.desk import Desk, DeskState
from engine.ports.store import LOOK_HOLDS
from tests.support.servers import Postgres


def test_another_process_on_the_same_database_waits_until_the_order_lock_is_free(store: SqlStore, url: str) -> None:
    other = open_store(url)
    passed = Event()

    def pass_through() -> None:
        with other.order_lock():
            passed.set()

    waiting = Thread(target=pass_through)
    with store.order_lock():
        waiting.start()
        assert not passed.wait(0.2)
    waiting.join(10)
    assert passed.is_set()
    other.close()


def test_another_thread_of_the_same_process_waits_too(store: SqlStore) -> None:
    passed = Event()

    def pass_through() -> None:
        with store.order_lock():
            passed.set()

    waiting = Thread(target=pass_through)
    with store.order_lock():
        waiting.start()
        assert not passed.wait(0.1)
    waiting.join(10)
    assert passed.is_set()


def test_who_waits_too_long_is_told_that_nothing_may_be_traded(store: SqlStore, url: str) -> None:
    hasty = open_store(url, patience=0.1)
    with store.order_lock(), pytest.raises(StoreUnavailable), hasty.order_lock():
        pytest.fail("two went at once")
    hasty.close()


def test_reading_and_writing_go_on_while_somebody_is_on_the_way(store: SqlStore) -> None:
    with store.order_lock():
        with store.writing() as transaction:
            transaction.set_setting("name", "value")
        with store.reading() as reader:
            assert reader.setting("name") == "value"


def test_an_error_on_the_way_frees_the_order_lock_and_stays_what_it_is(store: SqlStore) -> None:
    with pytest.raises(ZeroDivisionError), store.order_lock():
        raise ZeroDivisionError
    with store.order_lock():
        pass


def test_a_session_that_is_lost_on_the_way_frees_the_order_lock(postgres: Postgres) -> None:
    store = open_store(postgres.new_database())
    with store.order_lock():
        postgres.cut_all_connections()
    with store.order_lock():
        pass
    store.close()


def test_a_term_is_over_once_another_process_came_in(store: SqlStore, url: str) -> None:
    other = open_store(url)
    with store.order_lock() as mine:
        pass
    with other.order_lock() as theirs:
        assert theirs.number > mine.number
    with pytest.raises(Fenced), store.writing(mine) as transaction:
        transaction.set_setting("name", "value")
    with store.reading() as reader:
        assert (reader.term(), reader.setting("name")) == (theirs, None)
    other.close()


def test_a_term_goes_on_while_its_holder_writes(store: SqlStore) -> None:
    with store.order_lock() as mine, store.writing(mine) as transaction:
        transaction.set_setting("name", "value")
    with store.reading() as reader:
        assert reader.setting("name") == "value"


@pytest.mark.parametrize("state", [DeskState.HALTED, DeskState.REDUCING])
def test_every_change_of_the_desks_state_begins_a_term(store: SqlStore, state: DeskState) -> None:
    with store.order_lock() as mine:
        with store.writing() as transaction:
            transaction.set_desk(Desk(state=state, auto=False))
            assert transaction.desk_term() == transaction.term().number == mine.number + 1
        with pytest.raises(Fenced), store.writing(mine):
            pytest.fail("what a halt ended went on")


def test_a_change_of_auto_mode_begins_no_term(store: SqlStore) -> None:
    with store.writing() as transaction:
        before = transaction.term()
        transaction.set_desk(Desk(state=DeskState.ACTIVE, auto=True))
        assert (transaction.term(), transaction.desk_term()) == (before, 0)


def test_a_halt_takes_the_order_lock_over_from_whoever_keeps_it_for_too_long(url: str) -> None:
    keeper, halter = open_store(url), open_store(url, patience=0.3)
    with keeper.order_lock() as kept:
        began = boottime()
        with halter.order_lock(urgent=True) as term:
            assert term.number > kept.number
            assert boottime() - began >= 0.3 + LOOK_HOLDS  # until what the keeper looked at is too old to act on
        with pytest.raises(Fenced), keeper.writing(kept):
            pytest.fail("who was taken over from went on")
    with halter.order_lock():
        pass
    keeper.close()
    halter.close()


def test_who_comes_in_after_somebody_who_never_left_waits_until_nothing_of_theirs_can_leave(postgres: Postgres) -> None:
    url = postgres.new_database()
    asleep, awake = open_store(url), open_store(url)
    with asleep.order_lock() as lost:
        postgres.cut_all_connections()
        began = boottime()
        with awake.order_lock() as term:
            assert term.number > lost.number
            assert boottime() - began >= LOOK_HOLDS
    began = boottime()
    with awake.order_lock():
        assert boottime() - began < LOOK_HOLDS
    asleep.close()
    awake.close()
