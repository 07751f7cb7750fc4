"""What may be typed after /backtest, and what is said of the rest."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.cards.refusals import refusal
from bot.listeners.backtest_words import read_backtest
from bot.messages import LOCALES, Texts
from engine.desk_research import MOST_DAYS, MOST_SYMBOLS, BacktestScope
from engine.errors import BacktestRefused

SHIPPED = BacktestScope(
    data="recorded",
    strategy="seed",
    strategies={"seed": "seed", "trend": "trend", "opening-range": "opening-range", "calm": "/desk/calm.toml"},
    symbols=("AAPL", "FB", "GOOG", "IBM", "MSFT"),
    usual=("AAPL", "IBM"),
    first=date(2011, 1, 3),
    begins=date(2011, 1, 3),
    last=date(2013, 3, 1),
)
ALPACA = replace(
    SHIPPED,
    data="alpaca",
    symbols=(),
    usual=("AAPL", "BRK.B"),
    first=date(2024, 8, 14),
    begins=date(2025, 5, 21),
    last=date(2025, 8, 19),
)


def refused(text: str, scope: BacktestScope = SHIPPED) -> BacktestRefused:
    with pytest.raises(BacktestRefused) as caught:
        read_backtest(text, scope)
    return caught.value


def test_nothing_typed_means_the_desk_s_own_strategy_on_all_that_is_recorded() -> None:
    asked = read_backtest("", SHIPPED)
    assert (asked.strategy, asked.data, asked.symbols) == ("seed", "recorded", ("AAPL", "IBM"))
    assert (asked.first, asked.last) == (None, None)


def test_nothing_typed_means_the_last_months_where_prices_go_on() -> None:
    asked = read_backtest("", ALPACA)
    assert (asked.first, asked.last, asked.data) == (date(2025, 5, 21), date(2025, 8, 19), "alpaca")


@pytest.mark.parametrize(
    "typed",
    [
        "trend AAPL,MSFT 2012-06..2012-12",
        "trend AAPL, MSFT 2012-06-01 2012-12-31",
        "2012-06~2012-12 aapl msft Trend",
        "“trend” `AAPL;MSFT` 2012-06…2012-12",
        "AAPL MSFT AAPL trend 2012-06 2012-12",
    ],
)
def test_the_words_come_in_any_order_and_as_phones_write_them(typed: str) -> None:
    asked = read_backtest(typed, SHIPPED)
    assert (asked.strategy, asked.symbols) == ("trend", ("AAPL", "MSFT"))
    assert (asked.first, asked.last) == (date(2012, 6, 1), date(2012, 12, 31))


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2012", date(2012, 1, 1), date(2012, 12, 31)),
        ("2012-02", date(2012, 2, 1), date(2012, 2, 29)),
        ("2012-02-03", date(2012, 2, 3), date(2012, 2, 3)),
        ("90d", date(2012, 12, 2), date(2013, 3, 1)),
        ("2w", date(2013, 2, 16), date(2013, 3, 1)),
        ("1y", date(2012, 3, 2), date(2013, 3, 1)),
        ("2010..2011", date(2011, 1, 3), date(2011, 12, 31)),
    ],
)
def test_a_period_is_a_year_a_month_a_day_or_so_long_back(typed: str, first: date, last: date) -> None:
    asked = read_backtest(typed, SHIPPED)
    assert (asked.first, asked.last) == (first, last)


def test_a_desk_s_own_file_is_asked_for_by_its_name_and_no_other_file_or_class_at_all() -> None:
    assert read_backtest("calm", SHIPPED).strategy == "/desk/calm.toml"
    for typed in ("/etc/passwd", "../calm.toml", "os:system", "/desk/calm.toml"):
        assert refused(typed).facts["problem"] == "strategy"


def test_a_symbol_of_a_market_that_has_all_needs_no_list() -> None:
    assert read_backtest("NVDA,BRK.B", ALPACA).symbols == ("NVDA", "BRK.B")


@pytest.mark.parametrize(
    ("typed", "problem", "words"),
    [
        ("trnd", "strategy", "Did you mean trend?"),
        ("zzz", "strategy", "calm, opening-range, seed, trend"),
        ("seed trend", "strategies", "seed trend"),
        ("APPL", "symbol", "Did you mean AAPL?"),
        ("NVDA", "symbol", "AAPL, FB, GOOG, IBM, MSFT"),
        ("aapl,nvda", "symbol", "NVDA"),
        ("2012-12..2012-06", "order", "ends before it starts"),
        ("2012-12-31 2012-01-01", "order", "ends before it starts"),
        ("2020", "outside", "2011-01-03 – 2013-03-01"),
        ("2012-13", "period", "2012-13"),
        ("2012-02-30", "period", "2012-02-30"),
        ("2012 2013 2014", "period", "2012 2013 2014"),
        ("12..", "period", "12"),
        ("90x", "period", "90x"),
        ("9999y", "long", f"in days is {MOST_DAYS}"),
    ],
)
def test_what_cannot_be_asked_for_is_said_with_what_can(typed: str, problem: str, words: str) -> None:
    error = refused(typed)
    assert error.facts["problem"] == problem
    assert words in refusal(error, Texts("en", ZoneInfo("UTC"))).text


def test_too_many_symbols_or_days_are_refused_with_the_limit() -> None:
    many = ",".join(f"A{chr(65 + number)}" for number in range(MOST_SYMBOLS + 1))
    assert (refused(many, ALPACA).facts["problem"], refused(many, ALPACA).facts["most"]) == ("symbols", MOST_SYMBOLS)
    fewer = read_backtest(many.removesuffix(f",A{chr(65 + MOST_SYMBOLS)}"), ALPACA)
    assert len(fewer.symbols) == MOST_SYMBOLS
    watched = replace(ALPACA, usual=tuple(many.split(",")))
    assert refused("", watched).facts["problem"] == "symbols"
    long = replace(SHIPPED, last=date(2020, 1, 1))
    assert refused("2011..2019", long).facts["problem"] == "long"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("scope", [SHIPPED, ALPACA])
def test_the_example_of_a_refusal_can_be_asked_for(locale: str, scope: BacktestScope) -> None:
    for typed in ("trnd", "12-13", "2031", "seed trend", "1.."):
        error = refused(typed, scope)
        example = str(error.facts["example"])
        assert example in refusal(error, Texts(locale, ZoneInfo("UTC"))).text
        assert read_backtest(example.removeprefix("/backtest"), scope).symbols == scope.usual[:2]
