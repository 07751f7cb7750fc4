"""Somebody closes a trade after the close: the desk is told at once, not at the open."""

from datetime import UTC, datetime

from bot.cards import ids
from bot.local_slack.launch import CHANNEL
from engine.model.trade import TradeState
from tests.conftest import OpenStage
from tests.support.waiting import until

AFTER_THE_CLOSE = datetime(2025, 8, 19, 20, 30, tzinfo=UTC)


def test_a_trade_that_is_closed_at_night_reads_as_closing_and_the_thread_says_who_and_until_when(
    open_stage: OpenStage,
) -> None:
    stage = open_stage()
    harness = stage.harness
    harness.play_the_signal()
    stage.trader.press(stage.card(), ids.APPROVE)
    until(lambda: ids.MOVE_STOP in stage.buttons(stage.card()))
    harness.clock.set(AFTER_THE_CLOSE)
    stage.trader.command(CHANNEL.id, "/close AAPL")
    stage.trader.submit(stage.trader.wait_for_view(), {})
    assert "the sale waits for the open: Aug 20, 2025, 22:30 KST." in stage.answer(stage.trader, "Selling")
    told = stage.in_thread("is closing AAPL")["text"]
    assert "<@U0TRADER>" in told
    assert "waits for the open: Aug 20, 2025, 22:30 KST." in told
    until(lambda: stage.buttons(stage.card()) == [ids.INSPECT])
    card = stage.card()["text"]
    assert "512 AAPL at $150.28: closing" in card
    assert "*Stop*" not in card.partition("Score")[0]
    assert "Stop $147.99" not in card.partition("Score")[0]
    assert harness.trade().state is TradeState.CLOSING
