"""Who is on duty at an instant, until when, who comes next, and when nobody is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from engine.duty.schedule import gaps, is_away, on_duty, view_of
from engine.model.duty import DutyHandover, DutyLine, DutyTurn, Holiday, Roster
from tests.support.duty import SEOUL, minutes

NEW_YORK = ZoneInfo("America/New_York")
ANN, BOB, CHO = "U0ANN", "U0BOB", "U0CHO"
WEEKDAYS = (0, 1, 2, 3, 4)


def at(text: str, zone: ZoneInfo = SEOUL) -> datetime:
    """Return an instant by the clock of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def turn(who: str, span: str, days: tuple[int, ...] = WEEKDAYS, line: DutyLine = DutyLine.FIRST) -> DutyTurn:
    begins, ends = (minutes(part) if part != "24:00" else 1440 for part in span.split("-"))
    return DutyTurn(line=line, who=(who,), days=days, begins=begins, ends=ends if ends > begins else ends + 1440)


NIGHTS = Roster(turns=(turn(ANN, "22:00-02:00"), turn(BOB, "02:00-06:00", (1, 2, 3, 4, 5))))
"""The hours of New York's exchange in Seoul, from Monday's evening to Saturday's morning."""


@pytest.mark.parametrize(
    ("when", "who", "until"),
    [
        ("2026-12-01T21:59", (), None),
        ("2026-12-01T22:00", (ANN,), "2026-12-02T02:00"),
        ("2026-12-02T01:59", (ANN,), "2026-12-02T02:00"),
        ("2026-12-02T02:00", (BOB,), "2026-12-02T06:00"),
        ("2026-12-05T05:59", (BOB,), "2026-12-05T06:00"),  # a Saturday
        ("2026-12-05T23:00", (), None),
        ("2026-12-07T01:00", (), None),  # a Monday, before whose night nobody has the duty
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(when: str, who: tuple[str, ...], until: str | None) -> None:
    found = on_duty(NIGHTS, DutyLine.FIRST, at(when), SEOUL)
    assert (found.who, found.until) == (who, at(until) if until else None)


def test_turns_that_meet_leave_no_gap_and_no_overlap_when_the_clocks_change() -> None:
    whole = Roster(turns=(turn(ANN, "00:00-02:30", tuple(range(7))), turn(BOB, "02:30-24:00", tuple(range(7)))))
    for night in ("2026-03-08T00:00", "2026-11-01T00:00"):
        since = at(night, NEW_YORK)
        assert gaps(whole, since, since + timedelta(days=1), NEW_YORK) == ()
    skipped = at("2026-03-08T03:00", NEW_YORK)
    assert on_duty(whole, DutyLine.FIRST, skipped - timedelta(seconds=1), NEW_YORK).who == (ANN,)
    assert on_duty(whole, DutyLine.FIRST, skipped, NEW_YORK).who == (BOB,)


def test_a_hand_over_goes_before_the_rota_until_its_end_and_the_rota_goes_on_after_it() -> None:
    since, until = at("2026-12-01T22:30"), at("2026-12-01T23:30")
    handed = Roster(
        turns=NIGHTS.turns,
        handovers=(DutyHandover(line=DutyLine.FIRST, who=CHO, since=since, until=until, by=ANN),),
    )
    first = view_of(handed, since, SEOUL).lines[0]
    assert (first.who, first.until, first.following, first.since) == ((CHO,), until, (ANN,), until)
    assert on_duty(handed, DutyLine.FIRST, until, SEOUL).who == (ANN,)
    assert on_duty(handed, DutyLine.SECOND, since, SEOUL).who == ()


def test_who_is_on_duty_day_and_night_is_told_once_and_nobody_comes_next_for_a_week() -> None:
    first = view_of(Roster(turns=(turn(ANN, "00:00-24:00", tuple(range(7))),)), at("2026-12-01T10:00"), SEOUL).lines[0]
    assert first.until
    assert first.until > at("2026-12-08T10:00")


def test_between_turns_the_next_one_is_told() -> None:
    first = view_of(NIGHTS, at("2026-12-05T12:00"), SEOUL).lines[0]
    assert (first.who, first.following, first.since) == ((), (ANN,), at("2026-12-07T22:00"))


def test_a_holiday_lasts_from_the_first_days_midnight_to_that_after_the_last() -> None:
    away = Roster(turns=NIGHTS.turns, holidays=(Holiday(who=ANN, first=date(2026, 12, 1), last=date(2026, 12, 2)),))
    assert [is_away(away, ANN, at(when), SEOUL) for when in ("2026-11-30T23:59", "2026-12-01T00:00")] == [False, True]
    assert [is_away(away, ANN, at(when), SEOUL) for when in ("2026-12-02T23:59", "2026-12-03T00:00")] == [True, False]
    assert not is_away(away, BOB, at("2026-12-02T23:59"), SEOUL)
    first = view_of(away, at("2026-12-01T23:00"), SEOUL).lines[0]
    assert (first.who, first.away, first.there) == ((ANN,), (ANN,), ())


def test_gaps_name_when_nobody_of_the_first_line_is_there() -> None:
    away = Roster(turns=NIGHTS.turns, holidays=(Holiday(who=ANN, first=date(2026, 12, 1), last=date(2026, 12, 1)),))
    found = gaps(away, at("2026-12-01T21:00"), at("2026-12-02T07:00"), SEOUL)
    assert [(each.since, each.until) for each in found] == [
        (at("2026-12-01T21:00"), at("2026-12-02T00:00")),
        (at("2026-12-02T06:00"), at("2026-12-02T07:00")),
    ]


def test_turns_of_a_line_overlap_across_midnight_and_across_the_end_of_the_week() -> None:
    sunday = turn(ANN, "22:00-06:00", (6,))
    assert sunday.overlaps(turn(BOB, "05:00-09:00", (0,)))
    assert not sunday.overlaps(turn(BOB, "06:00-09:00", (0,)))
    assert not sunday.overlaps(turn(BOB, "22:00-06:00", (6,), DutyLine.SECOND))


spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440))
turns = st.lists(
    st.builds(
        lambda span, days: DutyTurn(
            line=DutyLine.FIRST, who=(ANN,), days=tuple(sorted(days)), begins=span[0], ends=span[0] + span[1]
        ),
        spans,
        st.sets(st.integers(0, 6), min_size=1),
    ),
    max_size=6,
)
instants = st.integers(0, 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(some=turns, when=instants)
def test_whoever_is_on_duty_stays_so_until_the_end_that_is_told_and_the_view_agrees(
    some: list[DutyTurn], when: datetime
) -> None:
    kept = list[DutyTurn]()
    for each in some:
        if not any(each.overlaps(other) for other in kept):
            kept.append(each)
    roster = Roster(turns=tuple(kept))
    found = on_duty(roster, DutyLine.FIRST, when, NEW_YORK)
    first = view_of(roster, when, NEW_YORK).lines[0]
    assert first.who == found.who
    if found.until:
        assert found.until > when
        assert first.until
        assert first.until >= found.until
        last = found.until - timedelta(seconds=1)
        assert on_duty(roster, DutyLine.FIRST, max(when, last), NEW_YORK).who == found.who
    if first.since:
        assert first.since > when
        assert on_duty(roster, DutyLine.FIRST, first.since, NEW_YORK).who


@given(some=turns, when=instants, hours=st.integers(1, 48))
def test_an_instant_is_in_a_gap_where_nobody_is_on_duty_and_nowhere_else(
    some: list[DutyTurn], when: datetime, hours: int
) -> None:
    roster, until = Roster(turns=tuple(some)), when + timedelta(hours=hours)
    found = gaps(roster, when, until, NEW_YORK)
    for minute in range(0, hours * 60, 37):
        look = when + timedelta(minutes=minute)
        is_in_gap = any(each.since <= look < each.until for each in found)
        assert is_in_gap == (not on_duty(roster, DutyLine.FIRST, look, NEW_YORK).who)
