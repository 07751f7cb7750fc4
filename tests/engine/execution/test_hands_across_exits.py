"""Somebody sells by hand while the desk sells as well: whose shares it was is told by when they were dealt."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from engine.model.notices.account import ForeignPosition, SoldByHand, UnexplainedChange
from engine.model.notices.trades import OversoldCause, TradeClosed, TradeOversold
from engine.model.trade import OrderRole, TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    with AtAlpaca.open(tmp_path) as desk:
        desk.buy()
        yield desk


def told(desk: AtAlpaca) -> list[tuple[int, OversoldCause]]:
    """Return by how many shares the desk was told to be short, and why."""
    return [(notice.shares, notice.cause) for notice in desk.harness.told_of(TradeOversold)]


def stop_sells(desk: AtAlpaca, shares: int = 512) -> None:
    """Let the stop sell a moment later."""
    desk.harness.clock.advance(1)
    desk.fake.fill(desk.live(OrderRole.STOP).broker_id, shares, "147.90")
    desk.harness.clock.advance(1)


def is_told_short_of_others(desk: AtAlpaca) -> bool:
    return any(notice.shares < 0 for notice in desk.harness.told_of(ForeignPosition))


def test_sold_by_hand_first_and_by_the_stop_then_is_an_alarm_and_bought_back(desk: AtAlpaca) -> None:
    desk.fake.sell_by_hand("AAPL", 512)
    stop_sells(desk)
    desk.look(5)
    assert told(desk) == [(512, OversoldCause.BY_HAND)]
    assert (desk.covers(), desk.held()) == ([512], 0)
    assert desk.harness.trade().state is TradeState.CLOSED
    assert not is_told_short_of_others(desk)
    assert [notice.shares for notice in desk.harness.told_of(SoldByHand)] == [512]
    assert desk.harness.told_of(UnexplainedChange) == []


def test_the_end_of_such_a_trade_is_told_with_its_true_result(desk: AtAlpaca) -> None:
    paid, cash = 512 * (desk.harness.trade().fill_price or Decimal(0)), desk.broker.account().cash
    desk.fake.sell_by_hand("AAPL", 512, "149.00")
    stop_sells(desk)
    desk.look(5)
    assert desk.harness.trade().result == pytest.approx(desk.broker.account().cash - cash - paid, abs=Decimal("0.01"))
    assert len(desk.harness.told_of(TradeClosed)) == 2  # by the stop, and once the surplus is back


def test_sold_by_hand_before_the_desk_closes_the_trade_is_bought_back_too(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    desk.fake.sell_by_hand("AAPL", 512)
    desk.harness.clock.advance(1)
    desk.harness.engine.jobs.housekeeping()
    (close,) = [order.id for order in desk.fake.reader if "-exit-" in order.client_order_id]
    desk.fake.fill(close)
    desk.look(2)
    for cover in [order.id for order in desk.fake.reader if "-cover-" in order.client_order_id]:
        desk.fake.fill(cover)
    desk.look(3)
    assert told(desk) == [(512, OversoldCause.BY_HAND)]
    assert (desk.covers(), desk.held()) == ([512], 0)


def test_sold_by_hand_after_the_stop_had_sold_all_is_a_short_of_who_sold(desk: AtAlpaca) -> None:
    stop_sells(desk)
    desk.fake.sell_by_hand("AAPL", 512)
    desk.look(5)
    assert (told(desk), desk.covers(), desk.held()) == ([], [], -512)
    assert desk.harness.told_of(ForeignPosition)[-1].shares == -512


def test_a_part_sold_by_hand_first_is_the_surplus(desk: AtAlpaca) -> None:
    desk.fake.sell_by_hand("AAPL", 200)
    stop_sells(desk)
    desk.look(5)
    assert told(desk) == [(200, OversoldCause.BY_HAND)]
    assert (desk.covers(), desk.held()) == ([200], 0)


def test_an_exit_that_sold_a_part_since_leaves_fewer_than_were_sold_by_hand(desk: AtAlpaca) -> None:
    desk.fake.fill_by_hand()
    desk.fake.sell_by_hand("AAPL", 200)
    stop_sells(desk, 400)
    desk.look(2)
    assert told(desk) == [(88, OversoldCause.BY_HAND)]
    assert not is_told_short_of_others(desk)


def test_what_was_sold_by_hand_beyond_the_trade_is_a_short_of_who_sold(desk: AtAlpaca) -> None:
    desk.fake.sell_by_hand("AAPL", 600)
    stop_sells(desk)
    desk.look(5)
    assert told(desk) == [(512, OversoldCause.BY_HAND)]
    assert (desk.covers(), desk.held()) == ([512], -88)
    assert desk.harness.told_of(ForeignPosition)[-1].shares == -88


def test_shares_of_others_are_sold_by_hand_before_those_of_the_trade(desk: AtAlpaca) -> None:
    desk.fake.buy_by_hand("AAPL", 200)
    desk.look()
    desk.fake.sell_by_hand("AAPL", 512)
    stop_sells(desk)
    desk.look(5)
    assert told(desk) == [(312, OversoldCause.BY_HAND)]
    assert (desk.covers(), desk.held()) == ([312], 0)


def test_who_sold_by_hand_and_bought_it_back_is_even_and_nothing_more_is_bought(desk: AtAlpaca) -> None:
    desk.fake.sell_by_hand("AAPL", 512)
    stop_sells(desk)
    desk.fake.buy_by_hand("AAPL", 512)
    desk.look(5)
    assert (desk.covers(), desk.held()) == ([], 0)
    assert desk.harness.trade().state is TradeState.CLOSED
    assert not is_told_short_of_others(desk)


def test_the_next_life_tells_it_as_well(desk: AtAlpaca) -> None:
    desk.end()
    desk.fake.sell_by_hand("AAPL", 512)
    stop_sells(desk)
    with desk.next_life() as next_life:
        next_life.look(5)
        assert told(next_life) == [(512, OversoldCause.BY_HAND)]
        assert (next_life.covers(), next_life.held()) == ([512], 0)
