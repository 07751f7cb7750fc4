from contextlib import AbstractContextManager

from engine.errors import AlreadyDecided, DeskNotActive, MarketClosed, OrderRefused
from engine.model.desk import DeskState
from engine.model.market import Session
from engine.model.trade import Entry, Order, TradeState
from engine.ports import Broker, Calendar, Clock
from engine.stages.decide import existing
from engine.truth import Store


class Gate:
    """The one way by which an entry leaves for the broker.

    An order passes only in regular hours, while the desk is active and its trade still waits for it. A halt waits until
    no order is on its way, of this process or any other on the same truth: after the halt is committed none leaves.
    """

    def __init__(self, *, broker: Broker, store: Store, clock: Clock, calendar: Calendar) -> None:
        self._broker = broker
        self._store = store
        self._clock = clock
        self._calendar = calendar

    def submit(self, entry: Entry) -> Order:
        """Send an entry; raises AlreadyDecided, DeskNotActive, MarketClosed, MustHalt, and what the broker raises."""
        with self._store.passage():
            try:
                self._check(entry.client_order_id)
                return self._broker.submit(entry)
            except (DeskNotActive, MarketClosed, OrderRefused):
                # An earlier attempt may have arrived after all; then there is an order, whatever forbids another.
                order = self._broker.order(entry.client_order_id)
                if order is None:
                    raise
                return order

    def shut(self) -> AbstractContextManager[None]:
        """Let nothing pass for a while; what is on its way has arrived before. Raises MustHalt."""
        return self._store.passage()

    def _check(self, trade_id: str) -> None:
        now = self._clock.now()
        if self._calendar.session(now) is not Session.REGULAR:
            raise MarketClosed(self._calendar.next_open(now))
        with self._store.reading() as ledger:
            desk, trade = ledger.desk(), existing(ledger, trade_id)
        if desk.state is not DeskState.ACTIVE:
            raise DeskNotActive(desk.state, desk.reason, desk.by)
        if trade.state is not TradeState.SUBMITTED:
            raise AlreadyDecided(trade.id, trade.state, trade.decided_by)
