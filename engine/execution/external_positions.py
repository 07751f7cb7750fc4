"""Positions that were never ours: where the desk wants it, each has a stop under the last price."""

import itertools
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog

from engine.common.duty_calls import DutyCalls
from engine.common.order_ids import trade_id_of
from engine.common.retry_each import for_each
from engine.common.share_counts import told_foreign
from engine.common.trading_hours import TradingHours
from engine.errors import Fenced, OrderRefused
from engine.execution.due_actions import begin, changed_lately, exchanges_due
from engine.execution.end_orders import EndOrders
from engine.execution.exit_gate import ExitGate
from engine.execution.external_holdings import was_exchanged
from engine.execution.foreign_stops import end_stops, is_stop_of_foreign, live_parts, sent_on, stop_id, was_ended
from engine.execution.rejected_orders import trouble_of
from engine.model.account import Position
from engine.model.desk import FLATTENING, OWN_ACCORD
from engine.model.duty import CallKind
from engine.model.market import exchange_date
from engine.model.notices.account import ForeignProtected, ForeignUnprotected
from engine.model.notices.base import AWAITS_ACTION
from engine.model.signal import ADOPTED, Side
from engine.model.trade import AT_THE_BROKER, Order, OrderState, Trade
from engine.ports.broker import POSITIONS_LAG, Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store
from engine.risk.limits import LimitsInForce
from engine.risk.sizing import stop_for

log = structlog.get_logger()

Bare = dict[tuple[str, int, int], datetime]
"""Since when nothing sells some of a symbol's shares: the symbol, its shares that are not ours, and those of them."""
ENDED_BY_THE_BROKER = frozenset({OrderState.REJECTED, OrderState.EXPIRED})
"""States in which a stop is over by nobody's hand: the answer to a request promises nothing yet."""
SETTLED_AFTER = timedelta(minutes=15)
"""Regular trading after which the account's price is one of the shares that a company changed on that day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """What a look at all symbols goes by: the last days on which companies changed some, and those of our trades."""

    now: datetime
    sends: bool
    before: Bare
    changed: Mapping[str, date]
    ours: frozenset[str]


class ExternalPositions:
    """Sends those stops, in regular hours; whoever cancels one by hand is not overruled on that day.

    What already sells such shares, a limit of somebody's hand too, counts as their protection: the broker would take no
    stop beside it. Once it has sold them, the account may show them for a moment longer: a stop sent then would sell
    them a second time, so it is sent only for shares that lacked one for longer than that.

    On the day on which a company changes the shares, or their worth, a stop of before ends ahead of the open.
    """

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        hours: TradingHours,
        limits: LimitsInForce,
        exits: ExitGate,
        end_orders: EndOrders,
        calls: DutyCalls,
        wanted: bool,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._hours = hours
        self._limits = limits
        self._exits = exits
        self._end_orders = end_orders
        self._calls = calls
        self._wanted = wanted
        # One look at a time: two that found no stop would send two.
        self._looking = threading.Lock()
        self._bare: Bare = {}

    def __call__(self) -> None:
        """Send what stops are missing, and end those whose shares are gone; raises TradeFault and TemporaryError.

        Where none are wanted, those end that an earlier life left on shares that a trade was made of.
        """
        now = self._clock.now()
        sends = self._wanted and self._hours.is_regular(now)
        with self._looking:
            with self._store.reading() as reader:
                foreign, is_flattening = told_foreign(reader), bool(reader.setting(FLATTENING))
                trades, changed = reader.trades(AT_THE_BROKER), changed_lately(reader, exchange_date(now))
            is_changed = not foreign.keys().isdisjoint(changed)
            if is_flattening or not (sends or is_changed or any(trade.signal.scorer == ADOPTED for trade in trades)):
                self._bare.clear()
                return  # a stop would hold what is being sold
            selling = _selling(self._broker.orders(), {trade.id for trade in trades})
            positions = self._broker.positions() if foreign or selling else ()
            free = _free(positions, trades)

            ours = frozenset(trade.symbol for trade in trades)
            look = _Look(now=now, sends=sends, before=self._bare, changed=changed, ours=ours)
            self._bare = {}

            def see_to(symbol: str) -> None:
                self._see_to(symbol, foreign.get(symbol, 0), free.get(symbol), selling.get(symbol, ()), look)

            for_each(sorted(foreign.keys() | selling.keys()), see_to)

    def _see_to(self, symbol: str, shares: int, free: Position | None, selling: Sequence[Order], look: _Look) -> None:
        """Look after one symbol: `shares` are not ours as was told, `free` are so by the broker's word now.

        The two differ for a while after each fill. A stop ends only where both say so, or where it is older than what a
        company did, and is sent only where both do, and where the look before found the same shares bare.
        """
        now, stops = look.now, [order for order in selling if is_stop_of_foreign(order)]
        old = [stop for stop in stops if sent_on(stop) < look.changed.get(symbol, date.min)]
        if old or sum(map(to_sell, stops)) > max(shares, free.shares if free else 0):
            # What is left gets a stop of its own with a later look.
            end_stops(self._store, self._end_orders, old or stops, now)
            return
        for stop in stops:
            self._enqueue(stop, now)  # an answer that was lost, or a death, kept us from it
        bare = shares - sum(map(to_sell, selling))
        if not (look.sends and bare > 0 and free and free.shares >= shares and self._shows_in_the_price(symbol, look)):
            return
        key = stop_id(symbol, exchange_date(now), shares)
        if self._awaits_exchange(symbol, look):
            self._tell_unprotected(key, symbol, AWAITS_ACTION, now)
            return
        since = look.before.get((symbol, shares, bare), now)
        if now - since < POSITIONS_LAG * self._clock.speed:
            self._bare[symbol, shares, bare] = since
        else:
            self._send(key, free, bare, now)

    def _shows_in_the_price(self, symbol: str, look: _Look) -> bool:
        """Tell whether what a company did to a symbol is in its price by now: a stop at that of before would sell."""
        is_today = look.changed.get(symbol) == exchange_date(look.now)
        return not is_today or self._hours.is_regular(look.now - SETTLED_AFTER)

    def _awaits_exchange(self, symbol: str, look: _Look) -> bool:
        """Tell whether an exchange of shares is due that the account does not show, or our trades do not follow yet.

        A stop for as many shares as before may be for ten times those that there are.
        """
        with self._store.reading() as reader:
            due = [action for action in exchanges_due(reader, exchange_date(look.now)) if action.symbol == symbol]
            is_shown = all(was_exchanged(reader, symbol, action.ratio, begin(action)) for action in due)
        return bool(due) and (not is_shown or symbol in look.ours)

    def _send(self, first: str, position: Position, bare: int, now: datetime) -> None:
        """Send a stop; not where one like it was cancelled by hand today, or rejected: that is told, and enough."""
        key, sent = first, self._broker.order(first)
        for number in itertools.count(2):
            if sent is None or not self._is_done_with(sent):
                break
            key = f"{first}-{number}"
            sent = self._broker.order(key)
        if sent:
            if sent.state in ENDED_BY_THE_BROKER:
                self._tell_unprotected(key, position.symbol, trouble_of(sent), now)
            return
        stop = stop_for(position.price, self._limits.now)
        try:
            # At the last moment: another process may have been told meanwhile to sell everything.
            with self._exits.open(_refuse_while_flattening) as last_look:
                sent = self._broker.protect(key, position.symbol, bare, stop, last_look=last_look)
        except Fenced as error:
            log.warning("order_held_back", trade_id=key, error=str(error))
        except OrderRefused as error:
            self._tell_unprotected(key, position.symbol, str(error.facts["reason"]), now)
        else:
            self._enqueue(sent, now)

    def _is_done_with(self, stop: Order) -> bool:
        """Tell whether a stop of today says nothing of shares that have none: it sold its own, or was not wanted."""
        with self._store.reading() as reader:
            has_sold = any(part.state is OrderState.FILLED for part in stop.parts)
            return has_sold or (not live_parts(stop) and was_ended(reader, stop))

    def _enqueue(self, stop: Order, now: datetime) -> None:
        key, what = stop.client_order_id, f"{stop.shares} @ {stop.price}"
        with self._store.reading() as reader:
            if reader.was_enqueued(key):
                return
        with self._store.writing() as transaction:
            notice = ForeignProtected(key=key, at=now, symbol=stop.symbol, shares=stop.shares, stop=stop.price)
            if transaction.enqueue_notice(notice):
                transaction.write_audit(OWN_ACCORD.entry(now, "protect foreign", stop.symbol, what))
        log.info("foreign_protected", symbol=stop.symbol, shares=stop.shares, stop=str(stop.price))

    def _tell_unprotected(self, key: str, symbol: str, why: str, now: datetime) -> None:
        outcome = "waits" if why == AWAITS_ACTION else "refused"
        with self._store.writing() as transaction:
            notice = ForeignUnprotected(key=f"{key}:{outcome}", at=now, symbol=symbol, trouble=why)
            if self._calls.enqueue(transaction, notice, CallKind.UNPROTECTED):
                transaction.write_audit(OWN_ACCORD.entry(now, "protect foreign", symbol, outcome, why))
                log.warning("foreign_bare", symbol=symbol, why=why)


def _refuse_while_flattening(reader: Reader) -> None:
    if reader.setting(FLATTENING):
        raise Fenced("everything is being sold")


def _free(positions: Sequence[Position], trades: Sequence[Trade]) -> dict[str, Position]:
    """Return the positions without the shares that our trades hold, by symbol."""
    ours = Counter[str]()
    for trade in trades:
        ours[trade.symbol] += trade.held_shares
    return {held.symbol: replace(held, shares=held.shares - ours[held.symbol]) for held in positions}


def _selling(orders: Sequence[Order], ours: set[str]) -> dict[str, list[Order]]:
    """Return the orders that sell, or whose legs do, by symbol, without those of our trades."""
    found = dict[str, list[Order]]()
    for order in orders:
        is_ours = trade_id_of(order.client_order_id) in ours
        if to_sell(order) and not is_ours:
            found.setdefault(order.symbol, []).append(order)
    return found


def to_sell(order: Order) -> int:
    """Return the shares that an order may still sell; its legs sell the same ones, once they are bought."""
    parts = order.parts if order.side is Side.SELL or order.state.is_over else ()
    live = (part for part in parts if part.side is Side.SELL and not part.state.is_over)
    return max((part.unfilled_shares for part in live), default=0)
