import json
import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.error_mapping import NONSENSE

log = structlog.get_logger()
quiet = logging.getLogger("alpaca.stream")
quiet.setLevel(logging.INFO)  # at DEBUG the library logs every frame, and the first one holds the keys

REFUSALS = 5
"""Keys that were refused this often in a row are wrong: asking for ever would not make them right."""


class KeysRefused(Exception):
    """The stream did not let us in."""


class Listening(ABC):
    """Listens to a stream of Alpaca's in a thread of its own, and connects again when the line is lost.

    A message that cannot be read is passed over, and the ones behind it are still heard. `name` is the stream's in the
    log, `waits` are the shortest and the longest seconds between two attempts.
    """

    name: str

    def __init__(self, access: AlpacaAccess, url: str, *, waits: tuple[float, float] = (1.0, 30.0)) -> None:
        self._access = access
        self._url = url
        self._waits = waits
        self._socket: ClientConnection | None = None
        self._stopped = threading.Event()
        self._heard = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_connected(self) -> bool:
        """Whether the stream is being heard now."""
        return self._heard.is_set()

    def _begin(self) -> None:
        """Begin to listen; returns at once."""
        self._thread = threading.Thread(target=self._run, name=f"alpaca-{self.name.replace('_', '-')}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hang up, and wait until the thread is done; harmless before the start."""
        self._stopped.set()
        if self._socket is not None:
            self._socket.close()
        if self._thread is not None:
            self._thread.join()

    @property
    def _answer_within(self) -> float:
        """Seconds that an answer may take."""
        return sum(self._access.timeouts)

    @abstractmethod
    def _sign_in(self, socket: ClientConnection) -> None:
        """Show the keys and say what is to be heard; raises KeysRefused."""

    @abstractmethod
    def _connected(self) -> None:
        """Take in that what is told from now on is heard."""

    @abstractmethod
    def _take(self, told: Any) -> None:
        """Take in a message; raises one of NONSENSE."""

    @abstractmethod
    def _hung_up(self) -> None:
        """Take in that nothing is heard any more."""

    def _run(self) -> None:
        shortest, longest = self._waits
        wait, refusals = shortest, 0
        while not self._stopped.is_set():
            try:
                self._listen()
            except KeysRefused as error:
                refusals += 1
                log.warning("stream_refused", stream=self.name, error=str(error))
                if refusals == REFUSALS:
                    log.error("stream_given_up", stream=self.name)  # noqa: TRY400 - the keys are wrong
                    return
            except (OSError, WebSocketException, *NONSENSE) as error:
                log.warning("stream_lost", stream=self.name, error=repr(error))
            if self._heard.is_set():
                wait, refusals = shortest, 0
                self._hung_up()
            self._heard.clear()
            self._stopped.wait(wait)
            wait = min(wait * 2, longest)

    def _listen(self) -> None:
        with self._connection() as socket:
            if self._stopped.is_set():
                return  # by somebody who found no connection to close
            self._sign_in(socket)
            self._heard.set()
            self._connected()
            for frame in socket:
                self._read(frame)
                if self._stopped.is_set():
                    return

    @contextmanager
    def _connection(self) -> Iterator[ClientConnection]:
        with connect(self._url, open_timeout=self._answer_within, close_timeout=1.0, logger=quiet) as socket:
            self._socket = socket
            yield socket

    def _read(self, frame: str | bytes) -> None:
        """Take in the messages of a frame, each for itself: what is behind a broken one may be a halt, or a fill."""
        try:
            told = json.loads(frame)
        except NONSENSE as error:
            self._passed_over(error)
            return
        for message in told if isinstance(told, list) else (told,):
            try:
                self._take(message)
            except NONSENSE as error:
                self._passed_over(error)

    def _passed_over(self, error: Exception) -> None:
        log.warning("stream_message_not_read", stream=self.name, error=repr(error))
