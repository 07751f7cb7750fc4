"""Shares of our trades that somebody sold by hand: booked to the trade, each at the price of its execution."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import structlog

from engine.common.orders import ask, bought_back, by_hand
from engine.common.trade_lookup import existing
from engine.execution.adopt import open_again
from engine.execution.executions import Taken
from engine.execution.held_then import held_then
from engine.execution.reconcile_orders import ReconcileOrders
from engine.model.activity import NOBODY
from engine.model.desk import OWN_ACCORD
from engine.model.notices.account import SoldByHand
from engine.model.trade import AT_THE_BROKER, Order, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction

log = structlog.get_logger()


class HandSales:
    """Books what is gone. What still waits to sell those shares is cancelled; the rest of them gets a new stop."""

    def __init__(self, *, store: Store, broker: Broker, clock: Clock, reconcile_orders: ReconcileOrders) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._reconcile_orders = reconcile_orders

    def transaction(self, symbol: str, taken: Sequence[Taken], over: Mapping[str, Order]) -> None:
        """Book executions by hand to the trades of a symbol, each to the oldest that holds shares, or held them then.

        Raises TemporaryError.
        """
        self._end_exits(symbol, sum(max(0, part.shares) for part in taken), over)
        with self._store.writing() as transaction:
            held = {trade.id: trade.held_shares for trade in _holding(transaction, symbol)}
            for part in taken:
                if part.shares < 0:
                    self._save_bought_back(transaction, symbol, part)
                else:
                    self._save_sold(transaction, part, held)
        self._follow(symbol, over)

    def _save_sold(self, transaction: Transaction, part: Taken, held: dict[str, int]) -> None:
        """Keep what somebody sold by hand of trades that hold shares, and beyond these of those that held them then.

        One that ended since opens again: its own orders sold the same shares once more, and it is short of them.
        """
        execution = part.execution
        if execution.price is None:
            transaction.claim_activity(execution.id, NOBODY)
            return
        sold = _divided(part.shares, held)
        crossed = part.shares - sum(sold.values())
        if crossed:
            then = held_then(transaction, execution.symbol, execution.at)
            more = _divided(crossed, {trade_id: shares - sold.get(trade_id, 0) for trade_id, shares in then.items()})
            sold |= {trade_id: sold.get(trade_id, 0) + shares for trade_id, shares in more.items()}
        name = execution.id
        for trade_id, shares in sold.items():
            trade, known = existing(transaction, trade_id), transaction.orders(trade_id)
            sale = by_hand(trade, shares, execution.price, known, execution.at, name)
            if trade.state is TradeState.CLOSED:
                open_again(transaction, trade, sale, self._clock.now())
            self._keep(transaction, trade, sale)
            name = ""
        transaction.claim_activity(execution.id, next(reversed(sold), NOBODY))

    def _save_bought_back(self, transaction: Transaction, symbol: str, part: Taken) -> None:
        """Keep what somebody bought by hand of shares that trades of ours were short of."""
        execution, left = part.execution, -part.shares
        for trade in [each for each in transaction.trades(AT_THE_BROKER, symbol=symbol) if each.short_shares]:
            shares = min(left, trade.short_shares)
            if shares and execution.price is not None:
                known = transaction.orders(trade.id)
                cover = bought_back(trade, shares, execution.price, known, execution.at, execution.id)
                transaction.save_order(trade.id, cover)
                now, what = self._clock.now(), f"{shares} shares"
                transaction.write_audit(
                    OWN_ACCORD.entry(now, "bought back by hand", trade.id, what, f"{execution.price}")
                )
                left -= shares
        transaction.claim_activity(execution.id, NOBODY)

    def guess(self, symbol: str, gone: int, price: Decimal | None, over: Mapping[str, Order]) -> None:
        """Book shares that are gone without an execution, at about the last price, and say that it is a guess.

        Where no price is known a loss is the safer guess: the rules about losses must not miss one.
        """
        self._end_exits(symbol, gone, over)
        now = self._clock.now()
        with self._store.writing() as transaction:
            for trade in _holding(transaction, symbol):
                shares = min(gone, trade.held_shares)
                if shares > 0:
                    sale = by_hand(trade, shares, price or trade.stop, transaction.orders(trade.id), now)
                    self._keep(transaction, trade, sale, is_estimate=True)
                    gone -= shares
        self._follow(symbol, over)

    def _end_exits(self, symbol: str, gone: int, over: Mapping[str, Order]) -> None:
        """Cancel what sells for trades of which shares are gone, first of all: it may fail, and nothing is booked then.

        Once the sale is booked nobody would look for exits that sell too much.
        """
        with self._store.reading() as reader:
            trades = _holding(reader, symbol)
            known = reader.orders_of([trade.id for trade in trades])
        for trade in trades:
            if gone > 0:
                self._reconcile_orders.end_exits(ask(self._broker, trade.id, known[trade.id], over))
                gone -= trade.held_shares

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


def _divided(shares: int, held: dict[str, int]) -> dict[str, int]:
    """Divide what was sold among trades, those first that come first, and take it off what they hold."""
    parts = dict[str, int]()
    for trade_id, most in held.items():
        part = min(shares, max(0, most))
        if part:
            parts[trade_id] = part
        shares -= part
    held.update({trade_id: held[trade_id] - part for trade_id, part in parts.items()})
    return parts


def _holding(reader: Reader, symbol: str) -> list[Trade]:
    """Return the trades of a symbol that hold shares, oldest first, as the orders that are kept make them."""
    return [trade for trade in reversed(reader.trades(AT_THE_BROKER, symbol=symbol)) if trade.held_shares]
