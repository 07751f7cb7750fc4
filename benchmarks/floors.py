"""What cannot be avoided on this machine, measured beside the figures that are held against it.

Each is a median in seconds, with nothing of the desk's in it: a commit that is on the disk, a request on loopback,
bytes that are read and written, a process that starts with its imports.
"""

import http.client
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psycopg
from sqlalchemy import make_url

from benchmarks.figure import Job, seconds
from tests.faults.clock import MovingClock
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.slack import ScriptedSlack

OFTEN, SELDOM = 300, 7
"""How many times a floor is measured: of what takes a millisecond or so, and of what takes a second."""
USUAL, RARE = 2.0, 4.0
"""How many times its floor what a person waits for may take, in the middle and where one in a hundred exceeds it."""
NOON = datetime(2025, 8, 19, 16, tzinfo=UTC)
ROW_BYTES = 2_000
"""About what a trade has in its row."""
STARTED = "import bot.cli.run, bot.app, bot.runtime"
"""What a bot that trades and talks has to import."""


def commit() -> float:
    """Return how long SQLite takes for a changed row that survives a power cut."""
    with tempfile.TemporaryDirectory() as folder, closing(_database(Path(folder), rows=1)) as database:
        return _median(lambda: _change(database), OFTEN)


def postgres_commit(url: str) -> float:
    """Return how long PostgreSQL at a URL takes for a changed row that survives a power cut."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as database:
        database.execute("CREATE TABLE floor (value integer)")
        database.execute("INSERT INTO floor VALUES (0)")
        database.commit()

        def change() -> None:
            database.execute("UPDATE floor SET value = value + 1")
            database.commit()

        return _median(change, OFTEN)


def rows_read(rows: int) -> float:
    """Return how long SQLite takes to read so many rows of a trade's size."""
    with tempfile.TemporaryDirectory() as folder, closing(_database(Path(folder), rows=rows)) as database:
        return _median(lambda: database.execute("SELECT * FROM floor").fetchall(), SELDOM)


def broker_request() -> float:
    """Return how long a request to the local broker takes on a connection that stands."""
    with FakeAlpaca(MovingClock.starting(NOON), strict=False) as broker:
        headers = {"APCA-API-KEY-ID": broker.key, "APCA-API-SECRET-KEY": broker.secret}
        return _request(broker.trading_url, "GET", "/v2/account", "", headers)


def slack_request() -> float:
    """Return how long a message to the local Slack takes on a connection that stands."""
    with ScriptedSlack() as slack:
        body = json.dumps({"channel": "C0DESK", "text": "x" * 2_000})
        headers = {"Authorization": "Bearer xoxb-test", "Content-Type": "application/json"}
        return _request(slack.api_url, "POST", "/api/chat.postMessage", body, headers)


def copied(count: int, places: int) -> float:
    """Return how long it takes to read so many bytes and write them to the next of some places, none of them cached."""
    source, targets = np.ones(count, np.uint8), np.ones((places, count), np.uint8)
    turns = cycle(targets)
    return _median(lambda: np.copyto(next(turns), source), OFTEN)


def started() -> float:
    """Return how long Python takes to start with what a bot has to import, and to end."""
    command = (sys.executable, "-c", STARTED)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    return _median(lambda: subprocess.run(command, check=True, env=environment), SELDOM)  # noqa: S603 (our own program)


def _request(url: str, verb: str, path: str, body: str, headers: dict[str, str]) -> float:
    address = urlsplit(url)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port)) as connection:

        def ask() -> None:
            connection.request(verb, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.HTTPStatus.OK:
                raise RuntimeError(f"{url}{path} answers {answer.status}")

        return _median(ask, OFTEN)


def _database(folder: Path, *, rows: int) -> sqlite3.Connection:
    database = sqlite3.connect(folder / "floor.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE floor (value INTEGER, words TEXT)")
    database.executemany("INSERT INTO floor VALUES (0, ?)", [("x" * ROW_BYTES,)] * rows)
    return database


def _change(database: sqlite3.Connection) -> None:
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE floor SET value = value + 1")
    database.execute("COMMIT")


def _median(job: Job, times: int) -> float:
    job()
    return statistics.median(seconds(job) for _ in range(times))
