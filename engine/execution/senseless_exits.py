"""Stops and targets that would be filled the moment they are sent: they are not sent, and the desk is asked."""

from datetime import datetime
from decimal import Decimal

import structlog

from engine.model.desk import OWN_ACCORD
from engine.model.notices.trades import ExitSenseless
from engine.model.trade import OrderRole, Trade
from engine.ports.broker import Broker
from engine.ports.store import Store

log = structlog.get_logger()


def senseless(role: OrderRole, price: Decimal, market: Decimal) -> bool:
    """Tell whether an exit would be filled the moment it is sent: a stop over the market's price, a target under it."""
    return price >= market if role is OrderRole.STOP else price <= market


def market_price(broker: Broker, symbol: str) -> Decimal | None:
    """Return the last price of a symbol at the broker, None where nothing of it is held; raises BrokerUnavailable."""
    held = broker.position(symbol)
    return held.price if held else None


def tell_senseless(
    store: Store, trade: Trade, role: OrderRole, market: Decimal, now: datetime, *, price: Decimal | None = None
) -> None:
    """Tell, once for each price, that a stop or target is not sent because it would be filled at once; asks.

    `price` is where it was to stand, the trade's own unless it is given.
    """
    price = price or (trade.stop if role is OrderRole.STOP else trade.target)
    key = f"{trade.id}:senseless:{role}:{price}"
    with store.writing() as transaction:
        notice = ExitSenseless(key=key, at=now, trade_id=trade.id, role=role, price=price, market=market)
        if transaction.enqueue_notice(notice):
            transaction.write_audit(
                OWN_ACCORD.entry(now, "protect", trade.id, "not sent", f"{role} {price}, market {market}")
            )
            log.warning("exit_makes_no_sense", trade_id=trade.id, role=role, price=str(price), market=str(market))
