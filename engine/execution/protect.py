"""Every open position has a live stop."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from engine.common.duty_calls import DutyCalls
from engine.common.orders import NO_ORDERS, Orders, ask, by_trade, next_id, settled, shown
from engine.common.retry_each import Turns
from engine.common.share_counts import UNEXPLAINED, unexplained
from engine.common.symbol_halts import symbol_halts
from engine.errors import AlreadyDecided, CancelPending, LookedTooLongAgo, OrderRefused
from engine.execution.corporate_actions import Restate
from engine.execution.exit_gate import ExitGate, as_seen, sent_once
from engine.execution.part_brackets import PartBrackets
from engine.execution.parted_exits import next_exit, sells_too_much
from engine.execution.protection_notices import ProtectionNotices
from engine.execution.rejected_orders import last_rejected, trouble_of
from engine.execution.restatements import under_symbol
from engine.execution.senseless_exits import senseless, tell_senseless
from engine.execution.stops_by_hand import StopsByHand
from engine.execution.understood_shares import awaited, held_at_broker, is_understood
from engine.model.account import Position
from engine.model.trade import Order, OrderRole, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store

log = structlog.get_logger()

MOMENT = timedelta(seconds=3)
"""Real time that a bracket's legs may take to come into force after the fill."""
STEPS = 3
"""Requests that a trade may need at once: its bracket is ended, and two orders take its place."""
OLD_SIGHT = 15.0
"""Real seconds after which what the broker showed is too old a reason to cancel an order."""


class Protect:
    """Watches over the stops, and sends the ones that are missing."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        exits: ExitGate,
        restate: Restate,
        calls: DutyCalls,
    ) -> None:
        self._notices = ProtectionNotices(store=store, clock=clock, calls=calls)
        self._by_hand = StopsByHand(store=store, broker=broker, clock=clock)
        self._store = store
        self._broker = broker
        self._clock = clock
        self._exits = exits
        self._restate = restate
        self._part = PartBrackets(store=store, broker=broker, clock=clock, exits=exits, restate=restate)
        self._doubts: dict[str, datetime] = {}

    def __call__(self) -> None:
        """Give every open position without a live stop a new one, and say so.

        Raises TradeFault, and the first TemporaryError, at the end.
        """
        with self._store.reading() as reader:
            trades = {trade.id: trade for trade in reader.trades({TradeState.OPEN})}
        alive = by_trade(self._broker.orders() if trades else ())
        bare, whole, turns = list[str](), list[str](), Turns()

        def find(trade_id: str) -> None:
            trade = trades[trade_id]
            seen = under_symbol(shown(alive.get(trade_id, ()), trade_id), trade.symbol)
            if seen.covered < trade.held_shares or trade_id in self._doubts:
                bare.append(trade_id)
            elif sells_too_much(trade, seen.parts):
                whole.append(trade_id)

        turns.give(trades, find)
        self._by_hand.forget_all_but([*bare, *turns.faulted])
        self._look_after([*bare, *whole], turns)
        turns.end()

    def part(self) -> None:
        """End the targets that sell too much, first of all those of brackets whose entry is over; raises as a call.

        Those trades are looked at of which the database knows such a target.
        """
        with self._store.reading() as reader:
            parted = {trade.id: trade for trade in reader.trades({TradeState.OPEN}) if trade.exit_plan.partial}
            known = reader.orders_of(list(parted)) if parted else {}
        selling, turns = list[str](), Turns()

        def find(trade_id: str) -> None:
            if sells_too_much(parted[trade_id], known[trade_id]):
                selling.append(trade_id)

        turns.give(parted, find)
        self._look_after(selling, turns)
        turns.end()

    def is_parting(self, trade_id: str) -> bool:
        """Tell whether a trade's bracket is being ended, so that its two exits are to be sent as soon as it is over."""
        return trade_id in self._part.begun

    def again(self) -> None:
        """Look again at the trades whose orders looked for a moment as if they protected nothing; raises as a call."""
        turns = Turns()
        self._look_after(tuple({*self._doubts, *self._part.begun, *self._by_hand.just_gone}), turns)
        turns.end()

    def trade(self, trade_id: str, over: Mapping[str, Order] = NO_ORDERS) -> None:
        """Look after the stop of one trade; `over` are settled orders. Raises BrokerUnavailable."""
        with self._exits.one_look:
            for _ in range(STEPS):
                if not self._step(trade_id, over):
                    return

    def _step(self, trade_id: str, over: Mapping[str, Order]) -> bool:
        """Do what is to be done next about the exits of a trade, and tell whether something follows at once."""
        with self._store.reading() as reader:
            trade, known = reader.trade(trade_id), reader.orders(trade_id)
        if trade is None or trade.state is not TradeState.OPEN:  # a database that went back may have lost it
            self._rest(trade_id)
            return False
        asked_at = self._clock.steady()
        orders = under_symbol(ask(self._broker, trade.id, known, over), trade.symbol)
        try:
            if self._part.begin(trade, orders):
                return True
            return self._see_to_stop(trade, orders, known, asked_at)
        except AlreadyDecided as error:
            log.info("exit_held_back", trade_id=trade_id, error=str(error))  # another process was quicker
        except OrderRefused as error:
            # One position's trouble must not leave the next one unprotected.
            rejected = last_rejected(trade.id, OrderRole.STOP, orders.lone)
            turn = _turn_of(rejected) if rejected else f"{next_id(trade.id, OrderRole.STOP, known)}:refused"
            bare = self._by_hand.without_stop(trade, orders)
            self._notices.tell_unprotected(trade, turn, str(error.facts["reason"]), bare=bare)
        return False

    def _rest(self, trade_id: str) -> None:
        """Look at a trade no more often than at others."""
        self._doubts.pop(trade_id, None)
        self._part.end(trade_id)

    def _look_after(self, trade_ids: Sequence[str], turns: Turns) -> None:
        if not trade_ids:
            return
        with self._store.reading() as reader:
            known = reader.orders_of(trade_ids)
        turns.give(trade_ids, partial(self.trade, over=settled(self._broker, known)))

    def _see_to_stop(self, trade: Trade, orders: Orders, known: Sequence[Order], asked_at: float) -> bool:
        """Send a stop and a target for the shares of an open trade that no stop protects; True where more are left.

        What is alive of its orders may come into force in a moment, as after a fill the legs of a bracket do; if it
        does not, it is ended, for the broker takes no sale beside it. An entry goes no further then: what was bought
        must not wait for the rest.
        """
        bare = orders.bare_shares(trade)
        ending = list(filter(_is_ending, orders.exits)) if trade.id in self._part.begun else []
        if ending and self._is_lasting(trade):
            self._notices.tell_pending(trade, CancelPending(ending[0].client_order_id))
        if not bare:
            if not ending:
                self._rest(trade.id)
            return False
        if orders.live(OrderRole.EXIT):
            return False  # it sells the shares, whoever sent it
        in_the_way = _in_the_way(orders)
        if in_the_way and in_the_way != (orders.entry,) and self._is_halted(trade.symbol):
            return False  # exits may look idle while trading is halted; ended, nothing is left for the reopening
        if in_the_way and (orders.came_alone or self._is_lasting(trade)):
            self._end(in_the_way, trade, asked_at)
        if in_the_way:
            return False
        sent = self._stop_sent(trade, bare, orders, known)
        if sent is None:
            return False
        with self._store.writing() as transaction:
            transaction.save_order(trade.id, sent)
        is_last = trade.exit_plan.partial is None or sent.shares >= bare
        self._tell_sent(trade, orders, sent, is_last=is_last)
        if is_last:
            self._rest(trade.id)
        else:
            self._part.go_on(trade.id)
        return not is_last

    def _tell_sent(self, trade: Trade, orders: Orders, sent: Order, *, is_last: bool) -> None:
        """Tell that a stop was sent; of two that belong together the last is told, unless nobody expected them.

        While the broker takes one after the other and rejects it, that is told once: what is sent promises nothing.
        """
        is_renewal = self._restate.pop_renewal(trade.id)
        rejected = last_rejected(trade.id, OrderRole.STOP, orders.lone)
        if rejected:
            bare = self._by_hand.without_stop(trade, orders)
            self._notices.tell_unprotected(trade, _turn_of(rejected), trouble_of(rejected[-1]), bare=bare)
            self._notices.record(trade)
        elif is_renewal:
            self._notices.record(trade)  # that they come was told with the new shares
        elif trade.id in self._part.begun or (orders.came_alone and not orders.lone):
            if is_last:
                self._notices.tell_protected(trade)
            else:
                self._notices.record(trade)
        else:
            bare = self._by_hand.without_stop(trade, orders)
            self._notices.tell_unprotected(trade, sent.client_order_id, "", bare=bare)

    def _end(self, orders: Sequence[Order], trade: Trade, asked_at: float) -> None:
        """Cancel orders, unless what the broker showed of them is old by now: one may have come into force since."""

        def look(reader: Reader) -> None:
            as_seen(trade)(reader)
            if self._clock.steady() - asked_at > OLD_SIGHT:
                raise LookedTooLongAgo("the orders of the trade are to be asked for again")

        for order in orders:
            with self._exits.open(look) as last_look:
                self._broker.cancel(order, last_look)

    def _stop_sent(self, trade: Trade, bare: int, orders: Orders, known: Sequence[Order]) -> Order | None:
        """Send a stop, and a target with it, for bare shares that are held; None where none may be sent."""
        position = held_at_broker(self._broker, trade.symbol)
        if position is None or position.shares <= orders.covered:
            return None  # what is missing there is found, and told, by who compares positions
        key = next_id(trade.id, OrderRole.STOP, known)
        with self._store.reading() as reader:
            is_clear = is_understood(reader, self._restate, trade, position)
            was_asked = trade.symbol in unexplained(reader)
            late = awaited(reader, self._restate, trade, position)
        if not is_clear:
            if was_asked:
                self._notices.tell_unprotected(trade, f"{key}:on-hold", UNEXPLAINED, is_on_hold=True)
            elif late:  # whatever else is not understood is so for a moment, or tells the desk itself
                self._notices.tell_late(trade, self._without_stop(trade, bare, orders, position), late)
            return None
        bare = self._without_stop(trade, bare, orders, position)
        if bare <= 0:
            self._rest(trade.id)
            return None
        if senseless(OrderRole.STOP, trade.stop, position.price):
            self._notices.tell_bare(trade, bare, position.price, key)
            return None
        shares, has_target = next_exit(trade, orders, bare)
        if has_target and senseless(OrderRole.TARGET, trade.target, position.price):
            tell_senseless(self._store, trade, OrderRole.TARGET, position.price, self._clock.now())
            shares, has_target = bare, False
        target = trade.target if has_target else None
        self._doubts.setdefault(trade.id, self._clock.now())  # until the answer is kept

        def send() -> Order:
            # At the last moment: while the broker was asked, they may have been exchanged, or sold by another process.
            with self._exits.open(partial(self._refuse_misunderstood, trade, position)) as last_look:
                return self._broker.protect(key, trade.symbol, shares, trade.stop, target, last_look)

        return sent_once(self._broker, key, send)

    def _without_stop(self, trade: Trade, bare: int, orders: Orders, position: Position) -> int:
        """Return how many of the bare shares are there for sure, and have no stop that somebody set by hand."""
        left = min(bare, position.shares - orders.covered - self._by_hand.protected(trade, position))
        return 0 if trade.id in self._by_hand.just_gone else left

    def _is_halted(self, symbol: str) -> bool:
        with self._store.reading() as reader:
            return symbol in symbol_halts(reader)

    def _is_lasting(self, trade: Trade) -> bool:
        """Tell whether a trade has looked unprotected for longer than a moment."""
        now = self._clock.now()
        return now - self._doubts.setdefault(trade.id, now) >= MOMENT * self._clock.speed

    def _refuse_misunderstood(self, trade: Trade, position: Position, reader: Reader) -> None:
        if not is_understood(reader, self._restate, trade, position):
            raise AlreadyDecided(trade.id, trade.state, trade.decided_by)


def _in_the_way(orders: Orders) -> tuple[Order, ...]:
    """Return what keeps a new stop from being sent: an entry that still buys, exits of which none is a stop that works.

    Beside a stop that works for a part, another one for the rest is welcome.
    """
    entry = (orders.entry,) if orders.entry and not orders.entry.state.is_over else ()
    idle = () if orders.covered else tuple(order for order in orders.exits if not order.state.is_over)
    return entry or idle


def _turn_of(rejected: Sequence[Order]) -> str:
    """Return what stays the same while one stop after the other is rejected."""
    return f"{rejected[0].client_order_id}:rejected"


def _is_ending(order: Order) -> bool:
    return not order.state.is_over and not order.is_standing
