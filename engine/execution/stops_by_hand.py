"""Stops that somebody set by hand at the broker where the desk's own is missing: they hold the shares in its place.

The broker takes no second stop for shares that another order may sell. What such a stop sells is booked as a sale by
hand, like any other. The account may show those shares for a moment longer: a stop sent then would sell them twice.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import structlog

from engine.common.hand_stops import hand_stops, save_hand_stops
from engine.common.order_ids import TRADE_ID, trade_id_of
from engine.common.orders import Orders
from engine.common.share_counts import told_foreign
from engine.execution.external_positions import to_sell
from engine.execution.foreign_stops import is_stop_of_foreign
from engine.model.account import Position
from engine.model.desk import OWN_ACCORD
from engine.model.notices.account import StopByHand
from engine.model.portfolio import protected_by
from engine.model.trade import AT_THE_BROKER, Order, OrderRole, Trade
from engine.ports.broker import POSITIONS_LAG, Broker
from engine.ports.clock import Clock
from engine.ports.store import Store

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stop:
    """Such a stop: the shares that it protects, its price in dollars, the broker's id of it."""

    shares: int
    price: Decimal
    broker_id: str


class StopsByHand:
    """Finds them, keeps what they protect for the count of risk, and tells each once.

    Whose shares a stop protects is clear only where the account has none of the symbol but those of one trade.
    Elsewhere none counts: the trade's shares are looked at as having no stop.
    """

    def __init__(self, *, store: Store, broker: Broker, clock: Clock) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._offered: dict[str, int] = {}
        self._gone: dict[str, datetime] = {}

    @property
    def just_gone(self) -> Collection[str]:
        """The ids of the trades whose shares an order set by hand, a stop or not, may have sold a moment ago.

        Each is among them until `protected` is asked again after that moment.
        """
        return tuple(self._gone)

    def protected(self, trade: Trade, position: Position) -> int:
        """Return how many shares of an open trade they protect now; raises BrokerUnavailable."""
        orders = [order for order in self._broker.orders() if order.symbol == trade.symbol and _is_by_hand(order)]
        self._note(trade, sum(map(to_sell, orders)))
        found = map(_stop_of, orders if self._is_all_of(trade, position) else ())
        stops = [stop for stop in found if stop]
        self._keep(trade, stops)
        return sum(stop.shares for stop in stops)

    def without_stop(self, trade: Trade, orders: Orders) -> int:
        """Return the shares that neither a stop of `orders`, the desk's, nor one set by hand was seen to protect."""
        with self._store.reading() as reader:
            by_hand = protected_by(hand_stops(reader).get(trade.id, ()))
        return max(0, orders.bare_shares(trade) - by_hand)

    def forget_all_but(self, trade_ids: Collection[str]) -> None:
        """Count none any more but for these trades: those of others are over, or have the desk's own stop again."""
        for known in (self._offered, self._gone):
            for trade_id in known.keys() - set(trade_ids):
                known.pop(trade_id, None)
        with self._store.reading() as reader:
            is_kept = hand_stops(reader).keys() <= set(trade_ids)
        if is_kept:
            return
        with self._store.writing() as transaction:
            kept = hand_stops(transaction)
            save_hand_stops(transaction, {key: stops for key, stops in kept.items() if key in trade_ids})

    def _is_all_of(self, trade: Trade, position: Position) -> bool:
        """Tell whether a position is a trade's alone; it may have fewer shares, of which a sale is not booked yet."""
        with self._store.reading() as reader:
            trades = reader.trades(AT_THE_BROKER, symbol=trade.symbol)
            is_foreign = bool(told_foreign(reader).get(trade.symbol))
        is_alone = [each.id for each in trades] == [trade.id]
        return is_alone and not is_foreign and position.shares <= trade.held_shares

    def _note(self, trade: Trade, offered: int) -> None:
        """Note how many shares orders set by hand may sell, and when they became fewer; a new life knows the stops."""
        with self._store.reading() as reader:
            before = self._offered.get(trade.id, protected_by(hand_stops(reader).get(trade.id, ())))
        now, self._offered[trade.id] = self._clock.now(), offered
        if offered < before:
            self._gone[trade.id] = now
        elif now - self._gone.get(trade.id, now) >= POSITIONS_LAG * self._clock.speed:
            self._gone.pop(trade.id, None)

    def _keep(self, trade: Trade, stops: Sequence[_Stop]) -> None:
        wanted = tuple((stop.shares, stop.price) for stop in stops)
        with self._store.reading() as reader:
            if hand_stops(reader).get(trade.id, ()) == wanted and all(
                reader.was_enqueued(_key(trade, stop)) for stop in stops
            ):
                return
        with self._store.writing() as transaction:
            save_hand_stops(transaction, {**hand_stops(transaction), trade.id: wanted})
            now = self._clock.now()
            for stop in stops:
                notice = StopByHand(
                    key=_key(trade, stop),
                    at=now,
                    trade_id=trade.id,
                    shares=stop.shares,
                    held=trade.held_shares,
                    price=stop.price,
                    planned=trade.stop,
                )
                if transaction.enqueue_notice(notice):
                    what = f"{stop.shares} @ {stop.price}"
                    transaction.write_audit(OWN_ACCORD.entry(now, "stop by hand", trade.id, what))
                    log.warning("stop_by_hand", trade_id=trade.id, shares=stop.shares, stop=str(stop.price))


def _key(trade: Trade, stop: _Stop) -> str:
    return f"{trade.id}:stop-by-hand:{stop.broker_id}"


def _is_by_hand(order: Order) -> bool:
    """Tell by the shape of its id whether an order is none of ours."""
    return not TRADE_ID.fullmatch(trade_id_of(order.client_order_id)) and not is_stop_of_foreign(order)


def _stop_of(order: Order) -> _Stop | None:
    """Return what an order protects, None where it is no stop, or not one that works now."""
    shares = Orders(entry=None, lone=(order,)).covered
    stops = (part for part in order.parts if part.role is OrderRole.STOP and part.is_standing)
    prices = [(stop.price, stop.broker_id) for stop in stops if stop.price is not None]
    if not shares or not prices:
        return None
    price, broker_id = min(prices)
    return _Stop(shares=shares, price=price, broker_id=broker_id)
