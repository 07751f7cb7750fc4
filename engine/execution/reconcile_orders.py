"""Sixth stage: the broker's truth becomes ours: orders, fills, ends of trades, and the notices of each.

It runs before anything else at every start, after every change that the broker reports, and every minute. One list of
what is alive shows which trades changed; only those are asked for by the ids that we gave their orders. So a fill is
booked to the trade that it belongs to, and an order that the broker has is never sent.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

import structlog

from engine.common.kept_orders import KeptOrders
from engine.common.orders import NO_ORDERS, Orders, ask, by_trade, settled, shown
from engine.common.retry_each import Turns
from engine.common.service_health import Service, ServiceHealth
from engine.common.symbol_halts import symbol_halts
from engine.common.tracing import about_a_trade, traced
from engine.common.trade_following import follow, is_as_known
from engine.common.trade_lookup import existing
from engine.execution.adopt import Adopt
from engine.execution.corporate_actions import Restate
from engine.execution.end_orders import EndOrders
from engine.execution.execute import Execute
from engine.execution.exit_doubts import ExitDoubts
from engine.execution.follow_target import FollowTarget, is_target_set
from engine.execution.live_exits import DoneMoves, Moved, taken_over, with_moves_done, with_target_after_fill
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
from engine.execution.senseless_exits import senseless
from engine.execution.stray_orders import StrayOrders
from engine.execution.understood_shares import held_at_broker, is_understood
from engine.model.activity import ActivityKind
from engine.model.trade import AS_FILLED, AT_THE_BROKER, MOVES, Order, OrderRole, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Understood:
    """What the orders of a trade make of it: the trade, and the state that it is to have.

    Exits that somebody `moved` at the broker are told, as moves of the desk that are `done` there. While the company
    `is_changing` the shares, no price is taken over.
    """

    trade: Trade
    state: TradeState
    moved: tuple[Moved, ...]
    done: DoneMoves
    is_changing: bool


class ReconcileOrders:
    """Asks the broker about every trade that has orders there, and keeps what it says."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        end_orders: EndOrders,
        kept_orders: KeptOrders,
        execute: Execute,
        services: ServiceHealth,
        adopt: Adopt,
        restate: Restate,
        doubts: ExitDoubts,
        follow_target: FollowTarget,
        stray_orders: StrayOrders,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._end_orders = end_orders
        self._kept_orders = kept_orders
        self._execute = execute
        self._services = services
        self._adopt = adopt
        self._restate = restate
        self._doubts = doubts
        self._follow_target = follow_target
        self._stray_orders = stray_orders
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
            self._stray_orders(alive.keys() - known.keys(), alive, turns, self.trade)
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
        kept = self._keep(trade_id, orders, shares_explain=self._shares_explain(trade, orders))
        if kept is None:  # no sale is booked, and nothing moved or sent, before it is understood
            self._keep(trade_id, orders.purchase, shares_explain=False)
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
        self._follow_target(trade, orders.entry)
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

    def _shares_explain(self, trade: Trade, orders: Orders) -> bool:
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

    def _keep(self, trade_id: str, orders: Orders, *, shares_explain: bool) -> Trade | None:
        """Keep what the orders of a trade say, and return it; None where that is held back.

        What another process kept meanwhile may be newer than this answer: the next look asks again. Live prices that
        are not those of the trade are held back, and sales too, unless the `shares_explain` them.
        """
        with self._store.writing() as transaction:
            # The trade as it is now: the desk may have moved it on while the broker was asked.
            trade = existing(transaction, trade_id)
            if trade.state not in AT_THE_BROKER:
                return trade
            understood = self._understand(transaction, trade, orders, shares_explain=shares_explain)
            if understood is None or _is_older(transaction, trade, orders, understood.state):
                return None
            kept, is_changed = self._write(transaction, trade, orders, understood)
        self._has_moves = self._has_moves or bool(understood.moved or understood.done or is_changed)
        return kept

    def _understand(self, reader: Reader, trade: Trade, orders: Orders, *, shares_explain: bool) -> _Understood | None:
        """Return what the orders make of a trade, None where that is held back; nothing is written."""
        # What is bought and has no time yet was bought just now: a limit may have waited since it was decided.
        first_fill = _first_fill(reader, trade, orders.entry) or self._clock.now()
        planned, state = follow(trade, orders, first_fill)
        if self._doubts.doubts(reader, trade, planned, orders.exits):
            return None
        planned = with_target_after_fill(trade, planned)
        is_changing = trade.symbol in self._restate.changing(reader)
        followed, moved = (planned, ()) if is_changing else _as_live(reader, planned, orders)
        if _exits(followed) != _exits(planned) and not shares_explain:
            self._doubts.hold(trade.id, planned.exit_shares - trade.exit_shares)
            return None
        followed, done = with_moves_done(with_part_sold(followed, orders), () if is_changing else _live(trade, orders))
        return _Understood(trade=followed, state=state, moved=moved, done=done, is_changing=is_changing)

    def _write(
        self, transaction: Transaction, trade: Trade, orders: Orders, understood: _Understood
    ) -> tuple[Trade, bool]:
        """Keep and tell what was understood; return the trade as it is then, and whether somebody changed its entry."""
        followed, entry, now = understood.trade, orders.entry, self._clock.now()
        # An exit that is not taken over yet is news once it is.
        kept = orders.without_new(transaction.orders(trade.id)) if understood.is_changing else orders
        is_changed = not understood.is_changing and tell_changed_entry(transaction, trade, followed, entry, now)
        for order in (*((kept.entry,) if kept.entry else ()), *kept.lone):
            transaction.save_order(trade.id, order)
        # A trade may be filled and closed between two looks; it still passes through every state on its way.
        if trade.state is TradeState.SUBMITTED and understood.state is TradeState.CLOSED:
            followed = transaction.move(followed, TradeState.OPEN)
        if understood.state is not followed.state:
            followed = transaction.move(followed, understood.state)
        elif followed != trade:
            transaction.update(followed)
        tell_progress(transaction, trade, followed, entry, now)
        tell_part_sold(transaction, trade, followed, sold_at_target(orders), now)
        tell_stops_sold(transaction, followed, orders.exits, now)
        tell_moved_exits(transaction, followed, understood.moved, now)
        tell_done_moves(transaction, trade, followed, understood.done, now)
        return followed, is_changed

    def pop_moves(self) -> bool:
        """Tell, once, whether somebody changed an order since the last time, so that the risk is another one."""
        has_moves, self._has_moves = self._has_moves, False
        return has_moves


def _is_older(reader: Reader, trade: Trade, orders: Orders, state: TradeState) -> bool:
    """Tell whether orders lead a trade back: to a state that it has left, or to fewer shares than they dealt in.

    Where a company changed the shares, an order may be for fewer of them.
    """
    ahead = {trade.state, *MOVES[trade.state]}
    if TradeState.OPEN in ahead:
        ahead |= MOVES[TradeState.OPEN]
    dealt = {order.broker_id: order.filled_shares for order in reader.orders(trade.id) if order.broker_id}
    is_back = trade.restated == AS_FILLED and any(
        part.filled_shares < dealt.get(part.broker_id, 0) for part in orders.parts
    )
    if state in ahead and not is_back:
        return False
    log.info("older_answer", trade_id=trade.id, state=state)
    return True


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
    return taken_over(trade, live, known, target_is_set=is_target_set(reader, trade))


def _live(trade: Trade, orders: Orders) -> Sequence[Order]:
    """Return the exits whose prices are those of a trade: what waits under another name is over."""
    return under_symbol(orders, trade.symbol).exits


def _unbooked(before: Trade, after: Trade) -> int:
    """Return the shares that left a position from one to the other."""
    return (after.exit_shares - before.exit_shares) - (after.filled_shares - before.filled_shares)


def _exits(trade: Trade) -> tuple[Decimal, Decimal]:
    return trade.stop, trade.target
