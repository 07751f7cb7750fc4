"""The real adapters, mortal: each side of whatever cannot be undone is a place at which the process may be killed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.adapters.alpaca.broker import AlpacaBroker
from engine.adapters.clock import boottime
from engine.adapters.redis import RedisSignalStream
from engine.adapters.sql.store import SqlStore
from engine.model.desk import ENGINE, DeskState, Term
from engine.model.trade import Entry, Order, Trade
from engine.ports.broker import LastLook, RequestGate, nothing_more, open_gate
from engine.ports.clock import Clock
from engine.ports.store import Transaction
from tests.faults.kill_points import Diary, Fate


class MortalStore(SqlStore):
    """The truth; notes when a halt was committed, and before somebody's resume is."""

    def __init__(self, url: str, *, fate: Fate, diary: Diary, clock: Clock) -> None:
        super().__init__(url)
        self._fate = fate
        self._diary = diary
        self._clock = clock
        self.waits = list[float]()  # seconds that whoever was urgent waited for the writers' turn
        self._resumed: datetime | None = None

    @contextmanager
    def writing(self, term: Term | None = None, *, urgent: bool = False) -> Iterator[Transaction]:
        asked = boottime()
        with super().writing(term, urgent=urgent) as transaction:
            if urgent:
                self.waits.append(boottime() - asked)
            before = transaction.desk().state  # read each time: the database may have been put back since the last
            yield transaction
            desk = transaction.desk()
            is_new = desk.state is not before
            if is_new and desk.state is DeskState.ACTIVE and desk.by != ENGINE:
                self._resumed = self._clock.now()
                self._diary.note("resumed", self._resumed, desk.by)
            self._fate.at("before commit")
        if is_new and desk.state is DeskState.HALTED:
            self._diary.note("halted", self._clock.now(), desk.reason)
            self._fate.at("after halt")
        self._fate.at("after commit")

    def note_held_halt(self, asked: datetime) -> None:
        """Note a halt that waits to be written, unless somebody has resumed trading since it was asked for."""
        if self._resumed is None or self._resumed < asked:
            self._diary.note("halted", self._clock.now(), "held")

    def note_desk(self, when: str) -> None:
        """Note that the desk stands active, where it does: from before to after it was looked at."""
        asked = self._clock.now()
        with self.reading() as reader:
            state = reader.desk().state
        if state is DeskState.ACTIVE:
            self._diary.note(when, asked, self._clock.now().isoformat())


class MortalStream(RedisSignalStream):
    """The stream."""

    def __init__(self, *given: Any, fate: Fate, **named: Any) -> None:
        super().__init__(*given, **named)
        self._fate = fate

    def publish(self, trade: Trade) -> None:
        self._fate.at("before publish")
        super().publish(trade)
        self._fate.at("after publish")

    def acknowledge(self, entry_ids: Sequence[str]) -> None:
        self._fate.at("before acknowledge")
        super().acknowledge(entry_ids)


class MortalBroker(AlpacaBroker):
    """The broker."""

    def __init__(self, *given: Any, fate: Fate, **named: Any) -> None:
        super().__init__(*given, **named)
        self._fate = fate

    def submit(self, entry: Entry, last_look: Callable[[], None] = nothing_more) -> Order:
        self._fate.at("before submit")
        order = super().submit(entry, last_look)
        self._fate.at("after submit")
        return order

    def replace(self, order: Order, price: Decimal, last_look: LastLook = nothing_more) -> Order:
        self._fate.at("before replace")
        new = super().replace(order, price, last_look)
        self._fate.at("after replace")
        return new

    def protect(self, *given: Any, **named: Any) -> Order:
        self._fate.at("before protect")
        order = super().protect(*given, **named)
        self._fate.at("after protect")
        return order

    def cancel(self, order: Order, last_look: LastLook = nothing_more) -> None:
        self._fate.at("before cancel")
        super().cancel(order, last_look)
        self._fate.at("after cancel")

    def close(self, client_order_id: str, symbol: str, shares: int, gate: RequestGate = open_gate) -> Order:
        self._fate.at("before close")
        order = super().close(client_order_id, symbol, shares, gate)
        self._fate.at("after close")
        return order
