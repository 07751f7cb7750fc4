"""Shares of our trades that somebody sold by hand: booked to the trade, each at the price of its execution."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import structlog

from engine.common.orders import bought_back, by_hand
from engine.common.trade_lookup import existing
from engine.execution.adopt import open_again
from engine.execution.executions import Taken, attributed
from engine.execution.external_holdings import change_foreign
from engine.execution.held_then import holders
from engine.execution.reconcile_orders import ReconcileOrders
from engine.model.activity import NOBODY, Activity, ActivityKind
from engine.model.desk import OWN_ACCORD
from engine.model.notices.account import SoldByHand
from engine.model.trade import AT_THE_BROKER, Order, Trade, TradeState
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction

log = structlog.get_logger()


class HandSales:
    """Books what is gone; the look at the orders that follows ends what would sell too much by then."""

    def __init__(self, *, store: Store, clock: Clock, reconcile_orders: ReconcileOrders) -> None:
        self._store = store
        self._clock = clock
        self._reconcile_orders = reconcile_orders

    def book(self, symbol: str, executions: Sequence[Activity], over: Mapping[str, Order], *, foreign: int) -> None:
        """Book executions by hand, oldest first, to the trades of a symbol, and what is left of them to others.

        `foreign` are the shares of others before the first of them. Nothing is booked where another process was
        quicker. Raises TemporaryError.
        """
        with self._store.writing() as transaction:
            free = {execution.id for execution in transaction.unclaimed({ActivityKind.FILL}, symbol=symbol)}
            if not free.issuperset(execution.id for execution in executions):
                return
            taken, left = _attributed(transaction, symbol, executions, foreign)
            for part in taken:
                self._save(transaction, part)
            change_foreign(transaction, {symbol: left}, self._clock.now())
        self._follow(symbol, over)

    def _save(self, transaction: Transaction, taken: Taken) -> None:
        """Keep what somebody sold of trades, or bought back for them.

        A trade that ended opens again: its own orders sold the same shares once more, and it is short of them.
        """
        execution, name, price = taken.execution, taken.execution.id, taken.execution.price or Decimal(0)
        for trade_id, shares in taken.parts.items():
            trade, known = existing(transaction, trade_id), transaction.orders(trade_id)
            if shares > 0:
                self._keep_bought_back(transaction, trade, bought_back(trade, shares, price, known, execution.at, name))
                continue
            sale = by_hand(trade, -shares, price, known, execution.at, name)
            if trade.state is TradeState.CLOSED:
                open_again(transaction, trade, sale, self._clock.now())
            self._keep(transaction, trade, sale)
            name = ""
        transaction.claim_activity(execution.id, next(reversed(taken.sold), NOBODY))

    def _keep_bought_back(self, transaction: Transaction, trade: Trade, cover: Order) -> None:
        transaction.save_order(trade.id, cover)
        now, what = self._clock.now(), f"{cover.filled_shares} shares"
        transaction.write_audit(OWN_ACCORD.entry(now, "bought back by hand", trade.id, what, f"{cover.fill_price}"))

    def guess(self, symbol: str, gone: int, price: Decimal | None, over: Mapping[str, Order]) -> None:
        """Book shares that are gone without an execution, at about the last price, and say that it is a guess.

        Where no price is known a loss is the safer guess: the rules about losses must not miss one.
        """
        now = self._clock.now()
        with self._store.writing() as transaction:
            for trade, shares in _taken(_holding(transaction, symbol), gone):
                sale = by_hand(trade, shares, price or trade.stop, transaction.orders(trade.id), now)
                self._keep(transaction, trade, sale, is_estimate=True)
        self._follow(symbol, over)

    def _follow(self, symbol: str, over: Mapping[str, Order]) -> None:
        with self._store.reading() as reader:
            trades = reader.trades(AT_THE_BROKER, symbol=symbol)
        for trade in trades:
            self._reconcile_orders.trade(trade.id, over)

    def _keep(self, transaction: Transaction, trade: Trade, sale: Order, *, is_estimate: bool = False) -> None:
        """Keep a sale by hand with its notice; the trade itself follows with the next look at its orders."""
        now, shares, price = self._clock.now(), sale.filled_shares, sale.fill_price or Decimal(0)
        sureness = "estimate" if is_estimate else "exact"
        transaction.save_order(trade.id, sale)
        transaction.enqueue_notice(
            SoldByHand(
                key=sale.client_order_id,
                at=now,
                trade_id=trade.id,
                shares=shares,
                price=price,
                is_estimate=is_estimate,
            )
        )
        transaction.write_audit(
            OWN_ACCORD.entry(now, "sold by hand", trade.id, f"{shares} shares", f"{price} ({sureness})")
        )
        log.warning("sold_by_hand", trade_id=trade.id, shares=shares, price=str(price), sureness=sureness)


def _attributed(
    reader: Reader, symbol: str, executions: Sequence[Activity], foreign: int
) -> tuple[tuple[Taken, ...], int]:
    return attributed(executions, holders(reader, symbol, executions[0].at), foreign)


def _taken(trades: Sequence[Trade], gone: int) -> list[tuple[Trade, int]]:
    """Take shares that are gone from trades, the first first, and return from whom how many."""
    taken = list[tuple[Trade, int]]()
    for trade in trades:
        shares = min(gone, trade.held_shares)
        if shares > 0:
            taken.append((trade, shares))
            gone -= shares
    return taken


def _holding(reader: Reader, symbol: str) -> list[Trade]:
    """Return the trades of a symbol that hold shares, oldest first, as the orders that are kept make them."""
    return [trade for trade in reversed(reader.trades(AT_THE_BROKER, symbol=symbol)) if trade.held_shares]
