"""What people change of who is on duty and of how they are called; each change is kept, audited, and checked."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from engine.control.duty_roster import DutyRoster
from engine.errors import BadDuty, Repeated
from engine.model.desk import Request
from engine.model.duty import ALARMS, CallKind, CallWay, DutyLine, DutyTurn, Holiday, QuietHours
from engine.model.notices.duty import DirectCall, DutyHandedOver
from tests.support.duty import BOTH_LINES, minutes, put_on_duty
from tests.support.engine_harness import EngineHarness

ANN, BOB = Request(by="U0ANN", said="/duty"), Request(by="U0BOB", said="/notify")
NIGHT = DutyTurn(
    line=DutyLine.FIRST, who=("U0ANN",), days=(0, 1, 2, 3, 4), begins=minutes("22:00"), ends=1440 + minutes("06:00")
)
TODAY = date(2025, 8, 19)


@pytest.fixture(name="roster")
def _roster(harness: EngineHarness) -> DutyRoster:
    return harness.engine.commands.roster


def field_of(refused: pytest.ExceptionInfo[BadDuty]) -> object:
    return refused.value.facts["field"]


def test_a_turn_is_kept_shown_and_audited(harness: EngineHarness, roster: DutyRoster) -> None:
    view = roster.add_turn(NIGHT, ANN)
    assert harness.engine.queries.duty.now() == view
    assert view.lines[0].who == ("U0ANN",)  # it is 23:45 on a Tuesday in Seoul
    with harness.store.reading() as reader:
        [row] = [row for row in reader.audit(limit=10) if row.action == "duty rota"]
    assert (row.actor, row.said) == ("U0ANN", "/duty")


def test_a_turn_that_meets_another_of_its_line_is_refused_with_the_one_to_remove(roster: DutyRoster) -> None:
    roster.add_turn(NIGHT, ANN)
    late = replace(NIGHT, days=(5,), begins=minutes("05:00"), ends=minutes("08:00"))
    with pytest.raises(BadDuty) as refused:
        roster.add_turn(late, ANN)
    assert field_of(refused) == "overlap"
    assert refused.value.facts["example"] == "/duty rota remove 1"
    roster.add_turn(replace(late, line=DutyLine.SECOND), ANN)


def test_a_turn_is_removed_by_its_number_and_no_other_number_is_taken(roster: DutyRoster) -> None:
    roster.add_turn(NIGHT, ANN)
    with pytest.raises(BadDuty) as refused:
        roster.remove_turn(2, ANN)
    assert field_of(refused) == "number"
    assert roster.remove_turn(1, ANN).roster.turns == ()


def test_a_hand_over_tells_whoever_has_the_duty_now(harness: EngineHarness, roster: DutyRoster) -> None:
    view = roster.hand_over(DutyLine.FIRST, "U0BOB", timedelta(hours=2), ANN)
    now = harness.clock.now()
    assert (view.lines[0].who, view.lines[0].until) == (("U0BOB",), now + timedelta(hours=2))
    [told] = harness.told_of(DutyHandedOver)
    assert (told.called, told.by) == (("U0BOB",), "U0ANN")


def test_a_hand_over_ends_at_a_time_of_day_or_with_the_turn_that_is_on(roster: DutyRoster) -> None:
    morning = datetime(2025, 8, 19, 23, 0, tzinfo=UTC)  # 08:00 of the next day in Seoul
    assert roster.hand_over(DutyLine.FIRST, "U0BOB", 8 * 60, ANN).lines[0].until == morning
    roster.add_turn(replace(NIGHT, line=DutyLine.SECOND), ANN)
    turn_over = datetime(2025, 8, 19, 21, 0, tzinfo=UTC)
    assert roster.hand_over(DutyLine.SECOND, "U0BOB", None, ANN).lines[1].until == turn_over


def test_a_later_hand_over_of_a_line_takes_the_place_of_the_one_before(roster: DutyRoster) -> None:
    roster.hand_over(DutyLine.FIRST, "U0BOB", timedelta(hours=2), ANN)
    view = roster.hand_over(DutyLine.FIRST, "U0CHO", timedelta(hours=1), ANN)
    assert [each.who for each in view.roster.handovers] == ["U0CHO"]


@pytest.mark.parametrize(
    ("end", "field"), [(None, "open"), (timedelta(days=15), "far")], ids=["no turn is on", "too far off"]
)
def test_a_hand_over_without_a_good_end_is_refused(roster: DutyRoster, end: timedelta | None, field: str) -> None:
    with pytest.raises(BadDuty) as refused:
        roster.hand_over(DutyLine.FIRST, "U0BOB", end, ANN)
    assert field_of(refused) == field


def test_the_duty_is_not_handed_to_somebody_on_holiday(roster: DutyRoster) -> None:
    roster.add_holiday("U0BOB", TODAY, TODAY, ANN)
    with pytest.raises(BadDuty) as refused:
        roster.hand_over(DutyLine.FIRST, "U0BOB", timedelta(hours=2), ANN)
    assert field_of(refused) == "away"
    roster.end_holidays("U0BOB", ANN)
    roster.hand_over(DutyLine.FIRST, "U0BOB", timedelta(hours=2), ANN)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (TODAY + timedelta(days=2), TODAY + timedelta(days=1), "order"),
        (TODAY - timedelta(days=3), TODAY - timedelta(days=1), "past"),
        (TODAY, TODAY + timedelta(days=367), "far"),
    ],
)
def test_a_holiday_that_makes_no_sense_is_refused(roster: DutyRoster, first: date, last: date, field: str) -> None:
    with pytest.raises(BadDuty) as refused:
        roster.add_holiday("U0BOB", first, last, ANN)
    assert field_of(refused) == field


def test_a_holiday_that_began_ages_ago_counts_from_today_and_stops_nothing(
    harness: EngineHarness, roster: DutyRoster
) -> None:
    whole_week = DutyTurn(line=DutyLine.FIRST, who=("U0ANN",), days=tuple(range(7)), begins=0, ends=1440)
    roster.add_turn(whole_week, ANN)
    view = roster.add_holiday("U0ANN", date(1, 1, 1), TODAY + timedelta(days=1), ANN)
    assert [each.first for each in view.roster.holidays] == [TODAY]
    harness.play_the_signal()
    harness.clock.advance(600)
    harness.engine.jobs.housekeeping()
    assert harness.engine.queries.duty.now().roster.holidays == view.roster.holidays


def test_what_is_long_over_is_kept_no_more(harness: EngineHarness, roster: DutyRoster) -> None:
    roster.add_holiday("U0BOB", TODAY, TODAY, ANN)
    roster.hand_over(DutyLine.FIRST, "U0CHO", timedelta(hours=1), ANN)
    harness.clock.advance(3 * 86_400)
    later = Holiday(who="U0CHO", first=TODAY + timedelta(days=9), last=TODAY + timedelta(days=9))
    kept = roster.add_holiday(later.who, later.first, later.last, ANN).roster
    assert (kept.holidays, kept.handovers) == ((later,), ())


def test_a_person_chooses_for_themselves_alone_and_takes_it_back(harness: EngineHarness, roster: DutyRoster) -> None:
    quiet = QuietHours(begins=minutes("23:00"), ends=1440 + minutes("07:00"), kinds=(CallKind.REMINDER,))
    roster.choose_way(CallWay.DIRECT, BOB)
    roster.add_quiet(quiet, BOB)
    found = harness.engine.queries.duty.of("U0BOB")
    assert (found.way, found.choice.quiet) == (CallWay.DIRECT, (quiet,))
    assert harness.engine.queries.duty.of("U0ANN").way is CallWay.CHANNEL
    roster.end_quiet(BOB)
    roster.choose_way(None, BOB)
    assert harness.engine.queries.duty.now().roster.choices == ()


def test_new_quiet_hours_of_a_kind_take_the_place_of_the_old_ones(harness: EngineHarness, roster: DutyRoster) -> None:
    old = QuietHours(begins=0, ends=60, kinds=(CallKind.REMINDER, CallKind.RESULT))
    new = QuietHours(begins=60, ends=120, kinds=(CallKind.REMINDER,))
    roster.add_quiet(old, BOB)
    roster.add_quiet(new, BOB)
    quiet = harness.engine.queries.duty.of("U0BOB").choice.quiet
    assert quiet == (replace(old, kinds=(CallKind.RESULT,)), new)


@pytest.mark.parametrize("kind", sorted(ALARMS))
def test_no_quiet_hours_are_kept_for_an_alarm(roster: DutyRoster, kind: CallKind) -> None:
    with pytest.raises(BadDuty) as refused:
        roster.add_quiet(QuietHours(begins=0, ends=60, kinds=(kind,)), BOB)
    assert field_of(refused) == "alarm"


def test_of_changes_at_once_none_is_lost(harness: EngineHarness, roster: DutyRoster) -> None:
    people = [f"U0P{number}" for number in range(12)]
    asked = [Request(by=who, said="/notify", id=who) for who in people]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(partial(roster.choose_way, CallWay.BOTH), asked))
    assert {each.who for each in harness.engine.queries.duty.now().roster.choices} == {*people}


def test_a_request_that_is_delivered_twice_is_carried_out_once(harness: EngineHarness, roster: DutyRoster) -> None:
    put_on_duty(harness, replace(BOTH_LINES, choices=()))
    once = replace(ANN, id="delivered")
    roster.hand_over(DutyLine.FIRST, "U0BOB", timedelta(hours=2), once)
    with pytest.raises(Repeated):
        roster.hand_over(DutyLine.FIRST, "U0BOB", timedelta(hours=2), once)
    assert len(harness.told_of(DutyHandedOver)) == 1
    assert not harness.told_of(DirectCall)
