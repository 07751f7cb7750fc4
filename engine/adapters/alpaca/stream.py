import json
import logging
import threading
from collections.abc import Callable
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


class TradeUpdates:
    """Listens to the account's trade updates in a thread of its own, and connects again when the line is lost.

    What happened while there was no connection is never told again: `on_return` is called after each later connection.
    An update that cannot be read is passed over, and the ones behind it are still heard. `waits` are the shortest and
    the longest seconds between two attempts.
    """

    def __init__(
        self,
        access: AlpacaAccess,
        *,
        on_update: Callable[[dict[str, Any]], None],
        on_return: Callable[[], None],
        waits: tuple[float, float] = (1.0, 30.0),
    ) -> None:
        self._access = access
        self._on_update = on_update
        self._on_return = on_return
        self._waits = waits
        self._socket: ClientConnection | None = None
        self._stopped = threading.Event()
        self._heard = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_late = False

    @property
    def is_connected(self) -> bool:
        """Whether updates are being heard now."""
        return self._heard.is_set()

    def start(self) -> bool:
        """Begin to listen; returns whether that worked at once, and goes on trying where it did not."""
        self._thread = threading.Thread(target=self._run, name="alpaca-trade-updates", daemon=True)
        self._thread.start()
        self._is_late = not self._heard.wait(sum(self._access.timeouts))
        return not self._is_late

    def stop(self) -> None:
        """Hang up, and wait until the thread is done; harmless before the start."""
        self._stopped.set()
        if self._socket is not None:
            self._socket.close()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        shortest, longest = self._waits
        wait, refusals = shortest, 0
        while not self._stopped.is_set():
            try:
                self._listen()
            except KeysRefused as error:
                refusals += 1
                log.warning("trade_updates_refused", error=str(error))
                if refusals == REFUSALS:
                    log.error("trade_updates_given_up")  # noqa: TRY400 - the keys are wrong, the program is not
                    return
            except (OSError, WebSocketException, *NONSENSE) as error:
                log.warning("trade_updates_lost", error=repr(error))
            if self._heard.is_set():
                wait, refusals, self._is_late = shortest, 0, True
            self._heard.clear()
            self._stopped.wait(wait)
            wait = min(wait * 2, longest)

    def _listen(self) -> None:
        patience = sum(self._access.timeouts)
        with connect(self._access.stream, open_timeout=patience, close_timeout=1.0, logger=quiet) as socket:
            self._socket = socket
            self._sign_in(socket, patience)
            self._heard.set()
            if self._is_late:
                self._on_return()
            for message in socket:
                self._take(message)
                if self._stopped.is_set():
                    return

    def _sign_in(self, socket: ClientConnection, patience: float) -> None:
        keys = {"key_id": self._access.key, "secret_key": self._access.secret}
        socket.send(json.dumps({"action": "authenticate", "data": keys}))
        status = json.loads(socket.recv(patience))["data"]["status"]
        if status != "authorized":
            raise KeysRefused(f"the stream of trade updates says: {status}")
        socket.send(json.dumps({"action": "listen", "data": {"streams": ["trade_updates"]}}))
        while json.loads(socket.recv(patience)).get("stream") != "listening":
            pass

    def _take(self, message: str | bytes) -> None:
        try:
            update = json.loads(message)
            if update["stream"] == "trade_updates":
                self._on_update(update["data"]["order"])
        except NONSENSE as error:
            log.warning("trade_update_not_read", error=repr(error))
