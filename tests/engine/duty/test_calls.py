"""Who is called for what, and where: for any roster, and the rules one by one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from engine.duty.calls import Callees, Caller
from engine.duty.schedule import is_away
from engine.model.duty import (
    ALARMS,
    CallKind,
    CallWay,
    DutyLine,
    Holiday,
    NotifyChoice,
    QuietHours,
    Roster,
)
from tests.support.duty import SEOUL, all_week

AT = datetime(2026, 12, 1, 14, 45, tzinfo=UTC)
"""23:45 on a Tuesday in Seoul."""
TODAY = date(2026, 12, 1)
ANN, BOB, CHO, DAN, TEAM = "U0ANN", "U0BOB", "U0CHO", "U0DAN", "S0TEAM"
MEMBERS: Mapping[str, tuple[str, ...]] = {TEAM: (CHO, DAN)}
ORDINARY = tuple(kind for kind in CallKind if kind not in ALARMS)
NIGHT = QuietHours(begins=23 * 60, ends=24 * 60 + 7 * 60, kinds=ORDINARY)
ROSTER = Roster(turns=(all_week(DutyLine.FIRST, ANN), all_week(DutyLine.SECOND, BOB)))


def caller(roster: Roster = ROSTER, members: Mapping[str, tuple[str, ...]] = MEMBERS, at: datetime = AT) -> Caller:
    return Caller(roster=roster, at=at, zone=SEOUL, usual=CallWay.CHANNEL, members=members)


def chosen(who: str, way: CallWay | None = None, *quiet: QuietHours) -> Roster:
    return replace(ROSTER, choices=(NotifyChoice(who=who, way=way, quiet=quiet),))


def off(who: str) -> Roster:
    return replace(ROSTER, holidays=(Holiday(who=who, first=TODAY, last=TODAY),))


def test_a_proposal_and_its_reminder_go_to_the_first_line_and_the_escalation_to_the_second() -> None:
    found = [caller().decide(kind) for kind in (CallKind.PROPOSAL, CallKind.REMINDER, CallKind.ESCALATION)]
    assert found == [Callees(mentioned=(ANN,)), Callees(mentioned=(ANN,)), Callees(mentioned=(BOB,))]


@pytest.mark.parametrize("roster", [off(ANN), chosen(ANN, None, NIGHT), Roster(turns=ROSTER.turns[1:])])
def test_where_nobody_of_the_first_line_may_be_called_the_second_is_at_once_and_not_again(roster: Roster) -> None:
    assert caller(roster).decide(CallKind.PROPOSAL) == Callees(mentioned=(BOB,))
    assert not caller(roster).decide(CallKind.ESCALATION, earlier=(BOB,))


@pytest.mark.parametrize("kind", sorted(ALARMS))
def test_an_alarm_reaches_both_lines_on_holiday_and_in_their_quiet_hours(kind: CallKind) -> None:
    roster = replace(
        off(ANN), choices=(NotifyChoice(who=BOB, way=CallWay.DIRECT, quiet=(replace(NIGHT, kinds=tuple(CallKind)),)),)
    )
    assert caller(roster).decide(kind) == Callees(mentioned=(ANN,), direct=(BOB,))


@pytest.mark.parametrize(
    ("way", "found"),
    [
        (CallWay.CHANNEL, Callees(mentioned=(ANN,))),
        (CallWay.DIRECT, Callees(direct=(ANN,))),
        (CallWay.BOTH, Callees(mentioned=(ANN,), direct=(ANN,))),
    ],
)
def test_each_is_called_as_they_chose(way: CallWay, found: Callees) -> None:
    assert caller(chosen(ANN, way)).decide(CallKind.PROPOSAL) == found


def test_quiet_hours_are_of_a_kind_and_of_the_desks_clock() -> None:
    quiet = replace(NIGHT, kinds=(CallKind.REMINDER,))
    roster = chosen(ANN, None, quiet)
    assert caller(roster).decide(CallKind.PROPOSAL) == Callees(mentioned=(ANN,))
    assert caller(roster).decide(CallKind.REMINDER) == Callees(mentioned=(BOB,))
    morning = AT + timedelta(hours=7, minutes=15)  # 07:00 in Seoul, when it ends
    assert not caller(roster, at=morning - timedelta(minutes=1)).may_call(ANN, CallKind.REMINDER)
    assert caller(roster, at=morning).may_call(ANN, CallKind.REMINDER)


def test_a_group_is_mentioned_as_such_until_one_of_it_is_to_be_left_alone() -> None:
    group = Roster(turns=(all_week(DutyLine.FIRST, TEAM),))
    assert caller(group).decide(CallKind.PROPOSAL) == Callees(mentioned=(TEAM,))
    away = replace(group, holidays=(Holiday(who=CHO, first=TODAY, last=TODAY),))
    assert caller(away).decide(CallKind.PROPOSAL) == Callees(mentioned=(DAN,))
    direct = replace(group, choices=(NotifyChoice(who=CHO, way=CallWay.DIRECT),))
    assert caller(direct).decide(CallKind.PROPOSAL) == Callees(mentioned=(DAN,), direct=(CHO,))


def test_a_group_whose_members_nobody_tells_is_called_rather_than_lost() -> None:
    group = Roster(turns=(all_week(DutyLine.FIRST, TEAM),))
    assert caller(group, members={}).decide(CallKind.PROPOSAL) == Callees(mentioned=(TEAM,))


def test_whoever_was_called_by_a_group_is_not_called_again_by_name() -> None:
    roster = Roster(turns=(all_week(DutyLine.FIRST, TEAM), all_week(DutyLine.SECOND, CHO, BOB)))
    assert caller(roster).decide(CallKind.ESCALATION, earlier=(TEAM,)) == Callees(mentioned=(BOB,))


def test_what_became_of_a_proposal_goes_to_whoever_was_called_about_it() -> None:
    assert caller(off(ANN)).decide(CallKind.RESULT, earlier=(ANN, CHO)) == Callees(mentioned=(CHO,))


people = st.sampled_from([ANN, BOB, CHO, DAN, TEAM])
lines = st.lists(people, max_size=4, unique=True).map(tuple)
quiet_hours = st.builds(
    lambda begins, length, kinds: QuietHours(begins=begins, ends=begins + length, kinds=tuple(kinds)),
    st.integers(0, 1439),
    st.integers(1, 1440),
    st.lists(st.sampled_from(ORDINARY), min_size=1, unique=True),
)
choices = st.lists(
    st.builds(
        NotifyChoice,
        who=st.sampled_from([ANN, BOB, CHO, DAN]),
        way=st.none() | st.sampled_from(CallWay),
        quiet=st.lists(quiet_hours, max_size=2).map(tuple),
    ),
    max_size=4,
    unique_by=lambda each: each.who,
).map(tuple)
holidays = st.lists(
    st.builds(
        lambda who, start, days: Holiday(who=who, first=start, last=start + timedelta(days=days)),
        st.sampled_from([ANN, BOB, CHO, DAN]),
        st.dates(date(2026, 11, 29), date(2026, 12, 3)),
        st.integers(0, 3),
    ),
    max_size=4,
).map(tuple)
rosters = st.builds(
    lambda first, second, away, how: Roster(
        turns=tuple(all_week(line, *who) for line, who in zip(DutyLine, (first, second), strict=True) if who),
        holidays=away,
        choices=how,
    ),
    lines,
    lines,
    holidays,
    choices,
)


def spread(who: tuple[str, ...]) -> set[str]:
    return {person for each in who for person in MEMBERS.get(each, (each,))}


@given(roster=rosters, kind=st.sampled_from(ORDINARY), earlier=lines, usual=st.sampled_from(CallWay))
def test_nobody_on_holiday_or_in_quiet_hours_is_called_and_each_only_as_they_chose(
    roster: Roster, kind: CallKind, earlier: tuple[str, ...], usual: CallWay
) -> None:
    deciding = replace(caller(roster), usual=usual)
    found = deciding.decide(kind, earlier)
    for person in spread(found.mentioned) | set(found.direct):
        assert deciding.may_call(person, kind)
        assert not is_away(roster, person, AT, SEOUL)
    assert all(deciding.way_of(person) is not CallWay.DIRECT for person in spread(found.mentioned))
    assert all(deciding.way_of(person) is not CallWay.CHANNEL for person in found.direct)


@given(roster=rosters, kind=st.sampled_from(list(CallKind)), earlier=lines)
def test_nobody_is_called_twice_by_one_message(roster: Roster, kind: CallKind, earlier: tuple[str, ...]) -> None:
    found = caller(roster).decide(kind, earlier)
    if kind not in ALARMS:  # which asks nobody who is in a group
        mentioned = [person for each in found.mentioned for person in MEMBERS.get(each, (each,))]
        assert len(mentioned) == len(set(mentioned))
    assert len(found.direct) == len(set(found.direct))


@given(roster=rosters, earlier=lines)
def test_an_escalation_reaches_all_of_the_second_line_who_may_be_called_and_were_not(
    roster: Roster, earlier: tuple[str, ...]
) -> None:
    deciding = caller(roster)
    second = next((turn.who for turn in roster.turns if turn.line is DutyLine.SECOND), ())
    expected = {person for person in spread(second) - spread(earlier) if deciding.may_call(person, CallKind.ESCALATION)}
    found = deciding.decide(CallKind.ESCALATION, earlier)
    assert spread(found.mentioned) | set(found.direct) == expected


@given(roster=rosters, kind=st.sampled_from(sorted(ALARMS)))
def test_an_alarm_reaches_everybody_on_duty(roster: Roster, kind: CallKind) -> None:
    found = caller(roster).decide(kind)
    on_rota = {person for turn in roster.turns for person in spread(turn.who)}
    assert spread(found.mentioned) | set(found.direct) == on_rota
