"""What is told and cancelled where a company changes the shares of a trade."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import structlog

from engine.common.kept_orders import KeptOrders
from engine.common.orders import Orders
from engine.errors import OrderRefused
from engine.execution.exit_gate import ExitGate, whatever_is_stored
from engine.model.corporate_action import ActionKind
from engine.model.desk import OWN_ACCORD
from engine.model.money import CENT
from engine.model.notices.base import NoticeKind
from engine.model.notices.corporate_actions import CashInLieu, SpunOffPart, TradeRestated, TradeTerms
from engine.model.trade import Order, OrderRole, OrderState, Trade
from engine.ports.broker import Broker
from engine.ports.store import Transaction
from engine.risk.restating import is_doubtful

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionTerms:
    """What an action does: out of every `old_shares` come `new_shares`, and what was spun off beside them."""

    kind: ActionKind
    new_shares: Decimal
    old_shares: Decimal
    spun_off: SpunOffPart | None = None

    @classmethod
    def of(cls, kind: ActionKind, ratio: Fraction) -> "ActionTerms":
        """Return the terms of an action after which there are `ratio` shares for each one before."""
        return cls(kind=kind, new_shares=Decimal(ratio.numerator), old_shares=Decimal(ratio.denominator))


def with_cash(trade: Trade, dollars: Decimal) -> Trade:
    """Return a trade to whose result dollars came that are no shares."""
    return replace(trade, restated=replace(trade.restated, cash=trade.restated.cash + dollars))


def is_adjusted(order: Order, before: Trade, after: Trade) -> bool:
    """Tell whether the broker changed a standing order along with the shares.

    One of as many shares as there are now is of the new ones, where their number changed: somebody may have moved it
    since, which is their wish. One that still has the symbol of before sells nothing of what trades under the new one.
    """
    if order.symbol != after.symbol or order.price is None or order.unfilled_shares != after.held_shares:
        return False
    price = after.stop if order.role is OrderRole.STOP else after.target
    is_new = before.held_shares != after.held_shares and not is_doubtful(order.price, price)
    return is_new or abs(order.price - price) <= CENT


def under_symbol(orders: Orders, symbol: str) -> Orders:
    """Return a trade's orders as if the exits that wait under another symbol were over; of them counts what was sold.

    After a rename they sell nothing of what trades under the new one, however long the broker takes to end them: they
    protect nothing, and are in nobody's way.
    """
    if all(part.symbol == symbol for part in orders.parts):
        return orders

    def seen(order: Order) -> Order:
        legs = tuple(map(seen, order.legs))
        is_left_behind = order.symbol != symbol and not order.state.is_over and order.role is not OrderRole.ENTRY
        return replace(order, legs=legs, state=OrderState.CANCELLED if is_left_behind else order.state)

    entry = seen(orders.entry) if orders.entry else None
    return Orders(entry=entry, lone=tuple(map(seen, orders.lone)))


def end_old_exits(
    broker: Broker, gate: ExitGate, kept_orders: KeptOrders, trade_id: str, orders: Iterable[Order]
) -> None:
    """Cancel what stands at old prices, as far as the broker lets it; raises BrokerUnavailable."""
    for order in orders:
        if order.state.is_over:
            continue
        kept_orders.expect_end(order)
        try:
            with gate.open(whatever_is_stored) as last_look:
                broker.cancel(order, last_look)
        except OrderRefused as error:
            log.warning("old_exit_not_cancelled", trade_id=trade_id, error=str(error))


def tell_cash(
    transaction: Transaction, trade: Trade, key: str, dollars: Decimal, now: datetime, *, spun_off: str = ""
) -> None:
    """Tell of cash in lieu of fractions of a share; those of a company that was `spun_off` are none of the trade's."""
    name = f"{NoticeKind.CASH_IN_LIEU}:{key}"
    transaction.enqueue_notice(CashInLieu(key=name, at=now, trade_id=trade.id, dollars=dollars, spun_off=spun_off))
    transaction.write_audit(OWN_ACCORD.entry(now, "cash in lieu", trade.id, f"{dollars} {spun_off}".rstrip()))


def tell_restated(
    transaction: Transaction, before: Trade, after: Trade, terms: ActionTerms, key: str, now: datetime
) -> None:
    """Tell what an action made of a trade, and keep it in the audit; `key` is the action's."""
    was, now_is = _terms(before), _terms(after)
    told = TradeRestated(
        key=f"{before.id}:restated:{key}",
        at=now,
        trade_id=before.id,
        action=terms.kind,
        new_shares=terms.new_shares,
        old_shares=terms.old_shares,
        before=was,
        after=now_is,
        spun_off=terms.spun_off,
    )
    transaction.enqueue_notice(told)
    part = terms.spun_off
    facts = [terms.kind, terms.new_shares, terms.old_shares, was.shares, now_is.shares, was.stop, now_is.stop]
    facts += [was.target, now_is.target, was.symbol, now_is.symbol]
    facts += [part.symbol, part.shares, part.cost, f"{part.kept:f}"] if part else []
    transaction.write_audit(OWN_ACCORD.entry(now, "restate", before.id, " ".join(map(str, facts)), key))


def _terms(trade: Trade) -> TradeTerms:
    return TradeTerms(shares=trade.net_shares, stop=trade.stop, target=trade.target, symbol=trade.symbol)
