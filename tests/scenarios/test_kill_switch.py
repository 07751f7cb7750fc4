"""The kill switch as people use it: by command, by window and by shortcut."""

import pytest

from bot.cards import ids
from bot.local_slack.launch import CHANNEL
from engine.model.desk import DeskState
from tests.conftest import OpenStage
from tests.support.engine_harness import EngineHarness
from tests.support.slack_harness import SlackHarness
from tests.support.waiting import until

REASON = {ids.REASON_BLOCK: {ids.REASON_INPUT: "fire"}}


@pytest.fixture(name="stage")
def _stage(open_stage: OpenStage) -> SlackHarness[EngineHarness]:
    return open_stage()


def test_flatten_halts_at_once_and_sells_everything_once_it_is_confirmed(stage: SlackHarness[EngineHarness]) -> None:
    stage.harness.play_the_signal()
    stage.trader.command(CHANNEL.id, "/halt flatten fire")
    window = stage.trader.wait_for_view()
    assert stage.harness.engine.queries.desk().state is DeskState.HALTED
    assert "halted" in stage.answer(stage.trader, "halted")
    assert len(stage.harness.broker.positions()) == 2
    stage.trader.submit(window, REASON)
    until(lambda: not stage.harness.broker.positions())
    stage.harness.engine.jobs.housekeeping()
    stage.trader.wait_for(CHANNEL.id, lambda message: "no positions and no orders" in message["text"])
    assert stage.harness.broker.positions() == ()


def test_a_resume_says_what_it_lets_run_again(stage: SlackHarness[EngineHarness]) -> None:
    stage.trader.command(CHANNEL.id, "/halt")
    stage.answer(stage.trader, "halted")
    stage.admin.command(CHANNEL.id, "/resume")
    told = stage.answer(stage.admin, "resumed")
    assert "Auto-trading off" in told
    assert "3 symbols" in told
    assert "%" in told


def test_the_shortcut_halts_after_one_window(stage: SlackHarness[EngineHarness]) -> None:
    stage.trader.shortcut(ids.HALT_SHORTCUT)
    stage.trader.submit(stage.trader.wait_for_view(), REASON)
    stage.trader.wait_for(CHANNEL.id, lambda message: "halted" in message["text"] and not message["ephemeral"])
    assert stage.harness.engine.queries.desk().reason == "fire"
