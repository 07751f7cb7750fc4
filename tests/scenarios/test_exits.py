"""People move a stop and a target from Slack, by command, button and window; what cannot be is refused in words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cards import ids
from bot.local_slack.launch import CHANNEL
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.slack_harness import SlackHarness, embedded
from tests.support.waiting import until

Stage = SlackHarness[EngineHarness]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with embedded(tmp_path, "en") as stage:
        bought(stage)
        stage.harness.engine.commands.ask_about_people(lambda user, _verb: user == stage.admin.user)
        yield stage


def bought(stage: Stage) -> None:
    """Let the example's trade be bought, and its card show so."""
    stage.harness.play_the_signal()
    stage.trader.press(stage.card(), ids.APPROVE)
    until(lambda: stage.harness.trade().state is TradeState.OPEN)
    stage.harness.engine.jobs.reconcile()
    until(lambda: ids.MOVE_STOP in stage.buttons(stage.card()))


def test_a_trader_moves_a_stop_by_command_and_the_thread_says_who(stage: Stage) -> None:
    stage.trader.command(CHANNEL.id, "/stop AAPL $149.20")
    assert "$147.99 → $149.20" in stage.answer(stage.trader, "→")
    assert "by <@" in stage.in_thread("stop $147.99 → $149.20")["text"]


def test_a_window_begins_with_the_live_stop_and_shows_the_risk(stage: Stage) -> None:
    stage.trader.press(stage.card(), ids.MOVE_STOP)
    view = stage.trader.wait_for_view()
    assert "Risk now" in str(view["blocks"])
    assert "147.99" in str(view["blocks"][-1])
    assert stage.trader.submit(view, {ids.PRICE_BLOCK: {ids.PRICE_INPUT: "149.20"}})["errors"] is None
    assert "Risk" in stage.answer(stage.trader, "$149.20")


def test_a_price_that_cannot_be_keeps_the_window_open_with_a_sentence_at_its_field(stage: Stage) -> None:
    stage.trader.press(stage.card(), ids.MOVE_TARGET)
    view = stage.trader.wait_for_view()
    answer = stage.trader.submit(view, {ids.PRICE_BLOCK: {ids.PRICE_INPUT: "100"}})
    assert "not above the price" in answer["errors"][ids.PRICE_BLOCK]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("/stop", "/stop SYMBOL [price]"),
        ("/stop AAPL 151", "not below the price"),
        ("/stop AAPL soon", "isn't a price"),
        ("/stop AAPL 149,20", "149.20 / 14920"),
        ("/stop AAPL 3%", "isn't a price"),
        ("/stop AAPL 140", "Admins only"),
        ("/stop IBM 100", "No trade"),
        ("/target AAPL 99", "not above the price"),
        ("/target AAPL 1600", "ten times"),
        ("/trail AAPL", "/trail SYMBOL 2%|3 ATR|off"),
        ("/trail AAPL 0%", "between 0% and 100%"),
        ("/trail AAPL 100%", "between 0% and 100%"),
        ("/trail AAPL 2", "isn't a trail"),
        ("/trail AAPL 0 ATR", "above 0 and at most 100"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_type_and_one_row_of_the_audit(
    stage: Stage, said: str, words: str
) -> None:
    before = stage.harness.trade()
    stage.trader.command(CHANNEL.id, said)
    assert words in stage.answer(stage.trader, words)
    with stage.harness.store.reading() as reader:
        rows = [row for row in reader.audit(limit=200) if row.said == said]
    assert [row.outcome for row in rows] == ["refused"]
    assert stage.harness.trade(TRADE_ID) == before


def test_a_viewer_moves_nothing(stage: Stage) -> None:
    stage.viewer.command(CHANNEL.id, "/stop AAPL 149.20")
    assert "Traders only" in stage.answer(stage.viewer, "only")


def test_a_trail_is_set_and_ended_in_words(stage: Stage) -> None:
    stage.trader.command(CHANNEL.id, "/trail AAPL 1%")
    assert "1.0% under the highest close" in stage.answer(stage.trader, "highest close")
    stage.trader.command(CHANNEL.id, "/trail AAPL off")
    assert "trailing stop off" in stage.answer(stage.trader, "trailing stop off")


def test_a_trail_whose_first_move_is_refused_is_answered_as_set(stage: Stage) -> None:
    stage.harness.line.replaces_badly = "refused"
    stage.trader.command(CHANNEL.id, "/trail AAPL 1%")
    assert "Stop now $147.99" in stage.answer(stage.trader, "highest close")
    assert stage.harness.trade().exit_plan.is_trailing


def test_a_stop_that_the_broker_refuses_is_answered_with_its_words_and_stays(stage: Stage) -> None:
    before = stage.harness.trade()
    stage.harness.line.replaces_badly = "refused"
    stage.trader.command(CHANNEL.id, "/stop AAPL 149.20")
    assert "The stop stays where it is." in stage.answer(stage.trader, "rejected the change")
    assert stage.harness.trade() == before


def test_a_korean_desk_reads_it_in_korean(tmp_path: Path) -> None:
    with embedded(tmp_path, "ko") as stage:
        bought(stage)
        stage.trader.command(CHANNEL.id, "/stop AAPL 149.20")
        assert "손절가 $147.99 → $149.20" in stage.answer(stage.trader, "→")
