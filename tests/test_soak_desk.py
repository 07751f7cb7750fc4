import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from benchmarks.soak import arguments, warnings
from benchmarks.soak_exchange import give_history, show_prices
from benchmarks.soak_holdings import SAMPLES, held_by
from benchmarks.soak_parts import MONDAY, Crowd, EndlessNews, clock_since
from benchmarks.soak_process import Running, Started
from benchmarks.soak_stores import Books, PostgresBooks, SqliteBooks, valkey_values
from engine.adapters.alpaca.market import AlpacaMarket
from engine.adapters.alpaca.news import AlpacaNews
from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.celery import celery_app
from engine.adapters.celery.app import TASK
from engine.adapters.paper.account_store import AccountStore
from engine.adapters.redis import connect
from engine.adapters.sql.store import SqlStore, open_store
from engine.adapters.sql.tasks import SqlTasks
from engine.model.desk import AuditEntry
from engine.ports.market import Market
from tests.engine.adapters.alpaca.access import access_to
from tests.support.databases import sqlite_at
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock
from tests.support.servers import Postgres, Valkey
from tests.support.waiting import until

SPEED = 300.0


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[SqlStore, Books]]:
    """A desk's database and how a soak reads it."""
    if request.param == "sqlite":
        AccountStore(tmp_path / "paper.db", cash=Decimal(1000)).close()
        url = sqlite_at(tmp_path / "desk.db")
    else:
        url = request.getfixturevalue("postgres").new_database()
    books = SqliteBooks(tmp_path) if request.param == "sqlite" else PostgresBooks(url)
    with closing(open_store(url)) as store:
        yield store, books


def test_every_process_has_the_same_market_time_whenever_it_began() -> None:
    began = time.monotonic() - 100  # 8 hours and 20 minutes of the market, which skipped the night of 16.5 hours
    first, second = clock_since(began, SPEED), clock_since(began, SPEED)
    earlier, later = first.now(), second.now()
    assert MONDAY + timedelta(days=1) <= earlier <= later < earlier + timedelta(hours=1)


def test_a_process_that_is_up_early_waits_for_monday() -> None:
    assert clock_since(time.monotonic() + 100, SPEED).now() < MONDAY


def test_the_exchange_plays_the_made_market_and_its_news() -> None:
    clock, calendar = ManualClock(MONDAY + timedelta(hours=2)), ExchangeCalendar()
    made, since = Crowd(clock, calendar, 3), MONDAY - timedelta(days=10)
    symbols = made.symbols()
    with FakeAlpaca(clock, calendar=calendar, strict=False) as alpaca, ExitStack() as stack:
        give_history(alpaca, 3, 1, seed=7)
        show_prices(alpaca, made)
        market, news = AlpacaMarket(access_to(alpaca), clock, calendar), AlpacaNews(access_to(alpaca), clock)
        stack.callback(market.stop)
        stack.callback(news.stop)
        assert shown(market, symbols) == shown(made, symbols)
        assert np.allclose(market.bars(symbols, since).stacked, made.bars(symbols, since).stacked, equal_nan=True)
        on = since.date()
        daily = market.daily_bars(symbols, on).stacked
        assert np.allclose(daily, made.daily_bars(symbols, on).stacked, equal_nan=True)
        told = news.headlines(symbols, MONDAY)
    assert [line.text for line in told] == [line.text for line in EndlessNews(clock, 7).headlines(symbols, MONDAY)]


def test_the_audit_is_weighed_by_what_its_rows_say(kept: tuple[SqlStore, Books]) -> None:
    store, books = kept
    before = books.values()
    with store.writing() as transaction:
        transaction.write_audit(AuditEntry(at=MONDAY, actor="U0TRADER", action="halt", why="x" * 2048))
    first = books.values()
    assert first["rows audit"] == before["rows audit"] + 1
    assert 2 < first["audit, kB"] - before["audit, kB"] < 2.5
    assert books.values()["audit, kB"] == first["audit, kB"]


def test_a_task_that_was_done_is_told_with_its_kind_and_who_did_it(postgres: Postgres) -> None:
    url = postgres.new_database()
    with closing(open_store(url)) as store:
        rows = SqlTasks(store)
        rows.put("headlines.keywords.1", {"AAPL": b"?", "MSFT": b"?"})
        assert rows.begin("headlines.keywords.1", "AAPL", 10)
        rows.finish("headlines.keywords.1", "AAPL", b"!")
        assert PostgresBooks(url).tasks_done() == [("headlines", os.getpid())]


def test_a_message_to_a_worker_is_no_key_that_stays(tmp_path: Path) -> None:
    with Valkey(tmp_path) as server, closing(connect(server.url)) as client:
        client.set("prices:AAPL:latest", "1")
        before = valkey_values(client)
        celery_app(server.url).send_task(TASK, args=["headlines", "AAPL"])
        after = valkey_values(client)
    assert (before["messages to workers"], after["messages to workers"]) == (0, 1)
    bound = 2  # where the exchange leads to, which stays
    assert after["Valkey keys without an end"] == before["Valkey keys without an end"] + bound


def test_connections_of_the_desk_are_counted_and_not_the_soaks_own(postgres: Postgres) -> None:
    url = postgres.new_database()
    books = PostgresBooks(url)
    with closing(open_store(url)) as store, store.apart(), books.open():
        assert books.values()["database connections"] >= 1
    until(lambda: books.values()["database connections"] == 0)


def test_what_the_processes_of_a_role_hold_is_added_up(tmp_path: Path) -> None:
    for pid in (os.getpid(), os.getppid()):
        (tmp_path / f"worker-{pid}.json").write_text(json.dumps({"threads": 4}), encoding="utf-8")
    (tmp_path / f"api-{os.getpid()}.json").write_text(json.dumps({"threads": 30}), encoding="utf-8")
    assert held_by(tmp_path, "worker") == {"worker threads": 8}


def test_a_process_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait(10)
    (tmp_path / f"worker-{process.pid}.json").write_text(json.dumps({"threads": 4}), encoding="utf-8")
    assert held_by(tmp_path, "worker") == {}


def test_samples_are_read_as_they_come_and_half_a_line_is_left_for_later(tmp_path: Path) -> None:
    running = Running("http://127.0.0.1:1", SqliteBooks(tmp_path), tmp_path, [])
    file, at = tmp_path / SAMPLES, MONDAY.isoformat()
    file.write_text(json.dumps({"second": 1, "at": at, "threads": 3}) + '\n{"second": 2, "at"', encoding="utf-8")
    assert [sample.second for sample in running.samples()] == [1]
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f': "{at}", "threads": 4' + "}\n")
    assert [sample.values["threads"] for sample in running.samples()] == [3, 4]
    assert running.now() == MONDAY


def test_a_desk_of_which_a_process_has_ended_is_no_desk(tmp_path: Path) -> None:
    (tmp_path / SAMPLES).touch()
    with subprocess.Popen([sys.executable, "-c", ""], text=True) as process:
        process.wait(10)
    running = Running("", SqliteBooks(tmp_path), tmp_path, [Started(process=process, log=tmp_path / "worker.log")])
    with pytest.raises(ChildProcessError, match=r"worker\.log says why"):
        running.samples()


def test_a_log_is_counted_by_what_it_warns_of(tmp_path: Path) -> None:
    log = tmp_path / "log"
    lines = [
        {"event": "Halted", "event_id": "halted", "level": "warning"},
        {"event": "All is well", "level": "info"},
        {"event": "pool is full", "level": "warning"},
    ]
    log.write_text("\n".join([*map(json.dumps, lines), "Traceback"]), encoding="utf-8")
    assert warnings(log) == {"halted": 1, "pool is full": 1, "Traceback": 1}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--days", "0"), "argument --days: expected a whole number from 1 to 60, not '0'"),
        (("--days", "a month"), "argument --days: expected a whole number from 1 to 60, not 'a month'"),
        (("--symbols", "-1"), "argument --symbols: expected"),
        (("--speed", "1000000"), "argument --speed: expected a whole number from 1 to 10,000"),
        (("--roles", "two"), "argument --roles: invalid choice"),
    ],
)
def test_a_wrong_argument_is_named(given: tuple[str, str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments().parse_args(given)
    assert says in capsys.readouterr().err


def shown(market: Market, symbols: Sequence[str]) -> dict[str, tuple[Decimal, Decimal | None, datetime]]:
    return {shot.symbol: (shot.price, shot.ask, shot.at) for shot in market.snapshots(symbols)}
