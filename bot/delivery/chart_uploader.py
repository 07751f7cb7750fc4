"""The pictures of cards and reports: drawn and uploaded by one thread, after the message that they belong to.

A message never waits for its picture, and a picture that cannot be drawn or sent is missed by nobody but the log.
"""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from queue import Empty, Full, Queue
from typing import Final

import structlog
from slack_sdk import WebClient

from bot.cards.equity_chart import equity_words
from bot.cards.mrkdwn import NO_FACT, spoken
from bot.cards.proposal import title
from bot.charts.pictures import EQUITY, PROPOSAL, EquityPicture, ProposalPicture
from bot.messages import Texts
from bot.transport.slack_calls import SlackAway, call
from bot.worker import Backoff, Worker
from engine.errors import StoreUnavailable
from engine.model.notices.base import Notice, Posted
from engine.model.notices.reports import ReportMade
from engine.model.performance import Performance, Period
from engine.model.report import REPORTS
from engine.ports.task_queue import TaskQueue
from engine.queries import Queries

PERIODS: Final = {kind: spec.period for kind, spec in REPORTS.items() if spec.has_curve}
"""Reports that have a picture, and of which period."""
MOST_WAITING: Final = 20
"""Pictures that may wait; what comes beyond is left out."""
IDLE: Final = 5.0
"""Seconds from a look at what is wanted to the next; who wants a picture wakes the drawer."""

log = structlog.get_logger()

Draw = Callable[[], None]


class ChartUploader:
    """A thread that draws. Pictures of trades and reports go into the thread of their message.

    `thread` tells in which thread a report stands, '' for one that stands in the channel and opens its own. Where a
    desk has workers, they draw; this thread waits for a picture and uploads it.
    """

    def __init__(
        self,
        *,
        queries: Queries,
        client: WebClient,
        channel: str,
        texts: Texts,
        tasks: TaskQueue,
        thread: Callable[[Notice], str] = lambda _notice: "",
    ) -> None:
        self._queries = queries
        self._client = client
        self._channel = channel
        self._texts = texts
        self._tasks = tasks
        self._thread_of = thread
        self._wanted: Queue[Draw] = Queue(MOST_WAITING)
        self.worker = Worker("pictures", self._draw, backoff=Backoff(first=0.1, longest=5.0))

    def start(self) -> None:
        """Begin to draw."""
        self.worker.start()

    def stop(self) -> None:
        """Finish the picture under way and return; what still waits is left out."""
        self.worker.stop()

    def posted(self, notice: Notice, posted: Posted) -> None:
        """Take in that a notice was posted; returns at once."""
        if notice.told_as.is_card:
            self._want(lambda: self._proposal(notice.trade_id, posted.ts))
        elif isinstance(notice, ReportMade) and notice.report.kind in PERIODS:
            self._want_report(notice, posted.ts)

    def _want_report(self, notice: ReportMade, ts: str) -> None:
        """Want a report's picture in the thread that is its own now: by the picture's turn a new day may have begun."""
        try:
            thread_ts = self._thread_of(notice) or ts
        except StoreUnavailable:
            log.warning("picture_left_out")
        else:
            self._want(lambda: self._report(notice, thread_ts))

    def _want(self, draw: Draw) -> None:
        try:
            self._wanted.put_nowait(draw)
        except Full:
            log.warning("picture_left_out")
        self.worker.wake()

    def _draw(self) -> float:
        """Draw what was wanted first; one that fails is missed by nobody but the log."""
        try:
            draw = self._wanted.get_nowait()
        except Empty:
            return IDLE
        try:
            draw()
        except SlackAway:
            self._put_back(draw)
            raise
        return 0.0

    def _put_back(self, draw: Draw) -> None:
        """Let a picture that Slack does not take now have its turn again, after those that came meanwhile."""
        with suppress(Full):
            self._wanted.put_nowait(draw)

    def _proposal(self, trade_id: str, thread_ts: str) -> None:
        trade = self._queries.trade(trade_id)
        chart = self._queries.chart(trade.symbol)
        said = self._texts(
            "picture-proposal-alt",
            symbol=chart.symbol,
            bars=len(chart.close),
            entry=self._texts.price(trade.entry),
            stop=self._texts.price(trade.stop),
            target=self._texts.price(trade.target),
            last=self._texts.price(Decimal(str(chart.close[-1]))),
            title=title(trade, self._texts),
        )
        name = self._texts("picture-proposal-title", symbol=chart.symbol, minutes=chart.bar_seconds // 60)
        for _, picture in self._tasks.run(PROPOSAL, {trade.id: ProposalPicture.of(chart, trade, self._texts)}):
            self._upload(f"{trade.id}.png", picture, name, said, thread_ts)

    def _report(self, notice: ReportMade, thread_ts: str) -> None:
        told = notice.report
        if told.performance.has_curve:
            self._equity(told.performance, PERIODS[told.kind], thread_ts)

    def _equity(self, done: Performance, period: Period, thread_ts: str) -> None:
        told = self._texts("period-name", period=period.value, days=NO_FACT)
        said = equity_words(done, told, self._texts)
        name = self._texts("picture-equity-title", period=told)
        for _, picture in self._tasks.run(EQUITY, {period: EquityPicture.of(done.curve, period, self._texts)}):
            self._upload(f"equity-{period}.png", picture, name, said, thread_ts)

    def _upload(self, filename: str, picture: bytes, name: str, alt: str, thread_ts: str) -> None:
        call(
            self._client.files_upload_v2,
            filename=filename,
            file=picture,
            title=name,
            alt_txt=spoken(alt),
            channel=self._channel,
            thread_ts=thread_ts or None,
        )
        log.info("picture_sent", file=filename)
