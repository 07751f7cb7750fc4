from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.cards.notices import render
from bot.cards.performance import pnl
from bot.cards.report import report
from bot.messages import Texts
from engine.model.desk import Desk, DeskState
from engine.model.duty import DutyCover, DutyGap
from engine.model.evaluation import Interval
from engine.model.notices.base import UnreadableNotice
from engine.model.notices.reports import ReportMade, ReportsMissed
from engine.model.performance import EquityPoint, OpenProfit, Period, SymbolResult, TradeStatistics
from engine.model.report import ReportKind
from engine.model.signal import Finding
from tests.bot.cards.examples import BOTH, ENGLISH, KOREAN
from tests.support.fakes.reports import NOTHING_DONE, a_performance, a_report
from tests.support.fakes.slack_limits import check_message
from tests.support.fakes.trades import FINDINGS, PROPOSED_AT

TODAY, WEEK, ALL = (period.span(date(2025, 8, 19)) for period in (Period.TODAY, Period.WEEK, Period.ALL))


@pytest.mark.parametrize("texts", BOTH, ids=["en", "ko"])
@pytest.mark.parametrize("kind", ReportKind)
def test_every_report_fits_slack_on_a_good_day_and_on_an_empty_one(kind: ReportKind, texts: Texts) -> None:
    check_message(report(a_report(kind=kind), texts).payload())
    nothing = a_report(kind=kind, hours=None, account=None, news=(), performance=NOTHING_DONE, market=None)
    check_message(report(nothing, texts).payload())


def test_a_day_s_report_tells_its_result_in_the_first_line_and_all_its_figures() -> None:
    said = report(a_report(), ENGLISH).text
    assert said.startswith("📊 End of day: realised +$1,436, 3 closed trades")
    for figure in ("+0.6%", "2 won (67%)", "AAPL +$2,304", "MSFT −$1,120", "+0.7R", "$32", "1.51%", "0.42%", "$0.12"):
        assert figure in said
    assert "(SPY) +0.4%" in said


def test_a_day_s_report_that_is_asked_for_before_its_day_is_over_says_so() -> None:
    assert report(a_report(at=PROPOSED_AT), ENGLISH).text.startswith("📊 Today so far: realised")
    assert report(a_report(at=PROPOSED_AT), KOREAN).text.startswith("📊 오늘 현재까지: 실현손익")


def test_a_day_s_report_in_korean_reads_as_a_trader_writes() -> None:
    assert report(a_report(), KOREAN).text.startswith("📊 일일 결산: 실현손익 +$1,436, 청산 3건")


def test_a_ready_report_says_what_will_run_and_that_all_is_well() -> None:
    said = report(a_report(kind=ReportKind.READY), ENGLISH).text
    assert said.startswith("✅ Ready for the day")
    assert "Watching 5 symbols" in said
    assert "paper simulation" in said


def test_a_ready_report_counts_what_is_wrong_and_names_it() -> None:
    told = a_report(
        kind=ReportKind.READY, desk=Desk(state=DeskState.HALTED, auto=True), account=None, down=("broker", "claude")
    )
    said = report(told, ENGLISH).text
    assert said.startswith("⚠️ Not ready: 4 issues")
    assert "halted" in said
    assert "Claude: no response" in said


def test_a_pre_market_report_tells_the_news_and_keeps_strangers_words_harmless() -> None:
    hostile = replace(FINDINGS[0], headline="<!channel> *buy* `now`", url="https://evil.example/|x")
    said = report(a_report(kind=ReportKind.PREMARKET, news=(hostile, FINDINGS[1])), ENGLISH).payload()
    assert said["text"].startswith("📰 Pre-market: 2 headlines")
    assert "<!channel>" not in str(said)


@pytest.mark.parametrize(("news", "title"), [((), "news not read"), (FINDINGS[:1], "1 headline")])
def test_a_pre_market_report_names_whose_headlines_are_not_scored(news: tuple[Finding, ...], title: str) -> None:
    said = report(a_report(kind=ReportKind.PREMARKET, news=news, unread=("AAPL", "MSFT")), ENGLISH).text
    assert said.startswith(f"📰 Pre-market: {title}")
    assert "Headlines not scored, so not counted: AAPL, MSFT" in said
    assert "No news" not in said


def test_a_pre_market_report_without_a_look_at_the_news_does_not_say_that_there_are_none() -> None:
    said = report(a_report(kind=ReportKind.PREMARKET, news=(), down=("news",)), ENGLISH).text
    assert said.startswith("📰 Pre-market: news not read")
    assert "No news" not in said


def test_a_late_report_says_when_it_was_due() -> None:
    told = a_report()
    assert "Late" not in report(told, ENGLISH).text
    assert "⏰ Late: due at" in report(replace(told, at=told.due + timedelta(hours=1)), ENGLISH).text


def test_a_notice_carries_a_report_to_its_card() -> None:
    told = a_report()
    notice = ReportMade(key="report:day:20250819", at=told.at, report=told)
    assert render(notice, None, ENGLISH) == report(told, ENGLISH)


def test_a_notice_whose_report_cannot_be_read_says_how_to_ask_for_it() -> None:
    stored: dict[str, Any] = {"stored_kind": "report", "stored_subject": "day", "detail": "{}"}
    notice = UnreadableNotice(key="report:day:1", at=PROPOSED_AT, kept_as=ReportMade, **stored)
    assert "/report day" in render(notice, None, ENGLISH).text


def test_reports_that_were_dropped_are_named_with_a_word() -> None:
    kinds = (ReportKind.READY, ReportKind.WEEK)
    notice = ReportsMissed(key="report:missed:1", at=PROPOSED_AT, kinds=kinds, count=7)
    assert "7 reports were due: ready, end of week." in render(notice, None, ENGLISH).text
    one = replace(notice, kinds=(ReportKind.READY,), count=1)
    assert "a report was due: ready. It is too old now" in render(one, None, ENGLISH).text


def test_profit_and_loss_of_a_period_ends_in_a_table_by_symbol() -> None:
    said = pnl(a_performance(), WEEK, ENGLISH).text
    assert said.startswith("Realised P&L this week: +$1,436")
    assert "• TSLA +$252 · 1 closed, 1 won" in said
    check_message(pnl(a_performance(), WEEK, ENGLISH).payload())


@pytest.mark.parametrize(
    ("slippage", "english", "korean"),
    [
        ("32", "Slippage $32 worse than proposed", "슬리피지 제안가보다 $32 불리"),
        ("-177.4", "Slippage $177 better than proposed", "슬리피지 제안가보다 $177 유리"),
        ("0.3", "Slippage none", "슬리피지 없음"),
        ("0", "Slippage none", "슬리피지 없음"),
    ],
)
def test_slippage_says_for_whom_it_was_better(slippage: str, english: str, korean: str) -> None:
    done = a_performance(slippage=Decimal(slippage))
    assert english in pnl(done, WEEK, ENGLISH).text
    assert korean in pnl(done, WEEK, KOREAN).text


def test_an_average_stands_before_the_slippage_where_there_is_one() -> None:
    assert "\nAverage +0.6R · Slippage" in pnl(a_performance(multiple=Decimal("0.6")), WEEK, ENGLISH).text
    assert "\nSlippage $32" in pnl(a_performance(multiple=None), WEEK, ENGLISH).text


def test_profit_and_loss_of_one_symbol_speaks_of_that_symbol_only() -> None:
    said = pnl(a_performance(symbol="AAPL"), ALL, ENGLISH).text
    assert said.startswith("AAPL realised P&L since inception: +$1,436")
    assert "Max drawdown" not in said


def test_a_desk_of_hundreds_of_symbols_fits_a_message() -> None:
    many = tuple(SymbolResult(symbol=f"S{n}", trades=1, wins=0, result=Decimal(-n)) for n in range(500))
    shown = pnl(a_performance(by_symbol=many), ALL, KOREAN)
    check_message(shown.payload())
    assert "외 400건" in shown.text


def test_a_headline_without_an_end_fits_a_report() -> None:
    endless = tuple(
        Finding(headline_id=str(n), symbol="AAPL", at=PROPOSED_AT, headline="long " * 900, tenths=1, reason="")
        for n in range(12)
    )
    check_message(report(a_report(kind=ReportKind.PREMARKET, news=endless), ENGLISH).payload())


ENOUGH = TradeStatistics(
    trades=41,
    profit_factor=1.316,
    expectancy=Interval(mean=0.124, low=-0.051, high=0.29, count=41, block=1, confidence=0.95),
    days=25,
    sharpe=1.104,
)


@pytest.mark.parametrize(
    ("changes", "english", "korean"),
    [
        (
            {},
            "Profit factor 1.32 · Expectancy +0.12R (−0.05R to +0.29R), no edge shown · Sharpe 1.10",
            "프로핏 팩터 1.32 · 기대값 +0.12R (−0.05R ~ +0.29R), 우위 확인 안 됨 · 샤프 1.10",
        ),
        ({"days": 19}, "no edge shown · Sharpe too few days (19 of 20)", "샤프 거래일 부족(20일 중 19일)"),
        ({"profit_factor": None}, "Profit factor none · Expectancy +0.12R", "프로핏 팩터 없음"),
        ({"expectancy": None}, "Expectancy unknown, no edge shown", "기대값 알 수 없음, 우위 확인 안 됨"),
        ({"sharpe": None}, "Sharpe none", "샤프 없음"),
        ({"trades": 29}, "Edge too few trades to tell (29 of 30)", "판단하기에 거래가 부족합니다(30건 중 29건)"),
    ],
)
def test_statistics_are_told_in_pnl_and_at_the_weeks_end(changes: dict[str, Any], english: str, korean: str) -> None:
    done = a_performance(trades=41, statistics=replace(ENOUGH, **changes))
    week = a_report(kind=ReportKind.WEEK, performance=done)
    for texts, told in ((ENGLISH, english), (KOREAN, korean)):
        assert told in pnl(done, WEEK, texts).text
        assert told in report(week, texts).text
        assert told not in report(replace(week, kind=ReportKind.DAY), texts).text


def test_an_edge_is_told_without_a_word_against_it() -> None:
    sure = replace(ENOUGH, expectancy=Interval(mean=0.4, low=0.1, high=0.7, count=41, block=1, confidence=0.95))
    said = pnl(a_performance(trades=41, statistics=sure), ALL, ENGLISH).text
    assert "Expectancy +0.40R (+0.10R to +0.70R) · Sharpe" in said


def test_of_one_symbol_no_sharpe_ratio_is_told() -> None:
    said = pnl(a_performance(symbol="AAPL", statistics=ENOUGH), ALL, ENGLISH).text
    assert "Expectancy" in said
    assert "Sharpe" not in said


def test_a_period_without_trades_says_nothing_of_an_edge() -> None:
    assert "Edge" not in pnl(a_performance(statistics=replace(ENOUGH, trades=0)), TODAY, ENGLISH).text


def test_of_very_many_trades_it_says_that_the_newest_are_meant() -> None:
    done = a_performance(trades=52_000, statistics=replace(ENOUGH, trades=2_000))
    assert "no edge shown (newest 2,000) · Sharpe" in pnl(done, ALL, ENGLISH).text
    assert "우위 확인 안 됨 (최근 2,000건) · 샤프" in pnl(done, ALL, KOREAN).text


def test_a_headline_names_what_it_counts_and_the_lines_give_open_and_total() -> None:
    said = pnl(a_performance(), WEEK, ENGLISH, open_now=OpenProfit(positions=2, result=Decimal(-510))).text
    for told in ("Realised P&L this week: +$1,436", "Realised +$1,436 (+0.6%)", "Open −$510 on 2 positions now"):
        assert told in said
    assert "Total +$1,436 (+0.6%), realised and open, after fees, as of Aug 20, 2025, 04:45 KST" in said
    korean = pnl(a_performance(), WEEK, KOREAN, open_now=OpenProfit(positions=2, result=Decimal(-510))).text
    for told in (
        "이번 주 실현손익 +$1,436",
        "평가손익 −$510 · 현재 2종목 보유",
        "총손익 +$1,436 (+0.6%), 실현·평가 합계, 수수료 차감 후, 2025년 8월 20일 04:45 KST 기준",
    ):
        assert told in korean


def test_a_period_that_is_over_tells_nothing_of_what_is_open() -> None:
    said = pnl(a_performance(), Period.YESTERDAY.span(date(2025, 8, 20)), ENGLISH).text
    assert "Open " not in said
    assert "realised and open, after fees\n" in said


def test_an_open_result_that_the_broker_does_not_tell_is_said_to_be_unknown() -> None:
    said = pnl(a_performance(), TODAY, ENGLISH, open_now=OpenProfit(positions=0, result=None)).text
    assert "Open unknown: the broker isn't responding" in said


def test_profit_and_loss_names_the_days_of_new_york_and_no_other_clock() -> None:
    assert pnl(a_performance(), WEEK, ENGLISH).text.endswith("Days in New York: Aug 18, 2025 to Aug 19, 2025")
    assert pnl(a_performance(), TODAY, KOREAN).text.endswith("뉴욕 날짜 기준: 2025년 8월 19일")


def test_the_curve_of_a_period_is_drawn_by_slack_with_its_numbers_in_words() -> None:
    shown = pnl(a_performance(), TODAY, ENGLISH)
    [chart] = [block for block in shown.payload()["blocks"] if block["type"] == "data_visualization"]
    data = chart["chart"]["series"][0]["data"]
    assert [point["value"] for point in data] == [231_368, 231_020, 230_400, 231_900, 233_100, 232_804]
    assert chart["chart"]["axis_config"]["x_label"] == "KST"
    assert "from $231,368 to $232,804, lowest $230,400, highest $233,100" in shown.text


@pytest.mark.parametrize("points", [0, 1, 6])
def test_nothing_that_moved_is_said_in_words_and_not_drawn_as_a_flat_line(points: int) -> None:
    flat = tuple(replace(point, equity=Decimal(100)) for point in a_performance().curve[:points])
    shown = pnl(a_performance(curve=flat), TODAY, ENGLISH)
    assert "No equity curve yet" in shown.text
    assert "data_visualization" not in str(shown.payload())


def test_a_curve_of_months_has_twenty_points_with_names_of_their_own() -> None:
    days = [EquityPoint(at=PROPOSED_AT + timedelta(days=day), equity=Decimal(day)) for day in range(400)]
    shown = pnl(a_performance(curve=tuple(days)), ALL, KOREAN)
    check_message(shown.payload())
    [chart] = [block for block in shown.payload()["blocks"] if block["type"] == "data_visualization"]
    labels = chart["chart"]["axis_config"]["categories"]
    assert len(labels) == len(set(labels)) == 20


def test_the_reports_of_close_and_day_repeat_nothing_of_each_other() -> None:
    close, day = (report(a_report(kind=kind), ENGLISH).text for kind in (ReportKind.CLOSE, ReportKind.DAY))
    assert close.startswith("🏁 The market has closed: 2 positions overnight, open P&L −$510")
    assert not {*close.splitlines()} & {*day.splitlines()} - {"As of Aug 20, 2025, 09:00 KST"}
    assert "Realised" not in close
    assert "Positions" not in day


GAP = DutyGap(since=PROPOSED_AT, until=PROPOSED_AT + timedelta(hours=2))


@pytest.mark.parametrize(
    ("cover", "says"),
    [
        (DutyCover(gaps=(GAP,), has_rota=True), "⚠️ Nobody is on duty from"),
        (DutyCover(gaps=(GAP,), has_rota=False), "On duty nobody, so proposals mention no one. Set a rota: /duty rota"),
        (DutyCover(gaps=(), has_rota=True), "On duty covered throughout regular hours."),
    ],
    ids=["a gap", "no rota", "all covered"],
)
def test_the_ready_report_says_when_nobody_is_on_duty(cover: DutyCover, says: str) -> None:
    told = replace(a_report(kind=ReportKind.READY), duty=cover)
    assert says in report(told, ENGLISH).text
    assert report(told, KOREAN).text
    assert ("Not ready" in report(told, ENGLISH).text) == (cover.has_rota and bool(cover.gaps))
