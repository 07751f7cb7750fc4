"""Who is on duty, who is away and how each wants to be called: what people change of it, told and audited."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from engine.common.duty_calls import DutyCalls, read_roster, write_roster
from engine.duty.local_time import day_of, instant_of
from engine.duty.schedule import is_away, on_duty, view_of
from engine.errors import BadDuty
from engine.model.desk import Request
from engine.model.duty import (
    CallKind,
    CallWay,
    DutyHandover,
    DutyLine,
    DutyTurn,
    DutyView,
    Holiday,
    NotifyChoice,
    QuietHours,
    Roster,
)
from engine.model.notices.base import stamp
from engine.model.notices.duty import DutyHandedOver
from engine.ports.clock import Clock
from engine.ports.store import Store, Transaction

MOST_TURNS: Final = 40
MOST_PEOPLE: Final = 10
"""People and groups of one turn."""
MOST_HOLIDAYS: Final = 200
LONGEST_HANDOVER: Final = timedelta(days=14)
LONGEST_HOLIDAY: Final = timedelta(days=366)

Change = Callable[[Roster], Roster]


class DutyRoster:
    """Changes the roster; each change is one transaction, so of two at once none is lost."""

    def __init__(self, *, store: Store, clock: Clock, calls: DutyCalls, zone: ZoneInfo) -> None:
        self._store = store
        self._clock = clock
        self._calls = calls
        self._zone = zone

    def add_turn(self, turn: DutyTurn, request: Request) -> DutyView:
        """Add a turn to the weekly rota; raises BadDuty where it meets another one of its line."""

        def change(roster: Roster) -> Roster:
            for number, other in enumerate(roster.turns, start=1):
                if turn.overlaps(other):
                    raise BadDuty(
                        "overlap", _clock_of(turn), example=f"/duty rota remove {number}", known=_clock_of(other)
                    )
            if len(roster.turns) >= MOST_TURNS or len(turn.who) > MOST_PEOPLE:
                raise BadDuty("many", str(MOST_TURNS), example="/duty rota remove 1", known=str(MOST_PEOPLE))
            return replace(roster, turns=(*roster.turns, turn))

        said = f"{turn.line} {' '.join(turn.who)} {turn.days} {_clock_of(turn)}"
        return self._change(change, request, "duty rota", said)

    def remove_turn(self, number: int, request: Request) -> DutyView:
        """Take a turn out of the rota, by its place in it from 1; raises BadDuty where there is none."""

        def change(roster: Roster) -> Roster:
            if not 1 <= number <= len(roster.turns):
                example = "/duty rota remove 1" if roster.turns else _rota_example(DutyLine.FIRST)
                raise BadDuty("number", str(number), example=example, known=str(len(roster.turns)))
            return replace(roster, turns=(*roster.turns[: number - 1], *roster.turns[number:]))

        return self._change(change, request, "duty rota", f"remove {number}")

    def hand_over(self, line: DutyLine, who: str, end: timedelta | int | None, request: Request) -> DutyView:
        """Hand the duty of a line to somebody, and tell them.

        It ends after a while, at a time of day, in minutes after midnight, or with the turn that is on now. Raises
        BadDuty: no end is given and no turn is on, the end is too far off, or they are on holiday.
        """
        now = self._clock.now()
        members = self._calls.members()
        with self._store.writing() as transaction:
            roster = read_roster(transaction)
            until = self._end(end, now) or on_duty(roster, line, now, self._zone).until
            example = f"/duty handover me 2h {line}"
            if until is None:
                raise BadDuty("open", line, example=example)
            if until - now > LONGEST_HANDOVER:
                raise BadDuty("far", self._written(until), example=example, known=str(LONGEST_HANDOVER.days))
            if is_away(roster, who, now, self._zone):
                raise BadDuty("away", who, example=f"/duty holiday off {who}", who=who)
            handover = DutyHandover(line=line, who=who, since=now, until=until, by=request.by)
            others = tuple(each for each in roster.handovers if each.line is not line)
            roster = self._save(transaction, replace(roster, handovers=(*others, handover)))
            key = f"duty:{line}:{stamp(now)}"
            notice = DutyHandedOver(key=key, at=now, by=request.by, line=line, until=until)
            self._calls.enqueue(transaction, notice, CallKind.HANDOVER, members=members, to=(who,))
            transaction.write_audit(request.entry(now, "duty handover", line, who, until.isoformat()))
        return view_of(roster, now, self._zone)

    def add_holiday(self, who: str, first: date, last: date, request: Request) -> DutyView:
        """Keep that a person is away from a day to another, from today on where it began before; raises BadDuty."""
        today = day_of(self._clock.now(), self._zone)
        holiday = Holiday(who=who, first=max(first, today), last=last)
        example = f"/duty holiday me {today + timedelta(days=1)}..{today + timedelta(days=2)}"

        def change(roster: Roster) -> Roster:
            if last < first:
                raise BadDuty("order", f"{first}..{last}", example=example)
            if last < today:
                raise BadDuty("past", f"{first}..{last}", example=example)
            if last - today > LONGEST_HOLIDAY:
                raise BadDuty("far", str(last), example=example, known=str(LONGEST_HOLIDAY.days))
            if len(roster.holidays) >= MOST_HOLIDAYS:
                raise BadDuty("holidays", str(MOST_HOLIDAYS), example="/duty holiday off me")
            others = tuple(each for each in roster.holidays if each != holiday)
            return replace(roster, holidays=(*others, holiday))

        return self._change(change, request, "duty holiday", f"{who} {first}..{last}")

    def end_holidays(self, who: str, request: Request) -> DutyView:
        """Forget every holiday of a person."""

        def change(roster: Roster) -> Roster:
            return replace(roster, holidays=tuple(each for each in roster.holidays if each.who != who))

        return self._change(change, request, "duty holiday", f"{who} off")

    def choose_way(self, way: CallWay | None, request: Request) -> None:
        """Keep how the one who asks wants to be called; None for the desk's usual way."""
        self._choose(lambda choice: replace(choice, way=way), request, way or "default")

    def add_quiet(self, quiet: QuietHours, request: Request) -> None:
        """Keep hours in which the one who asks is not called for some kinds; raises BadDuty for alarms, and too many.

        What is named now takes the place of what was quiet for the same kinds before.
        """
        if any(kind.is_alarm for kind in quiet.kinds):
            raise BadDuty("alarm", " ".join(quiet.kinds), example="/notify quiet 23:00-07:00")

        def change(choice: NotifyChoice) -> NotifyChoice:
            left = (
                replace(each, kinds=tuple(kind for kind in each.kinds if kind not in quiet.kinds))
                for each in choice.quiet
            )
            kept = tuple(each for each in left if each.kinds)
            return replace(choice, quiet=(*kept, quiet))

        self._choose(change, request, f"quiet {quiet.begins}-{quiet.ends} {' '.join(quiet.kinds)}")

    def end_quiet(self, request: Request) -> None:
        """Forget all quiet hours of the one who asks."""
        self._choose(lambda choice: replace(choice, quiet=()), request, "quiet off")

    def _choose(self, change: Callable[[NotifyChoice], NotifyChoice], request: Request, said: str) -> None:
        def changed(roster: Roster) -> Roster:
            others = tuple(each for each in roster.choices if each.who != request.by)
            chosen = change(roster.choice_of(request.by))
            return replace(roster, choices=others if chosen == NotifyChoice(who=request.by) else (*others, chosen))

        self._change(changed, request, "notify", said)

    def _change(self, change: Change, request: Request, action: str, said: str) -> DutyView:
        now = self._clock.now()
        with self._store.writing() as transaction:
            roster = self._save(transaction, change(read_roster(transaction)))
            transaction.write_audit(request.entry(now, action, request.by, said))
        return view_of(roster, now, self._zone)

    def _save(self, transaction: Transaction, roster: Roster) -> Roster:
        """Keep the roster without what is long over."""
        now = self._clock.now()
        yesterday = day_of(now, self._zone) - timedelta(days=1)
        kept = replace(
            roster,
            handovers=tuple(each for each in roster.handovers if each.until > now),
            holidays=tuple(each for each in roster.holidays if each.last >= yesterday),
        )
        write_roster(transaction, kept)
        return kept

    def _end(self, end: timedelta | int | None, now: datetime) -> datetime | None:
        """Return the next instant at which the desk's clock shows a time, or that comes after a while."""
        if end is None:
            return None
        if isinstance(end, timedelta):
            return now + end
        today = day_of(now, self._zone)
        days = (today + timedelta(days=days) for days in range(3))
        return next(at for at in (instant_of(day, end, self._zone) for day in days) if at > now)

    def _written(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"


def written_clock(minutes: int) -> str:
    """Write minutes after midnight as they are typed, '22:30'; the end of a day is '24:00'."""
    of_day = minutes if minutes <= 24 * 60 else minutes - 24 * 60
    return f"{of_day // 60:02}:{of_day % 60:02}"


def _clock_of(turn: DutyTurn) -> str:
    return f"{written_clock(turn.begins)}-{written_clock(turn.ends)}"


def _rota_example(line: DutyLine) -> str:
    return f"/duty rota {line} me mon-fri 22:00-06:00"
