"""What the broker holds beside what our trades say, by value: every share is explained by an execution or an action.

Orders and positions are read one after the other, so a difference counts only when a later look finds the same. What
people sold by hand is booked at the price of its execution. What nothing explains is not booked: the desk is asked.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from engine.common.orders import ask, settled, unacknowledged_orders
from engine.common.share_counts import UNEXPLAINED, unexplained
from engine.execution.company_changes import Change
from engine.execution.corporate_actions import Restate
from engine.execution.due_actions import claim_exchanges, unclaimed_exchanges, was_exchanged
from engine.execution.executions import Cut
from engine.execution.exit_doubts import ExitDoubts
from engine.execution.external_holdings import exchange_foreign, follow_foreign
from engine.execution.find_change import inferred_change, known_change
from engine.execution.hand_sales import HandSales
from engine.execution.quantities import Quantity, counted, quantities_of, quantity_of
from engine.execution.reconcile_orders import ReconcileOrders
from engine.execution.spin_offs import SpinOffs
from engine.model.activity import ACTIONS, NOBODY
from engine.model.desk import ENGINE, OWN_ACCORD, DeskState
from engine.model.market import exchange_date
from engine.model.notices.account import UnexplainedChange
from engine.model.notices.base import NoticeKind, stamp
from engine.model.portfolio import AssetKind, Position
from engine.model.trade import AT_THE_BROKER, Order, OrderRole, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store
from engine.risk.restating import is_doubtful, whole

log = structlog.get_logger()

MOMENT = timedelta(seconds=2)
"""Real time after which a difference is no fill on its way."""
PATIENCE = timedelta(seconds=30)
"""Real time for which the account's activities may lag behind its positions."""
LATELY = timedelta(days=5)
"""Market time in which the account tells of what a company did, at the latest."""
DISPUTED = "disputed_positions"
"""The setting that has the symbols of trades whose orders the broker no longer knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unaccounted:
    """What is not understood: symbols of which the broker knows no entry, and those about which the desk is asked."""

    strange: frozenset[str]
    asked: Mapping[str, Quantity]


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
        self._seen: dict[str, tuple[Quantity, datetime]] = {}
        self._prices: dict[str, Decimal] = {}
        self._due: datetime | None = None
        self._looking = threading.Lock()

    def is_due(self) -> bool:
        """Tell, once, that a difference is to have its second look; if that fails, the next look is the minute's."""
        due = self._due
        if self._doubts.has_doubts and due is None:
            return True
        if due is None or self._clock.now() < due:
            return False
        self._due = None
        return True

    def __call__(self) -> str:
        """Compare, say what differs, and let the trades follow; raises BrokerUnavailable.

        Returns the symbols about which the broker and the database disagree, '' where there are none.
        """
        with self._looking:
            now = self._clock.now()
            self._restate.pull_old_exits()
            self._restate.book_cash()
            positions = self._positions()
            if self._apply_known(positions):
                positions = self._positions()
            for trade in self._spin_offs():
                self._go_on(trade)
            self._restate.retire_absent(positions)
            with self._store.reading() as reader:
                quantities = quantities_of(reader, positions, self._doubts)
            self._settle_doubts(quantities)
            lasting = self._lasting(quantities, now)
            outcome = self._see_to(lasting, positions, now)
            self._note_prices(positions, quantities)
            return self._contradictions(outcome, now)

    def _positions(self) -> dict[str, Position]:
        return {held.symbol: held for held in self._broker.positions() if held.kind is AssetKind.STOCK}

    def _note_prices(self, positions: Mapping[str, Position], quantities: Sequence[Quantity]) -> None:
        """Remember the last price of what our trades hold, from when its quantity was as it should be."""
        for quantity in quantities:
            if quantity.trades and quantity.is_as_told and quantity.symbol in positions:
                self._prices[quantity.symbol] = positions[quantity.symbol].price

    def _apply_known(self, positions: Mapping[str, Position]) -> bool:
        """Carry out the corporate actions that are told of, and tell whether any was."""
        with self._store.reading() as reader:
            if not reader.unclaimed(ACTIONS) and not self._restate.suspended(reader):
                return False
            quantities = quantities_of(reader, positions, self._doubts)
            unbooked = self._restate.unbooked(reader)
        applied = False
        for seen in quantities:
            holding = seen.holders
            if not holding:
                continue
            quantity = seen.until(unbooked[seen.symbol]) if seen.symbol in unbooked else seen
            position, held_back = positions.get(seen.symbol), self._held_back(seen)
            on = exchange_date(self._clock.now())
            with self._store.reading() as reader:
                known = known_change(reader, holding[0], quantity.cuts, position, held_back=held_back, on=on)
            if known:
                self._carry_out(quantity, *known)
                applied = True
        self._forget_actions_of_others()
        return applied

    def _carry_out(self, quantity: Quantity, change: Change, cut: Cut) -> None:
        """Restate the trades of a symbol, once what was dealt by hand before is booked in the shares of then."""
        self._due = self._clock.now()
        if not cut.earlier:
            self._restate_all(quantity, change, cut.after)
        elif not self._hear(quantity.symbol):  # else they may be of orders of ours, and none by hand
            self._sales.book(quantity.symbol, cut.earlier, {}, foreign=quantity.foreign)

    def _held_back(self, quantity: Quantity) -> int:
        """Count the shares that exits sold and that are not booked yet; they are counted as held."""
        return sum(self._doubts.doubted(trade.id) for trade in quantity.trades)

    def _forget_actions_of_others(self) -> None:
        """Let go of what companies did to shares that no trade holds."""
        with self._store.reading() as reader:
            ours = {trade.symbol for trade in reader.trades(AT_THE_BROKER)}
            rows = [row for row in reader.unclaimed(ACTIONS) if row.symbol not in ours]
        old = [row for row in rows if row.at < self._clock.now() - timedelta(days=2)]
        if old:
            with self._store.writing() as transaction:
                for row in old:
                    transaction.claim_activity(row.id, NOBODY)

    def _settle_doubts(self, quantities: Sequence[Quantity]) -> None:
        """Book the exits at far-off prices that were held back, where the quantity is just what they leave."""
        with self._store.reading() as reader:
            waiting = {*self._restate.unbooked(reader), *unclaimed_exchanges(reader)}
        for quantity in quantities:
            for trade in quantity.trades if quantity.symbol not in waiting else ():
                if self._doubts.is_doubted(trade.id) and quantity.is_explained:
                    self._doubts.settle(trade.id, believe=True)
                    self._reconcile_orders.trade(trade.id)

    def _lasting(self, quantities: Sequence[Quantity], now: datetime) -> list[tuple[Quantity, timedelta]]:
        """Return the differences that were the same a moment ago, and for how long; the others are looked at again."""
        before, self._seen = self._seen, {}
        for quantity in quantities:
            if not quantity.is_as_told:
                same = before.get(quantity.symbol)
                # A clock that was set back must not make a difference younger than this look.
                since = min(same[1], now) if same and same[0] == quantity else now
                self._seen[quantity.symbol] = (quantity, since)
        steps = [step * self._clock.speed for step in (MOMENT, PATIENCE)]
        looks = [since + step for _, since in self._seen.values() for step in steps]
        self._due = min((look for look in looks if look > now), default=None)
        return [(quantity, now - since) for quantity, since in self._seen.values() if self._lasts(since, now)]

    def _lasts(self, since: datetime, now: datetime) -> bool:
        """Tell whether a difference that was first seen then is no fill on its way any more."""
        return since + MOMENT * self._clock.speed <= now

    def _see_to(
        self, lasting: Sequence[tuple[Quantity, timedelta]], positions: Mapping[str, Position], now: datetime
    ) -> Unaccounted:
        """Explain what lasts, and book it; what is not ours is told."""
        foreign, strange, asked = dict[str, int](), set[str](), dict[str, Quantity]()
        over = self._settled([quantity for quantity, _ in lasting])
        with self._store.reading() as reader:
            unbooked, asked_before = self._restate.unbooked(reader), unexplained(reader)
            told = unclaimed_exchanges(reader)
        for seen, age in lasting:
            symbol, quantity = seen.symbol, self._as_booked(seen, unbooked, positions.get(seen.symbol))
            # What was asked about stays so: a new life, or another change, begins to look at it from the start.
            is_to_ask = age >= PATIENCE * self._clock.speed or symbol in asked_before
            if quantity.is_as_told:
                continue
            if symbol in told & asked_before.keys() and self._is_believed():
                with self._store.writing() as transaction:
                    claim_exchanges(transaction, symbol)
                told -= {symbol}
            is_left = not quantity.trades and self._may_be_left(quantity, now, was_asked=symbol in asked_before)
            if quantity.is_explained and symbol not in told:
                self._sales.book(symbol, quantity.executions, over, foreign=quantity.foreign)
            elif not quantity.trades and not is_left:
                foreign |= self._taken_by_others(quantity, age, now)
            elif not self._is_split(quantity, positions.get(symbol)):
                is_strange = self._is_strange(quantity, over)
                is_suspect = is_left or is_strange or self._is_suspect(quantity, positions.get(symbol))
                if is_suspect and not self._is_believed():
                    strange |= {symbol} if is_strange else set()
                    if is_to_ask:
                        asked[symbol] = quantity
                elif age >= PATIENCE * self._clock.speed or self._is_believed():
                    foreign[symbol] = self._take_as_it_is(quantity, positions.get(symbol), over)
        follow_foreign(self._store, foreign, now)
        return Unaccounted(strange=frozenset(strange), asked=asked)

    def _as_booked(self, seen: Quantity, unbooked: Mapping[str, datetime], position: Position | None) -> Quantity:
        """Return a quantity once our orders explained what they can, without sales that wait for a spin-off."""
        quantity = seen
        if seen.trades and self._hear(seen.symbol):
            # What was heard of and not booked is still counted as held.
            with self._store.reading() as reader:
                quantity = quantity_of(reader, seen.symbol, counted(position, self._held_back(seen)))
        moment = unbooked.get(seen.symbol)
        return (quantity.until(moment) if moment else quantity).with_late_executions()

    def _may_be_left(self, quantity: Quantity, now: datetime, *, was_asked: bool) -> bool:
        """Tell whether shares that nobody bought, or lack, may be the rest of a trade that ended lately.

        Its exits may have sold a part of what a company had made of its shares, before anybody was told of that; or
        executions by hand that are not booked are of the time when the trade still held them.
        """
        is_there = quantity.found > max(0, quantity.foreign) or bool(quantity.executions)
        if not is_there or quantity.is_explained or quantity.found == quantity.foreign or self._is_believed():
            return False
        if was_asked:
            return True
        ended = self._ended_lately(quantity.symbol, now)
        if quantity.executions:
            return bool(ended)
        return any(trade.exit_price and is_doubtful(trade.exit_price, trade.entry) for trade in ended)

    def _taken_by_others(self, quantity: Quantity, age: timedelta, now: datetime) -> Mapping[str, int]:
        """Return the shares of a symbol without a trade that are others' from now on; none where that is not sure yet.

        Shares may be gone that a trade held, and that its own exit sold once more: of whom they were is told by their
        executions, for which it waits.
        """
        is_young = age < PATIENCE * self._clock.speed and not self._is_believed()
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
                self._held_back(quantity),
                quantity.is_suspect,
                quantity.does_not_add_up,
                is_far,
                is_gone and is_exchanged,
            )
        )

    def _is_split(self, quantity: Quantity, position: Position | None) -> bool:
        """Find a split behind a change of quantity without an execution, and restate the trades by it."""
        holding, price = quantity.holders, self._prices.get(quantity.symbol)
        on = exchange_date(self._clock.now())
        inferred = inferred_change(holding[0], quantity.cuts, position, price, on=on) if holding else None
        if inferred is None:
            return False
        self._carry_out(quantity, *inferred)
        return True

    def _restate_all(self, quantity: Quantity, change: Change, found: int) -> None:
        """Restate the trades of a symbol, each with its part of the dollars, and then what others hold of it.

        `found` are the shares that there are then; what parts of a share that are held beside them became is others'.
        """
        shares, trades = quantity.before, quantity.holders
        done = False
        for trade in trades:
            part = change.dollars * trade.net_shares / shares if shares else change.dollars
            done |= self._restate.apply(trade, replace(change, dollars=part))
            self._go_on(trade)
        least = whole(shares * change.ratio)
        total = found if least <= found < (shares + 1) * change.ratio else least
        left = total - sum(whole(trade.net_shares * change.ratio) for trade in trades)
        is_changed = change.ratio != 1 or change.symbol != quantity.symbol
        if done and is_changed and (quantity.foreign or left):
            names, now = (quantity.symbol, change.symbol), self._clock.now()
            exchange_foreign(self._store, names[0], quantity.foreign, into=names[1], shares=left, now=now)

    def _go_on(self, trade: Trade) -> None:
        """Let a trade that was restated follow its orders again."""
        self._doubts.settle(trade.id, believe=False)
        self._prices.pop(trade.symbol, None)  # it is of shares that there are no more
        self._reconcile_orders.trade(trade.id)

    def _take_as_it_is(self, quantity: Quantity, position: Position | None, over: Mapping[str, Order]) -> int:
        """Book what is gone without an execution at about the last price; return the shares that are not ours then."""
        gone = max(0, quantity.holding - max(0, quantity.found))
        if gone:
            price = self._prices.get(quantity.symbol) or (position.price if position else None)
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

    def _hear(self, symbol: str) -> bool:
        """Let our trades follow orders of ours of which we never heard: what these sold was not sold by hand."""
        with self._store.reading() as reader:
            known = reader.orders_of([trade.id for trade in reader.trades(AT_THE_BROKER, symbol=symbol)])
        heard = False
        for trade_id, orders in known.items():
            sent = unacknowledged_orders(self._broker, trade_id, orders)
            if sent:
                with self._store.writing() as transaction:
                    for order in sent:
                        transaction.save_order(trade_id, order)
                self._reconcile_orders.trade(trade_id)
                heard = True
        return heard

    def _is_strange(self, quantity: Quantity, over: Mapping[str, Order]) -> bool:
        """Tell whether the broker does not have an entry that it once had: another account, or one that was reset."""
        with self._store.reading() as reader:
            known = reader.orders_of([trade.id for trade in quantity.trades])
        return any(
            any(order.role is OrderRole.ENTRY for order in kept) and not ask(self._broker, trade_id, kept, over).entry
            for trade_id, kept in known.items()
        )

    def _is_believed(self) -> bool:
        """Tell whether somebody resumed trading after the desk was asked: then the account is right as it is."""
        with self._store.reading() as reader:
            desk = reader.desk()
            was_asked = bool(reader.setting(DISPUTED)) or bool(unexplained(reader))
            return was_asked and desk.state is DeskState.ACTIVE and desk.by != ENGINE

    def _contradictions(self, outcome: Unaccounted, now: datetime) -> str:
        """Keep, and tell once, what is not understood; return the symbols of which the broker knows no entry."""
        with self._store.reading() as reader:
            disputed_before, asked_before = reader.setting(DISPUTED) or "", unexplained(reader)
        young = {symbol for symbol, (_, since) in self._seen.items() if not self._lasts(since, now)}
        waiting = {symbol for symbol in disputed_before.split(", ") if symbol in young}
        disputed = ", ".join(sorted(waiting | outcome.strange))
        asked = {symbol: (quantity.before, quantity.found) for symbol, quantity in outcome.asked.items()}
        asked |= {symbol: pair for symbol, pair in asked_before.items() if symbol in young}
        if (disputed, asked) == (disputed_before, asked_before):
            return disputed
        with self._store.writing() as transaction:
            transaction.set_setting(DISPUTED, disputed)
            transaction.set_setting(UNEXPLAINED, json.dumps(asked, sort_keys=True))
            for symbol in asked.keys() - asked_before.keys():
                before, found = asked[symbol]
                key, price = f"{NoticeKind.UNEXPLAINED}:{symbol}:{stamp(now)}", self._prices.get(symbol)
                transaction.enqueue_notice(
                    UnexplainedChange(key=key, at=now, symbol=symbol, before=before, found=found, price_before=price)
                )
                transaction.write_audit(OWN_ACCORD.entry(now, "unexplained quantity", symbol, f"{before} -> {found}"))
        return disputed
