"""What grows with the books: the summary by HTTP over many open trades, and the history of very many closed ones."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import create_engine, delete

from benchmarks.figure import Figure, Peer, seconds
from bot.http.app import build_http
from bot.http.dependencies import Dependencies, ProcessName
from bot.http.server import HttpServer
from engine.adapters.sql.performance import TABLES
from engine.adapters.sql.result_rollups import make_all
from engine.adapters.sql.tables import ResultRow, TradeRow
from engine.model.account import Position
from engine.model.performance import Period
from engine.model.trade import TradeState
from engine.ports.store import Store
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.trades import a_sizing, a_trade

OPEN = 1_000
CLOSED = 1_000_000
CLIENTS = 100
REQUESTS = 2
"""Of each client, one after the other."""


def api() -> list[Figure]:
    """Time /portfolio/summary for 100 clients at once, over 1,000 open trades."""
    with holding(OPEN) as harness:
        sources = Dependencies(
            queries=harness.engine.queries,
            store=harness.store,
            health=list,
            signals=lambda _limit: (),
            refused_prices=dict,
            flawed_bars=dict,
            entries_set_aside=int,
            process=ProcessName(role="all"),
            standing=harness.engine.leadership.standing,
            queues=dict,
            job_delays=dict,
        )
        with (
            HttpServer(build_http(sources, host="127.0.0.1", token="", slack=None), host="127.0.0.1", port=0) as server,
            ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere,
        ):
            samples = elsewhere.submit(crowd, server.url, REQUESTS).result()
    note = f"{CLIENTS} clients that ask without a pause, in a process of their own"
    seed = Peer(name="seed", value=50)
    return [Figure.of("api", samples, unit="ms", goal=50, judged="p99", peers=(seed,), note=note)]


def history() -> list[Figure]:
    """Time what /trades and /pnl read from the books, with 1,000,000 closed trades in them."""
    with _desk(("AAPL",), Decimal(100_000)) as (harness, folder):
        _close(harness.store)
        _multiply(folder / "desk.db")
        looks = {
            "/trades": lambda: harness.engine.queries.trades({TradeState.CLOSED}),
            "/pnl today": lambda: harness.engine.queries.performance(Period.TODAY),
            "/pnl month": lambda: harness.engine.queries.performance(Period.MONTH),
            "/pnl all": lambda: harness.engine.queries.performance(Period.ALL),
        }
        return [
            Figure.of("history", [seconds(look) * 1000 for _ in range(7)], unit="ms", goal=100, note=f"{name}, SQLite")
            for name, look in looks.items()
        ]


@contextmanager
def holding(trades: int) -> Iterator[EngineHarness]:
    """Give a desk with so many open trades, each in a symbol of its own."""
    symbols = tuple(f"S{number:04d}" for number in range(trades))
    with _desk(symbols, Decimal(100_000_000)) as (harness, _):
        _hold(harness, symbols)
        yield harness


@contextmanager
def _desk(symbols: tuple[str, ...], cash: Decimal) -> Iterator[tuple[EngineHarness, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        harness = EngineHarness.build(Path(folder), cash=cash, watchlist=symbols)
        try:
            yield harness, Path(folder)
        finally:
            harness.close()


def _hold(harness: EngineHarness, symbols: tuple[str, ...]) -> None:
    """Let each symbol be an open trade of a few shares, at the broker as in the books."""
    entry = Decimal("150.25")
    harness.broker.seed([Position(symbol=symbol, shares=10, cost=entry, price=entry) for symbol in symbols])
    with harness.store.writing() as transaction:
        for symbol in symbols:
            trade = a_trade(id=f"{symbol}_20250818_233000", symbol=symbol, shares=10)
            transaction.propose(replace(trade, sizing=a_sizing(shares=10)))
            transaction.mark_published(trade.id)
            submitted = transaction.move(transaction.move(trade, TradeState.APPROVED), TradeState.SUBMITTED)
            transaction.move(
                replace(submitted, filled_shares=10, fill_price=entry, filled_at=worked_example.AT), TradeState.OPEN
            )
            harness.market.price(symbol, str(entry))


def _close(store: Store) -> None:
    """Keep one trade from its proposal to its close."""
    entry, at = Decimal("150.25"), worked_example.AT
    with store.writing() as transaction:
        trade = a_trade()
        transaction.propose(trade)
        submitted = transaction.move(transaction.move(trade, TradeState.APPROVED), TradeState.SUBMITTED)
        filled = replace(submitted, filled_shares=512, fill_price=entry, filled_at=at)
        opened = transaction.move(filled, TradeState.OPEN)
        transaction.move(replace(opened, exit_shares=512, exit_price=entry + 3, closed_at=at), TradeState.CLOSED)


def _multiply(file: Path) -> None:
    """Copy the one closed trade a million times, a minute apart into the past, under other ids and 500 symbols."""
    columns = [column.name for column in TradeRow.__table__.columns]
    minutes = "strftime('%Y-%m-%d %H:%M:00.000000', {}, '-' || n || ' minutes')"
    changed = {
        "id": "'T' || n",
        "symbol": "'S' || (n % 500)",
        "proposed_at": minutes.format("proposed_at"),
        "closed_at": minutes.format("closed_at"),
    }
    values = ", ".join(changed.get(name, name) for name in columns)
    with closing(sqlite3.connect(file)) as copying, copying:
        copying.execute("PRAGMA synchronous = OFF")  # of the copying alone
        # All indexes at once are made quicker than one entry after the other.
        made = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'trades' AND sql IS NOT NULL"
        indexes = copying.execute(made).fetchall()
        for name, _ in indexes:
            copying.execute(f"DROP INDEX {name}")
        copying.execute(
            f"INSERT INTO trades ({', '.join(columns)}) "  # noqa: S608 (our own names)
            f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {CLOSED}) "
            f"SELECT {values} FROM trades, numbers"
        )
        for _, statement in indexes:
            copying.execute(statement)
    database = create_engine(f"sqlite:///{file}")
    with database.begin() as connection:
        connection.execute(delete(ResultRow))
        make_all(connection, TABLES)
    database.dispose()


def crowd(url: str, requests: int) -> list[float]:
    """Let all clients ask so often, after one that does not count; return the milliseconds of each answer."""
    address = urlsplit(url)
    asyncio.run(_client(address.hostname or "", address.port or 0, 1))
    return asyncio.run(_crowd(address, requests))


async def _crowd(address: SplitResult, requests: int) -> list[float]:
    taken = await asyncio.gather(
        *(_client(address.hostname or "", address.port or 0, requests) for _ in range(CLIENTS))
    )
    return [one for each in taken for one in each]


async def _client(host: str, port: int, requests: int) -> list[float]:
    reader, writer = await asyncio.open_connection(host, port)
    taken = []
    for _ in range(requests):
        start = time.perf_counter()
        writer.write(b"GET /portfolio/summary HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(length)
        taken.append((time.perf_counter() - start) * 1000)
    writer.close()
    await writer.wait_closed()
    return taken
