from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial

import structlog

from engine.common.approvals import Approvals, is_allowed
from engine.common.newest_halt import NewestHalt, newest_halt
from engine.common.orders import entry_of
from engine.common.portfolio import LimitsOf
from engine.common.recall import Recall
from engine.common.strategy_in_force import StrategyInForce
from engine.common.symbol_halts import refuse_halted
from engine.common.trading_hours import TradingHours
from engine.errors import (
    AlreadyDecided,
    DeskNotActive,
    EndedByHalt,
    Expired,
    Fenced,
    LookedTooLongAgo,
    MarketUnavailable,
    NoPrice,
    OrderExists,
    RequestRefused,
    RiskRefused,
    StoppedSince,
    UnknownTrade,
)
from engine.execution.entry_hold import EntryHold
from engine.execution.last_look import LastLook, Look
from engine.model.desk import DeskState, Term
from engine.model.market import Snapshot
from engine.model.risk import LimitUnit
from engine.model.trade import Clearance, Order, Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Store
from engine.risk.tightened import tightened
from engine.risk.verdicts import of_stop

log = structlog.get_logger()

ATTEMPTS = 3
"""How often everything is looked at again, where looking took too long, before the order is left for later."""
OLD_PRICE = timedelta(seconds=5)
"""Real time after which the price of an approval is read again: in a fast replay no look could be quick enough."""


class OrderGate:
    """The one way by which an entry leaves for the broker.

    An order passes only in trading hours, while the desk is active and its trade still waits for it, at a price that is
    still the one of the approval, and within the limits of now. All that is looked at in one read a moment before the
    first byte leaves, under a lock that a halt waits for, in a term that the halt ends; a look that is older than a
    moment is not acted on.
    """

    def __init__(
        self,
        *,
        broker: Broker,
        store: Store,
        clock: Clock,
        hours: TradingHours,
        price: Callable[[str, datetime], Snapshot | None],
        limits_of: LimitsOf,
        approvals: Approvals,
        recall: Recall,
        strategy_in_force: StrategyInForce,
    ) -> None:
        self._broker = broker
        self._store = store
        self._clock = clock
        self._hours = hours
        self._price = price
        self._limits_of = limits_of
        self._approvals = approvals
        self._recall = recall
        self._strategy = strategy_in_force
        self._hold = EntryHold()

    def submit(self, trade: Trade) -> Order:
        """Send a trade's entry; raises RequestRefused and TemporaryError.

        What is refused here was not sent by this call; of an earlier one the broker may still have the order, and where
        it shows it, that is the order.
        """
        with self._store.order_lock() as term:
            try:
                return self._send(trade, term)
            except AlreadyDecided:
                raise
            except (RequestRefused, OrderExists):
                order = self._broker.order(trade.id)
                if order is None:
                    raise
                return order

    def shut(self, *, urgent: bool = False) -> AbstractContextManager[Term]:
        """Let nothing pass for a while; an order in flight has reached the broker before, or will never be sent.

        Raises StoreUnavailable.
        """
        return self._store.order_lock(urgent=urgent)

    def hold(self, by: str, reason: str) -> None:
        """Let no entry pass, whatever the database says, until `release`."""
        self._hold.hold(by, reason)

    def release(self) -> None:
        """Go by the database again."""
        self._hold.release()

    def _send(self, trade: Trade, term: Term) -> Order:
        """Look at everything and send; again from the start where the machine slept, or was too slow, in between."""
        for _ in range(ATTEMPTS):
            self._hours.session(self._clock.now())
            self._refuse_old(trade)
            self._refuse_another_price(trade)
            look = self._look(trade, term)
            last_look = LastLook(look=look, again=partial(self._look, trade, term), hold=self._hold, clock=self._clock)
            try:
                return self._broker.submit(entry_of(trade, look.session), last_look)
            except LookedTooLongAgo:
                log.warning("looked_too_long_ago", trade_id=trade.id)
        raise LookedTooLongAgo("the desk's state could not be read in time")

    def _look(self, trade: Trade, term: Term) -> Look:
        """Look at everything that can forbid the order, without asking anybody outside.

        Raises RequestRefused and Fenced.
        """
        session = self._hours.session(self._clock.now())
        self._hold.refuse()  # without the database, which may not answer
        self._refuse_old(trade)
        if self._approvals.need_a_price(trade, OLD_PRICE * self._clock.speed):
            raise LookedTooLongAgo("the price of the approval is to be read again")
        remembered = self._recall.known()
        with self._store.reading() as reader:
            looked_at = self._clock.steady()
            clearance = reader.clearance(trade.id)
            over = tightened(trade.sizing, self._limits_of(reader))
            other_strategy = self._strategy.objection(trade, reader)
            halt = newest_halt(reader)
            refuse_halted(reader, trade.symbol)
        if clearance is None:
            raise UnknownTrade(trade.id)
        _refuse(trade, clearance, halt, term)
        if other_strategy is not None:  # another process may lead by now, by a strategy of its own
            raise other_strategy
        if over is not None:  # another process tightened a limit since the approval
            raise RiskRefused(over.rule, over.figure, over.limit, over.unit)
        if remembered is not None and self._recall.forbids(remembered, clearance):
            raise DeskNotActive(DeskState.HALTED, remembered.reason, remembered.by)
        self._hold.refuse()  # a halt may have come while the database was read
        return Look(session=session, term=term, at=looked_at)

    def _refuse_old(self, trade: Trade) -> None:
        now = self._clock.now()
        if not self._approvals.are_young(trade, now):
            raise Expired(trade.id, self._approvals.young_until(trade))

    def _refuse_another_price(self, trade: Trade) -> None:
        """Read the price again where that is too long ago; refuse one that moved too far, or to the stop, or none."""
        if not self._approvals.need_a_price(trade, OLD_PRICE * self._clock.speed):
            return
        now = self._clock.now()
        is_at_market = self._hours.is_regular(now) and trade.origin.limit is None
        planned = trade.sizing.entry if is_at_market else trade.signal.price
        read_at = self._clock.steady()
        try:
            snapshot = self._price(trade.symbol, now)
        except MarketUnavailable as error:
            raise NoPrice(trade.symbol) from error
        if snapshot is None:
            raise NoPrice(trade.symbol)
        with self._store.reading() as reader:
            most = self._limits_of(reader).price_drift
        drift = abs(snapshot.price / planned - 1)
        if drift > most:
            raise RiskRefused("price_drift", drift, most, LimitUnit.SHARE_OF_EQUITY)
        reached = of_stop(trade.stop, snapshot.price)
        if not reached.allowed:
            raise RiskRefused(reached.rule, reached.figure, reached.limit, reached.unit)
        self._approvals.price_was_read(trade, read_at)


def _refuse(trade: Trade, clearance: Clearance, halt: NewestHalt | None, term: Term) -> None:
    """Refuse what the database says must not leave; raises RequestRefused and Fenced."""
    desk = clearance.desk
    if desk.state is not DeskState.ACTIVE:
        raise DeskNotActive(desk.state, desk.reason, desk.by)
    if clearance.state is not TradeState.SUBMITTED:
        raise AlreadyDecided(trade.id, clearance.state, clearance.decided_by)
    if halt is not None and trade.id in halt.entries:  # whatever the clock says of whoever approved
        raise EndedByHalt(halt.by)
    if not is_allowed(trade, desk):
        raise StoppedSince
    if clearance.term != term:
        raise Fenced(f"term {term.number} is over")
