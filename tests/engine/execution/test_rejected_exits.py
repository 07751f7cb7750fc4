"""Sales and stops that Alpaca accepts and rejects a moment later: whoever is on duty is called once, and not calmed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cards.notices import render
from engine.model.notices.trades import TradeUnprotected
from engine.model.trade import OrderRole, TradeState
from tests.bot.cards.examples import ENGLISH
from tests.support.alpaca_desk import AtAlpaca
from tests.support.duty import BOTH_LINES, put_on_duty
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

BOTH = ("U0TRADER", "U0ADMIN")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        put_on_duty(desk.harness, BOTH_LINES)
        desk.fake.fill_by_hand()
        yield desk


def look_while_rejected(desk: AtAlpaca, times: int) -> None:
    """Let the desk look some times, while Alpaca takes what it sends and rejects it."""
    for _ in range(times):
        desk.fake.reject_next()
        desk.look(1)


def alarms(desk: AtAlpaca) -> list[tuple[str, tuple[str, ...]]]:
    """Return what was said of shares of AAPL without a stop, and who was called."""
    told = [notice for notice in desk.harness.told_of(TradeUnprotected) if notice.trade_id == TRADE_ID]
    return [(render(notice, desk.harness.trade(), ENGLISH).text, notice.called) for notice in told]


def test_a_sale_that_is_accepted_and_then_rejected_calls_both_lines_once(desk: AtAlpaca) -> None:
    desk.fake.reject_next()
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    look_while_rejected(desk, 4)
    assert desk.harness.trade().state is TradeState.CLOSING
    [(said, called)] = alarms(desk)
    assert "the broker rejects the sale of 512 shares: no reason given." in said
    assert called == BOTH


def test_a_sale_that_is_on_its_way_is_no_alarm(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    desk.look()
    assert alarms(desk) == []


def lose_the_stop(desk: AtAlpaca) -> None:
    desk.fake.cancel_by_hand(desk.live(OrderRole.STOP).broker_id)


def test_stops_that_are_accepted_and_then_rejected_are_one_alarm_that_calms_nobody(desk: AtAlpaca) -> None:
    lose_the_stop(desk)
    look_while_rejected(desk, 5)
    first, alarm = alarms(desk)
    assert "The bot sent a new one at $147.99" in first[0]
    assert "⛔ AAPL: no live stop on 512 shares, and the broker rejects a new one: no reason given." in alarm[0]
    assert alarm[1] == BOTH


def test_a_stop_that_is_refused_amid_rejected_ones_is_no_other_alarm(desk: AtAlpaca) -> None:
    lose_the_stop(desk)
    look_while_rejected(desk, 2)
    desk.fake.refuse_next("the account is restricted")
    desk.look(1)
    look_while_rejected(desk, 1)
    assert len(alarms(desk)) == 2


def test_once_a_stop_stood_again_its_loss_is_a_new_alarm(desk: AtAlpaca) -> None:
    lose_the_stop(desk)
    look_while_rejected(desk, 2)
    desk.look(2)
    lose_the_stop(desk)
    look_while_rejected(desk, 2)
    assert [said[0] for said, _ in alarms(desk)] == ["⚠", "⛔", "⚠", "⛔"]
