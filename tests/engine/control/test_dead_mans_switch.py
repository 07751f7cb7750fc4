"""The dead man's switch: AUTO_MODE buys nothing by itself while nobody could stop it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.control.dead_mans_switch import DeadMansSwitch
from engine.model.notices.systems import SlackBack
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness

SILENCE = timedelta(minutes=10)


class Stopwatch:
    """Seconds that a test holds in its hands."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(name="auto")
def _auto(tmp_path: Path) -> Iterator[EngineHarness]:
    harness = EngineHarness.at_the_example(tmp_path, auto_mode=True)
    yield harness
    harness.close()


def dead_mans_switch(harness: EngineHarness, watch: Stopwatch) -> DeadMansSwitch:
    return DeadMansSwitch(store=harness.store, clock=harness.clock, silence=SILENCE, monotonic=watch)


def fall_silent(harness: EngineHarness) -> None:
    watch = Stopwatch()
    line = dead_mans_switch(harness, watch)
    watch.seconds = SILENCE.total_seconds()
    line.look()


def test_it_is_silent_once_slack_has_not_answered_for_so_long(auto: EngineHarness) -> None:
    watch = Stopwatch()
    line = dead_mans_switch(auto, watch)
    watch.seconds = SILENCE.total_seconds() - 1
    assert not line.is_silent()
    line.note_contact()
    watch.seconds += SILENCE.total_seconds()
    assert line.is_silent()


def test_after_a_silence_auto_mode_asks_people_until_slack_answers(auto: EngineHarness) -> None:
    fall_silent(auto)
    proposed = auto.play_the_signal()
    assert proposed is not None
    assert proposed.state is TradeState.PROPOSED
    assert auto.asked() == [proposed.id]
    auto.engine.jobs.slack_reachable()
    back = auto.told_of(SlackBack)
    assert [notice.minutes for notice in back] == [11]
    auto.engine.jobs.slack_reachable()
    assert auto.told()[-1] == back[0]


def test_a_restart_does_not_end_a_silence(auto: EngineHarness) -> None:
    fall_silent(auto)
    assert dead_mans_switch(auto, Stopwatch()).is_silent()


def test_a_desk_that_asks_people_anyway_says_nothing_of_a_silence(harness: EngineHarness) -> None:
    fall_silent(harness)
    harness.engine.jobs.slack_reachable()
    assert not harness.told_of(SlackBack)


def test_without_a_limit_nothing_is_ever_silent(harness: EngineHarness) -> None:
    watch = Stopwatch()
    line = DeadMansSwitch(store=harness.store, clock=harness.clock, silence=None, monotonic=watch)
    watch.seconds = 1e9
    assert not line.is_silent()


def heard_then_dead(harness: EngineHarness, minutes: float) -> DeadMansSwitch:
    """Reach people once, die, and come back after so many minutes."""
    dead_mans_switch(harness, Stopwatch()).note_contact()
    harness.clock.advance(minutes * 60)
    return dead_mans_switch(harness, Stopwatch())


def test_a_restart_does_not_begin_the_wait_for_a_silence_anew(auto: EngineHarness) -> None:
    assert not heard_then_dead(auto, 9).is_silent()
    again = heard_then_dead(auto, 10)
    assert again.is_silent()
    again.note_contact()
    assert not again.is_silent()


def test_a_desk_that_was_off_overnight_tells_of_no_silence(auto: EngineHarness) -> None:
    again = heard_then_dead(auto, 600)
    again.look()
    again.note_contact()
    assert not auto.told_of(SlackBack)
