from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.factory import Adapters
from engine.model.duty import DutyCover, DutyLine, DutyTurn, Roster
from engine.model.json_values import plain, valued
from engine.model.market import BarHistory, Headline
from engine.model.notices.base import NoticeKind
from engine.model.notices.reports import ReportMade, ReportsMissed
from engine.model.report import Report, ReportKind
from engine.views.reports import due_between
from tests.support.duty import put_on_duty
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.clock import ManualClock

NEW_YORK = ZoneInfo("America/New_York")
CALENDAR = ExchangeCalendar()
WHOLE_DAY = {"ready": "03:00", "premarket": "04:00", "open": "09:30", "close": "16:00", "day": "20:00"}
HALF_DAY = WHOLE_DAY | {"close": "13:00", "day": "17:00"}
LOOKS = sorted(
    f"{hour:02}:{minute:02}"
    for full in {*WHOLE_DAY.values(), *HALF_DAY.values()}
    for hour, minute in (divmod(60 * int(full[:2]) + int(full[3:]) + off, 60) for off in (-1, 0))
)
"""Each time at which a report may come, and the minute before it."""


def in_new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def reports_told(harness: EngineHarness) -> list[ReportMade]:
    return harness.told_of(ReportMade)


def kinds_told(harness: EngineHarness) -> list[str]:
    return [notice.subject for notice in reports_told(harness)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Callable[..., EngineHarness]]:
    """Make desks that keep the exchange's real hours, on a frozen clock."""
    made: list[EngineHarness] = []

    def build(at: str, *, speed: float = 1.0, **given: Any) -> EngineHarness:
        def on_real_hours(adapters: Adapters) -> Adapters:
            if isinstance(adapters.clock, ManualClock):
                adapters.clock.speed = speed
            return replace(adapters, calendar=CALENDAR)

        harness = EngineHarness.build(tmp_path, at=in_new_york(at).astimezone(UTC), on=on_real_hours, **given)
        made.append(harness)
        harness.engine.jobs.tell_reports()
        return harness

    yield build
    for harness in made:
        harness.close()


def expected_of(month: date, holidays: set[int], half_days: set[int], week_ends: set[int]) -> list[tuple[str, str]]:
    told = []
    day = month
    while day.month == month.month:
        if day.isoweekday() <= 5 and day.day not in holidays:
            hours = HALF_DAY if day.day in half_days else WHOLE_DAY
            told += [(kind, f"{day} {at}") for kind, at in hours.items()]
            told += [("week", f"{day} {hours['day']}")] if day.day in week_ends else []
        day += timedelta(days=1)
    return told


def test_a_replayed_month_tells_each_report_once_at_the_exchange_s_time(desk: Callable[..., EngineHarness]) -> None:
    # The clock is put back on the 2nd, the 27th is Thanksgiving, and the 28th ends at 13:00.
    harness = desk("2025-11-01 00:00")
    for on in range(1, 31):
        for look in LOOKS:
            harness.clock.set(in_new_york(f"2025-11-{on:02} {look}"))
            harness.engine.jobs.read_news()
            harness.engine.jobs.tell_reports()
    told = [(notice.subject, f"{notice.at.astimezone(NEW_YORK):%Y-%m-%d %H:%M}") for notice in reports_told(harness)]
    assert told == expected_of(date(2025, 11, 1), holidays={27}, half_days={28}, week_ends={7, 14, 21, 28})
    assert not any(notice.report.is_late for notice in reports_told(harness))
    assert {notice.kind for notice in harness.told()} == {NoticeKind.REPORT}


def test_the_reports_of_march_keep_new_york_s_time_over_the_change_of_its_clocks() -> None:
    due = due_between(CALENDAR, in_new_york("2025-03-01 00:00"), in_new_york("2025-04-01 00:00"))
    told = [(each.kind.value, f"{each.at.astimezone(NEW_YORK):%Y-%m-%d %H:%M}") for each in due]
    assert told == expected_of(date(2025, 3, 1), set(), set(), week_ends={7, 14, 21, 28})
    opens = {each.at.astimezone(UTC).time() for each in due if each.kind is ReportKind.OPEN}
    assert opens == {time(14, 30), time(13, 30)}


def test_a_week_ends_with_its_last_day_of_trading_also_when_friday_is_a_holiday() -> None:
    due = due_between(CALENDAR, in_new_york("2025-04-14 00:00"), in_new_york("2025-04-21 00:00"))
    assert [each.on for each in due if each.kind is ReportKind.WEEK] == [date(2025, 4, 17)]


def test_a_report_that_was_missed_for_a_while_is_told_late_and_says_so(desk: Callable[..., EngineHarness]) -> None:
    harness = desk("2025-03-10 15:50")
    harness.clock.set(in_new_york("2025-03-10 17:00"))
    harness.engine.jobs.tell_reports()
    harness.engine.jobs.tell_reports()
    (notice,) = reports_told(harness)
    report = notice.report
    assert (report.kind, report.is_late) == (ReportKind.CLOSE, True)
    assert report.due == in_new_york("2025-03-10 16:00")


def test_of_what_was_missed_for_days_only_what_is_still_of_use_is_told_and_the_rest_is_counted(
    desk: Callable[..., EngineHarness],
) -> None:
    harness = desk("2025-03-10 21:00")
    harness.clock.set(in_new_york("2025-03-12 10:00"))
    harness.engine.jobs.tell_reports()
    assert kinds_told(harness) == ["open"]
    (missed,) = harness.told_of(ReportsMissed)
    assert (missed.kinds, missed.count) == (("ready", "premarket", "open", "close", "day"), 7)


def test_a_replay_that_passes_over_the_night_tells_its_reports_and_calls_none_late(
    desk: Callable[..., EngineHarness],
) -> None:
    harness = desk("2025-03-10 15:59", speed=60.0)
    harness.clock.set(in_new_york("2025-03-11 09:30"))
    harness.engine.jobs.tell_reports()
    assert kinds_told(harness) == ["close", "day", "ready", "premarket", "open"]
    assert not any(notice.report.is_late for notice in reports_told(harness))


def test_a_desk_that_starts_for_the_first_time_has_missed_nothing(desk: Callable[..., EngineHarness]) -> None:
    harness = desk("2025-03-10 10:00")
    assert harness.told() == []


def test_a_restart_tells_nothing_twice(desk: Callable[..., EngineHarness]) -> None:
    harness = desk("2025-03-10 09:29")
    harness.clock.set(in_new_york("2025-03-10 09:30"))
    harness.engine.jobs.tell_reports()
    harness.born_again().jobs.tell_reports()
    assert kinds_told(harness) == ["open"]


def test_what_is_switched_off_is_neither_told_nor_missed_and_what_is_silent_says_so(
    desk: Callable[..., EngineHarness],
) -> None:
    harness = desk("2025-03-10 02:00", report_ready="off", report_premarket="silent")
    harness.clock.set(in_new_york("2025-03-10 04:00"))
    harness.engine.jobs.read_news()
    harness.engine.jobs.tell_reports()
    (notice,) = reports_told(harness)
    assert (notice.subject, notice.report.silent) == ("premarket", True)


def test_what_was_switched_off_was_not_missed_by_who_switches_it_on(desk: Callable[..., EngineHarness]) -> None:
    quiet = desk("2025-03-10 02:00", **{f"report_{kind}": "off" for kind in ReportKind})
    quiet.clock.set(in_new_york("2025-03-12 12:00"))
    quiet.engine.jobs.tell_reports()
    assert desk("2025-03-12 12:01").told() == []


def test_a_report_comes_also_while_the_broker_does_not_answer(desk: Callable[..., EngineHarness]) -> None:
    harness = desk("2025-03-10 09:00")
    harness.line.is_away = True
    harness.clock.set(in_new_york("2025-03-10 09:30"))
    harness.engine.jobs.tell_reports()
    assert [notice.report.account for notice in reports_told(harness)] == [None]


def test_a_report_tells_what_the_desk_holds_and_what_was_found_overnight(proposed: EngineHarness) -> None:
    report = proposed.engine.queries.report(ReportKind.PREMARKET)
    assert report.account is not None
    assert [(holding.symbol, holding.shares) for holding in report.account.holdings] == [("MSFT", 300), ("TSLA", 150)]
    assert [finding.symbol for finding in report.news] == ["AAPL", "AAPL"]
    assert (report.pending, report.watched, report.broker) == (1, 3, "troubled")
    assert valued(Report, plain(report)) == report


@pytest.fixture
def night(desk: Callable[..., EngineHarness]) -> EngineHarness:
    """A desk at the start of the pre-market, whose news of the night nobody read yet."""
    harness = desk("2025-03-12 03:30")
    at = in_new_york("2025-03-12 03:45").astimezone(UTC)
    text = "Apple beats expectations and raises its outlook"
    harness.news.lines.append(Headline(id="night", at=at, symbols=("AAPL",), text=text, source="wire"))
    harness.engine.jobs.read_news()  # which reads nothing while the market is closed
    harness.clock.set(in_new_york("2025-03-12 04:00"))
    harness.engine.jobs.tell_reports()
    return harness


def test_the_pre_market_report_waits_for_the_news_of_the_night(night: EngineHarness) -> None:
    assert kinds_told(night) == []
    night.clock.advance(60)
    night.engine.jobs.read_news()
    night.engine.jobs.tell_reports()
    night.engine.jobs.tell_reports()
    (notice,) = reports_told(night)
    assert ([found.headline_id for found in notice.report.news], notice.report.is_late) == (["night"], False)


def test_the_pre_market_report_waits_ten_minutes_at_most_for_news_that_cannot_be_read(night: EngineHarness) -> None:
    night.news.is_down = True
    for _ in range(9):
        night.clock.advance(60)
        night.engine.jobs.read_news()
        night.engine.jobs.tell_reports()
        assert kinds_told(night) == []
    night.clock.advance(60)
    night.engine.jobs.tell_reports()
    assert [(notice.report.news, notice.report.down) for notice in reports_told(night)] == [((), ("news",))]


def test_the_pre_market_report_names_whose_headlines_are_not_scored(night: EngineHarness) -> None:
    night.engine.jobs.score_news.look()  # which is as far as one came whose Claude does not answer
    night.clock.advance(600)
    night.engine.jobs.tell_reports()
    assert [(notice.report.news, notice.report.unread) for notice in reports_told(night)] == [((), ("AAPL",))]


@pytest.mark.parametrize("reason", ["keywords: answer", "keywords: outage"])
def test_the_pre_market_report_names_a_symbol_of_which_another_headline_was_left_out_before_the_close(
    night: EngineHarness, reason: str
) -> None:
    with night.store.writing() as transaction:
        transaction.note_unscored(in_new_york("2025-03-11 15:00").astimezone(UTC), {"AAPL": reason})
    night.engine.jobs.score_news.look()
    night.clock.advance(600)
    night.engine.jobs.tell_reports()
    assert [(notice.report.news, notice.report.unread) for notice in reports_told(night)] == [((), ("AAPL",))]


def test_a_report_that_waits_holds_up_none_that_came_before_it(desk: Callable[..., EngineHarness]) -> None:
    harness = desk("2025-03-12 02:59")
    harness.clock.set(in_new_york("2025-03-12 04:01"))
    harness.engine.jobs.tell_reports()
    assert kinds_told(harness) == ["ready"]
    harness.engine.jobs.read_news()
    harness.engine.jobs.tell_reports()
    assert kinds_told(harness) == ["ready", "premarket"]


def test_the_market_s_own_move_is_told_where_there_are_prices_of_it(proposed: EngineHarness) -> None:
    assert proposed.engine.queries.report(ReportKind.DAY).market is None
    day = worked_example.AT.replace(hour=4, minute=0, second=0)
    starts = np.array([int((day + timedelta(hours=hour)).timestamp()) for hour in (-9, 10, 10.25)], dtype=np.int64)
    prices = np.array([[500.0], [502.0], [505.0]])
    proposed.market.recorded = BarHistory.of(("SPY",), starts, np.array([prices] * 5))
    assert proposed.engine.queries.report(ReportKind.DAY).market == Decimal("0.01")


WEEKNIGHTS = DutyTurn(line=DutyLine.FIRST, who=("U0TRADER",), days=(0, 1, 2, 3, 4), begins=22 * 60, ends=1440 + 3 * 60)
"""In Seoul, where New York's regular hours of that summer's day are 22:30 to 05:00."""


def ready_at(harness: EngineHarness, *turns: DutyTurn) -> Report:
    put_on_duty(harness, Roster(turns=turns))
    return harness.engine.queries.report(ReportKind.READY)


def test_the_ready_report_knows_when_nobody_is_on_duty_in_regular_hours(desk: Callable[..., EngineHarness]) -> None:
    harness = desk("2025-08-19 03:00", timezone="Asia/Seoul")
    cover = ready_at(harness, WEEKNIGHTS).duty
    assert cover
    assert [(each.since, each.until) for each in cover.gaps] == [
        (in_new_york("2025-08-19 14:00").astimezone(UTC), in_new_york("2025-08-19 16:00").astimezone(UTC))
    ]
    rest = replace(WEEKNIGHTS, days=(1, 2, 3, 4, 5), begins=3 * 60, ends=5 * 60)
    assert ready_at(harness, WEEKNIGHTS, rest).duty == DutyCover(gaps=(), has_rota=True)
    without = ready_at(harness).duty
    assert without
    assert not without.has_rota


def test_no_other_report_tells_of_the_duty(desk: Callable[..., EngineHarness]) -> None:
    harness = desk("2025-08-19 03:00")
    told = [harness.engine.queries.report(kind).duty for kind in ReportKind if kind is not ReportKind.READY]
    assert told == [None] * 5
