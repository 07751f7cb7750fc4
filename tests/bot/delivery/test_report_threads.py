from dataclasses import replace
from datetime import timedelta

import pytest

from engine.model.market import exchange_date
from engine.model.notices.base import NoticeKind, Posted
from engine.model.notices.kinds import CLASSES
from engine.model.notices.reports import ReportMade
from engine.model.report import ReportKind, Telling
from tests.support.fakes.reports import a_report
from tests.support.fakes.slack import Reply
from tests.support.outbox import AAPL, Outbox


def tell(outbox: Outbox, kind: ReportKind, *, silent: bool = True, days_ago: int = 0) -> None:
    due = a_report().due - timedelta(days=days_ago)
    told, key = replace(a_report(kind=kind), silent=silent, due=due), f"report:{kind}:{exchange_date(due):%Y%m%d}"
    with outbox.store.writing() as transaction:
        transaction.enqueue_notice(ReportMade(key=key, at=told.at, report=told))


def test_all_reports_of_a_day_stand_in_one_thread_and_the_channel_sees_those_that_are_not_silent(
    outbox: Outbox,
) -> None:
    tell(outbox, ReportKind.READY, silent=False)
    tell(outbox, ReportKind.OPEN)
    tell(outbox, ReportKind.DAY, silent=False)
    outbox.notices().drain()
    ready, opening, end = outbox.slack.posted()
    assert "thread_ts" not in ready
    assert (opening["thread_ts"], opening["reply_broadcast"]) == ("1.000000", False)
    assert (end["thread_ts"], end["reply_broadcast"]) == ("1.000000", True)


def test_the_first_of_a_day_opens_the_thread_though_it_is_silent(outbox: Outbox) -> None:
    tell(outbox, ReportKind.READY, days_ago=1)
    tell(outbox, ReportKind.READY)
    tell(outbox, ReportKind.DAY)
    outbox.notices().drain()
    before, ready, end = outbox.slack.posted()
    assert "thread_ts" not in before
    assert "thread_ts" not in ready
    assert end["thread_ts"] == "2.000000"


def test_a_day_without_reports_has_a_thread_all_the_same_which_its_first_event_opens(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.SIGNALS, NoticeKind.WATCHLIST, NoticeKind.MONEY_MOVED)
    outbox.notices(events=Telling.SILENT).drain()
    assert [posted.get("thread_ts") for posted in outbox.slack.posted()] == [None, "1.000000", "1.000000"]


def test_a_bot_of_the_next_life_goes_on_with_the_thread_of_the_day(outbox: Outbox) -> None:
    outbox.tell(NoticeKind.SIGNALS)
    outbox.notices(events=Telling.SILENT).drain()
    outbox.tell(NoticeKind.WATCHLIST)
    outbox.notices(events=Telling.SILENT).drain()
    assert outbox.slack.posted()[-1]["thread_ts"] == "1.000000"


def test_a_report_that_comes_after_a_newer_day_began_leaves_that_day_its_thread(outbox: Outbox) -> None:
    for days_ago, kind in ((0, ReportKind.READY), (1, ReportKind.DAY), (0, ReportKind.OPEN)):
        tell(outbox, kind, days_ago=days_ago)
    outbox.notices().drain()
    assert [posted.get("thread_ts") for posted in outbox.slack.posted()] == [None, None, "1.000000"]


def test_a_start_is_seen_in_the_channel_though_events_are_silent(outbox: Outbox) -> None:
    tell(outbox, ReportKind.READY, silent=False)
    outbox.tell(NoticeKind.STARTED)
    outbox.notices(events=Telling.SILENT).drain()
    started = outbox.slack.posted()[-1]
    assert (started["thread_ts"], started["reply_broadcast"]) == ("1.000000", True)


def test_whoever_draws_is_told_of_every_notice_and_where_it_stands(outbox: Outbox) -> None:
    seen: list[tuple[str, Posted]] = []
    tell(outbox, ReportKind.DAY)
    notices = outbox.notices(told=lambda notice, posted: seen.append((notice.subject, posted)))
    notices.drain()
    notices.drain()
    assert seen == [("day", Posted(channel="C0DESK", ts="1.000000"))]


def test_events_come_into_the_channel_where_they_are_on(outbox: Outbox) -> None:
    tell(outbox, ReportKind.READY, silent=False)
    outbox.tell(NoticeKind.WATCHLIST)
    outbox.notices().drain()
    assert ["thread_ts" in posted for posted in outbox.slack.posted()] == [False, False]


def test_silent_events_go_into_the_thread_of_the_day_s_first_report(outbox: Outbox) -> None:
    tell(outbox, ReportKind.READY, silent=False)
    outbox.tell(NoticeKind.WATCHLIST, NoticeKind.RISK_WARNING)
    outbox.notices(events=Telling.SILENT).drain()
    _, watched, warning = outbox.slack.posted()
    assert (watched["thread_ts"], watched["reply_broadcast"]) == ("1.000000", False)
    assert "thread_ts" not in warning


def test_silent_events_of_a_trade_stay_in_its_thread(outbox: Outbox) -> None:
    tell(outbox, ReportKind.READY, silent=False)
    outbox.open()
    outbox.tell(NoticeKind.TARGET_SET, trade=AAPL)
    outbox.notices(events=Telling.SILENT).drain()
    assert outbox.slack.posted()[-1]["thread_ts"] == "2.000000"


def test_events_that_are_off_are_not_told_and_wait_no_more_while_all_else_is_told(outbox: Outbox) -> None:
    outbox.propose()
    outbox.tell(NoticeKind.RESIZED, trade=AAPL)
    outbox.tell(NoticeKind.STARTED, NoticeKind.HALTED, NoticeKind.RISK_WARNING)
    outbox.notices(events=Telling.OFF).drain()
    assert outbox.waiting() == 0
    assert len(outbox.slack.posted()) == 3  # the halt, the card, the warning
    assert "halted" in outbox.slack.posted()[0]["text"]


@pytest.mark.parametrize("kind", [NoticeKind.RESIZED, NoticeKind.GRADED])
def test_a_card_shows_what_is_not_told_though_slack_does_not_take_that_at_once(
    outbox: Outbox, kind: NoticeKind
) -> None:
    outbox.propose()
    notices = outbox.notices(events=Telling.OFF)
    notices.drain()
    outbox.tell(kind, trade=AAPL)
    outbox.slack.replies.extend([Reply(status=503, body="busy")] * 3)
    notices.drain()
    assert (len(outbox.slack.updated()), outbox.waiting()) == (4, 0)


def test_nothing_that_is_urgent_or_steers_or_is_for_all_can_be_switched_off() -> None:
    events = [kind for kind in CLASSES if kind.is_event]
    assert events
    assert not [kind for kind in events if kind.is_urgent or kind.is_steering or kind.is_for_channel]
