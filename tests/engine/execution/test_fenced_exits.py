"""What another process fences off is sent again at once, and keeps nothing else from its turn."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from engine.adapters.factory import Adapters
from engine.common.last_seen import LOOKED
from engine.errors import Fenced
from engine.execution.exit_gate import ATTEMPTS
from engine.model.desk import FLATTENING
from engine.model.notices.trades import TargetSet
from engine.model.signal import Component, Part
from engine.model.trade import OrderRole, TradeState
from tests.support.databases import sqlite_at
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.fencing_store import FencingStore
from tests.support.fakes.trades import a_signal
from tests.support.fakes.worked_example import PRICES, TRADE_ID

BEFORE_THE_CLOSE = datetime(2025, 8, 19, 19, 50, tzinfo=UTC)
ALWAYS = 1_000
OURS = (TRADE_ID, "MSFT_20250818_233000", "TSLA_20250818_233000")
SELL = (Component(part=Part.RSI, tenths=-8),)

Desk = tuple[EngineHarness, FencingStore]
Round = Callable[[EngineHarness], object]


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[Desk]:
    """The example's desk with three open trades, flat by the close, on a database that others use as well."""
    stores = list[FencingStore]()

    def shared(adapters: Adapters) -> Adapters:
        clock = adapters.clock
        stores.append(FencingStore(sqlite_at(tmp_path / "desk.db"), clock))  # type: ignore[arg-type]
        return replace(adapters, store=stores[0])

    harness = EngineHarness.at_the_example(tmp_path, on=shared, hold_overnight=False)
    harness.play_the_signal()
    yield harness, stores[0]
    harness.close()
    stores[0].close()


@pytest.fixture(name="holding")
def _holding(desk: Desk) -> Desk:
    desk[0].engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    return desk


def flatten(harness: EngineHarness) -> None:
    harness.engine.jobs.flatten()


def exit_by_the_clock(harness: EngineHarness) -> None:
    harness.engine.jobs.time_exits()


def exit_on_signals(harness: EngineHarness) -> None:
    signals = [a_signal(symbol=trade_id.split("_")[0], components=SELL, at=harness.clock.now()) for trade_id in OURS]
    harness.engine.jobs.signal_exits(signals, auto=True)


def close_all(harness: EngineHarness) -> None:
    harness.engine.commands.close_all(EngineHarness.TRADER)


def still_open(harness: EngineHarness) -> list[str]:
    return [trade_id for trade_id in OURS if harness.trade(trade_id).state is TradeState.OPEN]


def ask_for(act: Round, harness: EngineHarness) -> None:
    if act is flatten:
        with harness.store.writing() as transaction:
            transaction.set_setting(FLATTENING, harness.clock.now().isoformat())
    if act is exit_by_the_clock:
        harness.clock.set(BEFORE_THE_CLOSE)
        for symbol, _, price in PRICES:
            harness.market.price(symbol, price)


@pytest.mark.parametrize("act", [flatten, exit_by_the_clock, exit_on_signals, close_all])
def test_one_trade_that_is_fenced_off_again_and_again_keeps_no_other_from_being_sold(holding: Desk, act: Round) -> None:
    harness, store = holding
    ask_for(act, harness)
    store.fences = ATTEMPTS
    with pytest.raises(Fenced):
        act(harness)
    assert len(still_open(harness)) == 1


@pytest.mark.parametrize("act", [flatten, exit_by_the_clock, exit_on_signals, close_all])
def test_a_trade_that_is_fenced_off_once_is_sold_at_once(holding: Desk, act: Round) -> None:
    harness, store = holding
    ask_for(act, harness)
    store.fences = 1
    act(harness)
    assert still_open(harness) == []


@pytest.mark.parametrize(("times", "is_moved"), [(1, True), (ALWAYS, False)])
def test_a_target_whose_move_is_fenced_off_keeps_the_risk_of_the_fill_from_no_look(
    desk: Desk, *, times: int, is_moved: bool
) -> None:
    harness, store = desk
    entry = list[str]()

    def fence_off_what_comes_next() -> None:
        if harness.broker.order(TRADE_ID) and not entry:
            entry.append(TRADE_ID)
            store.fences = times

    harness.line.while_asked = fence_off_what_comes_next
    looked_before = setting(harness, LOOKED)
    harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert store.fences < times
    assert bool(harness.told_of(TargetSet)) is is_moved
    assert setting(harness, LOOKED) != looked_before


@pytest.mark.parametrize(("by_another", "warned"), [(True, 0), (False, 1)])
def test_a_target_that_another_process_moved_first_is_no_target_that_was_not_moved(
    desk: Desk, *, by_another: bool, warned: int
) -> None:
    harness, _ = desk

    def be_quicker() -> None:
        entry = harness.broker.order(TRADE_ID)
        leg = entry.leg(OrderRole.TARGET) if entry else None
        assert leg
        price = harness.trade(TRADE_ID).target
        harness.broker.replace(leg, price if by_another else price + 1)

    harness.line.while_replacing = be_quicker
    with capture_logs() as logs:
        harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert [line["event"] for line in logs].count("target_not_moved") == warned


def setting(harness: EngineHarness, name: str) -> str | None:
    with harness.store.reading() as reader:
        return reader.setting(name)
