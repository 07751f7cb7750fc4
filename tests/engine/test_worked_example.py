"""The blueprint's example, from prices to the fill, on the real stages, database and broker."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from engine.model.desk import Request
from engine.model.notices.base import NoticeKind
from engine.model.risk import BindingLimit
from engine.model.signal import Part
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

TRADER = Request(by="U0TRADER", said="/approve")


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[EngineHarness]:
    harness = EngineHarness.at_the_example(tmp_path)
    yield harness
    harness.close()


def test_the_signal_is_a_strong_buy_of_one_point_five(harness: EngineHarness) -> None:
    trade = harness.play_the_signal()
    assert trade is not None
    assert {part.part: part.tenths for part in trade.signal.components} == {
        Part.RSI: 3,
        Part.BOLLINGER: 2,
        Part.MACD: 4,
        Part.VOLUME: 1,
        Part.NEWS: 5,
    }
    assert trade.signal.strong
    assert [finding.tenths for finding in trade.signal.findings] == [3, 2]
    assert round(trade.signal.readings.rsi, 1) == 35.0
    assert round(trade.signal.readings.volume_ratio, 2) == 1.2


def test_the_proposal_is_512_shares_within_one_and_a_half_percent(harness: EngineHarness) -> None:
    trade = harness.play_the_signal()
    assert trade is not None
    assert (trade.id, trade.state, trade.shares) == (TRADE_ID, TradeState.PROPOSED, 512)
    assert trade.stop == Decimal("147.99")
    assert trade.sizing.equity == Decimal(231_368)
    assert round(trade.sizing.unrounded, 2) == Decimal("511.88")
    assert round(trade.sizing.risk_after, 4) == Decimal("0.0150")
    assert trade.sizing.planned_risk == Decimal("1157.12")


def test_approved_it_fills_at_150_28_and_its_exits_follow(harness: EngineHarness) -> None:
    harness.play_the_signal()
    trade = harness.engine.commands.approve(TRADE_ID, TRADER)
    assert (trade.state, trade.filled_shares, trade.fill_price) == (TradeState.OPEN, 512, Decimal("150.28"))
    assert trade.cost == Decimal("76943.36")
    assert trade.risk == Decimal("1172.48")
    assert trade.target == Decimal("154.78")
    order = harness.broker.order(TRADE_ID)
    assert order is not None
    assert sorted(str(leg.price) for leg in order.legs if not leg.state.is_over) == ["147.99", "154.78"]
    told = [notice.kind for notice in harness.told() if notice.trade_id == TRADE_ID]
    assert told == [
        NoticeKind.APPROVAL_ASKED,
        NoticeKind.DECIDED,
        NoticeKind.SUBMITTED,
        NoticeKind.FILLED,
        NoticeKind.TARGET_SET,
    ]


def test_a_cash_account_makes_it_444_shares_and_names_the_cap(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, paper_margin=False)
    trade = harness.play_the_signal()
    assert trade is not None
    assert (trade.shares, trade.sizing.cap) == (444, BindingLimit.BUYING_POWER)
    harness.close()


def test_without_auto_mode_nothing_is_ordered_until_someone_approves(harness: EngineHarness) -> None:
    harness.play_the_signal()
    harness.engine.jobs.decide_proposals()
    harness.engine.jobs.reconcile()
    assert harness.broker.order(TRADE_ID) is None
    harness.engine.commands.approve(TRADE_ID, TRADER)
    assert harness.broker.order(TRADE_ID) is not None


def test_in_auto_mode_the_same_signal_is_filled_with_nobody_touching_it(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, auto_mode=True)
    harness.play_the_signal()
    trade = harness.trade()
    assert (trade.state, trade.filled_shares, trade.decided_by) == (TradeState.OPEN, 512, "engine")
    harness.close()
