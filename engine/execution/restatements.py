"""What is told and cancelled where a company changes the shares of a trade."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import structlog

from engine.errors import OrderRefused
from engine.model.desk import OWN_ACCORD
from engine.model.notice import Notice, NoticeKind
from engine.model.trade import Order, OrderRole, Trade
from engine.ports.broker import Broker
from engine.ports.store import Transaction
from engine.risk.sizing import CENT

log = structlog.get_logger()


def with_cash(trade: Trade, dollars: Decimal) -> Trade:
    """Return a trade to whose result dollars came that are no shares."""
    return replace(trade, restated=replace(trade.restated, cash=trade.restated.cash + dollars))


def is_adjusted(order: Order, after: Trade) -> bool:
    """Tell whether the broker changed a standing order along with the shares."""
    price = after.stop if order.role is OrderRole.STOP else after.target
    fits_price = order.price is not None and abs(order.price - price) <= CENT
    return fits_price and order.shares - order.filled_shares == after.held_shares


def end_old_exits(broker: Broker, trade_id: str, orders: Iterable[Order]) -> None:
    """Cancel what stands at old prices, as far as the broker lets it; raises BrokerUnavailable."""
    for order in orders:
        if order.state.is_over:
            continue
        try:
            broker.cancel(order)
        except OrderRefused as error:
            log.warning("old_exit_not_cancelled", trade_id=trade_id, error=str(error))


def tell_cash(
    transaction: Transaction, trade: Trade, key: str, dollars: Decimal, now: datetime, *, spun_off: str = ""
) -> None:
    """Tell of cash in lieu of fractions of a share; those of a company that was `spun_off` are none of the trade's."""
    kind, detail = NoticeKind.CASH_IN_LIEU, " ".join(filter(None, [str(dollars), spun_off]))
    transaction.enqueue_notice(Notice(key=f"{kind}:{key}", kind=kind, at=now, trade_id=trade.id, detail=detail))
    transaction.record(OWN_ACCORD.entry(now, "cash in lieu", trade.id, detail))


def tell_restated(
    transaction: Transaction, before: Trade, after: Trade, what: str, key: str, now: datetime, more: str = ""
) -> None:
    """Tell what an action made of a trade, and keep it in the audit.

    `what` is the action's kind with new and old shares, `more` what else is to be told, each in words with one space
    between them; `key` is the action's.
    """
    detail = (
        f"{what} {before.held_shares} {after.held_shares} "
        f"{before.stop} {after.stop} {before.target} {after.target} {before.symbol} {after.symbol} {more}"
    ).rstrip()
    kind, name = NoticeKind.RESTATED, f"{before.id}:restated:{key}"
    transaction.enqueue_notice(Notice(key=name, kind=kind, at=now, trade_id=before.id, detail=detail))
    transaction.record(OWN_ACCORD.entry(now, "restate", before.id, detail, key))
