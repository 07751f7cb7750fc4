"""Why the desk takes exits only of its own accord: a set of reasons, and it trades again when none of them holds."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from engine.common.doubt_reasons import CLOCK, DOUBTS, MILD, PRICES
from engine.control.kill_switch import KillSwitch
from engine.errors import TemporaryError
from engine.model.desk import ENGINE, OWN_ACCORD, Desk, DeskState
from engine.model.market import Session
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.desk import DeskReducing
from engine.model.reason import Reason
from engine.pipeline.observe import Observe
from engine.ports.broker import Broker
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.store import Store, Transaction
from engine.risk.limits import LimitsInForce

log = structlog.get_logger()

BLIND = timedelta(minutes=2)
"""How long no price may be good in regular hours, and how long a session may take to bring the first one."""
ASKED_AGAIN = 50.0
"""Real seconds after which the broker's clock is asked for again."""


class Doubt(Protocol):
    """One reason for which the desk takes exits only while it holds."""

    name: str

    def look(self) -> str | None:
        """Say what is wrong, as the desk is told it; '' where nothing is, None where that cannot be said now."""
        ...


class StalePrices:
    """No watched symbol has had a good price for a while of regular hours."""

    name = PRICES

    def __init__(self, *, observe: Observe, calendar: Calendar, clock: Clock) -> None:
        self._observe = observe
        self._calendar = calendar
        self._clock = clock

    def look(self) -> str:
        """Say whether no price is good."""
        now = self._clock.now()
        is_due = all(self._calendar.session(at) is Session.REGULAR for at in (now - BLIND, now))
        return PRICES if is_due and self._observe.blind_for(now) >= BLIND else ""


class ClockDiffers:
    """The broker's clock and ours differ by more than a price may be old: how old one is cannot be said then."""

    name = CLOCK

    def __init__(self, *, broker: Broker, clock: Clock, limits: LimitsInForce) -> None:
        self._broker = broker
        self._clock = clock
        self._limits = limits
        self._asked: float | None = None

    def look(self) -> str | None:
        """Say by how many seconds the clocks differ; asks the broker once a minute."""
        steady = self._clock.steady()
        if self._asked is not None and steady - self._asked < ASKED_AGAIN:
            return None
        self._asked = steady
        try:
            skew = abs(self._broker.clock_skew())
        except TemporaryError:
            return None
        differs = skew > timedelta(seconds=self._limits.now.price_age_seconds)
        return str(Reason(word=CLOCK, seconds=round(skew.total_seconds()))) if differs else ""


class Doubts:
    """Keeps the reasons that hold, over restarts, and steers by them.

    While one holds the desk takes exits only, and it trades again when the last is over; what a person set stays.
    """

    def __init__(self, *, store: Store, clock: Clock, kill_switch: KillSwitch) -> None:
        self._store = store
        self._clock = clock
        self._kill_switch = kill_switch

    def held(self) -> Mapping[str, str]:
        """Return the reasons that hold, each as it was told, by its name."""
        with self._store.reading() as reader:
            return _read(reader.setting(DOUBTS))

    def settle(self, holding: Mapping[str, str]) -> None:
        """Let just these reasons hold from now on, each by its name; one that goes on holding keeps its first words."""
        with self._store.reading() as reader:
            before, desk = _read(reader.setting(DOUBTS)), reader.desk()
        after = {name: before.get(name, told) for name, told in holding.items()}
        if desk.state is DeskState.HALTED:
            # Nobody is told of these now: they begin when somebody resumes trading.
            after = {name: told for name, told in after.items() if name in before or name not in MILD}
        began = [name for name in after if name not in before]
        if desk.state is DeskState.ACTIVE and (began or after.keys() - MILD):
            # Before it is kept: a death in between must leave no reason that nothing came of.
            self._kill_switch.reduce(OWN_ACCORD, after[began[0]] if began else _first(after))
            began = began[1:]
        if after != before or (_is_own(desk) and after and desk.reason not in after.values()):
            self._keep(after, before, began)
        if not after and _is_own(desk):
            self._kill_switch.restore_active()

    def _keep(self, after: Mapping[str, str], before: Mapping[str, str], untold: list[str]) -> None:
        now = self._clock.now()
        with self._store.writing() as transaction:
            transaction.set_setting(DOUBTS, json.dumps(after))
            for name in after.keys() - before.keys():
                transaction.write_audit(OWN_ACCORD.entry(now, "doubt", name, outcome="began", why=after[name]))
            for name in before.keys() - after.keys():
                transaction.write_audit(OWN_ACCORD.entry(now, "doubt", name, outcome="over"))
            desk = transaction.desk()
            if desk.state is DeskState.REDUCING:
                self._enqueue(transaction, [after[name] for name in untold], now)
            if _is_own(desk) and after and desk.reason not in after.values():
                transaction.set_desk(replace(desk, reason=_first(after)))
        log.warning("doubts", holding=sorted(after), before=sorted(before))

    def _enqueue(self, transaction: Transaction, reasons: list[str], now: datetime) -> None:
        """Tell of further reasons; the first one was told as the desk changed."""
        for reason in reasons:
            key = f"{NoticeKind.REDUCING}:{reason}:{stamp(now)}"
            transaction.enqueue_notice(DeskReducing(key=key, at=now, by=ENGINE, reason=Reason.read(reason)))


def _read(kept: str | None) -> dict[str, str]:
    reasons: dict[str, str] = json.loads(kept or "{}")
    return reasons


def _first(reasons: Mapping[str, str]) -> str:
    return next(iter(reasons.values()), "")


def _is_own(desk: Desk) -> bool:
    return desk.state is DeskState.REDUCING and desk.by == ENGINE
