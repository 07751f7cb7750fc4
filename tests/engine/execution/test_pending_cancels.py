"""A sale that waits for a cancel which Alpaca takes its time with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.notices.base import NoticeKind
from engine.model.trade import TradeState
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, AAPL bought with its bracket; every cancel stays pending."""
    with AtAlpaca.open(tmp_path, patience=0.1) as desk:
        desk.harness.play_the_signal()
        desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
        desk.harness.engine.jobs.housekeeping()
        assert desk.harness.trade().state is TradeState.OPEN
        desk.fake.hold_cancels()
        yield desk


def told_stuck(desk: AtAlpaca) -> int:
    return sum(notice.kind is NoticeKind.CANCEL_STUCK for notice in desk.harness.told())


def test_a_sale_that_waits_for_a_cancel_is_told_once(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    for _ in range(3):
        desk.harness.clock.advance(1)
        desk.harness.engine.jobs.housekeeping()
    assert told_stuck(desk) == 1
    assert desk.harness.trade().state is TradeState.CLOSING


def test_the_sale_goes_out_once_the_cancel_is_done(desk: AtAlpaca) -> None:
    desk.harness.engine.commands.close(TRADE_ID, EngineHarness.TRADER)
    desk.fake.release_cancels()
    desk.harness.clock.advance(1)
    desk.harness.engine.jobs.housekeeping()
    desk.harness.engine.jobs.reconcile()
    assert desk.harness.trade().state is TradeState.CLOSED
    assert desk.held() == 0
