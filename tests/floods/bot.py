"""A bot as `trading-bot run` brings it up, with no more descriptors than a login shell gives and a market of its own.

Run in a process of its own, with its settings in the environment: python -m tests.floods.bot START SPEED BEGAN, where
START is the market's time, a Unix time, as it was at the wall's BEGAN.
"""

import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.common import log_as_set, until_told_to_stop
from bot.cli.descriptors import raise_limit
from bot.cli.hosting import host_of, texts_of
from bot.settings import SlackSettings
from engine.adapters.clock import ReplayClock
from engine.bootstrap import open_desk, read_settings
from tests.support.fakes.calendar import WeekdayCalendar

DESCRIPTORS = 1_024


def main(start: str, speed: str, began: str) -> None:
    """Trade until told to stop; the limit is a hard one, so that nothing can raise it."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    raise_limit()
    stopping = until_told_to_stop()
    slack, settings = SlackSettings.read(), read_settings()
    now = float(start) + (time.time() - float(began)) * float(speed)
    clock = ReplayClock(datetime.fromtimestamp(now, UTC), speed=float(speed), calendar=WeekdayCalendar())
    desk = open_desk(settings, clock)
    log_as_set(texts_of(desk), slack, *settings.groups)
    try:
        host, http = host_of(desk, slack, host="127.0.0.1", port=settings.http.http_port)

        def ready() -> None:
            beside = Path("ready.new")  # who waits for the file reads it at once, and never half of it
            beside.write_text(http.url, encoding="utf-8")
            beside.replace("ready")

        host.run(stopping, ready)
    finally:
        desk.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
