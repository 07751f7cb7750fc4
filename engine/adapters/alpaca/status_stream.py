"""Halts of trading, from Alpaca's stream of market data: its channels `statuses` and `lulds`.

The codes are the tapes': A and B (CTA) say `2` for a halt and `3` for its end, C (UTP) `H` and `P`, and `T`. Quoting
that begins again (`Q`) ends no halt.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

import structlog
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection

from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.listening import KeysRefused, Listening
from engine.adapters.alpaca.orders import instant
from engine.model.symbol_halt import HaltReason, SymbolHalt, TradingStatus

log = structlog.get_logger()

HALTS: Final = frozenset({"2", "H", "P"})
RESUMPTIONS: Final = frozenset({"3", "T"})
REASONS: Final[Mapping[str, HaltReason]] = {
    **dict.fromkeys(("T1", "T2", "T3", "D", "P"), HaltReason.NEWS),
    **dict.fromkeys(("LUDP", "LUDS", "T5", "T7", "M"), HaltReason.VOLATILITY),
    **dict.fromkeys(("MWC0", "MWC1", "MWC2", "MWC3", "1", "2", "3"), HaltReason.MARKET_WIDE),
    **dict.fromkeys(("T6", "T12", "H4", "H9", "H10", "H11", "Y"), HaltReason.REGULATORY),
    **dict.fromkeys(("T8", "O1", "I", "X"), HaltReason.OPERATIONAL),
}
"""What a reason means, by the code of any tape."""
LONG_CODE: Final = 2
"""Characters from which a reason is told apart from a status: some senders put `T1` or `LUDP` in the status' place."""
SUSPENDED, REOPENING = "D", "E"
"""What tape C says of price bands: there are none while trading is halted, and there are new ones as it reopens."""
UTP: Final = frozenset({"C", "O"})
KEYS_ARE_WRONG: Final = frozenset({402, 409})
"""Alpaca's codes for keys that are not good for this stream: no later attempt would be let in."""


class TradingStatusStream(Listening):
    """The port TradingStatuses at Alpaca; `feed` is 'iex' or 'sip'. Nothing is asked before the first `listen`.

    The statuses of all symbols are heard, as few as they are, and the price bands of those that are asked for.
    """

    name = "trading_status"

    def __init__(self, access: AlpacaAccess, *, feed: str = "iex", waits: tuple[float, float] = (1.0, 30.0)) -> None:
        super().__init__(access, access.data_stream(feed), waits=waits)
        self._wanted = frozenset[str]()
        self._asked = frozenset[str]()
        self._last_words = dict[str, TradingStatus]()

    @property
    def is_heard(self) -> bool:
        """Whether the stream is heard now."""
        return self.is_connected

    def listen(self, symbols: Collection[str]) -> Mapping[str, TradingStatus]:
        """Hear of symbols, and return the last word on each that this connection told; empty while there is none."""
        self._wanted = frozenset(symbols)
        if self._thread is None:
            self._stopped.clear()
            self._begin()
        elif self.is_connected and self._asked != self._wanted:
            self._ask_for_others()
        heard = self._last_words.copy()
        return {symbol: heard[symbol] for symbol in self._wanted & heard.keys()} if self.is_connected else {}

    def stop_listening(self) -> None:
        """Hang up; the next `listen` connects again."""
        self.stop()
        self._thread = None

    def _ask_for_others(self) -> None:
        """Ask for the price bands of other symbols than before."""
        before, self._asked = self._asked, self._wanted
        socket = self._socket
        try:
            for action, names in (("unsubscribe", before - self._asked), ("subscribe", self._asked - before)):
                if names and socket:
                    socket.send(json.dumps({"action": action, "lulds": sorted(names)}))
        except (OSError, WebSocketException) as error:
            log.warning("stream_lost", stream=self.name, error=repr(error))  # it connects again, and asks for all

    def _sign_in(self, socket: ClientConnection) -> None:
        self._last_words = {}
        socket.send(json.dumps({"action": "auth", "key": self._access.key, "secret": self._access.secret}))
        self._await(socket, "authenticated")
        socket.send(json.dumps({"action": "subscribe", "statuses": ["*"]}))
        self._await(socket, "subscription")

    def _connected(self) -> None:
        self._asked = frozenset()
        self._ask_for_others()

    def _await(self, socket: ClientConnection, wanted: str) -> None:
        """Wait for a word of the server's; raises KeysRefused, and ConnectionError where another one may let us in."""
        while True:
            for told in json.loads(socket.recv(self._answer_within)):
                if wanted in {told.get("T"), told.get("msg")}:
                    return
                if told.get("T") == "error":
                    words = f"the stream of market data says: {told.get('code')} {told.get('msg')}"
                    raise KeysRefused(words) if told.get("code") in KEYS_ARE_WRONG else ConnectionError(words)

    def _hung_up(self) -> None:
        self._last_words = {}

    def _take(self, told: Any) -> None:
        if told["T"] == "error":
            log.warning("stream_request_refused", stream=self.name, code=told.get("code"), error=told.get("msg"))
        status = status_of(told)
        if status is None:
            return
        known = self._last_words.get(told["S"])
        if known is None or (known.at <= status.at and not _says_less(told, known)):
            self._last_words[told["S"]] = status


def status_of(told: Any) -> TradingStatus | None:
    """Return what a message says of the trading in a symbol, None where it says nothing; raises one of NONSENSE."""
    if told["T"] == "s":
        code, reason = str(told["sc"]).strip(), str(told.get("rc") or "").strip()
        is_reason = len(code) >= LONG_CODE and code in REASONS
        if not is_reason and code not in HALTS | RESUMPTIONS:
            return None
        why = code if is_reason else reason
        is_pause = code == "P" and not reason
        halt = None if code in RESUMPTIONS else _halt(told, HaltReason.VOLATILITY if is_pause else None, why)
        return TradingStatus(at=instant(told["t"]), halt=halt)
    if told["T"] == "l" and told.get("z") in UTP and told.get("i") in {SUSPENDED, REOPENING}:
        halt = _halt(told, HaltReason.OTHER, "") if told["i"] == SUSPENDED else None
        return TradingStatus(at=instant(told["t"]), halt=halt)
    return None


def _halt(told: Any, reason: HaltReason | None, code: str) -> SymbolHalt:
    why = reason or REASONS.get(code, HaltReason.OTHER)
    return SymbolHalt(symbol=str(told["S"]), since=instant(told["t"]), reason=why, code=code[:10])


def _says_less(told: Any, known: TradingStatus) -> bool:
    """Tell whether price bands say that a symbol is halted whose halt is known, with its reason."""
    return told["T"] == "l" and told["i"] == SUSPENDED and known.halt is not None
