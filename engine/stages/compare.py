"""What the broker holds beside what our trades say: shares that somebody sold by hand, and shares that were never ours.

Orders and positions are read one after the other, so a difference counts only when a later look finds the same.
"""

import json
import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from engine.model.desk import ENGINE, OWN_ACCORD, DeskState
from engine.model.notice import Notice, NoticeKind, stamp
from engine.model.portfolio import Position
from engine.model.trade import Order, OrderRole, Trade, TradeState
from engine.ports import Broker, Clock
from engine.stages.orders import ask, by_hand, settled, unheard
from engine.stages.reconcile import AT_THE_BROKER, Reconcile
from engine.truth import Book, Ledger, Store

log = structlog.get_logger()

MOMENT = timedelta(seconds=2)
"""Real time after which a difference is no fill on its way."""
FOREIGN = "foreign_positions"
"""The setting that has the shares that were never ours as they were told, by symbol."""
DISPUTED = "disputed_positions"
"""The setting that has the symbols of trades whose orders the broker no longer knows."""


class Compare:
    """Holds positions against trades; runs after the orders, and soon again where something differed."""

    def __init__(self, *, store: Store, broker: Broker, clock: Clock, reconcile: Reconcile) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._reconcile = reconcile
        self._seen: dict[str, tuple[int, datetime]] = {}
        self._prices: dict[str, Decimal] = {}
        self._due: datetime | None = None
        self._looking = threading.Lock()

    def is_due(self) -> bool:
        """Tell, once, that a difference is to have its second look; if that fails, the next look is the minute's."""
        due = self._due
        if due is None or self._clock.now() < due:
            return False
        self._due = None
        return True

    def __call__(self) -> str:
        """Compare, say what differs, and let the trades follow; raises BrokerUnavailable.

        Returns the symbols about which broker and books contradict each other, '' where there are none.
        """
        with self._looking:
            now = self._clock.now()
            positions = {position.symbol: position for position in self._broker.positions()}
            with self._store.reading() as ledger:
                trades = ledger.trades(AT_THE_BROKER)
            self._note_prices(positions, trades)
            beyond = _beyond(positions, trades)
            lasting = self._lasting(beyond, now)
            self._tell_foreign(beyond, lasting, now)
            return self._disputed(beyond, lasting, positions)

    def _note_prices(self, positions: Mapping[str, Position], trades: Sequence[Trade]) -> None:
        """Remember the last price of what our trades hold: a position that is gone has none any more."""
        ours = {trade.symbol for trade in trades}
        seen = self._prices | {symbol: position.price for symbol, position in positions.items()}
        self._prices = {symbol: price for symbol, price in seen.items() if symbol in ours}

    def _lasting(self, beyond: Mapping[str, int], now: datetime) -> dict[str, int]:
        """Return the differences that were the same a moment ago; the others are to be looked at again."""
        before = self._seen
        self._seen = {
            # A clock that was set back must not make a difference younger than this look.
            symbol: (shares, min(before[symbol][1], now))
            if before.get(symbol, (0, now))[0] == shares
            else (shares, now)
            for symbol, shares in beyond.items()
        }
        moment = MOMENT * self._clock.speed
        self._due = min((since + moment for _, since in self._seen.values() if since + moment > now), default=None)
        return {symbol: shares for symbol, (shares, since) in self._seen.items() if since + moment <= now}

    def _disputed(
        self, beyond: Mapping[str, int], lasting: Mapping[str, int], positions: Mapping[str, Position]
    ) -> str:
        """Book what is missing, and return the symbols for which that would be wrong."""
        with self._store.reading() as ledger:
            before = ledger.setting(DISPUTED) or ""
        waiting = {symbol for symbol in before.split(", ") if beyond.get(symbol, 0) < 0 and symbol not in lasting}
        missing = {symbol for symbol, shares in lasting.items() if shares < 0}
        over = self._settled(missing)
        refused = {symbol for symbol in missing if not self._take(symbol, positions, over)}
        disputed = ", ".join(sorted(waiting | refused))
        if disputed != before:
            with self._store.writing() as book:
                book.set_setting(DISPUTED, disputed)
        return disputed

    def _settled(self, symbols: Collection[str]) -> Mapping[str, Order]:
        """Look for what is over of all trades in some symbols."""
        if not symbols:
            return {}
        with self._store.reading() as ledger:
            trades = [trade for trade in ledger.trades(AT_THE_BROKER) if trade.symbol in symbols]
            known = ledger.orders_of([trade.id for trade in trades])
        return settled(self._broker, known)

    def _take(self, symbol: str, positions: Mapping[str, Position], over: Mapping[str, Order]) -> bool:
        """Book shares of our trades that are gone as sold by hand; False where the broker knows nothing of the trade.

        What still waits to sell them is cancelled; the rest gets a new stop.
        """
        self._hear(symbol)
        with self._store.reading() as ledger:
            trades = [trade for trade in ledger.trades(AT_THE_BROKER, symbol=symbol) if trade.held_shares]
            known = ledger.orders_of([trade.id for trade in trades])
        orders = {trade.id: ask(self._broker, trade.id, known[trade.id], over) for trade in trades}
        # Another account, or one that was reset, does not have the entry that it once had.
        strange = (not orders[key].entry and any(_is_entry(order) for order in kept) for key, kept in known.items())
        if any(strange) and not self._is_believed():
            return False
        for trade in trades:
            held = positions[symbol].shares if symbol in positions else 0
            with self._store.reading() as ledger:
                is_gone = _gone(ledger, ledger.trade(trade.id), held) > 0
            if is_gone:
                # First, for it may fail: once the sale is booked nobody would look for exits that sell too much.
                self._reconcile.end_exits(orders[trade.id])
                self._book(trade.id, held)
                self._reconcile.trade(trade.id, over)
        return True

    def _hear(self, symbol: str) -> None:
        """Let our trades follow orders of ours of which we never heard: what these sold was not sold by hand."""
        with self._store.reading() as ledger:
            known = ledger.orders_of([trade.id for trade in ledger.trades(AT_THE_BROKER, symbol=symbol)])
        for trade_id, orders in known.items():
            sent = unheard(self._broker, trade_id, orders)
            if sent:
                with self._store.writing() as book:
                    for order in sent:
                        book.keep_order(trade_id, order)
                self._reconcile.trade(trade_id)

    def _book(self, trade_id: str, held: int) -> None:
        now = self._clock.now()
        with self._store.writing() as book:
            trade, known = book.trade(trade_id), book.orders(trade_id)
            gone = _gone(book, trade, held)
            if trade is None or gone <= 0:
                return
            # Where no price is known a loss is the safer guess: the rules about losses must not miss one.
            order = by_hand(trade, gone, self._prices.get(trade.symbol, trade.stop), known, now)
            book.keep_order(trade.id, order)
            _tell_gone(book, trade, gone, order.client_order_id, now)
        log.warning("sold_by_hand", trade_id=trade_id, shares=gone)

    def _is_believed(self) -> bool:
        """Tell whether somebody resumed trading after the dispute was told: then the account is the right one."""
        with self._store.reading() as ledger:
            desk = ledger.desk()
            return bool(ledger.setting(DISPUTED)) and desk.state is DeskState.ACTIVE and desk.by != ENGINE

    def _tell_foreign(self, beyond: Mapping[str, int], lasting: Mapping[str, int], now: datetime) -> None:
        """Tell once what is held beyond our trades, and again when it changes, or is gone."""
        with self._store.reading() as ledger:
            before = told_foreign(ledger)
            ours = {trade.symbol for trade in ledger.trades(AT_THE_BROKER)}
        still = {symbol: shares for symbol, shares in before.items() if beyond.get(symbol)}
        foreign = still | {symbol: n for symbol, n in lasting.items() if n > 0 or symbol not in ours}
        if foreign == before:
            return
        with self._store.writing() as book:
            book.set_setting(FOREIGN, json.dumps(foreign, sort_keys=True))
            # Beside a trade of ours it may only be out of sight, while shares are on their way.
            gone = dict.fromkeys(before.keys() - foreign.keys() - ours, 0)
            for symbol, shares in (foreign | gone).items():
                if before.get(symbol) != shares:
                    kind, key = NoticeKind.FOREIGN, f"{NoticeKind.FOREIGN}:{symbol}:{stamp(now)}"
                    book.tell(Notice(key=key, kind=kind, at=now, subject=symbol, detail=str(shares)))
                    book.record(OWN_ACCORD.entry(now, "foreign position", symbol, f"{shares} shares"))


def _beyond(positions: Mapping[str, Position], trades: Sequence[Trade]) -> dict[str, int]:
    """Return how many shares more (less, below 0) are held of each symbol than by our trades, where that differs.

    A symbol whose entry is on its way is left out: its shares may come in any moment.
    """
    ours = Counter[str]()
    for trade in trades:
        ours[trade.symbol] += trade.held_shares
    coming = {trade.symbol for trade in trades if trade.state is TradeState.SUBMITTED}
    held = {symbol: position.shares for symbol, position in positions.items()}
    differences = {symbol: held.get(symbol, 0) - ours[symbol] for symbol in held.keys() | ours.keys()}
    return {symbol: shares for symbol, shares in differences.items() if shares and symbol not in coming}


def _gone(ledger: Ledger, trade: Trade | None, held: int) -> int:
    """Return how many shares of a trade are not among those held of its symbol; 0 or less where none is missing."""
    if trade is None or trade.state not in AT_THE_BROKER:
        return 0
    ours = sum(other.held_shares for other in ledger.trades(AT_THE_BROKER, symbol=trade.symbol))
    return min(ours - max(0, held), trade.held_shares)


def _is_entry(order: Order) -> bool:
    return order.role is OrderRole.ENTRY


def told_foreign(ledger: Ledger) -> dict[str, int]:
    """Return the shares that were never ours as they were told, by symbol; those sold short are below 0."""
    told: dict[str, int] = json.loads(ledger.setting(FOREIGN) or "{}")
    return told


def _tell_gone(book: Book, trade: Trade, shares: int, key: str, now: datetime) -> None:
    notice = Notice(key=key, kind=NoticeKind.SOLD_BY_HAND, at=now, trade_id=trade.id, detail=str(shares))
    book.tell(notice)
    book.record(OWN_ACCORD.entry(now, "sold by hand", trade.id, f"{shares} shares"))
