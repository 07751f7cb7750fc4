"""What the broker holds beside what our trades say, by value: every share is explained by an execution or an action.

A difference counts only when a later look finds the same. What people sold by hand is booked at the price of its
execution. What nothing explains is not booked: the desk is asked.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.common.orders import ask, settled
from engine.common.retry_each import Turns
from engine.common.share_counts import unclaimed_exchanges, unexplained
from engine.execution.corporate_actions import Restate
from engine.execution.due_actions import claim_exchanges, was_exchanged
from engine.execution.exit_doubts import ExitDoubts
from engine.execution.external_holdings import follow_foreign
from engine.execution.found_executions import follow_unacknowledged
from engine.execution.hand_sales import HandSales
from engine.execution.lasting_differences import LastingDifferences
from engine.execution.quantities import Quantity, counted, quantities_of, quantity_of
from engine.execution.reconcile_orders import ReconcileOrders
from engine.execution.restate_symbols import RestateSymbols
from engine.execution.spin_offs import SpinOffs
from engine.execution.unexplained import Unaccounted, is_account_believed, note_unaccounted
from engine.model.account import AssetKind, Position
from engine.model.activity import NOBODY
from engine.model.trade import Order, OrderRole, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store
from engine.risk.restating import is_doubtful

LATELY = timedelta(days=5)
"""Market time in which the account tells of what a company did, at the latest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """What a look at all symbols goes by, and what it found so far: `told` are exchanges of which nobody made use."""

    over: Mapping[str, Order]
    unbooked: Mapping[str, datetime]
    asked_before: Collection[str]
    told: set[str]
    foreign: dict[str, int] = field(default_factory=dict)
    strange: set[str] = field(default_factory=set)
    asked: dict[str, tuple[int, int]] = field(default_factory=dict)


class ReconcilePositions:
    """Holds positions against trades; runs after the orders, and soon again where something differed."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        reconcile_orders: ReconcileOrders,
        restate: Restate,
        doubts: ExitDoubts,
        sales: HandSales,
        spin_offs: SpinOffs,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._reconcile_orders = reconcile_orders
        self._restate = restate
        self._doubts = doubts
        self._sales = sales
        self._spin_offs = spin_offs
        self._differences = LastingDifferences(clock=clock)
        self._symbols = RestateSymbols(
            store=store,
            broker=broker,
            clock=clock,
            reconcile_orders=reconcile_orders,
            restate=restate,
            doubts=doubts,
            sales=sales,
            differences=self._differences,
        )
        self._looking = threading.Lock()

    def take_due(self) -> bool:
        """Tell, once, that a difference is to have its second look; if that fails, the next look is the minute's."""
        return self._differences.take_due(is_doubted=self._doubts.has_doubts)

    def __call__(self) -> str:
        """Compare, say what differs, and let the trades follow; raises BrokerUnavailable, and TradeFault at the end.

        Returns the symbols about which the broker and the database disagree, '' where there are none.
        """
        with self._looking:
            now, turns = self._clock.now(), Turns()
            self._restate.pull_old_exits(turns)
            self._restate.book_cash()
            positions = self._positions()
            if self._symbols.apply_known(positions, turns):
                positions = self._positions()
            restated = {trade.id: trade for trade in self._spin_offs(turns)}
            turns.give(restated, lambda trade_id: self._symbols.go_on(restated[trade_id]))
            turns.end_if_lost()
            self._restate.retire_absent(positions)
            with self._store.reading() as reader:
                quantities = quantities_of(reader, positions, self._doubts)
            self._settle_doubts(quantities, turns)
            outcome = self._see_to(self._differences.lasting(quantities, now), positions, now, turns)
            self._symbols.note_prices(positions, quantities)
            # What was kept of symbols that could not be looked at stays, too.
            unknown = {quantity.symbol for quantity in quantities if quantity.name in turns.faulted}
            young = self._differences.young(now) | unknown
            disputed = note_unaccounted(self._store, outcome, young, self._symbols.price_before, now)
            turns.end()
            return disputed

    def _positions(self) -> dict[str, Position]:
        return {held.symbol: held for held in self._broker.positions() if held.kind is AssetKind.STOCK}

    def _settle_doubts(self, quantities: Sequence[Quantity], turns: Turns) -> None:
        """Book the exits at far-off prices that were held back, where the quantity is just what they leave."""
        with self._store.reading() as reader:
            waiting = {*self._restate.unbooked(reader), *unclaimed_exchanges(reader)}
        sure = (quantity for quantity in quantities if quantity.symbol not in waiting)
        held_back = {
            trade.id: quantity for quantity in sure for trade in quantity.trades if self._doubts.is_doubted(trade.id)
        }

        def settle(trade_id: str) -> None:
            if held_back[trade_id].is_explained:
                self._doubts.settle(trade_id, believe=True)
                self._reconcile_orders.trade(trade_id)

        turns.give(held_back, settle)
        turns.end_if_lost()

    def _see_to(
        self, lasting: Sequence[tuple[Quantity, bool]], positions: Mapping[str, Position], now: datetime, turns: Turns
    ) -> Unaccounted:
        """Explain what lasts, and book it; what is not ours is told."""
        over = self._settled([quantity for quantity, _ in lasting])
        with self._store.reading() as reader:
            look = _Look(
                over=over,
                unbooked=self._restate.unbooked(reader),
                asked_before=unexplained(reader).keys(),
                told=set(unclaimed_exchanges(reader)),
            )
        found = {seen.name: (seen, is_late) for seen, is_late in lasting}

        def explain(name: str) -> None:
            seen, is_late = found[name]
            self._explain(seen, positions.get(seen.symbol), now, look, is_late=is_late)

        turns.give(found, explain)
        turns.end_if_lost()
        follow_foreign(self._store, look.foreign, now)
        return Unaccounted(strange=frozenset(look.strange), asked=look.asked)

    def _explain(self, seen: Quantity, position: Position | None, now: datetime, look: _Look, *, is_late: bool) -> None:
        """Book what explains a symbol's difference, or note what is to be said of it."""
        symbol, quantity = seen.symbol, self._as_booked(seen, look.unbooked, position)
        was_asked = symbol in look.asked_before
        if quantity.is_as_told or not self._is_beside_entries(seen, is_late=is_late):
            return
        if was_asked and symbol in look.told and is_account_believed(self._store):
            with self._store.writing() as transaction:
                claim_exchanges(transaction, symbol)
            look.told.discard(symbol)
        is_left = not quantity.trades and self._may_be_left(quantity, now, was_asked=was_asked)
        if quantity.is_explained and symbol not in look.told:
            self._sales.book(symbol, quantity.executions, look.over, foreign=quantity.foreign)
        elif not quantity.trades and not is_left:
            look.foreign.update(self._taken_by_others(quantity, now, is_late=is_late))
        elif not self._symbols.apply_split(quantity, position):
            is_strange = self._is_strange(quantity, look.over)
            is_suspect = is_left or is_strange or self._is_suspect(quantity, position)
            if is_suspect and not is_account_believed(self._store):
                look.strange.update({symbol} if is_strange else ())
                # What was asked about stays so: a new life, or another change, begins to look at it from the start.
                if is_late or was_asked:
                    look.asked[symbol] = quantity.before, quantity.found
            elif is_late or is_account_believed(self._store):
                look.foreign[symbol] = self._take_as_it_is(quantity, position, look.over)

    def _as_booked(self, seen: Quantity, unbooked: Mapping[str, datetime], position: Position | None) -> Quantity:
        """Return a quantity once our orders explained what they can, without sales that wait for a spin-off."""
        quantity = seen
        if seen.trades and follow_unacknowledged(self._store, self._broker, self._reconcile_orders, seen.symbol):
            # What was heard of and not booked is still counted as held.
            with self._store.reading() as reader:
                quantity = quantity_of(reader, seen.symbol, counted(position, self._doubts.held_back(seen.trades)))
        moment = unbooked.get(seen.symbol)
        return (quantity.until(moment) if moment else quantity).with_late_executions()

    def _is_beside_entries(self, quantity: Quantity, *, is_late: bool) -> bool:
        """Tell whether a difference is none of what entries on their way bought: the broker shows no fill of them.

        They are asked for after the positions. Shares that nobody's execution explains are waited for longer: the
        account may show a fill before its order does. Raises BrokerUnavailable.
        """
        if quantity.waiting and not (is_late or quantity.is_explained):
            return False
        entries = [self._broker.order(trade.id) for trade in quantity.waiting]
        return all(entry and not (entry.filled_shares or entry.state.is_over) for entry in entries)

    def _may_be_left(self, quantity: Quantity, now: datetime, *, was_asked: bool) -> bool:
        """Tell whether shares that nobody bought, or lack, may be the rest of a trade that ended lately.

        Its exits may have sold a part of what a company had made of its shares, before anybody was told of that; or
        executions by hand that are not booked are of the time when the trade still held them.
        """
        is_there = quantity.found > max(0, quantity.foreign) or bool(quantity.executions)
        is_clear = quantity.is_explained or quantity.found == quantity.foreign
        if not is_there or is_clear or is_account_believed(self._store):
            return False
        if was_asked:
            return True
        ended = self._ended_lately(quantity.symbol, now)
        if quantity.executions:
            return bool(ended)
        return any(trade.exit_price and is_doubtful(trade.exit_price, trade.entry) for trade in ended)

    def _taken_by_others(self, quantity: Quantity, now: datetime, *, is_late: bool) -> Mapping[str, int]:
        """Return the shares of a symbol without a trade that are others' from now on; none where that is not sure yet.

        Shares may be gone that a trade held, and that its own exit sold once more: of whom they were is told by their
        executions, for which it waits.
        """
        is_young = not is_late and not is_account_believed(self._store)
        if is_young and quantity.found < quantity.before and self._ended_lately(quantity.symbol, now):
            return {}
        self._claim_for_nobody(quantity)
        return {quantity.symbol: quantity.found}

    def _ended_lately(self, symbol: str, now: datetime) -> Sequence[Trade]:
        with self._store.reading() as reader:
            return reader.trades({TradeState.CLOSED}, symbol=symbol, since=now - LATELY)

    def _is_suspect(self, quantity: Quantity, position: Position | None) -> bool:
        """Tell whether a corporate action may be behind a difference: by its quantity, its day, or a far-off price.

        So it may be where executions by hand do not add up, or where shares of ours are gone and were exchanged lately:
        another exchange that nobody told of may hide behind them.
        """
        with self._store.reading() as reader:
            is_awaited = quantity.symbol in self._restate.suspended(reader)
            now = self._clock.now()
            is_exchanged = was_exchanged(reader, quantity.symbol, now - LATELY, now)
        is_far = bool(position and any(is_doubtful(position.price, trade.entry) for trade in quantity.holders))
        is_gone = quantity.found < quantity.before
        return any(
            (
                is_awaited,
                self._doubts.held_back(quantity.trades),
                quantity.is_suspect,
                quantity.does_not_add_up,
                is_far,
                is_gone and is_exchanged,
            )
        )

    def _take_as_it_is(self, quantity: Quantity, position: Position | None, over: Mapping[str, Order]) -> int:
        """Book what is gone without an execution at about the last price; return the shares that are not ours then."""
        gone = max(0, quantity.holding - max(0, quantity.found))
        if gone:
            price = self._symbols.price_before(quantity.symbol) or (position.price if position else None)
            self._sales.guess(quantity.symbol, gone, price, over)
        self._claim_for_nobody(quantity)
        return quantity.found - (quantity.ours - gone)

    def _claim_for_nobody(self, quantity: Quantity) -> None:
        if quantity.executions:
            with self._store.writing() as transaction:
                for execution in quantity.executions:
                    transaction.claim_activity(execution.id, NOBODY)

    def _settled(self, quantities: Sequence[Quantity]) -> Mapping[str, Order]:
        """Look for what is over of all trades in some symbols."""
        ids = [trade.id for quantity in quantities for trade in quantity.trades]
        if not ids:
            return {}
        with self._store.reading() as reader:
            known = reader.orders_of(ids)
        return settled(self._broker, known)

    def _is_strange(self, quantity: Quantity, over: Mapping[str, Order]) -> bool:
        """Tell whether the broker does not have an entry that it once had: another account, or one that was reset."""
        with self._store.reading() as reader:
            known = reader.orders_of([trade.id for trade in quantity.trades])
        return any(
            any(order.role is OrderRole.ENTRY for order in kept) and not ask(self._broker, trade_id, kept, over).entry
            for trade_id, kept in known.items()
        )
