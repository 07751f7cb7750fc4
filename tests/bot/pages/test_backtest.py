"""The page of a backtest: says first what may be said, needs nothing from outside, and is the same each time."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from bot.messages import LOCALES
from bot.pages.backtest import page
from bot.pages.notes import notes_told
from bot.pages.trades import distribution
from bot.pages.verdict import about_line, verdict_line
from engine.backtest.honesty import evaluated
from engine.backtest.walk_forward import sessions_of, walked, windows
from engine.model.backtest import DataNote, NoteKind
from engine.model.evaluation import DeflatedSharpe, Evaluation, Interval, Verdict
from engine.model.market import BarFlaw
from engine.model.trade import ExitReason
from tests.support.backtest_pages import texts_of, year_bars, year_of
from tests.support.backtests import CASH, backtest, random_bars, trade

BARS = year_bars()
YEAR = year_of(BARS)
EMPTY = evaluated(backtest([float(CASH)] * 7))
NOT_SHOWN = {"en": "No edge shown", "ko": "우위가 확인되지 않음"}


def with_verdict(verdict: Verdict) -> Evaluation:
    interval = Interval(mean=0.1, low=-0.1, high=0.3, count=140, block=1, confidence=0.95)
    return replace(YEAR, verdict=verdict, interval=interval)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("verdict", Verdict)
def test_the_first_line_says_that_no_edge_is_shown_unless_one_is(verdict: Verdict, locale: str) -> None:
    done = with_verdict(verdict)
    text = page(done, texts_of(locale))
    first = re.search(r"<main>\n<header[^>]*><h1>(.*?)</h1>", text)
    assert first is not None
    assert first[1] == verdict_line(done, texts_of(locale))
    assert first[1].startswith(NOT_SHOWN[locale]) is (verdict is not Verdict.EDGE)


@pytest.mark.parametrize(
    ("data", "english", "korean"),
    [
        ("recorded", "recorded prices", "기록된 시세"),
        ("random-walk", "random walks", "랜덤워크"),
        ("bars.csv", "bars.csv", "bars.csv"),
    ],
)
def test_the_data_are_named_in_the_readers_language(data: str, english: str, korean: str) -> None:
    done = replace(EMPTY, backtest=replace(EMPTY.backtest, data=data))
    for locale, name in {"en": english, "ko": korean}.items():
        text = page(done, texts_of(locale))
        assert about_line(done.backtest, texts_of(locale)).endswith(name)
        assert f"<td>{name} {done.backtest.data_fingerprint}</td>" in text


def test_korean_ranges_are_written_as_they_are_typed() -> None:
    assert not set("–∼～〜") & set((files("bot.messages") / "ko.ftl").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("trades", "told"), [(0, "no trades"), (1, "only 1 trade,"), (29, "only 29 trades,")])
def test_too_few_trades_are_counted(trades: int, told: str) -> None:
    done = evaluated(backtest([float(CASH)] * 7, [trade(number=number) for number in range(trades)]))
    assert told in verdict_line(done, texts_of("en"))
    assert "30" in verdict_line(done, texts_of("en"))


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_in_the_page_is_fetched_or_runs(locale: str) -> None:
    text = page(YEAR, texts_of(locale), bars=BARS)
    assert re.findall(r"https?:|//[a-z]|url\(|@import|<script|<link|<img|<iframe| on[a-z]+=| style=| src=", text) == []
    assert set(re.findall(r'href="([^"]*)"', text)) == {"#buy", "#won", "#lost"}


def test_the_page_forbids_all_but_its_own_sheet() -> None:
    text = page(YEAR, texts_of("en"))
    sheet = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert sheet is not None
    digest = b64encode(sha256(sheet[1].encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{digest}'\"" in text


@pytest.mark.parametrize("locale", LOCALES)
def test_the_same_backtest_gives_the_same_bytes(locale: str) -> None:
    again = year_of(year_bars())
    assert page(YEAR, texts_of(locale), bars=BARS) == page(again, texts_of(locale), bars=year_bars())


def test_each_chart_says_what_it_shows_to_who_cannot_see_it() -> None:
    text = page(YEAR, texts_of("en"), bars=BARS)
    charts = re.findall(r'<svg class="chart.*?</desc>', text)
    assert len(charts) == 3 + 3
    for each in charts:
        named = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', each)
        assert named is not None
        for name in named.groups():
            told = re.search(rf'id="{name}">([^<]+)<', each)
            assert told is not None
    names = re.findall(r' id="([^"]+)"', text)
    assert len(names) == len(set(names))


def test_each_svg_is_whole() -> None:
    text = page(YEAR, texts_of("ko"), bars=BARS)
    body = text.partition("<body>")[2].partition("</body>")[0]
    ET.fromstring(f"<body>{body}</body>")  # noqa: S314 (our own)


def test_every_trade_that_is_shown_is_bought_and_sold_on_the_bars() -> None:
    text = page(YEAR, texts_of("en"), bars=BARS)
    assert text.count('href="#buy"') == len(YEAR.backtest.trades)
    won = sum(each.result > each.fees for each in YEAR.backtest.trades)
    assert (text.count('href="#won"'), text.count('href="#lost"')) == (won, len(YEAR.backtest.trades) - won)


def test_of_many_trades_the_newest_are_shown_and_it_says_so() -> None:
    many = year_of(BARS, trades=900)
    text = page(many, texts_of("en"), bars=BARS)
    assert text.count('href="#buy"') == 3 * 120
    assert text.count("the newest 120 are shown") == 2 * 3  # to see, and to hear
    assert len(text) < 1_000_000


def test_a_page_of_many_symbols_and_bars_stays_small() -> None:
    bars = random_bars(1_500, [f"S{number}" for number in range(40)])
    assert len(page(year_of(bars, trades=3_000), texts_of("en"), bars=bars)) < 1_000_000


def test_a_name_that_is_markup_is_shown_and_not_obeyed() -> None:
    evil = "<script>alert(1)</script>\"'&"
    traded = YEAR.backtest.trades[0].symbol
    run = replace(
        YEAR.backtest,
        strategy=evil,
        data=evil,
        version=evil,
        notes=(DataNote(kind=NoteKind.LATE, symbol=evil),),
        settings={evil: evil},
        refused={evil: 1},
        trades=tuple(replace(each, symbol=evil) for each in YEAR.backtest.trades if each.symbol == traded),
    )
    bars = replace(BARS, symbols=tuple(evil if name == traded else name for name in BARS.symbols))
    text = page(replace(YEAR, backtest=run), texts_of("en"), bars=bars)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 6


def test_the_page_has_all_that_is_needed_to_run_it_again() -> None:
    text = page(YEAR, texts_of("en"))
    run = YEAR.backtest
    for part in (run.strategy_fingerprint, run.data_fingerprint, run.version, "RISK_PER_TRADE", "$20.60", "$0.000195"):
        assert part in text, part


def test_a_spread_of_many_points_is_written_in_full() -> None:
    run = replace(
        YEAR.backtest, costs=replace(YEAR.backtest.costs, spread_bp=Decimal("1E+1"), slippage_bp=Decimal("0.50"))
    )
    text = page(replace(YEAR, backtest=run), texts_of("en"))
    assert "<td>10 bp</td>" in text
    assert "<td>0.5 bp</td>" in text


def test_a_backtest_without_spy_says_nothing_of_it() -> None:
    without = evaluated(replace(YEAR.backtest, spy=None))
    assert "SPY</dt>" in page(YEAR, texts_of("en"))
    assert "SPY</dt>" not in page(without, texts_of("en"))


def test_what_a_walk_forward_chose_is_shown_beside_what_it_did_later() -> None:
    bars = random_bars(40)
    done = walked(
        bars,
        windows(sessions_of(bars), train=10, test=5, purge=2),
        warm_up=0,
        choose=lambda *_: "slow",
        run=lambda *_: backtest([float(CASH)] * 7),
        seed=1,
    )
    text = page(YEAR, texts_of("en"), walk=done)
    assert "Walk-forward, 5 windows" in text
    assert text.count("slow: – where it was chosen, – later (0 trades)") == 5


@settings(max_examples=40)
@given(
    st.lists(st.floats(-1e5, 1e7, allow_nan=False), max_size=30),
    st.lists(st.floats(-20, 20, allow_nan=False).map(lambda value: round(value, 3)), max_size=40),
)
def test_no_backtest_is_too_odd_to_be_shown(equity: list[float], multiples: list[float]) -> None:
    made = [
        trade(each, number=number, exited_at=trade(number=number).entered_at + timedelta(days=number))
        for number, each in enumerate(multiples)
    ]
    done = evaluated(backtest(np.array(equity), made))
    for locale in LOCALES:
        text = page(done, texts_of(locale), bars=random_bars(1))
        assert re.findall(r"\bnan\b|\binf\b|NaN|Infinity|None", text.partition("</style>")[2]) == []


def test_an_empty_history_has_a_page() -> None:
    assert "No edge shown: no trades" in page(evaluated(backtest([])), texts_of("en"), bars=random_bars(0))
    assert "No edge shown: no trades" in page(EMPTY, texts_of("en"))


@pytest.mark.parametrize(("sure", "told"), [(1.0, "99.9%"), (0.99999, "99.9%"), (0.954, "95.4%"), (0.0, "0.1%")])
def test_nothing_is_told_to_be_certain(sure: float, told: str) -> None:
    luck = DeflatedSharpe(sharpe=0.1, hurdle=0.0, variants=1, probability=sure)
    assert f"with a probability of {told}" in page(replace(YEAR, deflated=luck, control=None), texts_of("en"))


def test_how_trades_ended_and_why_signals_became_none_is_told_the_most_frequent_first() -> None:
    made = [
        *(trade(2, number=number, reason=ExitReason.TARGET) for number in range(3)),
        *(trade(-1, number=number + 3, reason=ExitReason.STOP) for number in range(5)),
        trade(0.5, number=9, reason=ExitReason.DESK),
    ]
    run = backtest([float(CASH)] * 7, made, refused={"open_risk": 2, "symbol_taken": 40, "unheard_of": 1})
    text = page(evaluated(run), texts_of("en"))
    rows = re.findall(r"<tr><th>([^<]*)</th><td>([^<]*)</td></tr>", text)
    assert rows[:6] == [
        ("Stop hit", "5 trades, mean −1.00R"),
        ("Target hit", "3 trades, mean +2.00R"),
        ("End of the data", "1 trade, mean +0.50R"),
        ("Already in a trade", "40"),
        ("Open-risk limit", "2"),
        ("unheard_of", "1"),
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_end_of_a_trade_has_its_words(locale: str) -> None:
    said = {texts_of(locale)("backtest-page-exit", exit=reason.value) for reason in ExitReason}
    assert len(said) == len(ExitReason)


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_wrong_with_bars_is_said_in_words(locale: str) -> None:
    texts = texts_of(locale)
    notes = [DataNote(kind=NoteKind.REFUSED, symbol=str(flaw), count=2) for flaw in BarFlaw]
    told = notes_told(notes, texts)
    assert len(set(told)) == len(BarFlaw)
    assert not [line for line in told if "_" in line or any(f": {flaw}." in line for flaw in BarFlaw)]


@settings(max_examples=10)
@given(st.lists(st.integers(1, 120), min_size=20, max_size=48))
def test_no_two_counts_over_the_columns_touch_each_other_on_a_phone(counts: list[int]) -> None:
    """A figure of twelve pixels is seven wide; the chart of a phone has 330."""
    made = [trade(at * 0.25 - 5.9, number=at) for at, count in enumerate(counts) for _ in range(count)]
    drawn = distribution(evaluated(backtest([float(CASH)] * 7, made)), texts_of("en"))
    found = re.findall(r'<text class="tick middle" x="([\d.]+)%" y="[\d.]+%" dy="-0.35em">(\d+)</text>', drawn)
    shown = sorted((float(left) * 3.3, 3.5 * len(figure)) for left, figure in found)
    assert shown
    assert all(left + half < right - its for (left, half), (right, its) in pairwise(shown))
    assert str(max(counts)) in {figure for _, figure in found}


@pytest.mark.parametrize(
    ("note", "said"),
    [
        (DataNote(kind=NoteKind.NO_DIVIDENDS), "Dividends are not known, and so not paid."),
        (
            DataNote(kind=NoteKind.NO_DIVIDENDS, symbol="IBM", count=1),
            "Dividends of IBM are not known, and so not paid.",
        ),
        (
            DataNote(kind=NoteKind.NO_DIVIDENDS, symbol="IBM", count=3),
            "Dividends of 3 symbols, such as IBM, are not known, and so not paid.",
        ),
        (
            DataNote(kind=NoteKind.SPLIT_UNSEEN, symbol="IBM", on=date(2021, 11, 4), part=0.01),
            (
                "IBM split on Nov 4, 2021 by --actions, where its prices moved by +1%."
                " If they are adjusted for it already, the split counts twice: leave it out."
            ),
        ),
    ],
)
def test_what_a_file_of_actions_leaves_open_is_said(note: DataNote, said: str) -> None:
    assert notes_told([note], texts_of("en")) == [said]
