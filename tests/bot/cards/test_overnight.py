"""What the night may cost, what the day brought and how old a headline is, as people read it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.cards import answers, signal_views
from bot.cards.home import desk_card
from bot.cards.mrkdwn import overnight_line, why
from bot.cards.notices import render
from bot.cards.proposal import proposal
from bot.cards.report import report
from bot.cards.trade_thread import closed
from bot.messages import Texts
from engine.model.json_values import plain, valued
from engine.model.notices.systems import EarningsUnreadable
from engine.model.notices.trades import TimeExit
from engine.model.overnight import Overnight
from engine.model.reason import Reason
from engine.model.report import Report, ReportKind
from engine.model.trade import ExitReason
from tests.bot.cards.examples import BOTH, ENGLISH, KOREAN, a_portfolio, an_inspection, ended, opened
from tests.support.fakes.choices import a_risk_view
from tests.support.fakes.notices import a_notice
from tests.support.fakes.reports import a_report
from tests.support.fakes.status import a_status
from tests.support.fakes.trades import FINDINGS, OVERNIGHT, PROPOSED_AT, a_signal, a_sizing, a_trade

PARTLY = replace(OVERNIGHT, unknown=("FB", "IBM"))
NOT_AT_ALL = Overnight(dollars=Decimal(0), share=Decimal(0), unknown=("FB",))


@pytest.mark.parametrize(
    ("overnight", "limit", "english", "korean"),
    [
        (OVERNIGHT, None, "2.0% ($4,628), worst 1% of nights", "2.0% ($4,628), 야간 변동 하위 1% 기준"),
        (
            OVERNIGHT,
            Decimal("0.03"),
            "2.0% ($4,628), worst 1% of nights · limit 3.0%",
            "2.0% ($4,628), 야간 변동 하위 1% 기준 · 한도 3.0%",
        ),
        (
            PARTLY,
            None,
            "unknown: fewer than 60 nights of FB, IBM prices · without it 2.0% ($4,628)",
            "산정 불가: FB, IBM 일봉 60일 미만 · 나머지 2.0% ($4,628)",
        ),
        (NOT_AT_ALL, None, "unknown: fewer than 60 nights of FB prices", "산정 불가: FB 일봉 60일 미만"),
    ],
)
def test_overnight_risk_is_told_or_said_to_be_unknown_and_never_silently_nothing(
    overnight: Overnight, limit: Decimal | None, english: str, korean: str
) -> None:
    assert overnight_line(overnight, ENGLISH, limit) == f"*Overnight risk* {english}"
    assert overnight_line(overnight, KOREAN, limit) == f"*오버나이트 위험* {korean}"


@pytest.mark.parametrize("texts", BOTH)
def test_it_stands_on_risk_home_positions_and_the_close_report(texts: Texts) -> None:
    line = overnight_line(PARTLY, texts).replace("*", "")
    account = a_report().account
    assert account
    shown = (
        signal_views.risk(a_risk_view(overnight=PARTLY), texts),
        desk_card(a_status(portfolio=a_portfolio(overnight=PARTLY)), (), texts),
        answers.positions(a_portfolio(overnight=PARTLY), texts),
        report(replace(a_report(), kind=ReportKind.CLOSE, account=replace(account, overnight=PARTLY)), texts),
    )
    assert [line in message.text for message in shown] == [True] * 4


def test_a_report_that_an_earlier_version_wrote_is_still_read() -> None:
    account = a_report().account
    assert account
    written = plain(replace(a_report(), account=replace(account, overnight=None)))
    del written["account"]["overnight"]
    assert "Overnight" not in report(valued(Report, written | {"unknown": 0}), ENGLISH).text


@pytest.mark.parametrize("unknown", [{"overnight_before": None}, {"night_loss": None}])
def test_a_card_says_where_the_overnight_risk_is_not_known(unknown: dict[str, None]) -> None:
    trade = a_trade(sizing=a_sizing(**unknown))
    assert "Overnight risk unknown (fewer than 60 nights of prices)" in proposal(trade, ENGLISH).text
    assert "오버나이트 위험 산정 불가 (일봉 60일 미만)" in proposal(trade, KOREAN).text


def test_a_card_counts_the_night_at_the_shares_that_are_wanted_now() -> None:
    assert "Overnight risk 2.0% → 2.66% " in proposal(a_trade(shares=256), ENGLISH).text


def test_the_days_change_stands_beside_the_price_wherever_one_is_shown() -> None:
    seen = an_inspection()
    assert seen.snapshot
    seen = replace(seen, snapshot=replace(seen.snapshot, previous_close=Decimal("148.47")))
    assert "$150.25 (+1.2% today) · bid" in answers.inspection(seen, ENGLISH).text
    assert "$150.25 (전일 대비 +1.2%) · 매수호가" in answers.inspection(seen, KOREAN).text
    held = a_portfolio()
    held = replace(held, lines=tuple(replace(line, previous_close=line.price * 2) for line in held.lines))
    assert "at $151.00 (−50% today) = $77,312" in answers.positions(held, ENGLISH).text
    assert "× $151.00 (전일 대비 −50%) = $77,312" in answers.positions(held, KOREAN).text


@pytest.mark.parametrize("close", [None, Decimal(0), Decimal(-1)])
def test_where_the_close_before_is_not_known_there_is_no_change(close: Decimal | None) -> None:
    trade = a_trade(signal=a_signal(previous_close=close))
    assert "Today" not in proposal(trade, ENGLISH).text
    assert "전일 대비" not in proposal(trade, KOREAN).text
    assert "today" not in answers.positions(a_portfolio(), ENGLISH).text


@pytest.mark.parametrize(
    ("age", "english", "korean"),
    [
        (timedelta(seconds=59), "just out", "방금"),
        (timedelta(minutes=-3), "just out", "방금"),
        (timedelta(seconds=61), "1 min old", "1분 전"),
        (timedelta(hours=3, minutes=5, seconds=40), "3 h 05 min old", "3시간 5분 전"),
    ],
)
def test_a_headline_shows_how_old_it_was_when_it_was_counted(age: timedelta, english: str, korean: str) -> None:
    trade = a_trade(signal=a_signal(findings=(replace(FINDINGS[1], at=PROPOSED_AT - age),)))
    assert f"“Analysts upgrade Apple” (upgrade) · {english}\n" in proposal(trade, ENGLISH).text
    assert f"“Analysts upgrade Apple” (upgrade) · {korean}\n" in proposal(trade, KOREAN).text


@pytest.mark.parametrize(
    ("reason", "selling", "over"),
    [
        (ExitReason.OVERNIGHT, "no overnight positions", "no overnight hold"),
        (ExitReason.BEFORE_CLOSE, "the desk goes flat before the close", "flat before the close"),
        (ExitReason.LONGEST_HOLD, "max hold reached", "max hold reached"),
    ],
)
def test_an_exit_by_the_clock_says_why(reason: ExitReason, selling: str, over: str) -> None:
    notice = a_notice(TimeExit, reason=reason)
    assert render(notice, opened(), ENGLISH).text.startswith(("🌙 Selling 512 shares", "⏳ Selling 512 shares"))
    assert selling in render(notice, opened(), ENGLISH).text
    assert f"Closed: {over}" in closed(ended(exit_reason=reason), ENGLISH).text
    assert "512주" in render(notice, opened(), KOREAN).text


@pytest.mark.parametrize(
    ("line", "said"),
    [(3, "Fix line 3 of earnings.csv"), (0, "earnings.csv is missing, or isn't a UTF-8 CSV")],
)
def test_dates_that_cannot_be_read_say_what_to_correct(line: int, said: str) -> None:
    notice = a_notice(EarningsUnreadable, line=line)
    assert said in render(notice, None, ENGLISH).text
    assert "earnings.csv" in render(notice, None, KOREAN).text


@pytest.mark.parametrize(
    ("reason", "english"),
    [
        ("overnight_risk 0.041 0.03 share_of_equity", "overnight risk would be 4.1%, limit 3.0%"),
        ("overnight_unknown 1 0 count", "overnight risk unknown"),
        ("earnings 2 3 count", "earnings too close (trading days left: 2, no entries within 3)"),
        ("earnings_unknown 0 3 count", "can't read the earnings dates"),
    ],
)
def test_a_rule_of_days_to_come_says_why_it_refuses(reason: str, english: str) -> None:
    assert english in why(Reason.read(reason), ENGLISH)
    assert why(Reason.read(reason), KOREAN)
    assert why(Reason.read(reason), KOREAN) != why(Reason.read(reason), ENGLISH)


def test_a_broken_file_says_that_the_dates_of_before_still_apply() -> None:
    notice = a_notice(EarningsUnreadable, kept=True)
    assert "the last good ones still apply" in render(notice, None, ENGLISH).text
    assert "No new entries" not in render(notice, None, ENGLISH).text
    assert "계속 적용" in render(notice, None, KOREAN).text


@pytest.mark.parametrize(
    ("days", "english", "korean"),
    [
        (0, "AAPL today", "AAPL 오늘"),
        (1, "AAPL in 1 trading day", "AAPL 1거래일 후"),
        (2, "AAPL in 2 trading days", "2거래일"),
    ],
)
def test_a_card_says_how_near_earnings_are_until_somebody_decides(days: int, english: str, korean: str) -> None:
    trade = a_trade(sizing=a_sizing(earnings_in=days))
    assert f"Earnings {english}\n" in proposal(trade, ENGLISH).text + "\n"
    assert korean in proposal(trade, KOREAN).text
    assert "Earnings" not in proposal(a_trade(), ENGLISH).text
    assert "Earnings" not in proposal(opened(sizing=a_sizing(earnings_in=days)), ENGLISH).text


@pytest.mark.parametrize("texts", BOTH)
def test_positions_name_what_is_held_shortly_before_earnings(texts: Texts) -> None:
    shown = answers.positions(replace(a_portfolio(), earnings={"MSFT": 2, "AAPL": 0}), texts).text
    assert texts("positions-earnings", near="").replace("*", "").strip() in shown
    [line] = [line for line in shown.splitlines() if line.startswith("📅")]
    assert line.index("AAPL") < line.index("MSFT")
