"""PostgreSQL behind PgBouncer: as good as itself with session pooling, and refused with any other."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from engine import diagnostics
from engine.adapters.sql.store import open_store
from engine.errors import SettingsInvalid, StoreUnavailable
from tests.support.fakes.trades import a_trade
from tests.support.servers import SERVED_BY, Postgres, free_port
from tests.support.waiting import until


@pytest.fixture(name="folder")
def _folder() -> Iterator[Path]:
    """A folder that another user may enter, as PgBouncer is none of root's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def pooled(postgres: Postgres, folder: Path, mode: str, more: str = "") -> Iterator[str]:
    """Put PgBouncer before a new database, and return the address of that behind it."""
    program = shutil.which("pgbouncer")
    if program is None:
        pytest.skip("there is no pgbouncer here: apt-get install pgbouncer")
    url, port = make_url(postgres.new_database()), free_port()
    host = url.query.get("host") or url.host
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"""
[databases]
* = host='{host}' port={url.port or 5432} user='{url.username}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = 20
{more}
""",
        encoding="utf-8",
    )
    address = f"postgresql://{url.username}@127.0.0.1:{port}/{url.database}"
    log = folder / "log"
    log.touch()
    log.chmod(0o666)
    command = [program, "-q", *(["-u", SERVED_BY] if os.geteuid() == 0 else []), str(settings)]
    with log.open("wb") as told, subprocess.Popen(command, stderr=told) as server:  # noqa: S603 (ours)
        try:
            until(lambda: _answers(address))
            yield address
        finally:
            server.terminate()


def _answers(address: str) -> bool:
    try:
        with psycopg.connect(address):
            return True
    except psycopg.OperationalError:
        return False


@pytest.mark.parametrize("more", ["", "server_round_robin = 1"])
def test_a_pooler_that_hands_sessions_on_is_refused_with_what_to_set(
    postgres: Postgres, folder: Path, more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pooled(postgres, folder, "transaction", more) as address:
        monkeypatch.setenv("DATABASE_URL", address)
        examine = diagnostics.revision()
        assert examine is not None
        for open_it in (partial(open_store, address), examine):
            with pytest.raises(SettingsInvalid, match=r"^DATABASE_URL: .*pool_mode = session"):
                open_it()


def test_a_pooler_that_hands_sessions_on_with_each_statement_is_refused_by_its_own_words(
    postgres: Postgres, folder: Path
) -> None:
    with (
        pooled(postgres, folder, "statement") as address,
        pytest.raises(StoreUnavailable, match="not allowed in statement pooling mode"),
    ):
        open_store(address)


def test_behind_a_pooler_of_sessions_writers_take_turns_and_the_order_lock_holds_others_back(
    postgres: Postgres, folder: Path
) -> None:
    with (
        pooled(postgres, folder, "session") as address,
        closing(open_store(address)) as one,
        closing(open_store(address, patience=0.5)) as other,
    ):
        with one.order_lock() as term, pytest.raises(StoreUnavailable), other.order_lock():
            pass
        with other.order_lock() as later:
            assert later.number > term.number

        def write(number: int) -> None:
            with (one if number % 2 else other).writing() as transaction:
                before = int(transaction.setting("count") or 0)
                transaction.set_setting("count", str(before + 1))

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(write, range(40)))
        with one.reading() as reader:
            assert reader.setting("count") == "40"


def test_behind_a_pooler_of_sessions_a_statement_that_is_prepared_stays_so(postgres: Postgres, folder: Path) -> None:
    with pooled(postgres, folder, "session") as address, closing(open_store(address)) as store:
        with store.writing() as transaction:
            transaction.propose(a_trade())
        for _ in range(20):  # psycopg prepares what comes for the sixth time
            with store.reading() as reader:
                assert reader.trade(a_trade().id) is not None


def test_postgresql_itself_is_not_taken_for_a_pooler(postgres: Postgres) -> None:
    with closing(open_store(postgres.new_database())) as store:
        store.require_own_sessions()


def test_a_lock_is_waited_for_as_long_as_was_said_behind_a_pooler_too(postgres: Postgres, folder: Path) -> None:
    with (
        pooled(postgres, folder, "session") as address,
        closing(open_store(address, patience=1.5)) as store,
        store.connected() as connection,
    ):
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "1500ms"
