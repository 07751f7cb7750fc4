"""What people do at the desk, by command, button and modal, and what stands in the books afterwards."""

import pytest

from bot.cards import ids
from bot.local_slack.errors import PersonRefused
from bot.local_slack.launch import CHANNEL
from engine.model.desk import DeskState
from engine.model.trade import TradeState
from tests.conftest import OpenStage
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.slack_harness import SlackHarness


@pytest.fixture
def stage(open_stage: OpenStage) -> SlackHarness[EngineHarness]:
    stage = open_stage()
    stage.harness.play_the_signal()
    stage.card()
    return stage


def audited(stage: SlackHarness[EngineHarness]) -> list[tuple[str, str, str]]:
    with stage.harness.store.reading() as reader:
        return [(row.actor, row.action, row.outcome) for row in reader.audit()]


def test_resizing_in_the_modal_changes_the_shares_of_the_card(stage: SlackHarness[EngineHarness]) -> None:
    stage.trader.press(stage.card(), ids.RESIZE)
    view = stage.trader.wait_for_view()
    refused = stage.trader.submit(view, {ids.SHARES_BLOCK: {ids.SHARES_INPUT: "9999"}})
    assert "512" in refused["errors"][ids.SHARES_BLOCK]
    stage.trader.submit(view, {ids.SHARES_BLOCK: {ids.SHARES_INPUT: "300"}})
    stage.trader.wait_for(CHANNEL.id, lambda message: TRADE_ID in message["text"] and "300" in message["text"])
    assert stage.harness.trade().shares == 300


def test_rejecting_in_the_modal_keeps_the_reason(stage: SlackHarness[EngineHarness]) -> None:
    stage.trader.press(stage.card(), ids.REJECT)
    view = stage.trader.wait_for_view()
    stage.trader.submit(view, {ids.REASON_BLOCK: {ids.REASON_INPUT: "earnings tomorrow"}})
    stage.in_thread("earnings tomorrow")
    assert stage.harness.trade().state is TradeState.REJECTED


def test_a_viewers_click_is_refused_changes_nothing_and_is_audited_once(stage: SlackHarness[EngineHarness]) -> None:
    stage.viewer.press(stage.card(), ids.APPROVE)
    stage.answer(stage.viewer, "Traders only")
    assert stage.harness.trade().state is TradeState.PROPOSED
    assert [row for row in audited(stage) if row[0] == "U0VIEWER"] == [("U0VIEWER", "approve", "refused")]


def test_halt_stops_new_trades_and_resume_lets_them_run_again(open_stage: OpenStage) -> None:
    stage = open_stage()
    stage.trader.command(CHANNEL.id, "/halt something smells")
    stage.trader.wait_for(
        CHANNEL.id, lambda message: "something smells" in message["text"] and not message["ephemeral"]
    )
    assert stage.harness.play_the_signal() is None
    stage.trader.command(CHANNEL.id, "/resume")
    stage.answer(stage.trader, "admin")
    assert stage.harness.engine.queries.desk().state is DeskState.HALTED
    stage.admin.command(CHANNEL.id, "/resume")
    stage.admin.wait_for(CHANNEL.id, lambda message: "resumed" in message["text"].lower())
    trade = stage.harness.play_another_signal()
    assert trade is not None
    stage.trader.wait_for(CHANNEL.id, lambda message: trade.id in message["text"])


def test_a_halt_ends_what_waits_and_takes_its_buttons(stage: SlackHarness[EngineHarness]) -> None:
    card = stage.card()
    stage.trader.command(CHANNEL.id, "/halt")
    stage.trader.wait_for(CHANNEL.id, lambda message: message["ts"] == card["ts"] and bool(message["edited"]))
    with pytest.raises(PersonRefused):
        stage.trader.press(card, ids.APPROVE)
    assert stage.harness.trade().state is TradeState.REFUSED


def test_a_doubled_click_makes_one_order(stage: SlackHarness[EngineHarness]) -> None:
    card = stage.card()
    for _ in range(3):
        try:
            stage.trader.press(card, ids.APPROVE)
        except PersonRefused:
            break
    stage.in_thread("$76,943")
    assert [held.shares for held in stage.harness.broker.positions() if held.symbol == "AAPL"] == [512]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/approve TSLA_20990101_000000", "TSLA_20990101_000000"),
        ("/size AAPL lots", "lots"),
        ("/size AAPL 99999", "512"),
        ("/size AAPL -5", "-5"),
        ("/size AAPL 1,5", "1.5 or 15"),
        ("/settings MIN_PRICE 2,50", "2.50 or 250"),
        ("/inspect NOPE", "NOPE"),
        ("/auto perhaps", "perhaps"),
        ("/trades sideways", "sideways"),
        ("/settings RISK_CEILING 5%", "Open-risk limit"),
        ("/close AAPL", "only an open trade"),
    ],
)
def test_what_makes_no_sense_is_answered_with_what_to_type(
    stage: SlackHarness[EngineHarness], typed: str, told: str
) -> None:
    before = len(audited(stage))
    stage.admin.command(CHANNEL.id, typed)
    stage.answer(stage.admin, told)
    assert stage.harness.trade().shares == 512
    assert len(audited(stage)) == before + 1


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("/positions", "MSFT"),
        ("/trades", TRADE_ID),
        ("/trades open", "TSLA"),
        ("/inspect AAPL", "RSI"),
        (f"/inspect {TRADE_ID}", TRADE_ID),
        ("/size AAPL", "512"),
        ("/halt help", "/halt"),
    ],
)
def test_questions_are_answered_to_the_one_who_asks(stage: SlackHarness[EngineHarness], typed: str, shown: str) -> None:
    stage.trader.command(CHANNEL.id, typed)
    assert shown in stage.answer(stage.trader, shown)


def test_every_look_is_answered_in_words(stage: SlackHarness[EngineHarness]) -> None:
    for typed, shown in (
        ("/signals AAPL", TRADE_ID),
        ("/news", "scored by keywords"),
        ("/risk", "Protections"),
        ("/watch", "Watching 3 symbols"),
        ("/settings", "RISK_PER_TRADE"),
        ("/size AAPL $20000", "133 shares of AAPL"),
    ):
        stage.trader.command(CHANNEL.id, typed)
        assert shown in stage.answer(stage.trader, shown)


def test_an_amount_that_was_worked_out_becomes_the_proposals_with_one_button(
    stage: SlackHarness[EngineHarness],
) -> None:
    stage.trader.command(CHANNEL.id, "/size AAPL 0.3% risk")
    answer = stage.trader.wait_for(CHANNEL.id, lambda message: "307 shares of AAPL" in message["text"])
    stage.trader.press(answer, ids.APPLY_SIZE)
    stage.in_thread("307 shares")
    assert stage.harness.trade().shares == 307


def test_closing_a_trade_asks_and_sells_it_at_the_market_on_a_halted_desk(stage: SlackHarness[EngineHarness]) -> None:
    stage.harness.engine.commands.halt(EngineHarness.TRADER)
    stage.trader.command(CHANNEL.id, "/close MSFT")
    stage.trader.submit(stage.trader.wait_for_view(), {})
    stage.answer(stage.trader, "Selling")
    [sold] = stage.harness.engine.queries.trades({TradeState.CLOSING, TradeState.CLOSED})
    assert sold.symbol == "MSFT"
    rows = {row for row in audited(stage) if row[1] == "close"}
    assert rows == {("U0TRADER", "close", "answered"), ("U0TRADER", "close", "300 shares")}


def test_a_new_setting_and_new_symbols_are_told_to_the_channel(stage: SlackHarness[EngineHarness]) -> None:
    stage.harness.market.price("NVDA", "100")
    stage.trader.command(CHANNEL.id, "/watch add NVDA")
    stage.viewer.wait_for(CHANNEL.id, lambda message: "Added to the watchlist: NVDA" in message["text"])
    stage.admin.command(CHANNEL.id, "/settings MAX_DAILY_LOSS 2%")
    stage.viewer.wait_for(CHANNEL.id, lambda message: "Daily loss limit: 3.0% → 2.0%" in message["text"])


def test_auto_mode_is_switched_by_an_admin_and_kept(stage: SlackHarness[EngineHarness]) -> None:
    stage.admin.command(CHANNEL.id, "/auto on")
    stage.admin.wait_for(CHANNEL.id, lambda message: "Auto-trading" in message["text"])
    assert stage.harness.engine.queries.desk().auto


def test_what_closed_since_midnight_in_new_york_is_of_today_in_every_answer(stage: SlackHarness[EngineHarness]) -> None:
    stage.harness.engine.commands.approve(stage.harness.trade().id, EngineHarness.TRADER)
    stage.harness.clock.advance(60)
    stage.harness.market.price("AAPL", "155.00")
    stage.harness.engine.jobs.reconcile()
    assert stage.harness.trade().state is TradeState.CLOSED
    stage.harness.clock.advance(20 * 60)  # the desk's own midnight goes by, New York's does not
    stage.trader.command(CHANNEL.id, "/trades today")
    stage.answer(stage.trader, f"{stage.harness.trade().id} closed")
    stage.trader.command(CHANNEL.id, "/pnl today")
    stage.answer(stage.trader, "1 closed, 1 won")
