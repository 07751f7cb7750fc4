"""The rota as instants: who is on duty, until when, who comes next, and when nobody is."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.duty.local_time import ONE_DAY, day_of, instant_of
from engine.model.duty import (
    DAYS_A_WEEK,
    MINUTES_A_DAY,
    DutyGap,
    DutyLine,
    DutyTurn,
    DutyView,
    LineView,
    OnDuty,
    Roster,
)

Span = tuple[datetime, datetime, tuple[str, ...]]
"""From when to when (aware UTC) who is on duty."""
AHEAD = timedelta(days=DAYS_A_WEEK + 1)


def on_duty(roster: Roster, line: DutyLine, at: datetime, zone: ZoneInfo) -> OnDuty:
    """Return who is on duty in a line at an instant; a hand-over goes before the rota."""
    for handover in roster.handovers:
        if handover.line is line and handover.since <= at < handover.until:
            return OnDuty(who=(handover.who,), until=handover.until)
    for since, until, who in _spans(roster, line, at, at, zone):
        if since <= at < until:
            return OnDuty(who=who, until=until)
    return OnDuty()


def is_away(roster: Roster, who: str, at: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a person is on holiday at an instant: from the first day's midnight to that after the last day."""
    return any(
        instant_of(each.first, 0, zone) <= at < instant_of(each.last + ONE_DAY, 0, zone)
        for each in roster.holidays
        if each.who == who
    )


def view_of(roster: Roster, at: datetime, zone: ZoneInfo) -> DutyView:
    """Return both lines as they stand at an instant."""
    lines = tuple(_line(roster, line, at, zone) for line in DutyLine)
    return DutyView(at=at, today=day_of(at, zone), lines=lines, roster=roster)


def gaps(roster: Roster, since: datetime, until: datetime, zone: ZoneInfo) -> tuple[DutyGap, ...]:
    """Return when nobody of the first line is there from an instant to another, those on holiday being away."""
    found = list[DutyGap]()
    marks = sorted({since, *(mark for mark in _turning_points(roster, since, until, zone) if since < mark < until)})
    for begin, end in zip(marks, [*marks[1:], until], strict=True):
        if _line(roster, DutyLine.FIRST, begin, zone).there:
            continue
        if found and found[-1].until == begin:
            found[-1] = DutyGap(since=found[-1].since, until=end)
        else:
            found.append(DutyGap(since=begin, until=end))
    return tuple(found)


def _line(roster: Roster, line: DutyLine, at: datetime, zone: ZoneInfo) -> LineView:
    now = on_duty(roster, line, at, zone)
    then, until = OnDuty(), now.until
    while until and until - at < AHEAD:
        then = on_duty(roster, line, until, zone)
        if then.who != now.who:
            break
        until = then.until
    since = until
    if not then.who:
        after = until or at
        coming = [span for span in _spans(roster, line, after, after + AHEAD, zone) if span[0] > after]
        since, _, following = min(coming, default=(None, None, ()))
        then = OnDuty(who=following)
    away = tuple(each for each in now.who if is_away(roster, each, at, zone))
    return LineView(line=line, who=now.who, until=until, away=away, following=then.who, since=since)


def _turning_points(roster: Roster, since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield every instant near a stretch of time at which who is there may change."""
    for begin, end, _ in _spans(roster, DutyLine.FIRST, since, until, zone):
        yield from (begin, end)
    for handover in roster.handovers:
        yield from (handover.since, handover.until)
    for holiday in roster.holidays:
        yield from (instant_of(holiday.first, 0, zone), instant_of(holiday.last + ONE_DAY, 0, zone))


def _spans(roster: Roster, line: DutyLine, since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Span]:
    """Yield the turns of a line that begin from two days before an instant to a day after another."""
    for turn in roster.turns:
        if turn.line is line:
            yield from _spans_of(turn, since, until, zone)


def _spans_of(turn: DutyTurn, since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Span]:
    on, last = day_of(since, zone) - 2 * ONE_DAY, day_of(until, zone) + ONE_DAY
    while on <= last:
        if on.weekday() in turn.days:
            yield instant_of(on, turn.begins, zone), instant_of(on, turn.ends, zone), turn.who
        on += ONE_DAY


def is_within(minutes: int, begins: int, ends: int) -> bool:
    """Tell whether a time of day lies in a span, which may end on the next day."""
    return begins <= minutes < ends or begins <= minutes + MINUTES_A_DAY < ends
