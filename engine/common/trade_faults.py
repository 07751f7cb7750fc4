import json
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

import structlog

from engine.common.doubt_reasons import TRADE_FAULT
from engine.common.duty_calls import DutyCalls
from engine.errors import TradeFault
from engine.model.desk import OWN_ACCORD
from engine.model.duty import CallKind
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.systems import TradeFaulted
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store

log = structlog.get_logger()

TOLD = "trade_faults"
"""The setting that has the trades and symbols of which the desk was told, as a JSON list."""
A_MINUTE = 60.0
"""Real seconds in which every step has run that does not wait for a bar."""


class TradeFaults:
    """Which trades the program cannot handle, by a fault of its own: a reason for exits only, told once for each.

    What the last round of a step could not handle counts until a whole round of it can. A step is any value that stands
    for it: what runs it. In a new life none is over before a bar has come, with which some steps run.
    """

    name = TRADE_FAULT

    def __init__(self, *, store: Store, clock: Clock, calls: DutyCalls) -> None:
        self._store = store
        self._clock = clock
        self._calls = calls
        self._found = dict[Hashable, frozenset[str]]()
        self._lock = threading.Lock()
        self._is_due = False
        self._begun = clock.steady()
        self._had_bar = False

    def begin(self) -> None:
        """Take nothing for known: a life begins."""
        with self._lock:
            self._found.clear()
        self._begun = self._clock.steady()
        self._had_bar = False

    def note_bar(self) -> None:
        """Know that the steps which run with a bar have run whole in this life."""
        self._had_bar = True

    @contextmanager
    def round_of(self, step: Hashable) -> Iterator[None]:
        """Open a whole round of a step: a TradeFault is noted, not raised; raises what the outside `lost` beside it."""
        try:
            yield
        except TradeFault as fault:
            # Of those that the outside kept from their turn it is not known whether they can be handled by now.
            self._note(step, fault, is_whole=fault.lost is None)
        else:
            with self._lock:
                self._found.pop(step, None)

    @contextmanager
    def look_of(self, step: Hashable) -> Iterator[None]:
        """Open a look at single trades, whose faults count as if the last round of a step had met them."""
        try:
            yield
        except TradeFault as fault:
            self._note(step, fault, is_whole=False)

    def look(self) -> str | None:
        """Say whether a trade cannot be handled; None early in a life, until every step has had its first round."""
        self._is_due = False
        faulted = self._faulted()
        if not self._had_bar or self._clock.steady() - self._begun < A_MINUTE:
            return self.name if faulted else None
        with self._store.reading() as reader:
            over = _known_to_desk(reader) - faulted
        if over:
            self._end(over)
        return self.name if faulted else ""

    def take_due(self) -> bool:
        """Tell, once, that a trade was found which cannot be handled, and nobody asked by `look` since."""
        is_due, self._is_due = self._is_due, False
        return is_due

    def _faulted(self) -> frozenset[str]:
        with self._lock:
            return frozenset[str]().union(*self._found.values())

    def _note(self, step: Hashable, fault: TradeFault, *, is_whole: bool) -> None:
        is_news = not self._faulted().issuperset(fault.causes)
        with self._lock:
            before = frozenset[str]() if is_whole else self._found.get(step, frozenset())
            self._found[step] = before.union(fault.causes)
        self._is_due = self._is_due or is_news
        self._tell(fault)
        if fault.lost:
            raise fault.lost

    def _tell(self, fault: TradeFault) -> None:
        """Tell the desk, and call whoever is on duty, once for each until it is over; raises StoreUnavailable."""
        with self._store.reading() as reader:
            if _known_to_desk(reader).issuperset(fault.causes):
                return
        now = self._clock.now()
        with self._store.writing() as transaction:
            told = _known_to_desk(transaction)
            for what in sorted(fault.causes.keys() - told):
                notice = TradeFaulted(key=f"{NoticeKind.TRADE_FAULT}:{what}:{stamp(now)}", at=now, what=what)
                self._calls.enqueue(transaction, notice, CallKind.UNPROTECTED)
                entry = OWN_ACCORD.entry(now, "trade fault", what, "began", type(fault.causes[what]).__name__)
                transaction.write_audit(entry)
            transaction.set_setting(TOLD, json.dumps(sorted(told.union(fault.causes))))

    def _end(self, over: frozenset[str]) -> None:
        now = self._clock.now()
        with self._store.writing() as transaction:
            transaction.set_setting(TOLD, json.dumps(sorted(_known_to_desk(transaction) - over)))
            for what in sorted(over):
                transaction.write_audit(OWN_ACCORD.entry(now, "trade fault", what, "over"))
        log.warning("trade_fault_over", trades=sorted(over))


def _known_to_desk(reader: Reader) -> frozenset[str]:
    return frozenset(json.loads(reader.setting(TOLD) or "[]"))
