"""Ends what would sell too much of a trade at its target, so that a part and a rest can take its place.

Alpaca replaces the price of a bracket's leg and never its shares, so the bracket is cancelled and sent anew in two.
That is done once, right after the entry; from then on each order is whole, and nothing needs parting at the target. If
a process dies in between, it leaves shares without a stop, which whoever looks at them next gives one. A target
that is still for shares which somebody sold by hand is ended in the same way.
"""

from functools import partial

import structlog

from engine.common.orders import Orders
from engine.common.symbol_halts import symbol_halts
from engine.errors import AlreadyDecided, OrderRefused
from engine.execution.corporate_actions import Restate
from engine.execution.exit_gate import ExitGate, as_seen
from engine.execution.parted_exits import target_to_reduce, wanted_at_target
from engine.execution.senseless_exits import senseless
from engine.execution.understood_shares import held_at_broker, is_understood
from engine.model.account import Position
from engine.model.desk import OWN_ACCORD
from engine.model.trade import OrderRole, Trade
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store

log = structlog.get_logger()


class PartBrackets:
    """Cancels what sells too much at its target, where what replaces it can be sent."""

    def __init__(self, *, store: Store, broker: Broker, clock: Clock, exits: ExitGate, restate: Restate) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._exits = exits
        self._restate = restate
        self._begun = set[str]()

    def begin(self, trade: Trade, orders: Orders) -> bool:
        """Ask for the end of a target that sells too much; False where there is none, or it cannot be replaced now.

        While the price is at the stop or the target, what replaces the order could not be sent: it stands. So it does
        while trading is halted, where a cancelled order might be the one that the reopening needs.
        Raises AlreadyDecided and TemporaryError.
        """
        target = target_to_reduce(trade, orders)
        position = held_at_broker(self._broker, trade.symbol) if target else None
        if target is None or position is None or position.shares < orders.held_shares(trade):
            return False
        if senseless(OrderRole.STOP, trade.stop, position.price):
            return False
        if senseless(OrderRole.TARGET, trade.target, position.price):
            return False
        with self._store.writing() as transaction:
            if not self._may_part(transaction, trade, position):
                return False
            what = f"{wanted_at_target(trade, orders)} of {orders.held_shares(trade)} at {trade.target}"
            if trade.id not in self._begun:  # else the same cancel is only tried again
                transaction.write_audit(OWN_ACCORD.entry(self._clock.now(), "part", trade.id, what))
        self._begun.add(trade.id)
        try:
            with self._exits.open(partial(self._look, trade, position)) as last_look:
                self._broker.cancel(target, last_look)
        except OrderRefused as error:
            log.warning("bracket_not_parted", trade_id=trade.id, error=str(error))
            return False
        log.info("bracket_parted", trade_id=trade.id, shares=what)
        return True

    @property
    def begun(self) -> frozenset[str]:
        """The trades whose exits are being sent in two, so that nobody need be told of the moment between."""
        return frozenset(self._begun)

    def go_on(self, trade_id: str) -> None:
        """Note that another of a trade's exits is still to be sent."""
        self._begun.add(trade_id)

    def end(self, trade_id: str) -> None:
        """Note that a trade's exits stand, or need none any more."""
        self._begun.discard(trade_id)

    def _look(self, trade: Trade, position: Position, reader: Reader) -> None:
        as_seen(trade)(reader)
        if not self._may_part(reader, trade, position):
            raise AlreadyDecided(trade.id, trade.state, trade.decided_by)

    def _may_part(self, reader: Reader, trade: Trade, position: Position) -> bool:
        return trade.symbol not in symbol_halts(reader) and is_understood(reader, self._restate, trade, position)
