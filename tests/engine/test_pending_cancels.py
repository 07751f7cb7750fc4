"""A sale that waits for a cancel which Alpaca takes its time with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.notices.base import NoticeKind
from engine.model.trade import TradeState
from tests.engine.at_alpaca import AtAlpaca
from tests.fakes.worked_example import TRADE_ID
from tests.rig import Rig


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtAlpaca]:
    """The example's desk at Alpaca, AAPL bought with its bracket; every cancel stays pending."""
    with AtAlpaca.open(tmp_path, patience=0.1) as desk:
        desk.rig.play_the_signal()
        desk.rig.engine.commands.approve(TRADE_ID, Rig.TRADER)
        desk.rig.engine.jobs.housekeeping()
        assert desk.rig.trade().state is TradeState.OPEN
        desk.fake.hold_cancels()
        yield desk


def told_stuck(desk: AtAlpaca) -> int:
    return sum(notice.kind is NoticeKind.CANCEL_STUCK for notice in desk.rig.told())


def test_a_sale_that_waits_for_a_cancel_is_told_once(desk: AtAlpaca) -> None:
    desk.rig.engine.commands.close(TRADE_ID, Rig.TRADER)
    for _ in range(3):
        desk.rig.clock.advance(1)
        desk.rig.engine.jobs.housekeeping()
    assert told_stuck(desk) == 1
    assert desk.rig.trade().state is TradeState.CLOSING


def test_the_sale_goes_out_once_the_cancel_is_done(desk: AtAlpaca) -> None:
    desk.rig.engine.commands.close(TRADE_ID, Rig.TRADER)
    desk.fake.release_cancels()
    desk.rig.clock.advance(1)
    desk.rig.engine.jobs.housekeeping()
    desk.rig.engine.jobs.reconcile()
    assert desk.rig.trade().state is TradeState.CLOSED
    assert desk.held() == 0
