from datetime import date

import pytest

from bot.listeners.parsing import words
from bot.listeners.periods import NAMED, read_span
from engine.errors import BadPeriod
from engine.model.performance import Period

TODAY = date(2025, 8, 20)  # a Wednesday


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("today", "2025-08-20", "2025-08-20"),
        ("오늘", "2025-08-20", "2025-08-20"),
        ("yesterday", "2025-08-19", "2025-08-19"),
        ("어제", "2025-08-19", "2025-08-19"),
        ("그제", "2025-08-18", "2025-08-18"),
        ("Week", "2025-08-18", "2025-08-20"),
        ("this week", "2025-08-18", "2025-08-20"),
        ("이번 주", "2025-08-18", "2025-08-20"),
        ("last week", "2025-08-11", "2025-08-17"),
        ("last-week", "2025-08-11", "2025-08-17"),
        ("지난주", "2025-08-11", "2025-08-17"),
        ("mtd", "2025-08-01", "2025-08-20"),
        ("이번달", "2025-08-01", "2025-08-20"),
        ("last month", "2025-07-01", "2025-07-31"),
        ("지난 달", "2025-07-01", "2025-07-31"),
        ("ytd", "2025-01-01", "2025-08-20"),
        ("올해", "2025-01-01", "2025-08-20"),
        ("작년", "2024-01-01", "2024-12-31"),
        ("this quarter", "2025-07-01", "2025-08-20"),
        ("last quarter", "2025-04-01", "2025-06-30"),
        ("지난 분기", "2025-04-01", "2025-06-30"),
        ("Q4", "2024-10-01", "2024-12-31"),
        ("2025년 1분기", "2025-01-01", "2025-03-31"),
        ("monday", "2025-08-18", "2025-08-18"),
        ("wed", "2025-08-20", "2025-08-20"),
        ("금요일", "2025-08-15", "2025-08-15"),
        ("2025-08-04", "2025-08-04", "2025-08-04"),
        ("2025/8/4", "2025-08-04", "2025-08-04"),
        ("2025.8.4.", "2025-08-04", "2025-08-04"),
        ("20250804", "2025-08-04", "2025-08-04"),
        ("8/4", "2025-08-04", "2025-08-04"),
        ("8/21", "2024-08-21", "2024-08-21"),
        ("8/4/2025", "2025-08-04", "2025-08-04"),
        ("Aug 4", "2025-08-04", "2025-08-04"),
        ("August 4th, 2024", "2024-08-04", "2024-08-04"),
        ("4 Aug", "2025-08-04", "2025-08-04"),
        ("8월 4일", "2025-08-04", "2025-08-04"),
        ("2024년 12월 31일", "2024-12-31", "2024-12-31"),
        ("feb 29", "2024-02-29", "2024-02-29"),
        ("2025-07", "2025-07-01", "2025-07-31"),
        ("July", "2025-07-01", "2025-07-31"),
        ("december", "2024-12-01", "2024-12-31"),
        ("Feb 2024", "2024-02-01", "2024-02-29"),
        ("7월", "2025-07-01", "2025-07-31"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024년", "2024-01-01", "2024-12-31"),
        ("30d", "2025-07-22", "2025-08-20"),
        ("last 7 days", "2025-08-14", "2025-08-20"),
        ("최근 7일", "2025-08-14", "2025-08-20"),
        ("2 weeks", "2025-08-07", "2025-08-20"),
        ("3개월", "2025-05-23", "2025-08-20"),
        ("2025-08-04..2025-08-08", "2025-08-04", "2025-08-08"),
        ("2025-08-04 ~ 2025-08-08", "2025-08-04", "2025-08-08"),
        ("2025-08-04 – 2025-08-08", "2025-08-04", "2025-08-08"),
        ("2025-08-04 - 2025-08-08", "2025-08-04", "2025-08-08"),
        ("2025-08-04 2025-08-08", "2025-08-04", "2025-08-08"),
        ("from Aug 4 to Aug 8", "2025-08-04", "2025-08-08"),
        ("aug 4 to yesterday", "2025-08-04", "2025-08-19"),
        ("8월 4일부터 8월 8일까지", "2025-08-04", "2025-08-08"),
        ("8월 4일 ~ 8월 8일", "2025-08-04", "2025-08-08"),
        ("since monday", "2025-08-18", "2025-08-20"),
        ("since 2025-08-04", "2025-08-04", "2025-08-20"),
        ("8월 4일부터", "2025-08-04", "2025-08-20"),
        ("june to july", "2025-06-01", "2025-07-31"),
        ("2025-08-04..2025-09-30", "2025-08-04", "2025-08-20"),
    ],
)
def test_a_period_is_read_as_people_write_it(typed: str, first: str, last: str) -> None:
    span, rest = read_span(words(typed), TODAY)
    assert span is not None
    assert (f"{span.first}", f"{span.last}", rest) == (first, last, [])


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_name_of_a_period_is_read_beside_a_symbol_on_either_side(name: str) -> None:
    for typed in (f"AAPL {name}", f"{name} AAPL"):
        span, rest = read_span(words(typed), TODAY)
        assert (span and span.period, rest) == (NAMED[name], ["AAPL"])


def test_a_ticker_that_is_also_a_word_is_a_symbol_once_a_period_was_said() -> None:
    span, rest = read_span(["week", "ALL"], TODAY)
    assert (span and span.period, rest) == (Period.WEEK, ["ALL"])


@pytest.mark.parametrize("typed", ["", "AAPL", "weke", "BRK.B", "foo bar", "어제께"])
def test_what_says_no_period_is_left_as_it_is(typed: str) -> None:
    assert read_span(words(typed), TODAY) == (None, words(typed))


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("2025-02-30", "no_such_day"),
        ("2025-13", "no_such_day"),
        ("13/45", "no_such_day"),
        ("Feb 30", "no_such_day"),
        ("0d", "no_such_day"),
        ("2025-08-21", "future"),
        ("2026", "future"),
        ("2025-08-08..2025-08-04", "order"),
        ("2025-08-08 to 2025-02-30", "no_such_day"),
    ],
)
def test_days_that_cannot_be_looked_back_over_are_refused_by_name(typed: str, problem: str) -> None:
    with pytest.raises(BadPeriod) as refused:
        read_span(words(typed), TODAY)
    assert refused.value.facts["problem"] == problem


def test_a_day_of_the_exchange_begins_at_midnight_in_new_york_also_over_a_change_of_the_clock() -> None:
    span, _ = read_span(["2025-03-09"], TODAY)  # 23 hours long
    assert span is not None
    assert span.since is not None
    assert (span.ends - span.since).total_seconds() == 23 * 3600
