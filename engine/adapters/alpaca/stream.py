import json
from collections.abc import Callable
from typing import Any

from websockets.sync.client import ClientConnection

from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.listening import KeysRefused, Listening


class TradeUpdates(Listening):
    """Listens to the account's trade updates.

    What happened while there was no connection is never told again: `on_return` is called after each later connection.
    """

    name = "trade_updates"

    def __init__(
        self,
        access: AlpacaAccess,
        *,
        on_update: Callable[[dict[str, Any]], None],
        on_return: Callable[[], None],
        waits: tuple[float, float] = (1.0, 30.0),
    ) -> None:
        super().__init__(access, access.stream, waits=waits)
        self._on_update = on_update
        self._on_return = on_return
        self._is_late = False

    def start(self) -> bool:
        """Begin to listen; returns whether that worked at once, and goes on trying where it did not."""
        self._begin()
        self._is_late = not self._heard.wait(self._answer_within)
        return not self._is_late

    def _connected(self) -> None:
        if self._is_late:
            self._on_return()

    def _hung_up(self) -> None:
        self._is_late = True

    def _sign_in(self, socket: ClientConnection) -> None:
        keys = {"key_id": self._access.key, "secret_key": self._access.secret}
        socket.send(json.dumps({"action": "authenticate", "data": keys}))
        status = json.loads(socket.recv(self._answer_within))["data"]["status"]
        if status != "authorized":
            raise KeysRefused(f"the stream of trade updates says: {status}")
        socket.send(json.dumps({"action": "listen", "data": {"streams": ["trade_updates"]}}))
        while json.loads(socket.recv(self._answer_within)).get("stream") != "listening":
            pass

    def _take(self, told: Any) -> None:
        if told["stream"] == "trade_updates":
            self._on_update(told["data"]["order"])
