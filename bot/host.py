"""Brings the bot up and down around an engine: truth first, then Slack, then the timetable."""

from collections.abc import Callable
from decimal import Decimal
from threading import Event

import structlog

from bot.app import build_app, connected, web_client
from bot.messages import Texts
from bot.notices import Notices
from bot.settings import SlackSettings
from engine.engine import Engine
from engine.errors import TryAgain
from engine.truth import Store

LONGEST_WAIT = 60.0
LOOK = 0.5
"""Seconds between two looks at whether to stop."""

log = structlog.get_logger()


class Host:
    """A desk's engine in Slack. `source` is the market's label, `ceiling` the limit of open risk that cards show."""

    def __init__(
        self,
        *,
        engine: Engine,
        store: Store,
        start_jobs: Callable[[], None],
        stop_jobs: Callable[[], None],
        slack: SlackSettings,
        texts: Texts,
        source: str,
        ceiling: Decimal,
    ) -> None:
        self._engine = engine
        self._start_jobs = start_jobs
        self._stop_jobs = stop_jobs
        self._slack = slack
        self._texts = texts
        self._notices = Notices(
            store=store,
            client=web_client(slack),
            channel=slack.slack_channel,
            texts=texts,
            source=source,
            ceiling=ceiling,
        )

    def run(self, stopping: Event, ready: Callable[[], None] = lambda: None) -> None:
        """Trade until `stopping` is set; calls `ready` once people can steer.

        The engine learns the truth before Slack is spoken to, but trades only once people can reach it. Raises
        SettingsInvalid when Slack refuses a token.
        """
        self._engine.start()
        wait = 1.0
        while not stopping.is_set():
            try:
                self._connect_and_trade(stopping, ready)
            except TryAgain as error:
                log.warning("slack_out_of_reach", error=str(error), seconds=wait)
                stopping.wait(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    def _connect_and_trade(self, stopping: Event, ready: Callable[[], None]) -> None:
        app = build_app(self._engine, self._texts, self._slack.access, self._slack)
        with connected(app, self._slack):
            self._engine.deliver_with(self._notices)
            self._notices.start()
            self._start_jobs()
            ready()
            try:
                # Never one endless wait: a signal that comes just before its sleep would be seen only after it.
                while not stopping.wait(LOOK):
                    pass
            finally:
                self._stop_jobs()
                self._notices.stop()
