from dataclasses import replace

from engine.model.notice import Notice, NoticeKind, Posted
from engine.model.report import ReportKind
from tests.bot.outbox import Outbox
from tests.fakes.reports import a_report


def tell(outbox: Outbox, kind: ReportKind, *, silent: bool = True, on: str = "20250819") -> None:
    told = replace(a_report(kind=kind), silent=silent)
    key = f"report:{kind}:{on}"
    with outbox.store.writing() as book:
        book.tell(Notice(key=key, kind=NoticeKind.REPORT, at=told.at, subject=kind, detail=told.written()))


def test_a_silent_report_goes_into_the_thread_of_its_day_s_first_one(outbox: Outbox) -> None:
    tell(outbox, ReportKind.READY, silent=False)
    tell(outbox, ReportKind.OPEN)
    tell(outbox, ReportKind.DAY, silent=False)
    outbox.notices().drain()
    ready, opening, end = outbox.slack.posted()
    assert "thread_ts" not in ready
    assert (opening["thread_ts"], opening["reply_broadcast"]) == ("1.000000", False)
    assert "thread_ts" not in end


def test_the_first_of_a_day_opens_the_thread_though_it_is_silent(outbox: Outbox) -> None:
    tell(outbox, ReportKind.READY, on="20250818")
    tell(outbox, ReportKind.READY)
    tell(outbox, ReportKind.DAY)
    outbox.notices().drain()
    before, ready, end = outbox.slack.posted()
    assert "thread_ts" not in before
    assert "thread_ts" not in ready
    assert end["thread_ts"] == "2.000000"


def test_whoever_draws_is_told_of_every_notice_and_where_it_stands(outbox: Outbox) -> None:
    seen: list[tuple[str, Posted]] = []
    tell(outbox, ReportKind.DAY)
    notices = outbox.notices(told=lambda notice, posted: seen.append((notice.subject, posted)))
    notices.drain()
    notices.drain()
    assert seen == [("day", Posted(channel="C0DESK", ts="1.000000"))]
