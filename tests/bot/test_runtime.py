"""How a bot comes up while Slack is away."""

from contextlib import AbstractContextManager
from threading import Event
from typing import Any, cast

from slack_bolt import App

from bot.runtime import Runtime
from engine.errors import TemporaryError


class AwayTransport:
    """A connection to a Slack that is away, until it was tried a number of times; then the bot is told to stop."""

    def __init__(self, tries: int, stopping: Event) -> None:
        self.left = tries
        self.stopping = stopping

    def held(self, _app: App) -> AbstractContextManager[None]:
        self.left -= 1
        if not self.left:
            self.stopping.set()
        raise TemporaryError("Slack cannot be reached")


def test_while_slack_is_away_the_truth_is_learnt_once_and_another_process_may_lead() -> None:
    done, stopping = list[str](), Event()
    nobody = cast(Any, None)
    runtime = Runtime(
        deliver_with=lambda _notices: None,
        build_app=lambda: cast(App, None),
        transport=cast(Any, AwayTransport(2, stopping)),
        notices=nobody,
        home_publisher=nobody,
        chart_uploader=nobody,
        backtests=nobody,
        heartbeat=nobody,
        unfinished=nobody,
        again=nobody,
        crowd=nobody,
        neighbours=nobody,
        follow=lambda: done.append("follow"),
        lead=lambda: done.append("lead"),
        step_aside=lambda: done.append("step aside"),
        start_jobs=lambda: done.append("start jobs"),
        stop_jobs=lambda: done.append("stop jobs"),
    )
    runtime.run(stopping)
    assert done == ["lead", "step aside", "step aside"]
