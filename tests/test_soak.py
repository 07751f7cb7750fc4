from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.soak_judgement import Sample, Verdict, judge, windows

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
