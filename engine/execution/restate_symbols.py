"""What a company did to the shares of a symbol, carried out on all who hold it: our trades first, then others.

What people dealt by hand before it is booked first of all, in the shares of then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from engine.common.retry_each import Turns
from engine.execution.company_changes import Change
from engine.execution.corporate_actions import Restate
from engine.execution.executions import Cut
from engine.execution.exit_doubts import ExitDoubts
from engine.execution.external_holdings import exchange_foreign
from engine.execution.find_change import inferred_change, known_change
from engine.execution.found_executions import follow_unacknowledged
from engine.execution.hand_sales import HandSales
from engine.execution.lasting_differences import LastingDifferences
from engine.execution.quantities import Quantity, quantities_of
from engine.execution.reconcile_orders import ReconcileOrders
from engine.model.account import Position
from engine.model.activity import ACTIONS, NOBODY
from engine.model.market import exchange_date
from engine.model.trade import AT_THE_BROKER, Trade
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store
from engine.risk.restating import whole


class RestateSymbols:
    """Carries out the corporate actions that are told of, and the splits that only a change of quantity shows."""

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
        differences: LastingDifferences,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._reconcile_orders = reconcile_orders
        self._restate = restate
        self._doubts = doubts
        self._sales = sales
        self._differences = differences
        self._prices: dict[str, Decimal] = {}

    def note_prices(self, positions: Mapping[str, Position], quantities: Sequence[Quantity]) -> None:
        """Remember the last price of what our trades hold, from when its quantity was as it should be."""
        for quantity in quantities:
            if quantity.trades and quantity.is_as_told and quantity.symbol in positions:
                self._prices[quantity.symbol] = positions[quantity.symbol].price

    def price_before(self, symbol: str) -> Decimal | None:
        """Return the last price of a symbol from when its quantity was as it should be, None where it is not known."""
        return self._prices.get(symbol)

    def apply_known(self, positions: Mapping[str, Position], turns: Turns) -> bool:
        """Carry out the corporate actions that are told of, each symbol in its turn, and tell whether any was."""
        with self._store.reading() as reader:
            if not reader.unclaimed(ACTIONS) and not self._restate.suspended(reader):
                return False
            quantities = {seen.name: seen for seen in quantities_of(reader, positions, self._doubts)}
            unbooked = self._restate.unbooked(reader)
        applied = list[str]()

        def apply(name: str) -> None:
            seen = quantities[name]
            holding = seen.holders
            if not holding or seen.waiting:  # else what an entry bought a moment ago would be taken for a split's
                return
            quantity = seen.until(unbooked[seen.symbol]) if seen.symbol in unbooked else seen
            position, held_back = positions.get(seen.symbol), self._doubts.held_back(seen.trades)
            on = exchange_date(self._clock.now())
            with self._store.reading() as reader:
                known = known_change(reader, holding[0], quantity.cuts, position, held_back=held_back, on=on)
            if known:
                self._carry_out(quantity, *known)
                applied.append(name)

        turns.give(quantities, apply)
        turns.end_if_lost()
        self._forget_actions_of_others()
        return bool(applied)

    def apply_split(self, quantity: Quantity, position: Position | None) -> bool:
        """Find a split behind a change of quantity without an execution, and restate the trades by it."""
        holding, price = quantity.holders, self._prices.get(quantity.symbol)
        on = exchange_date(self._clock.now())
        inferred = inferred_change(holding[0], quantity.cuts, position, price, on=on) if holding else None
        if inferred is None:
            return False
        self._carry_out(quantity, *inferred)
        return True

    def go_on(self, trade: Trade) -> None:
        """Let a trade that was restated follow its orders again."""
        self._doubts.settle(trade.id, believe=False)
        self._prices.pop(trade.symbol, None)  # it is of shares that there are no more
        self._reconcile_orders.trade(trade.id)

    def _carry_out(self, quantity: Quantity, change: Change, cut: Cut) -> None:
        """Restate the trades of a symbol, once what was dealt by hand before is booked in the shares of then."""
        self._differences.look_again()
        if not cut.earlier:
            self._restate_all(quantity, change, cut.after)
            return
        # Where they may be of orders of ours, none are by hand.
        if not follow_unacknowledged(self._store, self._broker, self._reconcile_orders, quantity.symbol):
            self._sales.book(quantity.symbol, cut.earlier, {}, foreign=quantity.foreign)

    def _restate_all(self, quantity: Quantity, change: Change, found: int) -> None:
        """Restate the trades of a symbol, each with its part of the dollars, and then what others hold of it.

        `found` are the shares that there are then; what parts of a share that are held beside them became is others'.
        """
        shares, trades = quantity.before, quantity.holders
        done = False
        for trade in trades:
            part = change.dollars * trade.net_shares / shares if shares else change.dollars
            done |= self._restate.apply(trade, replace(change, dollars=part))
            self.go_on(trade)
        least = whole(shares * change.ratio)
        total = found if least <= found < (shares + 1) * change.ratio else least
        left = total - sum(whole(trade.net_shares * change.ratio) for trade in trades)
        is_changed = change.ratio != 1 or change.symbol != quantity.symbol
        if done and is_changed and (quantity.foreign or left):
            names, now = (quantity.symbol, change.symbol), self._clock.now()
            exchange_foreign(self._store, names[0], quantity.foreign, into=names[1], shares=left, now=now)

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
