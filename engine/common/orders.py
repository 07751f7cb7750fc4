"""What the broker has of a trade: its entry with the legs, and the orders that were sent by themselves.

A lone order's id is the trade's, its role and a number, `AAPL_20250819_234515-stop-1`. An id is used again until the
broker is known to have it, so that a lost answer never makes two orders. Shares that left the position by somebody's
hand are kept as an order too, whose role is written `hand`, and so is the entry of a trade that somebody made of shares
bought elsewhere, whose reason is `adopted`; the broker is never asked for either.

The shape of an id tells our orders from those of others, also where the database does not know them.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from engine.common.order_ids import trade_id_of
from engine.model.market import Session
from engine.model.signal import Side
from engine.model.trade import Entry, Order, OrderRole, OrderState, Trade
from engine.ports.broker import Broker

HAND = "hand"
ADOPTED = "adopted"
NO_ORDERS: Mapping[str, Order] = MappingProxyType({})
SENT_ALONE = (OrderRole.STOP, OrderRole.EXIT, OrderRole.COVER)
"""Roles of orders that are sent by themselves; a target is the leg of a stop."""
PURCHASES = frozenset({OrderRole.ENTRY, OrderRole.COVER})
"""Roles of orders that buy."""
AT_THE_MARKET = frozenset({OrderState.ACCEPTED, OrderState.PARTLY_FILLED, OrderState.UNKNOWN})
"""States in which an order waits at the exchange itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """A trade's orders as the broker shows them now; `entry` is None when the broker does not have it."""

    entry: Order | None
    lone: tuple[Order, ...]

    @property
    def purchase(self) -> "Orders":
        """The entry alone, as if there were no exits."""
        return Orders(entry=replace(self.entry, legs=()) if self.entry else None, lone=())

    def without_new(self, known: Sequence[Order]) -> "Orders":
        """Return them without the exits that stand and are none of those that are known, and of which nothing sold."""
        ids = {order.broker_id for order in known}

        def is_kept(order: Order) -> bool:
            return order.broker_id in ids or bool(order.filled_shares) or not order.is_standing

        def kept(order: Order) -> Order:
            return replace(order, legs=tuple(filter(is_kept, order.legs)))

        lone = (kept(order) for order in self.lone if is_kept(order))
        return Orders(entry=kept(self.entry) if self.entry else None, lone=tuple(lone))

    @property
    def parts(self) -> tuple[Order, ...]:
        """Every order with its legs, without nesting."""
        return tuple(part for order in (self.entry, *self.lone) if order for part in order.parts)

    @property
    def broker_ids(self) -> frozenset[str]:
        """The broker's ids of all of them, and of those that they were before somebody replaced them."""
        return frozenset(each for order in (self.entry, *self.lone) if order for each in order.broker_ids)

    @property
    def exits(self) -> tuple[Order, ...]:
        """Every order that sells."""
        lone = (part for order in self.lone for part in order.parts)
        parts = (*(self.entry.legs if self.entry else ()), *lone)
        return tuple(part for part in parts if part.role not in PURCHASES)

    @property
    def covers(self) -> tuple[Order, ...]:
        """Every order that buys back what was sold beyond what was held."""
        return tuple(order for order in self.lone if order.role is OrderRole.COVER)

    def live(self, role: OrderRole) -> tuple[Order, ...]:
        """Return the exits of a role that are not over."""
        return tuple(order for order in self.exits if order.role is role and not order.state.is_over)

    def held_shares(self, trade: Trade) -> int:
        """Return what is left of what was bought, 0 where more was sold."""
        return max(0, self._left(trade))

    def short_shares(self, trade: Trade) -> int:
        """Return the shares that were sold beyond what was bought and are not bought back yet."""
        return max(0, -self._left(trade))

    def bought_shares(self, trade: Trade) -> int:
        """Return what the entry bought, in the shares of today; the trade says it where the broker cannot."""
        return self.entry.filled_shares + trade.restated.bought_shares if self.entry else trade.filled_shares

    def sold_shares(self, trade: Trade) -> int:
        """Return what the exits sold and nothing bought back, in the shares of today."""
        sold = sum(order.filled_shares for order in self.exits) - sum(order.filled_shares for order in self.covers)
        return sold + trade.restated.sold_shares

    def _left(self, trade: Trade) -> int:
        return self.bought_shares(trade) - self.sold_shares(trade)

    @property
    def covered(self) -> int:
        """Shares that a stop protects now: a stop that is held works once the target beside it is at the market."""
        groups = [group for group in (self.entry, *self.lone) if group]
        return sum(_covered(group) for group in groups)

    @property
    def came_alone(self) -> bool:
        """Whether the entry went out without a stop, as in extended hours."""
        return self.entry is not None and not self.entry.legs

    @property
    def is_alive(self) -> bool:
        """Whether any of them is not over."""
        parts = (self.entry, *self.exits) if self.entry else self.exits
        return any(not part.state.is_over for part in parts)

    def bare_shares(self, trade: Trade) -> int:
        """Return the shares that are held and that no stop protects."""
        return max(0, self.held_shares(trade) - self.covered)


def _covered(group: Order) -> int:
    targets = [part for part in group.parts if part.role is OrderRole.TARGET]
    is_armed = any(part.state in AT_THE_MARKET for part in targets) if targets else group.state.is_over
    stops = [part for part in group.parts if part.role is OrderRole.STOP and not part.state.is_over]
    return sum(stop.unfilled_shares for stop in stops if is_armed or stop.state is not OrderState.HELD)


def entry_of(trade: Trade, session: Session) -> Entry:
    """Write a trade's entry: with its exits in regular hours, at the market unless a limit was asked for; else alone.

    The limit is the price that the trade was sized at: no fill makes its risk larger than what was approved.
    """
    extended = session is not Session.REGULAR
    has_limit = extended or trade.origin.limit is not None
    return Entry(
        client_order_id=trade.id,
        symbol=trade.symbol,
        shares=trade.shares,
        stop=trade.stop,
        target=trade.target,
        limit=trade.sizing.entry if has_limit else None,
        extended=extended,
    )


def by_trade(orders: Iterable[Order]) -> Mapping[str, tuple[Order, ...]]:
    """Group orders by the trade that their ids begin with."""
    found = defaultdict[str, list[Order]](list)
    for order in orders:
        found[trade_id_of(order.client_order_id)].append(order)
    return {trade_id: tuple(group) for trade_id, group in found.items()}


def shown(alive: Sequence[Order], trade_id: str) -> Orders:
    """Return a trade's orders as far as they are among those that are alive."""
    entry = next((order for order in alive if order.client_order_id == trade_id), None)
    return Orders(entry=entry, lone=tuple(order for order in alive if order is not entry))


def settled(broker: Broker, known: Mapping[str, Sequence[Order]]) -> Mapping[str, Order]:
    """Look, with few requests, for orders of many trades that are over with all their legs; `known` are those we keep.

    They cannot change any more, however long ago this was asked. Raises BrokerUnavailable.
    """
    lone = (order for trade_id, orders in known.items() for order in _lone(trade_id, orders) if not is_by_hand(order))
    wanted = {*known, *(order.client_order_id for order in lone)}
    found = broker.find_orders(wanted) if wanted else NO_ORDERS
    return {key: order for key, order in found.items() if all(part.state.is_over for part in order.parts)}


def ask(broker: Broker, trade_id: str, known: Sequence[Order], over: Mapping[str, Order] = NO_ORDERS) -> Orders:
    """Ask the broker for a trade's orders, but for those that are settled; `known` are those that we keep of it.

    Raises BrokerUnavailable.
    """
    noted = next((order for order in known if is_adopted(order)), None)

    def now(key: str) -> Order | None:
        if noted and key == trade_id:
            return noted
        return over.get(key) or broker.order(key)

    seen = (
        (order.role, order if is_by_hand(order) else now(order.client_order_id)) for order in _lone(trade_id, known)
    )
    return Orders(entry=now(trade_id), lone=tuple(replace(order, role=role) for role, order in seen if order))


def unacknowledged_orders(broker: Broker, trade_id: str, known: Sequence[Order]) -> tuple[Order, ...]:
    """Return the lone orders of a trade that the broker has and we do not keep, the oldest of a role first.

    We ended before we heard the answer to one, or the database lost all of some time. Raises BrokerUnavailable.
    """
    return tuple(as_sent(order) for role in SENT_ALONE for order in _not_kept(broker, trade_id, role, known))


def _not_kept(broker: Broker, trade_id: str, role: OrderRole, known: Sequence[Order]) -> Iterator[Order]:
    """Yield what was sent in between, and then what was sent last."""
    numbers = _numbers(trade_id, role, known)
    for number in itertools.count(1):
        order = None if number in numbers else broker.order(f"{trade_id}-{role}-{number}")
        if order:
            yield order
        elif number > max(numbers, default=0):
            return


def as_sent(order: Order) -> Order:
    """Return a lone order in the role that its id says it was sent for; a stop may be the leg of its target."""
    roles = [role for role in (OrderRole.EXIT, OrderRole.COVER) if f"-{role}-" in order.client_order_id]
    return replace(order, role=roles[0]) if roles else order


def by_hand(
    trade: Trade, shares: int, price: Decimal, known: Sequence[Order], at: datetime, execution: str = ""
) -> Order:
    """Write down that shares of a trade left the position without an order of ours, at a price.

    `execution` is the broker's id of it, '' where there is none and the price is a guess.
    """
    number = 1 + sum(is_by_hand(order) for order in known)
    return Order(
        broker_id=execution or f"{trade.id}-{HAND}-{number}",
        client_order_id=f"{trade.id}-{HAND}-{number}",
        role=OrderRole.EXIT,
        symbol=trade.symbol,
        side=Side.SELL,
        shares=shares,
        state=OrderState.FILLED,
        filled_shares=shares,
        fill_price=price,
        filled_at=at,
        reason=HAND,
    )


def adopted_entry(trade: Trade, at: datetime) -> Order:
    """Write down the shares that somebody bought elsewhere, as the entry of the trade that was made of them."""
    return Order(
        broker_id=f"{trade.id}-{ADOPTED}",
        client_order_id=trade.id,
        role=OrderRole.ENTRY,
        symbol=trade.symbol,
        side=Side.BUY,
        shares=trade.shares,
        state=OrderState.FILLED,
        filled_shares=trade.shares,
        fill_price=trade.fill_price,
        filled_at=at,
        reason=ADOPTED,
    )


def is_adopted(order: Order) -> bool:
    """Tell whether this is no order of the broker's but our note of shares that were bought elsewhere."""
    return order.reason == ADOPTED and order.role is OrderRole.ENTRY


def bought_back(
    trade: Trade, shares: int, price: Decimal, known: Sequence[Order], at: datetime, execution: str = ""
) -> Order:
    """Write down that shares which a trade was short of came back without an order of ours; else as `by_hand`."""
    sale = by_hand(trade, shares, price, known, at, execution)
    return replace(sale, role=OrderRole.COVER, side=Side.BUY)


def _lone(trade_id: str, known: Sequence[Order]) -> Sequence[Order]:
    """Return the orders that were sent for a trade by themselves, without its entry, legs, and what they replaced."""
    sent = dict[tuple[str, OrderRole], Order]()
    for order in known:
        if order.client_order_id.startswith(f"{trade_id}-"):
            sent.setdefault((order.client_order_id, order.role), order)
    return list(sent.values())


def is_by_hand(order: Order) -> bool:
    """Tell whether this is no order of the broker's but our note of what somebody did there."""
    return order.reason == HAND and f"-{HAND}-" in order.client_order_id


def next_id(trade_id: str, role: OrderRole, known: Sequence[Order]) -> str:
    """Return the client order id of a trade's next lone order of a role.

    A database that was put back may know the last one and lack one before it.
    """
    return f"{trade_id}-{role}-{1 + max(_numbers(trade_id, role, known), default=0)}"


def _numbers(trade_id: str, role: OrderRole, known: Sequence[Order]) -> frozenset[int]:
    """Return the numbers of the lone orders of a role."""
    return frozenset(number for number, _ in numbered(trade_id, role, known))


def numbered(trade_id: str, role: OrderRole, known: Sequence[Order]) -> Iterator[tuple[int, Order]]:
    """Yield the lone orders of a role, each with its number."""
    start = f"{trade_id}-{role}-"
    for order in known:
        end = order.client_order_id.removeprefix(start)
        if order.client_order_id.startswith(start) and end.isdecimal():
            yield int(end), order
