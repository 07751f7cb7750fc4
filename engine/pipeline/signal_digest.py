"""What the desk is told of signals that no proposal came of: many in one notice, and each once a day."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from engine.model.market import day_start
from engine.model.notices.base import stamp
from engine.model.notices.proposals import KeptSignals, SignalsKept
from engine.model.reason import Reason
from engine.model.signal_outcome import SignalOutcome
from engine.ports.clock import Clock
from engine.ports.store import Store

TOLD: Final = "signals_told"
"""The setting that remembers up to when signals were told."""
PATIENCE: Final = timedelta(minutes=30)
"""For how long signals are gathered from the first that nobody was told of."""
LONGEST: Final = timedelta(days=4)
"""For how long signals are told late that nobody was told of as the desk ended; a long weekend is no longer."""
MOST: Final = 1_000
"""Signals of a day that are looked at, the newest."""
UNTOLD: Final = frozenset({"symbol_taken", "symbol_rests", "nothing_to_sell", "exit_signal"})
"""Reasons that are everyday and would only make noise; of an exit the desk hears by itself."""
WITHOUT: Final = frozenset({"", *UNTOLD})


class SignalDigest:
    """Tells, some time after the first of them, which signals were not proposed and why."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def __call__(self) -> None:
        """Tell what waits to be told, if it has waited long enough; what is told is remembered with it."""
        now = self._clock.now()
        with self._store.reading() as reader:
            told = reader.setting(TOLD)
            # What was kept as the desk ended is told when it is back, on another day too.
            since = max(datetime.fromisoformat(told), now - LONGEST) if told else now - LONGEST
            newest = reader.signal_outcomes(MOST, since=since, without=WITHOUT)
            waiting = [each for each in newest if since < each.signal.at <= now and is_told(each)]
            if not waiting or now - waiting[-1].signal.at < PATIENCE:
                return
            today = reader.signal_outcomes(MOST, since=day_start(since), without=WITHOUT)
        groups = grouped(reversed(today), since, now)
        with self._store.writing() as transaction:
            if groups:
                key = f"signals:{stamp(now)}"
                began = waiting[-1].signal.at
                transaction.enqueue_notice(SignalsKept(key=key, at=now, since=began, groups=groups))
            transaction.set_setting(TOLD, now.isoformat())


def is_told(outcome: SignalOutcome) -> bool:
    """Tell whether a signal was kept for a reason that the desk wants to know."""
    return bool(outcome.why_not) and Reason.read(outcome.why_not).word not in UNTOLD


def grouped(outcomes: Iterable[SignalOutcome], since: datetime, until: datetime) -> tuple[KeptSignals, ...]:
    """Return the signals after one instant until another by their reason, the first reason first; pure.

    `outcomes` are oldest first. A symbol, side and reason that came up earlier on the same day is left out; a rule's
    figures, which change all the time, are those of the newest.
    """
    seen, found = set[tuple[str, str, str, datetime]](), dict[str, tuple[Reason, list[str]]]()
    for outcome in filter(is_told, outcomes):
        signal, reason = outcome.signal, Reason.read(outcome.why_not)
        what = (signal.symbol, signal.side, reason.word, day_start(signal.at))
        is_new = what not in seen
        seen.add(what)
        if is_new and since < signal.at <= until:
            symbols = found.get(reason.word, (reason, []))[1]
            found[reason.word] = (reason, [*symbols, *([signal.symbol] if signal.symbol not in symbols else [])])
    return tuple(KeptSignals(why_not=reason, symbols=tuple(symbols)) for reason, symbols in found.values())
