"""One at a time goes the way to the broker, whoever shares the truth."""

from threading import Event, Thread

import pytest

from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import MustHalt
from tests.servers import Postgres


def test_another_process_on_the_same_truth_waits_until_the_passage_is_free(store: SqlStore, url: str) -> None:
    other = open_store(url)
    passed = Event()

    def pass_through() -> None:
        with other.passage():
            passed.set()

    waiting = Thread(target=pass_through)
    with store.passage():
        waiting.start()
        assert not passed.wait(0.2)
    waiting.join(10)
    assert passed.is_set()
    other.close()


def test_another_thread_of_the_same_process_waits_too(store: SqlStore) -> None:
    passed = Event()

    def pass_through() -> None:
        with store.passage():
            passed.set()

    waiting = Thread(target=pass_through)
    with store.passage():
        waiting.start()
        assert not passed.wait(0.1)
    waiting.join(10)
    assert passed.is_set()


def test_who_waits_too_long_is_told_that_nothing_may_be_traded(store: SqlStore, url: str) -> None:
    hasty = open_store(url, patience=0.1)
    with store.passage(), pytest.raises(MustHalt), hasty.passage():
        pytest.fail("two went at once")
    hasty.close()


def test_reading_and_writing_go_on_while_somebody_is_on_the_way(store: SqlStore) -> None:
    with store.passage():
        with store.writing() as book:
            book.set_setting("name", "value")
        with store.reading() as ledger:
            assert ledger.setting("name") == "value"


def test_an_error_on_the_way_frees_the_passage_and_stays_what_it_is(store: SqlStore) -> None:
    with pytest.raises(ZeroDivisionError), store.passage():
        raise ZeroDivisionError
    with store.passage():
        pass


def test_a_session_that_is_lost_on_the_way_frees_the_passage(postgres: Postgres) -> None:
    store = open_store(postgres.new_database())
    with store.passage():
        postgres.cut_all_connections()
    with store.passage():
        pass
    store.close()
