import threading
from collections.abc import Generator
from contextlib import contextmanager

from engine.errors import DeskNotActive
from engine.model.desk import DeskState
from engine.model.trade import Entry, Order
from engine.ports import Broker, Store


class Gate:
    """The one way by which an entry leaves for the broker.

    An order passes only while the desk is active, and a halt waits until no order is on its way: after the halt is
    committed none leaves.
    """

    def __init__(self, *, broker: Broker, store: Store) -> None:
        self._broker = broker
        self._store = store
        self._passage = threading.Lock()

    def submit(self, entry: Entry) -> Order:
        """Send an entry; raises DeskNotActive, MustHalt, and what the broker raises."""
        with self._passage:
            with self._store.reading() as ledger:
                desk = ledger.desk()
            if desk.state is not DeskState.ACTIVE:
                raise DeskNotActive(desk.state, desk.reason, desk.by)
            return self._broker.submit(entry)

    @contextmanager
    def shut(self) -> Generator[None]:
        """Let nothing pass while the desk's state is being changed."""
        with self._passage:
            yield
