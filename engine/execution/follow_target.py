"""The live target follows the price of its trade's fill."""

from contextlib import suppress
from functools import partial

import structlog

from engine.errors import BrokerUnavailable, Fenced, LookedTooLongAgo, RequestRefused
from engine.execution.corporate_actions import Restate
from engine.execution.exit_gate import ExitGate, as_seen, at_last
from engine.execution.senseless_exits import market_price, senseless, tell_senseless
from engine.model.desk import OWN_ACCORD
from engine.model.notices.trades import TargetSet
from engine.model.trade import Order, OrderRole, Trade
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store

log = structlog.get_logger()


class FollowTarget:
    """Moves a target at the broker, once, to where its trade has it since the entry was filled."""

    def __init__(self, *, store: Store, broker: Broker, clock: Clock, exits: ExitGate, restate: Restate) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._exits = exits
        self._restate = restate

    def __call__(self, trade: Trade, entry: Order | None) -> None:
        """Let the target follow the fill, once, when the entry is done; where it stands later is the desk's wish."""
        leg = entry.leg(OrderRole.TARGET) if entry and entry.state.is_over else None
        if leg is None or not leg.is_standing or leg.price in {None, trade.target}:
            return
        with self._store.reading() as reader:
            if is_target_set(reader, trade) or trade.symbol in self._restate.suspended(reader):
                return
        market = market_price(self._broker, trade.symbol)
        now = self._clock.now()
        if market is not None and senseless(OrderRole.TARGET, trade.target, market):
            tell_senseless(self._store, trade, OrderRole.TARGET, market, now)
            return
        try:
            moved = at_last(partial(self._replaced, trade, leg), trade_id=trade.id)
        except (RequestRefused, Fenced, LookedTooLongAgo) as error:
            # What comes after it, a missing stop and the risk of a fill, must not wait for a target.
            if not self._is_moved(trade):  # else another process that heard of the fill was quicker
                log.warning("target_not_moved", trade_id=trade.id, error=str(error))
            return
        with self._store.writing() as transaction:
            transaction.save_order(trade.id, moved)
            transaction.enqueue_notice(TargetSet(key=f"{trade.id}:target", at=now, trade_id=trade.id))
            transaction.write_audit(OWN_ACCORD.entry(now, "target", trade.id, str(trade.target)))

    def _is_moved(self, trade: Trade) -> bool:
        """Tell whether the target stands by now where it was to be moved, as far as the broker can be asked."""
        with suppress(BrokerUnavailable):
            entry = self._broker.order(trade.id)
            leg = entry.leg(OrderRole.TARGET) if entry else None
            return leg is not None and leg.price == trade.target
        return False

    def _replaced(self, trade: Trade, leg: Order) -> Order:
        with self._exits.open(as_seen(trade)) as last_look:
            return self._broker.replace(leg, trade.target, last_look)


def is_target_set(reader: Reader, trade: Trade) -> bool:
    """Tell whether the desk moves the target no more: it followed the fill, or may have before the trade was lost."""
    is_asked = trade.exit_plan.target_is_set or trade.exit_plan.target is not None
    return is_asked or trade.signal.is_recovered or reader.was_enqueued(f"{trade.id}:target")
