"""A trader's day from the App Home alone: it is what is pressed there, and it shows what came of it."""

from collections.abc import Callable

import pytest

from bot.cards import ids
from bot.local_slack.launch import CHANNEL
from bot.local_slack.seed import Json
from engine.model.desk import DeskState
from engine.model.trade import TradeState
from tests.conftest import OpenStage
from tests.support.engine_harness import EngineHarness
from tests.support.slack_harness import SlackHarness
from tests.support.waiting import until


@pytest.fixture(name="stage")
def _stage(open_stage: OpenStage) -> SlackHarness[EngineHarness]:
    return open_stage()


def says(words: str) -> Callable[[Json], bool]:
    """Return a predicate on a home: that it has these words."""
    return lambda home: words in str(home["blocks"])


def test_a_trade_is_approved_at_home_and_the_home_shows_its_position_and_who_decided(
    stage: SlackHarness[EngineHarness],
) -> None:
    stage.trader.open_home()
    stage.trader.wait_for_home(says("Nothing pending."))
    stage.harness.play_the_signal()
    waiting = stage.trader.wait_for_home(says("Buy 512 AAPL at $150.25?"))
    stage.trader.press(waiting, "approve.0")
    until(lambda: stage.harness.trade().state is TradeState.OPEN)
    filled = stage.trader.wait_for_home(says("Positions: 3"))
    assert f"Approved by <@{stage.trader.user}>" in str(filled["blocks"])
    assert "approve.0" not in str(filled["blocks"])


def test_a_halt_at_home_is_seen_at_every_home_and_ends_with_a_resume_there(stage: SlackHarness[EngineHarness]) -> None:
    stage.trader.open_home()
    stage.admin.open_home()
    stage.trader.press(stage.trader.wait_for_home(), ids.HOME_HALT)
    halted = stage.admin.wait_for_home(says("The desk is halted"))
    assert f"<@{stage.trader.user}>" in str(halted["blocks"])
    stage.trader.wait_for(CHANNEL.id, lambda message: "halted" in message["text"])
    stage.admin.press(halted, ids.HOME_RESUME)
    stage.trader.wait_for_home(says("The desk is active"))
    assert stage.harness.engine.queries.desk().state is DeskState.ACTIVE
