from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.curves import IN_ONE, LATE, SPREAD, Panels, draw
from benchmarks.soak_judgement import DELAY, Sample, Verdict, done_by, growth_a_day, judge, not_by_workers, windows
from engine.scheduler import timetable
from tests.support.engine_harness import EngineHarness

MONDAY = datetime(2012, 6, 4, 13, 30, tzinfo=UTC)
A_DAY = 80
"""Samples of a day."""
NAMES = {
    "memory": "memory, MB",
    "threads": "threads",
    "delay": "delay tick, s",
    "hours": "market hours",
    "trades": "rows trades",
    "rows": "rows decisions",
    "whatever": "rows whatever",
    "api_memory": "api memory, MB",
    "worker_memory": "worker memory, MB",
    "worker_whatever": "worker whatever",
    "scheduler_delay": "scheduler delay tick, s",
    "orders": "rows orders",
    "fills": "rows fills",
    "results": "rows results",
    "tcp": "scheduler TCP connections",
    "scheduler_log": "scheduler log, kB",
    "log": "log, kB",
    "audit": "rows audit",
}
Curve = Callable[[int], float]


def week(days: int = 5, **curves: Curve) -> list[Sample]:
    """Make the samples of some days; a curve gives a figure by the number of the sample."""
    at = [MONDAY + timedelta(days=day, minutes=5 * number) for day in range(days) for number in range(A_DAY)]
    return [
        Sample(
            second=float(number),
            at=instant,
            values={NAMES[name]: curve(number) for name, curve in curves.items()},
        )
        for number, instant in enumerate(at)
    ]


def verdict(name: str, samples: list[Sample]) -> Verdict:
    return next(verdict for verdict in judge(samples) if verdict.name == name)


def test_a_figure_that_stays_is_flat() -> None:
    assert verdict("memory, MB", week(memory=lambda number: 300 + number % 7)).is_flat


def test_what_the_first_day_fills_is_not_held_against_it() -> None:
    assert verdict("memory, MB", week(memory=lambda number: min(300, 100 + 3 * number))).is_flat


def test_a_single_peak_is_not_growth() -> None:
    assert verdict("memory, MB", week(memory=lambda number: 900 if number == 390 else 300)).is_flat


def test_a_leak_of_a_tenth_a_day_is_found() -> None:
    found = verdict("memory, MB", week(memory=lambda number: 300 + 30 * number / A_DAY))
    assert not found.is_flat
    assert found.late - found.early == pytest.approx(90)


def test_one_thread_more_each_day_is_found_within_a_week() -> None:
    assert not verdict("threads", week(8, threads=lambda number: 30 + number // A_DAY)).is_flat


def test_a_job_that_comes_later_and_later_is_found() -> None:
    assert not verdict("delay tick, s", week(delay=lambda number: number / 200)).is_flat


def test_a_figure_of_which_nobody_said_how_it_may_grow_must_stay() -> None:
    samples = week(whatever=lambda number: number // A_DAY)
    assert not verdict("rows whatever", samples).is_flat


def test_a_table_that_grows_with_the_trades_is_flat() -> None:
    samples = week(trades=lambda number: number / 8, rows=lambda number: number / 2, hours=lambda number: number / 10)
    found = verdict("rows decisions", samples)
    assert found.is_flat
    assert found.late == pytest.approx(4)


def test_a_table_that_grows_with_the_square_of_the_trades_is_found() -> None:
    samples = week(
        trades=lambda number: number / 8, rows=lambda number: number**2 / 50, hours=lambda number: number / 10
    )
    assert not verdict("rows decisions", samples).is_flat


def test_results_grow_with_the_fills_and_not_with_proposals_that_nobody_took() -> None:
    # From the third day on all that is proposed is bought, of what was proposed before a tenth.
    def fills(number: int) -> float:
        return number / 10 + max(0, number - 2 * A_DAY)

    samples = week(
        trades=float,
        rows=float,
        orders=float,
        hours=float,
        fills=fills,
        results=lambda number: fills(number) / 2,
    )
    assert verdict("rows results", samples).is_flat


def test_a_busy_day_makes_no_table_grow() -> None:
    busy = 4 * A_DAY  # from Friday on three times as many trades

    def trades(number: int) -> float:
        return number / 8 + max(0, number - busy) / 4

    samples = week(trades=trades, rows=lambda number: 4 * trades(number), hours=lambda number: number / 10)
    assert verdict("rows decisions", samples).is_flat


def test_rows_without_a_trade_are_found() -> None:
    samples = week(trades=lambda _: 3, rows=lambda number: max(0, number - 300), hours=lambda number: number / 10)
    assert not verdict("rows decisions", samples).is_flat


def test_the_second_day_is_compared_with_the_last() -> None:
    early, late = windows(week(4, memory=float))
    assert {sample.day.day for sample in early} == {5}
    assert {sample.day.day for sample in late} == {7}


def test_of_a_single_day_the_second_quarter_is_compared_with_the_last() -> None:
    early, late = windows(week(1, memory=float))
    assert [early[0].second, early[-1].second, late[0].second, late[-1].second] == [20, 39, 60, 79]


def test_a_sample_that_was_written_reads_the_same() -> None:
    sample = week(1, memory=float)[3]
    assert Sample.read(sample.row()) == sample


def test_each_role_is_judged_by_itself_and_as_one_process_is() -> None:
    samples = week(api_memory=lambda _: 300, worker_memory=lambda number: 100 + 15 * number / A_DAY)
    assert verdict("api memory, MB", samples).is_flat
    assert not verdict("worker memory, MB", samples).is_flat
    assert verdict("worker memory, MB", samples).rule == verdict("memory, MB", week(memory=float)).rule


def test_a_role_may_fill_its_pool_of_ten_connections_and_leak_none() -> None:
    assert verdict("scheduler TCP connections", week(22, tcp=lambda number: 12 + min(10, number // A_DAY))).is_flat
    assert not verdict("scheduler TCP connections", week(22, tcp=lambda number: 12 + number // A_DAY)).is_flat


def test_a_job_of_a_role_that_comes_later_and_later_is_found() -> None:
    assert not verdict("scheduler delay tick, s", week(scheduler_delay=lambda number: number / 200)).is_flat


def test_a_figure_of_a_role_of_which_nobody_said_how_it_may_grow_must_stay() -> None:
    assert not verdict("worker whatever", week(worker_whatever=lambda number: number // A_DAY)).is_flat


def test_a_log_that_is_as_long_each_hour_is_flat() -> None:
    samples = week(scheduler_log=lambda number: 3 * number, hours=lambda number: number / 10)
    assert verdict("scheduler log, kB", samples).is_flat


def test_a_log_that_says_more_each_hour_is_found() -> None:
    samples = week(scheduler_log=lambda number: number**2 / 10, hours=lambda number: number / 10)
    assert not verdict("scheduler log, kB", samples).is_flat


def test_the_growth_of_a_day_is_the_median_of_the_days_after_the_first() -> None:
    a_day = (100, 20, 30, 90, 40)  # the first day fills, and the fourth is an odd one

    def total(number: int) -> float:
        day, part = divmod(number, A_DAY)
        return sum(a_day[:day]) + a_day[day] * (part + 1) / A_DAY

    assert growth_a_day(week(log=total, audit=lambda number: 7 * number)) == {
        "log, kB": pytest.approx(35),
        "rows audit": pytest.approx(7 * A_DAY),
    }


def test_what_is_added_overnight_belongs_to_the_day_after() -> None:
    assert growth_a_day(week(2, log=lambda number: 50 if number >= A_DAY else 0))["log, kB"] == 50


def test_the_growth_is_told_of_each_role() -> None:
    assert growth_a_day(week(scheduler_log=lambda number: number)) == {"scheduler log, kB": A_DAY}


def test_a_single_day_tells_no_growth() -> None:
    assert growth_a_day(week(1, log=float)) == {}


def test_tasks_are_counted_by_kind_and_by_the_role_of_who_did_them() -> None:
    tasks = [("headlines", 11), ("headlines", 11), ("headlines", 20), ("pictures", 12), ("pictures", 99)]
    assert done_by(tasks, {11: "worker", 12: "worker", 20: "scheduler"}) == {
        "headlines": {"worker": 2, "scheduler": 1},
        "pictures": {"worker": 1, "nobody known": 1},
    }


def test_work_that_no_worker_took_is_named() -> None:
    done = {"headlines": {"worker": 1, "api": 9}, "pictures": {"scheduler": 4}}
    assert not_by_workers(done, ("headlines", "pictures", "curves")) == ["pictures", "curves"]


def test_every_job_whose_delay_is_drawn_is_in_the_timetable(tmp_path: Path) -> None:
    with closing(EngineHarness.build(tmp_path)) as harness:
        known = {f"{DELAY}{job.name}, s" for job in timetable(harness.engine.jobs)}
    assert set(LATE) <= known


@pytest.mark.parametrize(("panels", "file"), [(IN_ONE, "soak.png"), (SPREAD, "soak-roles.png")])
def test_one_process_and_roles_are_drawn_each_in_a_picture_of_its_own(
    tmp_path: Path, panels: Panels, file: str
) -> None:
    names = {"market hours", *(name for shown in panels.values() for name in shown)}
    samples = [
        Sample(second=float(number), at=MONDAY + timedelta(hours=number), values=dict.fromkeys(names, float(number)))
        for number in range(40)
    ]
    assert draw(samples, tmp_path) == tmp_path / file
    assert (tmp_path / file).read_bytes().startswith(b"\x89PNG")
