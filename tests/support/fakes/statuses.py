from collections.abc import Collection, Mapping
from datetime import datetime

from engine.model.symbol_halt import HaltReason, SymbolHalt, TradingStatus


class FakeStatuses:
    """The port TradingStatuses as a test holds it: what is told stays the last word until the line is cut.

    While it `is_down` no connection comes about.
    """

    def __init__(self) -> None:
        self.asked: frozenset[str] = frozenset()
        self.is_down = False
        self._listens = False
        self._told = dict[str, TradingStatus]()

    @property
    def is_heard(self) -> bool:
        return self._listens and not self.is_down

    def listen(self, symbols: Collection[str]) -> Mapping[str, TradingStatus]:
        self.asked = frozenset(symbols)
        self._listens = True
        return {symbol: status for symbol, status in self._told.items() if symbol in self.asked}

    def stop_listening(self) -> None:
        self.cut()
        self._listens = False

    def halt(self, symbol: str, at: datetime, reason: HaltReason = HaltReason.NEWS, code: str = "T1") -> None:
        halt = SymbolHalt(symbol=symbol, since=at, reason=reason, code=code)
        self._told[symbol] = TradingStatus(at=at, halt=halt)

    def resume(self, symbol: str, at: datetime) -> None:
        self._told[symbol] = TradingStatus(at=at, halt=None)

    def cut(self) -> None:
        """Lose the connection and what it told, and connect again."""
        self._told.clear()
