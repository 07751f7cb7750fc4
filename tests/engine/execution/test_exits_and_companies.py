"""A split, a rename, and a broker that takes no change, with each of the exits in force: right stops, right words."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import CorporateActionDue
from engine.execution.move_exits import begin_move
from engine.model.exit_plan import ExitMove
from engine.model.market import BarHistory
from engine.model.notices.account import ExitMoved
from engine.model.notices.base import NoticeKind
from engine.model.trade import OrderRole, TradeState
from tests.engine.backtest.parity import with_exits
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.samples import crossed

WAYS = ("left", "cancelled", "adjusted")
PLANS: tuple[dict[str, Any], ...] = ({"trail": "0.01"}, {"trail_atr": "3"}, {"breakeven": "1"}, {"longest_bars": 400})

Desk = Callable[..., AtAlpaca]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Open the example's desk at Alpaca with 512 AAPL bought, by a strategy with some exits."""
    with ExitStack() as stack:

        def opened(**exits: Any) -> AtAlpaca:
            strategy = str(with_exits(tmp_path / "mine.toml", exits))
            desk = stack.enter_context(AtAlpaca.open(tmp_path, strategy=strategy))
            desk.buy()
            return desk

        yield opened


def overnight(desk: AtAlpaca) -> None:
    """Let it be the next morning, three hours before the open."""
    desk.harness.clock.advance(19.75 * 3600)


def open_at(desk: AtAlpaca, price: str) -> None:
    """Let it be a quarter of an hour after the open, at a price."""
    desk.harness.clock.advance(3.5 * 3600)
    desk.price("AAPL", price)
    desk.look()


def close_bars(desk: AtAlpaca, symbol: str, *closes: float) -> None:
    """Let the newest bars of today close at prices, and stops follow them; those of before are gone."""
    harness = desk.harness
    last = harness.market.slots.last(harness.clock.now())
    assert last is not None
    starts = last - 300 * np.arange(len(closes) - 1, -1, -1)
    close = np.array(closes)[:, np.newaxis]
    values = np.array([close, close + 0.05, close - 0.05, close, close * 0 + 9_000])
    harness.market.recorded = BarHistory.of((symbol,), starts, values)
    for trade_id in harness.engine.jobs.trail_stops():
        harness.engine.jobs.order_changed(trade_id)


@pytest.mark.parametrize(("way", "plan"), crossed(WAYS, PLANS, most=6))
def test_after_a_split_the_rules_hold_for_the_new_shares(desk: Desk, way: str, plan: dict[str, Any]) -> None:
    opened = desk(**plan)
    before = opened.harness.trade().exit_plan
    overnight(opened)
    opened.fake.split("AAPL", 2, orders=way)
    opened.look()
    open_at(opened, "76.90")
    assert opened.harness.trade().exit_plan == before
    close_bars(opened, "AAPL", 77.0, 76.95)
    opened.look()
    expected = {"trail": Decimal("76.23"), "breakeven": Decimal("75.13")}.get(next(iter(plan)))
    stop = opened.live(OrderRole.STOP)
    assert stop.shares == 1024
    assert stop.price == opened.harness.trade().stop
    assert expected is None or stop.price == expected
    assert Decimal(73) < opened.harness.trade().stop < Decimal("76.90")
    assert opened.harness.told_of(ExitMoved) == []


def test_a_stop_on_its_way_is_forgotten_with_the_shares_that_it_was_of(desk: Desk) -> None:
    opened = desk()
    overnight(opened)
    trade, now = opened.harness.trade(), opened.harness.clock.now()
    with opened.harness.store.writing() as transaction:  # as a process leaves it that dies before it asks
        move = ExitMove(price=Decimal("149.50"), before=trade.stop, by="U0TRADER", at=now)
        begin_move(transaction, trade, OrderRole.STOP, move)
    opened.fake.split("AAPL", 2, orders="left")
    opened.look()
    open_at(opened, "75.12")
    assert not opened.harness.trade().exit_plan.is_moving
    opened.harness.engine.commands.exits.stop(TRADE_ID, Decimal("74.50"), EngineHarness.TRADER)
    assert opened.live(OrderRole.STOP).price == Decimal("74.50")


def test_a_lower_stop_on_its_way_at_a_split_ends_no_trail_and_the_next_close_of_the_new_shares_tightens(
    desk: Desk,
) -> None:
    opened = desk(trail="0.01")
    rules = opened.harness.trade().exit_plan
    overnight(opened)
    trade, now = opened.harness.trade(), opened.harness.clock.now()
    with opened.harness.store.writing() as transaction:
        move = ExitMove(price=Decimal("147.00"), before=trade.stop, by="U0ADMIN", at=now)
        begin_move(transaction, trade, OrderRole.STOP, move)
    opened.fake.split("AAPL", 2, orders="left")
    opened.look()
    open_at(opened, "77.00")
    assert opened.harness.trade().exit_plan == rules
    close_bars(opened, "AAPL", 77.0)
    opened.look()
    assert opened.live(OrderRole.STOP).price == opened.harness.trade().stop == Decimal("76.23")


def test_while_a_split_is_due_no_exit_is_moved_and_the_answer_says_why(desk: Desk) -> None:
    opened = desk(trail="0.01")
    opened.announce_split(2, 1, days=1)
    opened.harness.engine.jobs.learn_corporate_actions()
    opened.harness.clock.advance(6 * 3600)  # after the close
    before = opened.harness.trade()
    with pytest.raises(CorporateActionDue):
        opened.harness.engine.commands.exits.stop(TRADE_ID, Decimal("149.50"), EngineHarness.TRADER)
    close_bars(opened, "AAPL", 160.0)
    assert opened.harness.trade() == before


@pytest.mark.parametrize("way", WAYS)
def test_after_a_rename_stops_follow_the_closes_of_the_new_name(desk: Desk, way: str) -> None:
    opened = desk(trail="0.01")
    overnight(opened)
    opened.fake.rename("AAPL", "APPL", orders=way)
    opened.look()
    opened.harness.clock.advance(3.5 * 3600)
    opened.price("APPL", "153.00")
    opened.look()
    close_bars(opened, "APPL", 153.0)
    opened.look()
    trade = opened.harness.trade()
    assert (trade.symbol, trade.state, trade.stop) == ("APPL", TradeState.OPEN, Decimal("151.47"))
    parts = [part for order in opened.broker.orders() for part in order.parts if not part.state.is_over]
    stops = [(part.shares, part.price) for part in parts if part.role is OrderRole.STOP and part.shares == 512]
    assert stops == [(512, Decimal("151.47"))]


def test_nobody_is_told_that_the_desk_moved_its_own_stop_by_hand(desk: Desk) -> None:
    opened = desk(trail="0.01")
    opened.price("AAPL", "153.00")
    opened.harness.clock.advance(600)
    opened.price("AAPL", "153.00")
    close_bars(opened, "AAPL", 153.0)
    opened.restart()
    opened.look()
    kinds = {notice.kind for notice in opened.harness.told()}
    assert NoticeKind.STOP_TRAILED in kinds
    assert NoticeKind.EXIT_MOVED not in kinds
