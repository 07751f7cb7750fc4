"""Sixth stage: the broker's truth becomes ours: orders, fills, ends of trades, and the notices of each.

It runs before anything else at every start, after every change that the broker reports, and every minute. One list of
what is alive shows which trades changed; only those are asked for by the ids that we gave their orders. So a fill is
booked to the trade that it belongs to, and an order that the broker has is never sent.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from functools import partial

import structlog

from engine.common.kept_orders import KeptOrders
from engine.common.order_ids import is_own
from engine.common.orders import NO_ORDERS, Orders, ask, by_trade, settled, shown
from engine.common.retry_each import Turns
from engine.common.service_health import Service, ServiceHealth
from engine.common.symbol_halts import symbol_halts
from engine.common.tracing import about_a_trade, traced
from engine.common.trade_following import follow, is_as_known
from engine.common.trade_lookup import existing
from engine.errors import BrokerUnavailable, Fenced, LookedTooLongAgo, RequestRefused
from engine.execution.adopt import Adopt
from engine.execution.corporate_actions import Restate
from engine.execution.end_orders import EndOrders
from engine.execution.execute import Execute
from engine.execution.exit_doubts import ExitDoubts
from engine.execution.exit_gate import ExitGate, as_seen, at_last
from engine.execution.live_exits import Moved, taken_over, with_moves_done, with_target_after_fill
from engine.execution.oversized import covers_to_end, excess, sales_to_end
from engine.execution.parted_exits import sold_at_target, target_to_reduce, with_part_sold
from engine.execution.quantities import counted, quantity_of
from engine.execution.reconcile_notices import (
    tell_changed_entry,
    tell_done_moves,
    tell_moved_exits,
    tell_part_sold,
    tell_progress,
    tell_stops_sold,
)
from engine.execution.restatements import under_symbol
from engine.execution.senseless_exits import market_price, senseless, tell_senseless
from engine.execution.understood_shares import held_at_broker, is_understood
from engine.model.activity import ActivityKind
from engine.model.desk import OWN_ACCORD
from engine.model.notices.trades import TargetSet
from engine.model.trade import AT_THE_BROKER, OVER, Order, OrderRole, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store

log = structlog.get_logger()


class ReconcileOrders:
    """Asks the broker about every trade that has orders there, and keeps what it says."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        exits: ExitGate,
        end_orders: EndOrders,
        kept_orders: KeptOrders,
        execute: Execute,
        services: ServiceHealth,
        adopt: Adopt,
        restate: Restate,
        doubts: ExitDoubts,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._exits = exits
        self._end_orders = end_orders
        self._kept_orders = kept_orders
        self._execute = execute
        self._services = services
        self._adopt = adopt
        self._restate = restate
        self._doubts = doubts
        # One look at a time: an older answer of the broker must not be kept over a newer one.
        self._looking = threading.RLock()
        self._has_moves = False
        self._unfinished = set[str]()  # trades whose last look failed: the next round looks again, changed or not

    def __call__(self) -> None:
        """Look at every trade that is not as we last saw it; raises BrokerUnavailable, and TradeFault at the end."""
        with self._store.reading() as reader:
            trades = {trade.id: trade for trade in reader.trades(AT_THE_BROKER)}
            known = reader.orders_of(list(trades))
        orders = self._broker.orders()
        self._kept_orders.look(orders)
        alive = by_trade(orders)
        changed, turns = dict[str, Sequence[Order]](), Turns()

        def find(trade_id: str) -> None:
            trade, seen = trades[trade_id], alive.get(trade_id, ())
            if trade_id in self._unfinished or _is_to_be_looked_at(trade, known[trade_id], seen):
                self._take_in(trade, known[trade_id], seen)
                changed[trade_id] = known[trade_id]

        turns.give(trades, find)
        try:
            # What is over, as most of it is after a night, is read from one list.
            turns.give(changed, partial(self.trade, over=settled(self._broker, changed)))
        finally:
            self._look_at_strays(alive.keys() - known.keys(), alive, turns)
        if not turns.lost:
            self._services.back(Service.BROKER)
        turns.end()

    @about_a_trade
    def trade(self, trade_id: str, over: Mapping[str, Order] = NO_ORDERS) -> bool:
        """Look at one trade, and tell whether its orders should protect shares by now and do not, or in other parts.

        `over` are settled orders, which are not asked for again. Where nothing is alive any more somebody may be
        selling by hand: that is left to the next round of Protect. Raises BrokerUnavailable.
        """
        with self._looking, traced("reconcile", trade_id, self._store):
            self._unfinished.add(trade_id)
            is_to_protect = self._look_at(trade_id, over)
            self._unfinished.discard(trade_id)
            return is_to_protect

    def _look_at(self, trade_id: str, over: Mapping[str, Order]) -> bool:
        with self._store.reading() as reader:
            trade = reader.trade(trade_id)
            known = reader.orders(trade_id)
        if trade is None or trade.state not in AT_THE_BROKER:
            trade = self._adopt(trade_id, trade, known)
            if trade is None:
                return False
        orders = ask(self._broker, trade_id, known, over)
        if orders.entry is None and trade.state is TradeState.SUBMITTED:
            if not self._execute.send_again(trade):
                return False
            orders = ask(self._broker, trade_id, known)
            if orders.entry is None:
                return False
        kept = self._keep(trade_id, orders, is_counted=self._is_counted(trade, orders))
        if kept is None:  # no sale is booked, and nothing moved or sent, before it is understood
            self._keep(trade_id, orders.purchase, is_counted=False)
            return False
        trade = kept
        here = under_symbol(orders, trade.symbol)
        self._end_orders(_to_end(trade, orders, here, orders.held_shares(trade)))
        is_held = trade.state is TradeState.OPEN and not trade.short_shares
        return is_held and self._see_to_exits(trade, here)

    def _see_to_exits(self, trade: Trade, orders: Orders) -> bool:
        """End what would sell too much, let the target follow the fill, and tell whether other exits are to be sent."""
        too_many = excess(trade, orders, orders.held_shares(trade))
        if too_many and self._may_replace(trade, orders, too_many):
            self._end_orders(orders.exits)
            return True
        if target_to_reduce(trade, orders):
            return True
        self._move_target(trade, orders.entry)
        return orders.bare_shares(trade) > 0 and (orders.came_alone or orders.is_alive)

    def _may_replace(self, trade: Trade, orders: Orders, too_many: int) -> bool:
        """Tell whether exits for too many shares can be ended, and others be sent for what is held.

        At the price of the stop, or while trading is halted, none could be: what stands is left, unless it would sell
        more beyond what is held than would stay without a stop. Raises BrokerUnavailable.
        """
        held = orders.held_shares(trade)
        position = held_at_broker(self._broker, trade.symbol)
        if position is None or position.shares < held:
            return False
        with self._store.reading() as reader:
            is_halted = trade.symbol in symbol_halts(reader)
            if not is_understood(reader, self._restate, trade, position):
                return False
        return too_many > held or not (is_halted or senseless(OrderRole.STOP, trade.stop, position.price))

    def _take_in(self, trade: Trade, known: Sequence[Order], alive: Sequence[Order]) -> None:
        """Keep what was sent for a trade by itself and never answered, so that it is asked for from now on."""
        ids = {order.client_order_id for order in known} | {trade.id}
        lone = [order for order in alive if order.client_order_id not in ids]
        if lone:
            with self._store.writing() as transaction:
                for order in lone:
                    transaction.save_order(trade.id, order)

    def _is_counted(self, trade: Trade, orders: Orders) -> bool:
        """Tell whether the account has as many shares as it should, where live prices differ from the trade's.

        Else they may be of other shares, that a company made of them, and say nothing of the trade's own. False too
        where no price differs. Raises BrokerUnavailable.
        """
        followed = with_target_after_fill(trade, follow(trade, orders)[0])
        with self._store.reading() as reader:
            is_as_followed = _exits(_as_live(reader, followed, orders)[0]) == _exits(followed)
            if is_as_followed or trade.symbol in self._restate.changing(reader):
                return False
        held = self._broker.position(trade.symbol)
        with self._store.reading() as reader:
            quantity = quantity_of(reader, trade.symbol, counted(held, _unbooked(trade, followed)))
        return quantity.without(orders.broker_ids).is_explained

    def _keep(self, trade_id: str, orders: Orders, *, is_counted: bool) -> Trade | None:
        """Keep what the orders of a trade say, and return it; None where that is held back.

        Live prices that are not those of the trade are held back, and sales with them, unless the shares `is_counted`.
        """
        entry = orders.entry
        with self._store.writing() as transaction:
            # The trade as it is now: the desk may have moved it on while the broker was asked.
            trade = existing(transaction, trade_id)
            if trade.state not in AT_THE_BROKER:
                return trade
            # What is bought and has no time yet was bought just now: a limit may have waited since it was decided.
            first_fill = _first_fill(transaction, trade, entry) or self._clock.now()
            planned, state = follow(trade, orders, first_fill)
            if self._doubts.doubts(transaction, trade, planned, orders.exits):
                return None
            planned = with_target_after_fill(trade, planned)
            is_changing = trade.symbol in self._restate.changing(transaction)
            followed, moved = (planned, ()) if is_changing else _as_live(transaction, planned, orders)
            if _exits(followed) != _exits(planned) and not is_counted:
                self._doubts.hold(trade_id, planned.exit_shares - trade.exit_shares)
                return None
            followed, done = with_moves_done(
                with_part_sold(followed, orders), () if is_changing else _live(trade, orders)
            )
            # An exit that is not taken over yet is news once it is.
            kept = orders.without_new(transaction.orders(trade_id)) if is_changing else orders
            now = self._clock.now()
            is_changed = not is_changing and tell_changed_entry(transaction, trade, followed, entry, now)
            for order in (*((kept.entry,) if kept.entry else ()), *kept.lone):
                transaction.save_order(trade.id, order)
            # A trade may be filled and closed between two looks; it still passes through every state on its way.
            if trade.state is TradeState.SUBMITTED and state is TradeState.CLOSED:
                followed = transaction.move(followed, TradeState.OPEN)
            if state is not followed.state:
                followed = transaction.move(followed, state)
            elif followed != trade:
                transaction.update(followed)
            tell_progress(transaction, trade, followed, entry, now)
            tell_part_sold(transaction, trade, followed, sold_at_target(orders), now)
            tell_stops_sold(transaction, followed, orders.exits, now)
            tell_moved_exits(transaction, followed, moved, now)
            tell_done_moves(transaction, trade, followed, done, now)
        self._has_moves = self._has_moves or bool(moved or done or is_changed)
        return followed

    def pop_moves(self) -> bool:
        """Tell, once, whether somebody changed an order since the last time, so that the risk is another one."""
        has_moves, self._has_moves = self._has_moves, False
        return has_moves

    def _look_at_strays(self, trade_ids: Collection[str], alive: Mapping[str, tuple[Order, ...]], turns: Turns) -> None:
        """See to orders of ours that belong to no trade under way: it was given up, or the database lost it.

        What such an entry has yet to buy is cancelled; what it bought makes its trade open, with a stop.
        """
        turns.give(filter(is_own, sorted(trade_ids)), lambda trade_id: self._look_at_stray(trade_id, alive[trade_id]))

    def _look_at_stray(self, trade_id: str, alive: Sequence[Order]) -> None:
        with self._store.reading() as reader:
            trade = reader.trade(trade_id)
        if trade is None or trade.state not in OVER:
            self.trade(trade_id)
            return
        is_closed = trade.state is TradeState.CLOSED
        parts = [part for order in alive for part in (order.parts if is_closed else (order,))]
        late = [part for part in parts if not part.state.is_over and part.role is not OrderRole.COVER]
        for part in late:
            log.warning("order_came_late", trade_id=trade_id, order=part.broker_id)
        self._end_orders(late)
        self.trade(trade_id)
        with self._store.reading() as reader:
            trade = existing(reader, trade_id)
        if trade.state in OVER:  # else the look has seen to its covers
            self._end_orders(covers_to_end(trade, Orders(entry=None, lone=tuple(alive)).covers))

    def _move_target(self, trade: Trade, entry: Order | None) -> None:
        """Let the target follow the fill, once, when the entry is done; where it stands later is the desk's wish."""
        leg = entry.leg(OrderRole.TARGET) if entry and entry.state.is_over else None
        if leg is None or not leg.is_standing or leg.price in {None, trade.target}:
            return
        with self._store.reading() as reader:
            if _is_target_set(reader, trade) or trade.symbol in self._restate.suspended(reader):
                return
        market = market_price(self._broker, trade.symbol)
        now = self._clock.now()
        if market is not None and senseless(OrderRole.TARGET, trade.target, market):
            tell_senseless(self._store, trade, OrderRole.TARGET, market, now)
            return
        try:
            moved = at_last(partial(self._replaced, trade, leg), trade_id=trade.id)
        except (RequestRefused, Fenced, LookedTooLongAgo) as error:
            # What comes after it, a missing stop and the risk of a fill, must not wait for a target.
            if not self._is_moved(trade):  # else another process that heard of the fill was quicker
                log.warning("target_not_moved", trade_id=trade.id, error=str(error))
            return
        with self._store.writing() as transaction:
            transaction.save_order(trade.id, moved)
            transaction.enqueue_notice(TargetSet(key=f"{trade.id}:target", at=now, trade_id=trade.id))
            transaction.write_audit(OWN_ACCORD.entry(now, "target", trade.id, str(trade.target)))

    def _is_moved(self, trade: Trade) -> bool:
        """Tell whether the target stands by now where it was to be moved, as far as the broker can be asked."""
        with suppress(BrokerUnavailable):
            entry = self._broker.order(trade.id)
            leg = entry.leg(OrderRole.TARGET) if entry else None
            return leg is not None and leg.price == trade.target
        return False

    def _replaced(self, trade: Trade, leg: Order) -> Order:
        with self._exits.open(as_seen(trade)) as last_look:
            return self._broker.replace(leg, trade.target, last_look)


def _is_to_be_looked_at(trade: Trade, known: Sequence[Order], alive: Sequence[Order]) -> bool:
    """Tell whether a trade's orders changed, or one is still to be ended: its cancel may never have been taken."""
    orders = shown(alive, trade.id)
    here = under_symbol(orders, trade.symbol)
    is_left = any(order.is_standing for order in _to_end(trade, orders, here, trade.held_shares))
    return is_left or excess(trade, here, trade.held_shares) > 0 or not is_as_known(trade, known, alive)


def _to_end(trade: Trade, orders: Orders, here: Orders, held: int) -> Sequence[Order]:
    """Return what is to be ended whatever the market does: it would deal in too much, or for a trade that is over.

    So is what waits under another name than the trade has, once the shares are seen to under this one: where the
    broker was first to change the name, what waits under the new one is all that there is. `here` are its orders
    under this name.
    """
    covers = covers_to_end(trade, orders.covers)
    if trade.state is TradeState.CLOSED or trade.short_shares:
        return (*orders.exits, *covers)
    is_seen_to = held > 0 and (here.covered >= held or bool(here.live(OrderRole.EXIT)))
    elsewhere = [order for order in orders.exits if order.symbol != trade.symbol] if is_seen_to else []
    return (*elsewhere, *sales_to_end(here, held), *covers)


def _first_fill(reader: Reader, trade: Trade, entry: Order | None) -> datetime | None:
    """Return when the first share was bought where a rule waits for it, as executions tell it, else the order."""
    if entry is None or not trade.exit_plan.needs_first_fill or trade.exit_plan.bought_at is not None:
        return trade.filled_at
    activities = reader.activities(symbol=trade.symbol)
    bought = {part.broker_id for part in (entry, *entry.replaced)}
    fills = [each.at for each in activities if each.kind is ActivityKind.FILL and each.order_id in bought]
    return min(fills, default=entry.filled_at or trade.filled_at)


def _as_live(reader: Reader, trade: Trade, orders: Orders) -> tuple[Trade, tuple[Moved, ...]]:
    """Return a trade with the stop and target that are live, and which of them somebody moved."""
    live, known = _live(trade, orders), reader.orders(trade.id)
    return taken_over(trade, live, known, target_is_set=_is_target_set(reader, trade))


def _live(trade: Trade, orders: Orders) -> Sequence[Order]:
    """Return the exits whose prices are those of a trade: what waits under another name is over."""
    return under_symbol(orders, trade.symbol).exits


def _is_target_set(reader: Reader, trade: Trade) -> bool:
    """Tell whether the desk moves the target no more: it followed the fill, or may have before the trade was lost."""
    is_asked = trade.exit_plan.target_is_set or trade.exit_plan.target is not None
    return is_asked or trade.signal.is_recovered or reader.was_enqueued(f"{trade.id}:target")


def _unbooked(before: Trade, after: Trade) -> int:
    """Return the shares that left a position from one to the other."""
    return (after.exit_shares - before.exit_shares) - (after.filled_shares - before.filled_shares)


def _exits(trade: Trade) -> tuple[Decimal, Decimal]:
    return trade.stop, trade.target
