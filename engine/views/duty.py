from datetime import datetime
from zoneinfo import ZoneInfo

from engine.common.duty_calls import read_roster
from engine.duty.schedule import gaps, on_duty, view_of
from engine.model.duty import CallWay, DutyCover, DutyLine, DutyView, NotifyView
from engine.ports.clock import Clock
from engine.ports.store import Store


class DutyQuery:
    """Tells who is on duty, and what a person gets; `usual` is how the desk calls whoever did not choose."""

    def __init__(self, *, store: Store, clock: Clock, zone: ZoneInfo, usual: CallWay) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._usual = usual

    def now(self) -> DutyView:
        """Return who is on duty now, and the roster."""
        with self._store.reading() as reader:
            return view_of(read_roster(reader), self._clock.now(), self._zone)

    def cover(self, since: datetime, until: datetime) -> DutyCover:
        """Return when nobody is on duty from an instant to another."""
        with self._store.reading() as reader:
            roster = read_roster(reader)
        has_rota = bool(roster.turns or roster.handovers)
        return DutyCover(gaps=gaps(roster, since, until, self._zone), has_rota=has_rota)

    def of(self, who: str) -> NotifyView:
        """Return what a person gets; the groups that they are in are not looked at."""
        now = self._clock.now()
        with self._store.reading() as reader:
            roster = read_roster(reader)
        choice = roster.choice_of(who)
        return NotifyView(
            choice=choice,
            way=choice.way or self._usual,
            holidays=tuple(each for each in roster.holidays if each.who == who),
            turns=tuple(each for each in roster.turns if who in each.who),
            on_duty=tuple(line for line in DutyLine if who in on_duty(roster, line, now, self._zone).who),
        )
