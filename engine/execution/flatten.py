"""Sells everything, and looks again and again until the broker shows nothing open.

What our trades hold is sold through their own exits, so that each trade ends as it should. What is left then, and was
never ours or is refused, the broker's own order for everything sells. A restart goes on where the life before ended.
"""

import threading
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from engine.common.order_ids import trade_id_of
from engine.common.retry_each import Turns
from engine.errors import AlreadyDecided, Fenced, RequestRefused
from engine.execution.close_trades import CloseTrades
from engine.execution.exit_gate import ExitGate, at_last
from engine.execution.foreign_stops import note_ends
from engine.model.account import CloseFailure, Position
from engine.model.desk import FLATTENING, OWN_ACCORD
from engine.model.market import Session
from engine.model.notices.base import AFTER_OURS, NO_REASON, NoticeKind
from engine.model.notices.desk import DeskFlat, FlattenStuck, FlattenWaits
from engine.model.signal import Side
from engine.model.trade import AT_THE_BROKER, ExitReason, Order, OrderRole, Trade, TradeState
from engine.ports.broker import POSITIONS_LAG, Broker
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store

log = structlog.get_logger()


class Flatten:
    """Carries out /halt flatten."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        calendar: Calendar,
        exits: ExitGate,
        close_trades: CloseTrades,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._calendar = calendar
        self._exits = exits
        self._close_trades = close_trades
        # One look at a time: two would sell twice what is not ours.
        self._looking = threading.Lock()
        self._seen = ""
        # Since when each symbol is held though the broker was asked to sell it, or waits for sales of ours.
        self._asked: dict[str, datetime] = {}
        self._behind: dict[str, datetime] = {}

    def __call__(self) -> None:
        """Sell what is still held, and tell once nothing is; raises TradeFault at the end, and BrokerUnavailable.

        What a trade holds that cannot be handled, the broker's own order for everything sells.
        """
        with self._looking:
            since = self._since()
            if not since:
                return
            turns = Turns()
            stuck = self._sell_ours(since, turns)
            turns.end_if_lost()
            faulted = {trade.symbol for trade in self._ours() if trade.id in turns.faulted}
            positions, orders = self._shown()
            unsold = _unsold(positions, orders)
            self._forget_but(since, unsold)
            if not positions and not orders:
                self._end(since)
            elif self._since() == since:  # else the desk trades again anyway
                left, behind = {*stuck, *faulted}, set[str]()
                if _is_left(positions, orders, self._waiting(left)):
                    refused = at_last(partial(self._close_all, since, left))
                    stuck |= {item.what: item.reason for item in refused}
                    # Those of before it was asked again: what it was asked for before, it took and then rejected.
                    stuck |= dict.fromkeys(self._lasting(self._asked, unsold - stuck.keys()), NO_REASON)
                elif self._calendar.session(self._clock.now()) is Session.REGULAR:
                    # The exchange may halt what a trade sells for days, and what is not ours waits for that.
                    behind = unsold - {trade.symbol for trade in self._ours()}
                stuck |= dict.fromkeys(self._lasting(self._behind, behind), AFTER_OURS)
                self._tell_stuck(since, [CloseFailure(what=what, reason=reason) for what, reason in stuck.items()])
                self._tell_wait(since)
            turns.end()

    def _close_all(self, since: str, stuck: Collection[str]) -> tuple[CloseFailure, ...]:
        """Let the broker sell what is left; return what it refuses.

        Another process may have done so since the first look: so it is looked at again, while none can.
        """

        def look(reader: Reader) -> None:
            if reader.setting(FLATTENING) != since:
                raise Fenced("the desk trades again anyway")

        with self._exits.open(look) as last_look:
            positions, orders = self._shown()
            if not _is_left(positions, orders, self._waiting(stuck)):
                return ()
            note_ends(self._store, orders, self._clock.now())
            refused = self._broker.close_all(last_look)
        log.warning("closing_everything", positions=len(positions), refused=len(refused))
        return refused

    def _forget_but(self, since: str, unsold: Collection[str]) -> None:
        """Keep what is known of some symbols, as long as it is one flatten."""
        if since != self._seen:
            self._seen, self._asked, self._behind = since, {}, {}
        self._asked = {symbol: at for symbol, at in self._asked.items() if symbol in unsold}

    def _lasting(self, known: dict[str, datetime], symbols: Collection[str]) -> list[str]:
        """Return the symbols that are among these for longer than the account may lag; `known` keeps since when."""
        now = self._clock.now()
        since = {symbol: known.get(symbol, now) for symbol in sorted(symbols)}
        known.clear()
        known.update(since)
        return [symbol for symbol, at in since.items() if now - at >= POSITIONS_LAG * self._clock.speed]

    def _shown(self) -> tuple[Sequence[Position], Sequence[Order]]:
        return self._broker.positions(), _live(self._broker.orders())

    def _waiting(self, stuck: Collection[str]) -> Collection[str]:
        """Return the ids of the trades that sell what they hold themselves."""
        return {trade.id for trade in self._ours() if trade.symbol not in stuck}

    def _since(self) -> str:
        with self._store.reading() as reader:
            return reader.setting(FLATTENING) or ""

    def _ours(self) -> tuple[Trade, ...]:
        with self._store.reading() as reader:
            return reader.trades(AT_THE_BROKER)

    def _sell_ours(self, since: str, turns: Turns) -> dict[str, str]:
        """Sell what our trades hold, while that is wanted; return by symbol why the broker refuses it."""
        refused = dict[str, str]()
        ours = {trade.id: trade for trade in self._ours()}

        def sell(trade_id: str) -> None:
            trade = ours[trade_id]
            if self._since() != since:
                return
            try:
                if trade.state is TradeState.OPEN:
                    self._close_trades.close(trade.id, OWN_ACCORD, ExitReason.DESK)
                elif trade.state is TradeState.CLOSING:
                    self._close_trades.sell(trade)
            except AlreadyDecided:
                pass  # it went its own way meanwhile
            except RequestRefused as error:
                log.warning("not_closed", trade_id=trade.id, why=str(error))
                refused[trade.symbol] = str(error.facts.get("reason", error))

        turns.give(ours, sell)
        return refused

    def _tell_stuck(self, since: str, items: Sequence[CloseFailure]) -> None:
        """Tell each item that could not be closed, once; it is tried again with the next look."""
        now = self._clock.now()
        for item in items:
            key, outcome = f"{NoticeKind.FLATTEN_STUCK}:{since}:{item.what}", "refused"
            if item.reason == AFTER_OURS:
                key, outcome = f"{key}:{AFTER_OURS}", "waits"
            with self._store.writing() as transaction:
                if transaction.enqueue_notice(FlattenStuck(key=key, at=now, what=item.what, trouble=item.reason)):
                    transaction.write_audit(OWN_ACCORD.entry(now, "flatten", item.what, outcome, item.reason))

    def _tell_wait(self, since: str) -> None:
        """Tell once that what is sold outside regular hours waits for the open."""
        now = self._clock.now()
        if self._calendar.session(now) is Session.REGULAR:
            return
        key, opens_at = f"{NoticeKind.FLATTEN_WAITS}:{since}", self._calendar.next_open(now)
        with self._store.writing() as transaction:
            transaction.enqueue_notice(FlattenWaits(key=key, at=now, opens_at=opens_at))

    def _end(self, since: str) -> None:
        now = self._clock.now()
        with self._store.writing() as transaction:
            if transaction.setting(FLATTENING) != since:
                return
            transaction.set_setting(FLATTENING, "")
            transaction.enqueue_notice(DeskFlat(key=f"{NoticeKind.FLAT}:{since}", at=now))
            transaction.write_audit(OWN_ACCORD.entry(now, "flatten", outcome="flat"))
        log.info("flat")


def _live(orders: Sequence[Order]) -> tuple[Order, ...]:
    """Return every order and leg that is not over, each under the id of what was sent."""
    parts = ((order, part) for order in orders for part in order.parts)
    return tuple(
        replace(part, client_order_id=order.client_order_id) for order, part in parts if not part.state.is_over
    )


def _is_left(positions: Sequence[Position], orders: Sequence[Order], waiting: Collection[str]) -> bool:
    """Tell whether something is left for the broker's own order for everything.

    Not while an order of a trade that is waited for is alive: it would be cancelled, and the trade end without a sale.
    After that, a position that nothing under way closes is left, and so is an order that closes none.
    """
    if any(trade_id_of(order.client_order_id) in waiting for order in orders):
        return False
    return bool(_unsold(positions, orders)) or len(_closing(positions, orders)) < len(orders)


def _closing(positions: Sequence[Position], orders: Sequence[Order]) -> Sequence[Order]:
    """Return the orders that close what is held: every sale, and of what is held short each purchase at the market."""
    short = {held.symbol for held in positions if held.is_short}
    return [
        order
        for order in orders
        if order.role is OrderRole.EXIT or (order.side is Side.BUY and order.price is None and order.symbol in short)
    ]


def _unsold(positions: Sequence[Position], orders: Sequence[Order]) -> set[str]:
    """Return the symbols that are held and that no order closes."""
    return {held.symbol for held in positions} - {order.symbol for order in _closing(positions, orders)}
