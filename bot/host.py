"""Brings the bot up and down around an engine: the HTTP side, the truth, then Slack, then the timetable."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from threading import Event
from typing import Self

import structlog
from slack_bolt import App

from bot.homes import Homes
from bot.http.server import HttpServer
from bot.line import Line
from bot.listeners.again import Again
from bot.listeners.crowd import Crowd
from bot.neighbours import Neighbours
from bot.notices import Notices
from bot.pictures import Pictures
from bot.pulse import Pulse
from bot.unfinished import UnfinishedRequests
from bot.worker import State
from engine.engine import Engine
from engine.errors import StoreUnavailable, TemporaryError

LONGEST_WAIT = 60.0
LOOK = 0.5
"""Seconds between two looks at whether to stop."""

log = structlog.get_logger()


class Host:
    """A desk's engine in Slack. `build_app` makes the App afresh for each time that Slack is connected."""

    def __init__(
        self,
        *,
        engine: Engine,
        build_app: Callable[[], App],
        line: Line,
        notices: Notices,
        homes: Homes,
        pictures: Pictures,
        pulse: Pulse,
        unfinished: UnfinishedRequests,
        again: Again,
        crowd: Crowd,
        neighbours: Neighbours,
        start_jobs: Callable[[], None],
        stop_jobs: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._build_app = build_app
        self._line = line
        self._notices = notices
        self._homes = homes
        self._pictures = pictures
        self._pulse = pulse
        self._unfinished = unfinished
        self._again = again
        self._crowd = crowd
        self._neighbours = neighbours
        self._http: AbstractContextManager[object] = nullcontext()
        self._is_trading = False
        self._start_jobs = start_jobs
        self._stop_jobs = stop_jobs

    def behind(self, http: HttpServer) -> Self:
        """Say which HTTP side shows how the bot is; it comes first and goes last."""
        self._http = http
        return self

    def states(self) -> tuple[State, ...]:
        """Return how each thread of the bot does, none before they are started."""
        if not self._is_trading:
            return ()
        own = (self._notices.worker, self._notices.watch.worker, self._homes.worker, self._pictures.worker)
        line = (self._line.worker, self._neighbours.worker) if self._line.worker else ()
        again = (self._again.worker,) if self._again.has_begun else ()
        workers = (*own, self._pulse.worker, self._unfinished.worker, *line, *again)
        return tuple(worker.state() for worker in workers)

    def run(self, stopping: Event, ready: Callable[[], None] = lambda: None) -> None:
        """Trade until `stopping` is set; calls `ready` once people can steer.

        The HTTP side comes first and goes last: a second bot on this machine ends at the taken port before it trades,
        and while Slack is away /health is where to see it. The engine learns the truth before Slack is spoken to, but
        trades only once people can reach it. Raises SettingsInvalid when Slack refuses a token.
        """
        with self._http:
            self._engine.start()
            wait = 1.0
            while not stopping.is_set():
                try:
                    self._connect_and_trade(stopping, ready)
                except TemporaryError as error:
                    log.warning("slack_out_of_reach", error=str(error), seconds=wait)
                    stopping.wait(wait)
                    wait = min(wait * 2, LONGEST_WAIT)

    def _connect_and_trade(self, stopping: Event, ready: Callable[[], None]) -> None:
        with self._line.held(self._build_app()):
            self._engine.deliver_with(self._notices)
            self._notices.start()
            self._homes.start()
            self._pictures.start()
            self._pulse.start()
            self._unfinished.start()
            if self._line.worker:
                self._neighbours.worker.start()
            self._start_jobs()
            self._is_trading = True
            ready()
            try:
                # Never one endless wait: a signal that comes just before its sleep would be seen only after it.
                while not stopping.wait(LOOK):
                    pass
            finally:
                self._is_trading = False
                self._stop_jobs()
                self._neighbours.stop()
                with suppress(StoreUnavailable):  # then it is forgotten by itself
                    self._neighbours.leave()
                self._unfinished.stop()
                self._pulse.stop()
                self._homes.stop()
                self._notices.stop()
                self._pictures.stop()
                self._again.stop()
                self._crowd.stop()
