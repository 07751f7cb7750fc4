from contextlib import AbstractContextManager

from engine.errors import AlreadyDecided, DeskNotActive, MarketClosed, OrderRefused
from engine.model.desk import DeskState
from engine.model.market import Session
from engine.model.trade import Order, Trade, TradeState
from engine.ports import Broker, Clock
from engine.stages.decide import existing
from engine.stages.hours import TradingHours
from engine.stages.orders import entry_of
from engine.truth import Store


class Gate:
    """The one way by which an entry leaves for the broker.

    An order passes only in trading hours, while the desk is active and its trade still waits for it. A halt waits until
    no order is on its way, of this process or any other on the same truth: after the halt is committed none leaves.
    """

    def __init__(self, *, broker: Broker, store: Store, clock: Clock, hours: TradingHours) -> None:
        self._broker = broker
        self._store = store
        self._clock = clock
        self._hours = hours
        self._held: tuple[str, str] | None = None

    def submit(self, trade: Trade) -> Order:
        """Send a trade's entry; raises AlreadyDecided, DeskNotActive, MarketClosed and MustHalt, or as the broker."""
        with self._store.passage():
            try:
                session = self._check(trade.id)
                return self._broker.submit(entry_of(trade, session))
            except (DeskNotActive, MarketClosed, OrderRefused):
                # An earlier attempt may have arrived after all; then there is an order, whatever forbids another.
                order = self._broker.order(trade.id)
                if order is None:
                    raise
                return order

    def shut(self) -> AbstractContextManager[None]:
        """Let nothing pass for a while; what is on its way has arrived before. Raises MustHalt."""
        return self._store.passage()

    def hold(self, by: str, reason: str) -> None:
        """Let no entry pass, whatever the truth says, until `release`: a halt may come when nothing can be written."""
        self._held = (by, reason)

    def release(self) -> None:
        """Go by the truth again."""
        self._held = None

    def _check(self, trade_id: str) -> Session:
        session = self._hours.session(self._clock.now())
        self._refuse_while_held()  # without the books, which may not answer
        with self._store.reading() as ledger:
            desk, trade = ledger.desk(), existing(ledger, trade_id)
        if desk.state is not DeskState.ACTIVE:
            raise DeskNotActive(desk.state, desk.reason, desk.by)
        if trade.state is not TradeState.SUBMITTED:
            raise AlreadyDecided(trade.id, trade.state, trade.decided_by)
        self._refuse_while_held()  # a halt may have come while the books were read
        return session

    def _refuse_while_held(self) -> None:
        held = self._held
        if held:
            by, reason = held
            raise DeskNotActive(DeskState.HALTED, reason, by)
