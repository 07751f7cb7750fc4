from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.delivery.chart_uploader import ChartUploader
from bot.transport.web_client import SlackClient
from engine.adapters.in_process import InProcessTaskQueue
from engine.model.notices.base import Posted
from engine.model.notices.proposals import ApprovalAsked
from engine.model.notices.reports import ReportMade
from engine.model.report import ReportKind
from tests.bot.listeners.conftest import CHANNEL, VIEWER, Room
from tests.support.fakes.reports import a_report
from tests.support.fakes.slack import Reply, ScriptedSlack
from tests.support.fakes.trades import PROPOSED_AT, TRADE
from tests.support.waiting import until


@pytest.fixture
def pictures(room: Room) -> Iterator[ChartUploader]:
    drawing = ChartUploader(
        queries=room.engine, client=room.app.client, channel=CHANNEL, texts=room.texts, tasks=InProcessTaskQueue()
    )
    drawing.start()
    yield drawing
    drawing.stop()


def picture(room: Room, title: str, thread_ts: str | None = None) -> dict[str, Any]:
    """Wait for a message with a picture of that title, in the channel or in a thread."""

    def has_it(message: dict[str, Any]) -> bool:
        return any(title in file["title"] for file in message["files"])

    return room.person(VIEWER).wait_for(CHANNEL, has_it, 30, thread_ts=thread_ts)


def test_a_card_s_picture_comes_into_its_thread_and_says_the_decision_in_words(
    room: Room, pictures: ChartUploader
) -> None:
    room.engine.begin(TRADE)
    card = room.card(TRADE)
    notice = ApprovalAsked(key=f"{TRADE.id}:card", at=PROPOSED_AT, trade_id=TRADE.id)
    pictures.posted(notice, Posted(channel=CHANNEL, ts=card["ts"]))
    [file] = picture(room, "AAPL: 5-min bars", card["ts"])["files"]
    for words in ("entry $150.25, stop $147.99, target $154.75", "Buy 512 AAPL at $150.25?"):
        assert words in file["alt_txt"]


def test_the_day_s_report_has_its_curve_in_its_thread(room: Room, pictures: ChartUploader) -> None:
    told = a_report()
    posted = room.app.client.chat_postMessage(channel=CHANNEL, text="the report")
    notice = ReportMade(key="report:day:20250819", at=told.at, report=told)
    pictures.posted(notice, Posted(channel=CHANNEL, ts=posted["ts"]))
    message = picture(room, "Equity and drawdown: today", posted["ts"])
    assert "from $231,368 to $232,804, lowest $230,400, highest $233,100" in message["files"][0]["alt_txt"]


def test_a_silent_report_has_its_curve_in_the_thread_that_it_stands_in(room: Room) -> None:
    told = a_report()
    first = room.app.client.chat_postMessage(channel=CHANNEL, text="the day's first report")
    said = room.app.client.chat_postMessage(channel=CHANNEL, text="the report", thread_ts=first["ts"])
    notice = ReportMade(key="report:day:20250819", at=told.at, report=told)
    threads = [first["ts"]]
    drawing = ChartUploader(
        queries=room.engine,
        client=room.app.client,
        channel=CHANNEL,
        texts=room.texts,
        tasks=InProcessTaskQueue(),
        thread=lambda _notice: threads.pop(),
    )
    drawing.posted(notice, Posted(channel=CHANNEL, ts=said["ts"]))
    threads.append("")  # a new day began before the picture's turn
    drawing.start()
    try:
        assert picture(room, "Equity and drawdown: today", first["ts"])
    finally:
        drawing.stop()


def test_a_picture_that_cannot_be_drawn_keeps_no_other_from_coming(room: Room, pictures: ChartUploader) -> None:
    unknown = ApprovalAsked(key="X:card", at=PROPOSED_AT, trade_id="X")
    pictures.posted(unknown, Posted(channel=CHANNEL, ts="1.0"))
    told = a_report(kind=ReportKind.WEEK)
    posted = room.app.client.chat_postMessage(channel=CHANNEL, text="the report")
    pictures.posted(
        ReportMade(key="report:week:20250822", at=told.at, report=told), Posted(channel=CHANNEL, ts=posted["ts"])
    )
    assert picture(room, "Equity and drawdown: this week", posted["ts"])


def test_a_picture_that_slack_does_not_take_now_is_sent_a_moment_later_and_fails_loudly_never(room: Room) -> None:
    room.engine.begin(TRADE)
    limited = Reply(error="ratelimited", status=429, headers={"Retry-After": "0.05"})
    with ScriptedSlack(limited, scripts_people=False) as slack, capture_logs() as logs:
        client = SlackClient(token="xoxb-1", base_url=slack.api_url, timeout=5.0)
        drawing = ChartUploader(
            queries=room.engine, client=client, channel=CHANNEL, texts=room.texts, tasks=InProcessTaskQueue()
        )
        drawing.start()
        notice = ApprovalAsked(key=f"{TRADE.id}:card", at=PROPOSED_AT, trade_id=TRADE.id)
        drawing.posted(notice, Posted(channel=CHANNEL, ts="1.0"))
        until(lambda: len(slack.calls) >= 2, 30)
        drawing.stop()
    assert [method for method, _ in slack.calls][:2] == ["files.getUploadURLExternal"] * 2
    assert [entry["event"] for entry in logs if entry["event"] in {"asked_to_wait", "held_up"}][:1] == ["asked_to_wait"]
    assert not [entry for entry in logs if entry["event"] == "step_failed"]
