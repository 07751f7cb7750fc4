"""PostgreSQL as the database: what only a server can do to us."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import AlreadyDecided, StoreUnavailable
from engine.model.trade import Trade, TradeState
from tests.faults.copies import Copies
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.trades import PROPOSED_AT, a_signal, a_trade
from tests.support.servers import Postgres, free_port
from tests.support.waiting import until


def test_an_empty_database_is_brought_up_to_date_at_the_first_start(postgres: Postgres) -> None:
    store = open_store(postgres.new_database(migrated=False))
    with store.reading() as reader:
        assert reader.trades() == ()
    store.close()


@pytest.mark.parametrize(("named", "seconds"), [({}, "10"), ({"connect_timeout": "3"}, "3")])
def test_a_server_that_falls_silent_is_given_up_within_seconds_unless_its_address_says_when(
    postgres: Postgres, named: dict[str, str], seconds: str
) -> None:
    url = make_url(postgres.new_database()).update_query_dict(named).render_as_string(hide_password=False)
    with closing(SqlStore(url)) as store, store.apart() as connection:
        asked = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
    assert (asked["connect_timeout"], asked["tcp_user_timeout"]) == (seconds, "15000")
    assert (asked["keepalives_idle"], asked["keepalives_interval"], asked["keepalives_count"]) == ("5", "5", "3")


def test_after_every_connection_was_cut_the_next_read_and_write_work(postgres: Postgres) -> None:
    store = open_store(postgres.new_database())
    postgres.cut_all_connections()
    with store.writing() as transaction:
        transaction.set_setting("colour", "green")
    postgres.cut_all_connections()
    with store.reading() as reader:
        assert reader.setting("colour") == "green"
    store.close()


def test_a_server_that_is_read_only_by_default_takes_no_write_whatever_the_connection_did_before(
    postgres: Postgres,
) -> None:
    with closing(SqlStore(postgres.new_database())) as store:
        with store.apart() as connection:
            connection.exec_driver_sql("SET default_transaction_read_only = on")
        for _ in range(2):
            with store.reading() as reader:
                reader.desk()
            with pytest.raises(StoreUnavailable, match="read-only"), store.writing() as transaction:
                transaction.set_setting("colour", "green")


def test_a_connection_that_is_cut_inside_a_transaction_keeps_nothing_of_it(postgres: Postgres) -> None:
    store = open_store(postgres.new_database())

    def write_and_be_cut() -> None:
        with store.writing() as transaction:
            transaction.set_setting("colour", "green")
            postgres.cut_all_connections()
            transaction.set_setting("colour", "red")

    with pytest.raises(StoreUnavailable):
        write_and_be_cut()
    with store.reading() as reader:
        assert reader.setting("colour") is None
    store.close()


def test_who_goes_on_in_a_transaction_whose_connection_was_cut_must_halt_too(postgres: Postgres) -> None:
    store = open_store(postgres.new_database())

    def write_on_whatever_happens() -> None:
        with store.writing() as transaction:
            postgres.cut_all_connections()
            for colour in ("green", "red"):
                with suppress(DBAPIError):
                    transaction.set_setting("colour", colour)

    with pytest.raises(StoreUnavailable):
        write_on_whatever_happens()
    store.close()


def test_who_is_cut_while_waiting_for_the_order_lock_must_halt(postgres: Postgres) -> None:
    url = postgres.new_database()
    keeper, waiting = open_store(url), open_store(url)

    def pass_through() -> None:
        with waiting.order_lock(urgent=True):
            pytest.fail("it was had without its connection")

    with psycopg.connect(url, autocommit=True) as server, ThreadPoolExecutor(1) as pool:
        with keeper.order_lock():
            passing = pool.submit(pass_through)
            until(lambda: _waits_for_a_lock(server))
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted")
            with pytest.raises(StoreUnavailable):
                passing.result(10)
        with waiting.order_lock(urgent=True):
            pass
    for store in (keeper, waiting):
        store.close()


def test_who_fails_right_after_the_order_lock_was_had_does_not_keep_it(postgres: Postgres) -> None:
    url = postgres.new_database()
    failing, next_one = open_store(url), open_store(url, patience=2)

    def pass_through() -> None:
        with failing.order_lock():
            pytest.fail("no term was begun")

    with (
        psycopg.connect(url) as holder,
        psycopg.connect(url, autocommit=True) as server,
        ThreadPoolExecutor(1) as pool,
    ):
        holder.execute("SELECT term FROM fence FOR UPDATE")
        passing = pool.submit(pass_through)
        until(lambda: bool(_cancelled(server)))
        with pytest.raises(StoreUnavailable):
            passing.result(10)
    with next_one.order_lock():
        pass
    for store in (failing, next_one):
        store.close()


def _cancelled(server: psycopg.Connection) -> list[tuple[bool]]:
    """Cancel what waits for a row, and return what was."""
    return server.execute(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    ).fetchall()


def test_a_server_that_is_not_there_must_halt() -> None:
    with pytest.raises(StoreUnavailable):
        open_store(f"postgresql://postgres@127.0.0.1:{free_port()}/desk", patience=1)


def test_a_writer_sees_what_the_one_before_it_wrote_whatever_isolation_the_server_prefers(postgres: Postgres) -> None:
    url = postgres.new_database()
    with psycopg.connect(url, autocommit=True) as server:
        name = sql.Identifier(server.info.dbname)
        server.execute(sql.SQL("ALTER DATABASE {} SET default_transaction_isolation = 'repeatable read'").format(name))
        first, second = open_store(url), open_store(url)
        with ThreadPoolExecutor(1) as pool:
            with first.writing() as transaction:
                transaction.set_setting("colour", "red")
                seen = pool.submit(_read_to_write, second)
                until(lambda: _waits_for_a_lock(server))
                transaction.set_setting("colour", "green")
            assert seen.result(10) == "green"
        for store in (first, second):
            store.close()


def _read_to_write(store: SqlStore) -> str | None:
    with store.writing() as transaction:
        return transaction.setting("colour")


def _waits_for_a_lock(server: psycopg.Connection) -> bool:
    return server.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone() is not None


def test_two_engines_on_one_database_decide_a_trade_once(postgres: Postgres) -> None:
    url = postgres.new_database()
    stores = [open_store(url) for _ in range(2)]
    with stores[0].writing() as transaction:
        transaction.propose(a_trade())
    together = threading.Barrier(8)

    def approve(number: int) -> str:
        store: SqlStore = stores[number % 2]
        together.wait(10)
        try:
            with store.writing() as transaction:
                transaction.move(replace(a_trade(), decided_by=f"U{number}"), TradeState.APPROVED)
        except AlreadyDecided:
            return "late"
        return "won"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(approve, range(8))) == ["late"] * 7 + ["won"]
    for store in stores:
        store.close()


def test_after_a_failover_no_trade_is_read_with_the_signal_of_one_that_was_lost(
    postgres: Postgres, tmp_path: Path
) -> None:
    url = postgres.new_database()
    lost = a_trade(id="LOST_20250819_160000", signal=a_signal(symbol="LOST"))
    kept = a_trade(id="KEPT_20250819_160001", signal=a_signal(symbol="KEPT"))
    copies = Copies.of(url, tmp_path)
    store = open_store(url)
    copies.take(PROPOSED_AT)
    read_after_it_was_proposed(store, lost)
    copies.put_back(0, ManualClock(PROPOSED_AT), while_it_ran=True)
    assert read_after_it_was_proposed(store, kept) == kept
    store.close()


def read_after_it_was_proposed(store: SqlStore, trade: Trade) -> Trade | None:
    with store.writing() as transaction:
        transaction.propose(trade)
    with store.reading() as reader:
        return reader.trade(trade.id)
