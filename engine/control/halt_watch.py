"""Takes in which symbols an exchange halts: nothing is bought in them, exits stay, and the desk is told.

A halt ends with the word that says so. One that the present connection to the stream did not tell of is in doubt, as
after a reconnect or a restart, for its end may have been missed: the market is asked for it, and it is over once the
symbol traded again. Until then it holds, which is the safer of the two. What is not known to be halted is not halted.

While the stream is not heard in regular hours, people are told that they see no halts. Entries go on: each needs a
trade that is no older than the desk allows, and what is halted has none. Nobody else could be asked, as no request to
Alpaca tells of halts.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta

import structlog

from engine.common.service_health import Service, ServiceHealth
from engine.common.symbol_halts import keep_symbol_halts, symbol_halts
from engine.common.universe import Universe
from engine.errors import MarketUnavailable
from engine.model.market import Session
from engine.model.notices.base import stamp
from engine.model.notices.trades import SymbolHaltBegan, SymbolHaltEnded
from engine.model.symbol_halt import SymbolHalt, TradingStatus
from engine.model.trade import TradeState
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.market import Market
from engine.ports.notices import Notices
from engine.ports.store import Store, Transaction
from engine.ports.trading_status import TradingStatuses

log = structlog.get_logger()

LATE_PRINTS = timedelta(minutes=1)
"""For how long trades of before a halt may still be reported with a time after it."""
PAUSE = 15.0
"""Real seconds between two looks whether a symbol in doubt traded again."""
UNHEARD = 60.0
"""Real seconds without a connection to the stream after which people must know, and after which a look is not the next
one any more: another process led meanwhile."""
CONCERNED = frozenset({TradeState.PROPOSED, TradeState.APPROVED, TradeState.SUBMITTED, TradeState.OPEN})
"""States in which a trade's people are told: what is being sold anyway waits at the exchange."""

Halts = Mapping[str, SymbolHalt]


class HaltWatch:
    """Keeps the halts that the stream tells, and tells them to whoever has a trade in the symbol."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        calendar: Calendar,
        services: ServiceHealth,
        market: Market,
        universe: Universe,
        notices: Notices,
        statuses: TradingStatuses,
    ) -> None:
        self._store = store
        self._clock = clock
        self._calendar = calendar
        self._services = services
        self._market = market
        self._universe = universe
        self._notices = notices
        self._statuses = statuses
        self._asked_at: float | None = None
        self._looked_at = self._heard_at = -UNHEARD

    def __call__(self) -> None:
        """Take in what was told since the last look."""
        with self._store.reading() as reader:
            known = symbol_halts(reader)
            minded = {*self._universe.symbols, *(trade.symbol for trade in reader.trades(CONCERNED))}
        heard = self._statuses.listen(minded)
        self._tell_of_stream()
        traded = self._traded_again({symbol: halt for symbol, halt in known.items() if symbol not in heard}, minded)
        if _after(known, heard, traded) == known:
            return
        with self._store.writing() as transaction:
            before = symbol_halts(transaction)
            after = _after(before, heard, traded)
            keep_symbol_halts(transaction, after)
            self._tell(transaction, before, after)
        self._notices.wake()

    def _tell_of_stream(self) -> None:
        """Tell, once, that halts are not heard of any more, and once that they are again."""
        if self._statuses.is_heard is None:
            return
        now, before = self._clock.steady(), self._looked_at
        self._looked_at = now
        if self._statuses.is_heard or now - before > UNHEARD:
            self._heard_at = now
        if self._statuses.is_heard:
            self._services.back(Service.HALTS)
        elif now - self._heard_at > UNHEARD and self._calendar.session(self._clock.now()) is Session.REGULAR:
            self._services.lost(Service.HALTS, MarketUnavailable("no connection to the stream of trading statuses"))

    def _traded_again(self, doubted: Halts, minded: Collection[str]) -> frozenset[str]:
        """Return the symbols in doubt that trade again, and those that nobody minds any more."""
        now = self._clock.steady()
        forgotten = frozenset(doubted.keys() - minded)
        wanted = sorted(doubted.keys() - forgotten)
        if not wanted or (self._asked_at is not None and now - self._asked_at < PAUSE):
            return forgotten
        self._asked_at = now
        try:
            seen = self._market.snapshots(wanted)
        except MarketUnavailable as error:
            log.warning("halts_in_doubt", symbols=len(wanted), error=str(error))
            return forgotten
        return forgotten | {each.symbol for each in seen if each.at > doubted[each.symbol].since + LATE_PRINTS}

    def _tell(self, transaction: Transaction, before: Halts, after: Halts) -> None:
        """Tell every trade that is concerned, once when its symbol is halted and once when it is not any more."""
        now = self._clock.now()
        begun, ended = after.keys() - before.keys(), before.keys() - after.keys()
        for symbol in sorted(begun):
            log.warning("symbol_halted", symbol=symbol, reason=after[symbol].reason.value, code=after[symbol].code)
        for symbol in sorted(ended):
            log.info("symbol_resumed", symbol=symbol)
        for trade in transaction.trades(CONCERNED):
            halt = (after if trade.symbol in begun else before).get(trade.symbol)
            if halt is None or trade.symbol not in begun | ended:
                continue
            told = SymbolHaltBegan if trade.symbol in begun else SymbolHaltEnded
            key = f"{trade.id}:{told.kind}:{stamp(halt.since)}"
            transaction.enqueue_notice(told(key=key, at=now, trade_id=trade.id, halt=halt))


def _after(known: Halts, heard: Mapping[str, TradingStatus], traded: Collection[str]) -> Halts:
    """Return the halts that hold; one that goes on began when it did, whatever else is said of it since."""
    kept = {symbol: halt for symbol, halt in known.items() if symbol not in traded}
    for symbol, status in heard.items():
        if status.halt is None:
            kept.pop(symbol, None)
        elif symbol not in kept:
            kept[symbol] = status.halt
    return kept
