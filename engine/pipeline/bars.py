"""First stage of a decision: the bars that closed are read from the market and taken onto the board.

The market's own bars are read, never made of what was seen. The last ones are read again with each new one, and where
they changed since, the board is put right. With the first bar of a session the one before is read again: a symbol that
has other bars in it than before (a split, a late correction) is read anew, back to the start of its window. A symbol
with a corporate action of today is read anew with each bar, and one that came to the others since the last bar once.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog

from engine.common.service_health import BARS, Service, ServiceHealth
from engine.common.universe import Universe
from engine.model.market import BarFlaw, BarHistory, exchange_date
from engine.ports.clock import Clock
from engine.ports.market import Market
from engine.ports.store import Store
from engine.signals.board import Board, in_slots
from engine.signals.sift import sifted
from engine.signals.slots import SESSIONS, Slots, instant

log = structlog.get_logger()

READ_AGAIN = 3
"""Bars up to the last one that are read again with a new one, for what late trades changed in them."""
AT_ONCE = 500
"""Symbols whose whole window is read at once; the memory that it takes while it is read grows with them."""


class Bars:
    """Keeps the board up to date with the bars that closed at least `delay` ago.

    `flaws` counts the bars that were refused, repaired or corrected since the start.
    """

    def __init__(
        self,
        *,
        market: Market,
        universe: Universe,
        store: Store,
        slots: Slots,
        clock: Clock,
        services: ServiceHealth,
        delay: timedelta,
    ) -> None:
        self._market = market
        self._universe = universe
        self._store = store
        self._slots = slots
        self._clock = clock
        self._services = services
        self._delay = delay
        self.flaws: Counter[BarFlaw] = Counter()
        self._doubted: set[str] = set()

    def windows_of(self, symbols: Sequence[str]) -> BarHistory | None:
        """Read all that the scores of symbols that come to the others will stand on; raises MarketUnavailable.

        None before the first bars: then they are read with these.
        """
        with self._universe.lock:
            starts = self._universe.board.starts
        return self._read(symbols, instant(int(starts[0])), int(starts[-1])) if len(starts) else None

    def lately(self, symbols: Sequence[str]) -> BarHistory | None:
        """Read the closed bars of this session and the one before, with a place for every slot, watched or not.

        None before the first bar. Raises MarketUnavailable.
        """
        due = self._due()
        if due is None:
            return None
        since = self._slots.opened(due, 1)
        history = self._read(symbols, since, due)
        starts = self._slots.between(since, instant(due + self._slots.bar_seconds))
        return BarHistory.of(history.symbols, starts, in_slots(starts, history.starts, history.stacked))

    def read_board(self, symbols: Sequence[str]) -> Board | None:
        """Return a board of some symbols after the newest bar, None where the one that is kept is up to date.

        Only the process that leads keeps it so; every process answers people. Raises MarketUnavailable.
        """
        due = self._due()
        with self._universe.lock:
            kept = self._universe.board
        return None if due is None or kept.last == due else self._whole(symbols, due)

    def warm_up(self) -> None:
        """Read all that scores stand on, unless the board has it already; raises MarketUnavailable."""
        due, last = self._due(), self._universe.board.last
        if due is not None and (last is None or not self._follows(last, due)):
            self._begin(due)

    def doubt(self, symbol: str) -> None:
        """Read a symbol anew with the next bar: its score did not come out again from its own bars."""
        self.flaws[BarFlaw.UNREPEATABLE] += 1
        self._doubted.add(symbol)

    def __call__(self) -> datetime | None:
        """Take in the bars that closed; return the start of the newest until the next one closes, None otherwise.

        Raises MarketUnavailable.
        """
        due, last = self._due(), self._universe.board.last
        if due is None:
            return None
        if last is None or not self._follows(last, due):
            self._begin(due)
        elif due != last:
            self._move_on(last, due)
        over = instant(due + self._slots.bar_seconds)
        stands = self._clock.now() < over + timedelta(seconds=self._slots.bar_seconds)
        return instant(due) if stands and self._universe.board.last == due else None

    def _due(self) -> int | None:
        """Return the start of the newest bar that has been over for long enough."""
        return self._slots.last(self._clock.now() - self._delay)

    def _follows(self, last: int, due: int) -> bool:
        """Tell whether the board's last bar is of the session of the bar that is due, or of the one before."""
        return self._slots.opened(due, 1).timestamp() <= last <= due

    def _begin(self, due: int) -> None:
        """Read all that scores stand on after a bar, chunk by chunk, and put it in the place of what there was."""
        before = self._universe.board
        board = self._whole(before.symbols, due)
        self._services.back(Service.MARKET, BARS)
        with self._universe.lock:
            if self._universe.board is before:  # one that took its place meanwhile has its turn with the next
                self._universe.board, self._universe.joined = board, frozenset()
                self._universe.read_anew.update(board.symbols)

    def _whole(self, symbols: Sequence[str], due: int) -> Board:
        """Read a board of symbols with all that scores stand on after a bar."""
        board = Board(symbols, bar_seconds=self._slots.bar_seconds, rules=self._universe.board.rules)
        since = self._slots.opened(due, SESSIONS)
        board.begin(self._slots.between(since, instant(due + self._slots.bar_seconds)))
        for first in range(0, len(board.symbols), AT_ONCE):
            board.fill(self._read(board.symbols[first : first + AT_ONCE], since, due))
        return board

    def _move_on(self, last: int, due: int) -> None:
        """Take in what closed after the last bar, and read anew what does not go with what is there."""
        opened = self._slots.opened(due)
        with self._universe.lock:
            symbols, joined = self._universe.symbols, self._universe.joined
        if last < opened.timestamp():
            history = self._read(symbols, self._slots.opened(due, 1), due)
            with self._universe.lock:
                anew = {*self._universe.board.differing(history)}
        else:
            since = instant(last - (READ_AGAIN - 1) * self._slots.bar_seconds)
            history, anew = self._read(symbols, max(opened, since), due), set[str]()
        anew |= self._suspects(symbols) | joined
        if anew:
            log.info("bars_read_anew", symbols=" ".join(sorted(anew)))
        if len(anew) > AT_ONCE:
            self._begin(due)
            return
        windows = self._read(sorted(anew), self._slots.opened(due, SESSIONS), due) if anew else None
        self._services.back(Service.MARKET, BARS)
        with self._universe.lock:
            board = self._universe.board  # which may know other symbols by now
            self.flaws[BarFlaw.CORRECTED] += board.take(history)
            if windows:
                board.fill(windows)
                self._doubted -= anew
                self._universe.read_anew.update(anew)
            self._universe.joined -= joined

    def _suspects(self, symbols: Collection[str]) -> set[str]:
        """Return the symbols whose bars on the board may not be those of the market any more."""
        return self.changed_today(symbols) | ({*symbols} & self._doubted)

    def changed_today(self, symbols: Collection[str]) -> set[str]:
        """Return those of some symbols whose company changes their shares, or their name, today."""
        today = exchange_date(self._clock.now())
        with self._store.reading() as reader:
            actions = [action for action, _ in reader.corporate_actions(today, today)]
        return {*symbols} & {name for action in actions for name in (action.symbol, action.new_symbol)}

    def _read(self, symbols: Collection[str], since: datetime, until: int) -> BarHistory:
        history, flaws = sifted(self._market.bars(tuple(symbols), since).until(until))
        self.flaws.update(flaws)
        return history
