from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import AlreadyDecided, NotAllowed
from engine.model.notices.desk import DeskHalted
from engine.model.trade import TradeState
from engine.ports.store import Store
from tests.contracts.store.samples import keep, kept
from tests.support.fakes.notices import a_notice
from tests.support.fakes.trades import a_trade


def count_up(store: Store, times: int = 25) -> None:
    for _ in range(times):
        with store.writing() as transaction:
            transaction.set_setting("count", str(int(transaction.setting("count") or 0) + 1))


def count(store: Store) -> str | None:
    with store.reading() as reader:
        return reader.setting("count")


def write_much_and_fail(store: Store) -> None:
    with store.writing() as transaction:
        transaction.propose(a_trade())
        transaction.enqueue_notice(a_notice(DeskHalted, key="halted"))
        transaction.set_setting("locale", "ko")
        raise NotAllowed("trader", "viewer")


def test_what_was_written_is_there_after_closing_and_opening_again(url: str) -> None:
    first = open_store(url)
    keep(first, a_trade())
    first.close()
    second = open_store(url)
    assert kept(second) == a_trade()
    second.close()


def test_an_exception_loses_everything_that_was_written_and_passes_through(store: Store) -> None:
    with pytest.raises(NotAllowed):
        write_much_and_fail(store)
    with store.reading() as reader:
        assert (reader.trades(), reader.waiting(10), reader.setting("locale")) == ((), (), None)


def test_a_writer_reads_what_it_has_just_written(store: Store) -> None:
    keep(store, a_trade())
    with store.writing() as transaction:
        seen = transaction.trade(a_trade().id)
        transaction.move(a_trade(), TradeState.APPROVED)
        seen_again = transaction.trade(a_trade().id)
    assert (seen, seen_again) == (a_trade(), a_trade(state=TradeState.APPROVED))


def test_a_reader_sees_one_instant(store: Store) -> None:
    with store.reading() as reader:
        assert reader.setting("locale") is None
        with store.writing() as transaction:
            transaction.set_setting("locale", "ko")
        assert reader.setting("locale") is None


def test_writers_wait_for_each_other(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        for counting in [threads.submit(count_up, store) for _ in range(8)]:
            counting.result()
    assert count(store) == "200"


def test_two_stores_on_one_database_wait_for_each_other_too(store: Store, url: str) -> None:
    other = open_store(url)
    with ThreadPoolExecutor(4) as threads:
        for counting in [threads.submit(count_up, mine) for mine in (store, other, store, other)]:
            counting.result()
    other.close()
    assert count(store) == "100"


def test_of_twenty_that_approve_one_trade_at_once_exactly_one_wins(store: Store) -> None:
    def approve(number: int) -> bool:
        try:
            with store.writing() as transaction:
                transaction.move(a_trade(decided_by=f"U{number}"), TradeState.APPROVED)
        except AlreadyDecided:
            return False
        return True

    keep(store, a_trade())
    with ThreadPoolExecutor(20) as threads:
        winners = [number for number, won in enumerate(threads.map(approve, range(20))) if won]
    assert [f"U{number}" for number in winners] == [kept(store).decided_by]


def test_a_rehearsal_of_a_write_leaves_nothing_behind(store: SqlStore) -> None:
    for _ in range(2):
        with store.writing() as transaction:
            transaction.rehearse()
    with store.connected() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM messages").scalar_one() == 0
