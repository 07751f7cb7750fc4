import threading
from collections.abc import Sequence

import structlog

from engine.common.universe import Universe
from engine.model.desk import Request
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.settings import WatchlistChanged
from engine.model.runtime_settings import SYMBOL, WATCHLIST, WatchChange, WatchOutcome
from engine.model.trade import ALIVE
from engine.pipeline.bars import Bars
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction

log = structlog.get_logger()


def watched_symbols(reader: Reader, otherwise: Sequence[str]) -> tuple[str, ...]:
    """Return the symbols that the desk chose, and what was configured while it has chosen none."""
    kept = reader.setting(WATCHLIST)
    return tuple(kept.split(",")) if kept else tuple(otherwise)


class Watchlist:
    """Changes what is watched: at once, for good, and with a word to the desk; it adds none beyond `most`.

    A symbol with a trade under way stays: nobody would see a sell signal of it any more.
    """

    def __init__(
        self, *, store: Store, broker: Broker, clock: Clock, universe: Universe, bars: Bars, most: int
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._universe = universe
        self._bars = bars
        self._most = most
        self._changing = threading.Lock()

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols that are watched now."""
        return self._universe.symbols

    def refresh(self) -> None:
        """Watch what another process on this database chose; raises TemporaryError where its bars cannot be read."""
        with self._changing:
            self._follow()

    def add(self, asked: Sequence[str], request: Request) -> WatchChange:
        """Watch more symbols, those that the broker trades.

        Raises TemporaryError, and does nothing, where it cannot tell.
        """
        with self._changing:
            self._follow()
            before = self._universe.symbols
            outcomes, new = dict[str, WatchOutcome](), tuple[str, ...]()
            for symbol in dict.fromkeys(asked):
                outcomes[symbol] = self._fit(symbol, (*before, *new))
                if outcomes[symbol] is WatchOutcome.ADDED:
                    new = (*new, symbol)
            if new:
                history, board = self._bars.windows_of(new), self._bars.read_board(new)
                with self._store.writing() as transaction:
                    self._keep(transaction, (*before, *new), "add", new, request)
                self._universe.change((*before, *new), history)
                cold = self._universe.cold(new) if board is None else board.cold(new)
                outcomes |= dict.fromkeys(cold, WatchOutcome.COLD)
            return WatchChange(symbols=self._universe.symbols, outcomes=tuple(outcomes.items()))

    def remove(self, asked: Sequence[str], request: Request) -> WatchChange:
        """Watch symbols no more, but for those with a trade under way and the last of all."""
        with self._changing:
            self._follow()
            symbols = list(self._universe.symbols)
            outcomes = dict[str, WatchOutcome]()
            with self._store.writing() as transaction:
                taken = {trade.symbol for trade in transaction.trades(ALIVE)}
                for symbol in dict.fromkeys(asked):
                    outcomes[symbol] = _leaving(symbol, symbols, taken)
                    if outcomes[symbol] is WatchOutcome.REMOVED:
                        symbols.remove(symbol)
                gone = tuple(symbol for symbol, outcome in outcomes.items() if outcome is WatchOutcome.REMOVED)
                if gone:
                    self._keep(transaction, symbols, "remove", gone, request)
            if gone:
                self._universe.change(symbols)
            return WatchChange(symbols=self._universe.symbols, outcomes=tuple(outcomes.items()))

    def _follow(self) -> None:
        before = self._universe.symbols
        with self._store.reading() as reader:
            chosen = watched_symbols(reader, before)
        if chosen != before:
            new = tuple(symbol for symbol in chosen if symbol not in before)
            self._universe.change(chosen, self._bars.windows_of(new) if new else None)
            log.info("watchlist_taken_over", count=len(chosen))

    def _fit(self, symbol: str, watched: Sequence[str]) -> WatchOutcome:
        if symbol in watched:
            return WatchOutcome.KNOWN
        if not SYMBOL.fullmatch(symbol):
            return WatchOutcome.UNKNOWN
        if len(watched) >= self._most:  # before the broker is asked: what cannot be added costs no request
            return WatchOutcome.FULL
        if not self._broker.is_tradable(symbol):
            return WatchOutcome.UNKNOWN
        return WatchOutcome.ADDED

    def _keep(
        self, transaction: Transaction, symbols: Sequence[str], verb: str, changed: Sequence[str], request: Request
    ) -> None:
        now = self._clock.now()
        key = f"{NoticeKind.WATCHLIST}:{stamp(now)}"
        transaction.set_setting(WATCHLIST, ",".join(symbols))
        transaction.enqueue_notice(
            WatchlistChanged(key=key, at=now, by=request.by, is_added=verb == "add", symbols=tuple(changed))
        )
        transaction.write_audit(request.entry(now, f"watch {verb}", " ".join(changed), f"{len(symbols)} symbols"))


def _leaving(symbol: str, symbols: Sequence[str], taken: set[str]) -> WatchOutcome:
    if symbol not in symbols:
        return WatchOutcome.ABSENT
    if symbol in taken:
        return WatchOutcome.TAKEN
    return WatchOutcome.LAST if len(symbols) == 1 else WatchOutcome.REMOVED
