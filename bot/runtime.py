"""Brings the bot up and down around an engine: the HTTP side, the database, then Slack, then the timetable."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from enum import StrEnum
from threading import Event
from typing import Protocol, Self

import structlog
from slack_bolt import App

from bot.delivery.backtests import Backtests
from bot.delivery.chart_uploader import ChartUploader
from bot.delivery.heartbeat import Heartbeat
from bot.delivery.home_publisher import HomePublisher
from bot.delivery.notices import NoticeDelivery
from bot.delivery.unfinished_requests import UnfinishedRequests
from bot.http.server import HttpServer
from bot.listeners.answer_retry import AnswerRetry
from bot.listeners.rate_limit import UserRateLimit
from bot.presence import Presence
from bot.transport.neighbours import Neighbours
from bot.transport.slack_transport import SlackTransport
from bot.worker import Backoff, State, Worker
from engine.errors import StoreUnavailable, TemporaryError
from engine.ports.notices import Notices

FOLLOWS = 1.0
"""Seconds between two looks at what other processes changed."""
LOOK = 0.5
"""Seconds between two looks at whether to stop."""

log = structlog.get_logger()


class ProcessRole(StrEnum):
    """What a process does of a desk: all of it, what people meet (Slack and HTTP), or what the timetable runs.

    What may run twice is done by workers, which host nothing of this.
    """

    ALL = "all"
    API = "api"
    SCHEDULER = "scheduler"


class StartedPart(Protocol):
    """Something with threads of its own."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End."""
        ...


class Runtime:
    """A desk's engine in Slack, or the part of it that is this process's role.

    `build_app` makes the App afresh for each time that Slack is connected.
    """

    def __init__(
        self,
        *,
        deliver_with: Callable[[Notices], None],
        build_app: Callable[[], App],
        transport: SlackTransport,
        notices: NoticeDelivery,
        home_publisher: HomePublisher,
        chart_uploader: ChartUploader,
        backtests: Backtests,
        heartbeat: Heartbeat,
        unfinished: UnfinishedRequests,
        again: AnswerRetry,
        crowd: UserRateLimit,
        neighbours: Neighbours,
        follow: Callable[[], None],
        lead: Callable[[], None],
        step_aside: Callable[[], None],
        start_jobs: Callable[[], None],
        stop_jobs: Callable[[], None],
        presence: Presence | None = None,
        role: ProcessRole = ProcessRole.ALL,
    ) -> None:
        self._deliver_with = deliver_with
        self._build_app = build_app
        self._transport = transport
        self._notices = notices
        self._home_publisher = home_publisher
        self._chart_uploader = chart_uploader
        self._backtests = backtests
        self._heartbeat = heartbeat
        self._unfinished = unfinished
        self._again = again
        self._crowd = crowd
        self._neighbours = neighbours
        self._http: AbstractContextManager[object] = nullcontext()
        self._is_trading = False
        self._follow = follow
        self._following = Worker("follow", self._take_in_changes)
        self._lead = lead
        self._step_aside = step_aside
        self._start_jobs = start_jobs
        self._stop_jobs = stop_jobs
        self._presence = presence
        self._role = role

    def behind(self, http: HttpServer) -> Self:
        """Say which HTTP side shows how the bot is; it comes first and goes last."""
        self._http = http
        return self

    def states(self) -> tuple[State, ...]:
        """Return how each thread of the bot does, none before they are started."""
        if not self._is_trading:
            return ()
        workers = [
            self._following,
            self._notices.worker,
            self._notices.watch.worker,
            self._chart_uploader.worker,
            self._heartbeat.worker,
        ]
        workers += [self._notices.risk_watch.worker] if self._notices.risk_watch else []
        workers += [self._presence.worker] if self._presence else []
        if self._meets_people:
            workers += [self._home_publisher.worker, self._unfinished.worker, self._backtests.worker]
            workers += [self._transport.worker, self._neighbours.worker] if self._transport.worker else []
            workers += [self._again.worker] if self._again.has_begun else []
        return tuple(worker.state() for worker in workers)

    @property
    def _meets_people(self) -> bool:
        return self._role is not ProcessRole.SCHEDULER

    @property
    def _runs_jobs(self) -> bool:
        return self._role is not ProcessRole.API

    def _parts(self) -> tuple[StartedPart, ...]:
        """Return what is started in this order, and stopped in the other."""
        presence = (self._presence,) if self._presence else ()
        of_all = (self._following, *presence, self._chart_uploader, self._notices, self._heartbeat)
        return (*of_all, self._home_publisher, self._unfinished, self._backtests) if self._meets_people else of_all

    def run(self, stopping: Event, ready: Callable[[], None] = lambda: None) -> None:
        """Trade until `stopping` is set; calls `ready` once people can steer.

        The HTTP side comes first and goes last: a second bot on this machine ends at the taken port before it trades,
        and while Slack is away /health is where to see it. The engine reconciles before Slack is spoken to, but
        trades only once people can reach it. Raises SettingsInvalid when Slack refuses a token.
        """
        with self._http:
            if self._runs_jobs:
                self._lead()
            backoff, wait = Backoff(), 0.0
            while not stopping.is_set():
                try:
                    self._connect_and_trade(stopping, ready)
                except TemporaryError as error:
                    self._step_aside()  # and lead again only once Slack is reached, by the timetable
                    wait = backoff.after(wait)
                    log.warning("slack_out_of_reach", error=str(error), seconds=wait)
                    stopping.wait(wait)

    def _connect_and_trade(self, stopping: Event, ready: Callable[[], None]) -> None:
        with self._transport.held(self._build_app()) if self._meets_people else nullcontext():
            self._deliver_with(self._notices)
            for part in self._parts():
                part.start()
            if self._meets_people and self._transport.worker:
                self._neighbours.worker.start()
            if self._runs_jobs:
                self._start_jobs()
            self._is_trading = True
            ready()
            try:
                # Never one endless wait: a signal that comes just before its sleep would be seen only after it.
                while not stopping.wait(LOOK):
                    pass
            finally:
                self._is_trading = False
                self._stop()

    def _take_in_changes(self) -> float:
        self._follow()
        return FOLLOWS

    def _stop(self) -> None:
        self._stop_jobs()
        if self._meets_people:
            self._neighbours.stop()
            with suppress(StoreUnavailable):  # then it is forgotten by itself
                self._neighbours.leave()
        for part in reversed(self._parts()):
            part.stop()
        self._again.stop()
        self._crowd.stop()
