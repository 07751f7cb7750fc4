"""Backtests that people ask for in Slack: one at a time, each told to its person in one direct message.

The message is rewritten as the work goes on, and holds the answer at last. Who asked, and where their message stands,
is kept while it says anything else, so that the bot's next life, or another one, tells what became of it.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

import structlog
from slack_sdk import WebClient

from bot.cards import backtest as cards
from bot.cards.backtest import BacktestReport
from bot.cards.message import Message
from bot.cards.mrkdwn import spoken
from bot.charts.pictures import Words
from bot.delivery.backtest_process import BacktestFailure, BacktestProcess, BacktestProgress
from bot.messages import Texts
from bot.transport.slack_calls import SlackAway, SlackRefuses, call
from bot.worker import Worker
from engine.commands import Commands
from engine.desk_research import BacktestScope, DeskResearch
from engine.errors import BacktestRunning, StoreUnavailable, TemporaryError
from engine.model.desk import Request
from engine.model.market import exchange_date
from engine.model.notices.base import Posted
from engine.model.strategies import StrategySources
from engine.research import BacktestRequest

ACTION: Final = "backtest"
MOST_WAITING: Final = 10
"""People whose backtests may wait at once."""
LONGEST: Final = 600.0
"""Seconds after which a backtest is ended; one takes a few dozen of a core that is free."""
BETWEEN: Final = 3.0
"""Seconds from one rewriting of a message to the next: Slack takes some fifty a minute of all that there are."""
AGAIN: Final = 5.0
"""Seconds after which something is said again that Slack did not take."""
OF_USE: Final = 1800.0
"""Seconds for which an answer that Slack does not take is tried again."""
LOOK, IDLE = 0.2, 5.0

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class _Wanted:
    """Somebody's backtest: what they asked for, their message, the process, and what came of it."""

    request: Request
    asked: BacktestRequest
    posted: Posted | None = None
    is_kept: bool = False
    process: BacktestProcess | None = None
    began: float = 0.0
    progress: BacktestProgress | None = None
    outcome: BacktestReport | BacktestFailure | None = None
    ended: float = 0.0
    is_told: bool = False
    shown: str = ""
    shown_at: float = 0.0
    quiet_until: float = 0.0


class Backtests:
    """A worker that runs what was asked for in a process beside the desk, one after the other, and tells of it.

    `begin` starts the process; `clock` counts seconds and never goes back.
    """

    def __init__(
        self,
        *,
        research: DeskResearch,
        commands: Commands,
        client: WebClient,
        channel: str,
        texts: Texts,
        begin: Callable[[BacktestRequest, DeskResearch, Words], BacktestProcess] = BacktestProcess,
        longest: float = LONGEST,
        between: float = BETWEEN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._research = research
        self._audit_log = commands.audit_log
        self._client = client
        self._channel = channel
        self._texts = texts
        self._begin = begin
        self._longest = longest
        self._between = between
        self._clock = clock
        self._wanted: list[_Wanted] = []
        self._lock = Lock()
        self.worker = Worker("backtests", self._step)

    def scope(self, watched: tuple[str, ...], now: datetime, desks: StrategySources) -> BacktestScope:
        """Return what may be asked for while some symbols are watched, and the desk has some strategies."""
        return self._research.scope(watched, exchange_date(now), desks)

    def ask(self, request: Request, asked: BacktestRequest) -> None:
        """Take a backtest; returns at once. Raises BacktestRunning, StoreUnavailable, TemporaryError if many wait."""
        request = Request(by=request.by, said=request.said, id=f"{ACTION}:{request.id}")
        with self._lock:
            if any(each.request.by == request.by for each in self._wanted):
                raise BacktestRunning
            if len(self._wanted) >= MOST_WAITING:
                raise TemporaryError("too many backtests wait")
            self._wanted.append(wanted := _Wanted(request=request, asked=asked))
        try:
            self._audit_log.begin(request, ACTION)
        except (StoreUnavailable, ValueError):
            self._forget(wanted)
            raise
        self.worker.wake()

    def start(self) -> None:
        """Begin to work."""
        self.worker.start()

    def stop(self) -> None:
        """End what runs, and say so in its message; what Slack does not take now, the next life says."""
        self.worker.stop()
        for wanted in self._all():
            if wanted.process:
                wanted.process.end()
            wanted.outcome = wanted.outcome or BacktestFailure(why="stopped")
            with suppress(SlackAway, StoreUnavailable, ValueError):
                if wanted.posted is None:
                    continue  # as it does of what nothing was said yet
                if not wanted.is_told:
                    self._tell(wanted, self._answer(wanted, wanted.outcome))
                self._end(wanted)

    def _all(self) -> tuple[_Wanted, ...]:
        with self._lock:
            return tuple(self._wanted)

    def _forget(self, wanted: _Wanted) -> None:
        with self._lock:
            self._wanted = [each for each in self._wanted if each is not wanted]

    def _step(self) -> float:
        """Look at all that is wanted, and return in how many seconds to look again; raises StoreUnavailable."""
        everybody = self._all()
        for wanted in everybody:
            self._work(wanted)
            if self._clock() < wanted.quiet_until:
                continue
            try:
                self._say(wanted)
            except SlackAway as away:
                if away.wait:
                    log.info("answer_not_sent", by=wanted.request.by, seconds=away.wait)  # Slack's pace is no trouble
                else:
                    log.warning("answer_not_sent", by=wanted.request.by, error=repr(away))
                wanted.quiet_until = self._clock() + (away.wait or AGAIN)
                if wanted.ended and self._clock() - wanted.ended > OF_USE:
                    self._forget(wanted)  # its message is set right once this process has ended
        return LOOK if self._all() else IDLE

    def _work(self, wanted: _Wanted) -> None:
        """Begin the process when it is its turn, and take in what it told."""
        if wanted.outcome or not wanted.is_kept:
            return
        if wanted.process is None:
            if any(each.process for each in self._all()):
                return
            wanted.process = self._begin(wanted.asked, self._research, Words.of(self._texts))
            wanted.began = self._clock()
        told = wanted.process.newest()
        if told is None and self._clock() - wanted.began > self._longest:
            told = BacktestFailure(why="long", error=f"{self._longest:g} s")
        if isinstance(told, BacktestProgress):
            wanted.progress = told
        elif told is not None:
            wanted.process.end()
            wanted.process, wanted.outcome, wanted.ended = None, told, self._clock()
            if isinstance(told, BacktestFailure):
                log.warning("backtest_failed", by=wanted.request.by, said=wanted.request.said, error=told.error)

    def _say(self, wanted: _Wanted) -> None:
        """Bring the message up to date, and send what belongs to it; raises SlackAway and StoreUnavailable."""
        if not wanted.is_kept:
            self._introduce(wanted)
        elif wanted.outcome is None:
            if wanted.process and self._clock() - wanted.shown_at >= self._between:
                done = wanted.progress or BacktestProgress(part="data", done=0.0)
                said, percent = wanted.request.said, int(done.done * 100)
                self._tell(wanted, cards.running(said, done.part, percent, self._texts))
        else:
            if not wanted.is_told:
                self._tell(wanted, self._answer(wanted, wanted.outcome))
                wanted.is_told = True
            if wanted.posted and isinstance(wanted.outcome, BacktestReport):
                self._attach(wanted.posted, wanted.outcome)
            self._end(wanted)

    def _answer(self, wanted: _Wanted, outcome: BacktestReport | BacktestFailure) -> Message:
        if isinstance(outcome, BacktestReport):
            return cards.answered(wanted.request.said, outcome, self._texts)
        return cards.ended(wanted.request.said, outcome.why, self._texts, symbol=outcome.symbol)

    def _introduce(self, wanted: _Wanted) -> None:
        """Write to the person, and keep where that stands before anything runs."""
        try:
            posted = wanted.posted or self._post(wanted)
        except SlackRefuses as refusal:
            log.warning("person_not_reached", by=wanted.request.by, word=str(refusal))
            self._refuse_here(wanted)
            return
        wanted.posted = posted
        self._audit_log.begin(wanted.request, ACTION, channel=posted.channel, ts=posted.ts)
        wanted.is_kept = True

    def _post(self, wanted: _Wanted) -> Posted:
        first = cards.waiting(wanted.request.said, self._texts)
        answer = call(self._client.chat_postMessage, channel=wanted.request.by, **first.payload())
        channel, ts = answer.get("channel"), answer.get("ts")
        if not isinstance(channel, str) or not isinstance(ts, str):
            raise SlackAway(f"an answer without a message's id: {ts!r}")
        return Posted(channel=channel, ts=ts)

    def _refuse_here(self, wanted: _Wanted) -> None:
        """Tell who takes no direct message, in the channel and alone, that they need to: nothing is run for nobody."""
        message = cards.ended(wanted.request.said, "direct", self._texts)
        with suppress(SlackRefuses):
            call(self._client.chat_postEphemeral, channel=self._channel, user=wanted.request.by, **message.payload())
        self._end(wanted)

    def _tell(self, wanted: _Wanted, message: Message) -> None:
        """Put a message in the place of the one that stands there; raises SlackAway."""
        if wanted.posted is None or message.text == wanted.shown:
            return
        try:
            call(self._client.chat_update, channel=wanted.posted.channel, ts=wanted.posted.ts, **message.payload())
        except SlackRefuses as refusal:  # the person deleted it
            log.warning("redraw_refused", word=str(refusal), ts=wanted.posted.ts)
        wanted.shown, wanted.shown_at = message.text, self._clock()

    def _attach(self, posted: Posted, report: BacktestReport) -> None:
        """Send picture and page into the message's thread; raises SlackAway."""
        title = self._texts("backtest-file-title")
        files = [{"file": report.page, "filename": "backtest.html", "title": title, "alt_txt": title}]
        if report.picture:
            name, alt = self._texts("backtest-picture-title"), spoken(report.alt)
            files.insert(0, {"file": report.picture, "filename": "backtest.png", "title": name, "alt_txt": alt})
        try:
            call(self._client.files_upload_v2, file_uploads=files, channel=posted.channel, thread_ts=posted.ts)
        except SlackRefuses as refusal:
            log.warning("picture_not_sent", word=str(refusal))
            with suppress(SlackRefuses):
                message = cards.unattached(self._texts).payload()
                call(self._client.chat_postMessage, channel=posted.channel, thread_ts=posted.ts, **message)

    def _end(self, wanted: _Wanted) -> None:
        """Forget what is told; raises StoreUnavailable."""
        self._audit_log.end(wanted.request)
        self._forget(wanted)
